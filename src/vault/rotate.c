/* New keys: making a vault, and encrypting one again. */
#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "vault/seal.h"
#include "vault/state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A key that is being made, and the file that will be under it. */
struct renewal {
    struct vault *vault;
    struct vault_keys keys;
    struct buf section;
    struct key_file key_file; /* what is to stand in the key file; count 0: none */
    struct vault_file file;
};

static void renewal_done(struct renewal *renewal)
{
    vault_keys_done(&renewal->keys);
    buf_done(&renewal->section);
    key_file_done(&renewal->key_file);
}

/* Asks for what is needed; done before the lock is taken. */
static int make_keys(struct renewal *renewal, const struct vault_lock *lock,
                     const struct vault_asker *asker, struct error *err)
{
    struct secret data = {0};
    const struct wrap_tools tools = {.key_path = renewal->vault->key_path,
                                     .asker = asker,
                                     .tpm2_device = lock->tpm2_device,
                                     .tpm2_pcrs = lock->tpm2_pcrs};
    buf_init(&renewal->section, VAULT_WRAP_SECTION);
    renewal->file.wrap = lock->wrap;
    int result = seal_new_key(&data, err);
    result = result < 0 ? result
                        : wrap_make(&renewal->file, &tools, &data, &renewal->section,
                                    &renewal->key_file, err);
    result = result < 0 ? result : vault_keys_take(&renewal->keys, &data, err);
    secret_free(&data);
    renewal->file.wrap_section = buf_view(&renewal->section);
    return result;
}

/* The id of the key that opens the file that is there now, NULL when that is none of a key file. */
static const unsigned char *id_in_use(const struct vault *vault)
{
    return vault->file.wrap == VAULT_WRAP_KEY_FILE && vault->file.wrap_section.len >= KEY_FILE_ID
               ? (const unsigned char *)vault->file.wrap_section.ptr
               : NULL;
}

/* Puts the old key behind the new one, so that whatever of the two files is on the disk when the
 * power goes, there is a key for it. The old key need not be the first of the file: a change of
 * keys may have been cut off before. */
static int write_both_keys(struct renewal *renewal, struct error *err)
{
    struct key_file old = {0};
    if (renewal->key_file.count == 0) {
        return 0;
    }
    if (file_exists(renewal->vault->key_path)) {
        int result = key_file_read(renewal->vault->key_path, &old, err);
        if (result < 0) {
            return result;
        }
        key_file_keep(&old, id_in_use(renewal->vault));
        key_file_push(&old, renewal->key_file.ids[0], &renewal->key_file.keys[0]);
        renewal->key_file.count = 0;
        renewal->key_file = old;
    }
    return key_file_write(renewal->vault->key_path, &renewal->key_file, err);
}

/* Removes the key file, and what it leads to when it is a link. */
static int remove_key(const char *path, struct error *err)
{
    _cleanup_free_ char *real = realpath(path, NULL);
    if (real != NULL && unlink(real) < 0) {
        return error_set_errno(err, "%s: remove the old key", real);
    }
    if (unlink(path) < 0 && errno != ENOENT) {
        return error_set_errno(err, "%s: remove the old key", path);
    }
    return 0;
}

/* The old key opens nothing any more. */
static int drop_old_key(struct renewal *renewal, struct error *err)
{
    if (renewal->key_file.count > 0) {
        key_file_keep(&renewal->key_file, renewal->key_file.ids[0]);
        return key_file_write(renewal->vault->key_path, &renewal->key_file, err);
    }
    return remove_key(renewal->vault->key_path, err);
}

/* ---- a new vault ---- */

static int make_folder(const char *folder, struct error *err)
{
    struct stat info;
    int result = file_make_folders(folder, err);
    if (result < 0) {
        return result;
    }
    if (stat(folder, &info) < 0 || (info.st_uid == geteuid() && chmod(folder, 0700) < 0)) {
        return error_set_errno(err, "%s", folder);
    }
    return info.st_uid == geteuid() || info.st_uid == 0
               ? 0
               : error_set(err, ERR_IO, "%s belongs to another user; no secrets are kept there",
                           folder);
}

static int write_first(struct renewal *renewal, struct error *err)
{
    struct vault *vault = renewal->vault;
    struct buf out;
    renewal->file.generation = 1;
    renewal->file.next_id = 1;
    buf_init(&out, LIMIT_VAULT);
    format_write(&renewal->file, &out);
    int result = vault_state_finish(&out, &renewal->keys, err);
    result = result < 0 ? result : write_both_keys(renewal, err);
    result = result < 0 ? result : vault_state_replace(vault, &out, err);
    buf_done(&out);
    if (result == 0) {
        vault->keys = renewal->keys;
        renewal->keys = (struct vault_keys){0};
        result = vault_state_verify(vault, err);
    }
    return result;
}

static int create(struct vault *vault, const struct vault_lock *how,
                  const struct vault_asker *asker, struct error *err)
{
    struct renewal renewal = {.vault = vault};
    int result = seal_init(err);
    result = result < 0 ? result : make_folder(vault->folder, err);
    if (result < 0) {
        return result;
    }
    seal_random(renewal.file.vault_id, VAULT_ID_SIZE);
    result = make_keys(&renewal, how, asker, err);
    int lock = result < 0 ? result : vault_state_lock(vault, true, err);
    if (lock >= 0 && (file_exists(vault->path) || file_exists(vault->backup_path))) {
        result =
            error_set(err, ERR_IO, "%s: there is a vault, or its backup, already", vault->folder);
    } else if (lock >= 0) {
        result = write_first(&renewal, err);
    }
    if (lock >= 0) {
        close(lock);
    }
    renewal_done(&renewal);
    return lock < 0 ? lock : result;
}

int vault_create(const char *folder, const struct vault_lock *lock, const struct vault_asker *asker,
                 struct vault **ret, struct error *err)
{
    struct vault *vault = vault_state_new(folder);
    int result = create(vault, lock, asker, err);
    if (result < 0) {
        vault_close(vault);
        return result;
    }
    *ret = vault;
    return 0;
}

/* ---- a new key for a vault ---- */

static int renew_part(const struct renewal *renewal, const struct vault_record *old,
                      const struct vault_record *record, enum vault_part part, struct str box,
                      struct buf *out, struct error *err)
{
    unsigned char bound[VAULT_RECORD_BOUND];
    const unsigned char *id = renewal->file.vault_id;
    struct secret plain;
    int result = seal_open_secret(&renewal->vault->keys.records,
                                  vault_record_bound(id, old, part, bound), box, &plain, err);
    if (result < 0) {
        return result;
    }
    seal_box(&renewal->keys.records, vault_record_bound(id, record, part, bound),
             secret_view(&plain), out);
    secret_free(&plain);
    return 0;
}

/* Encrypts one record again; its boxes go to the arena. */
static int renew_record(const struct renewal *renewal, const struct vault_record *old,
                        struct vault_record *record, struct buf *boxes, struct error *err)
{
    struct arena *arena = &renewal->vault->arena;
    *record = *old;
    record->version++;
    buf_clear(boxes);
    int result = renew_part(renewal, old, record, VAULT_PART_DETAILS, old->details, boxes, err);
    size_t details = boxes->len;
    result = result < 0
                 ? result
                 : renew_part(renewal, old, record, VAULT_PART_SECRET, old->secret, boxes, err);
    if (result == 0) {
        struct str both = arena_str(arena, buf_view(boxes));
        record->details = str_sub(both, 0, details);
        record->secret = str_skip(both, details);
    }
    return result;
}

static int renew_records(struct renewal *renewal, struct error *err)
{
    const struct vault_file *old = &renewal->vault->file;
    struct buf boxes;
    int result = 0;
    buf_init(&boxes, LIMIT_VAULT);
    renewal->file.generation = old->generation + 1;
    renewal->file.next_id = old->next_id;
    renewal->file.record_count = old->record_count;
    renewal->file.records =
        arena_array(&renewal->vault->arena, old->record_count + 1, struct vault_record);
    for (uint32_t i = 0; i < old->record_count && result == 0; i++) {
        result = renew_record(renewal, &old->records[i], &renewal->file.records[i], &boxes, err);
    }
    buf_done(&boxes);
    return result;
}

/* The order in which files are written makes the vault readable after each step. */
static int write_renewed(struct renewal *renewal, struct error *err)
{
    struct vault *vault = renewal->vault;
    struct buf out;
    buf_init(&out, LIMIT_VAULT);
    format_write(&renewal->file, &out);
    int result = vault_state_finish(&out, &renewal->keys, err);
    result = result < 0 ? result : write_both_keys(renewal, err);
    result = result < 0 ? result : vault_state_replace(vault, &out, err);
    if (result == 0) {
        vault_keys_done(&vault->keys);
        vault->keys = renewal->keys;
        renewal->keys = (struct vault_keys){0};
        result = vault_state_verify(vault, err);
    }
    /* The backup is still under the old key, which is given up because somebody may have it. */
    result = result < 0 ? result : file_write(vault->backup_path, 0600, buf_view(&out), err);
    result = result < 0 ? result : drop_old_key(renewal, err);
    buf_done(&out);
    return result;
}

int vault_rotate(struct vault *vault, const struct vault_lock *how, const struct vault_asker *asker,
                 struct error *err)
{
    struct renewal renewal = {.vault = vault};
    memcpy(renewal.file.vault_id, vault->file.vault_id, VAULT_ID_SIZE);
    int result = make_keys(&renewal, how, asker, err);
    int lock = result < 0 ? result : vault_state_lock(vault, true, err);
    if (lock >= 0) {
        result = vault_state_reload(vault, err);
        result = result < 0 ? result : renew_records(&renewal, err);
        result = result < 0 ? result : write_renewed(&renewal, err);
        close(lock);
    }
    renewal_done(&renewal);
    return lock < 0 ? lock : result;
}
