/* Changes of a vault: under a lock, on top of what is there, the file replaced whole. */
#include "base/date.h"
#include "base/file.h"
#include "base/limits.h"
#include "vault/details.h"
#include "vault/seal.h"
#include "vault/state.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* ---- writing the file ---- */

int vault_state_finish(struct buf *out, const struct vault_keys *keys, struct error *err)
{
    unsigned char sum[VAULT_CHECKSUM], mac[VAULT_MAC];
    if (!out->overflow) {
        seal_checksum(buf_view(out), sum);
        buf_put(out, sum, sizeof sum);
    }
    if (!out->overflow) {
        seal_mac(&keys->mac, buf_view(out), mac);
        buf_put(out, mac, sizeof mac);
    }
    return out->overflow
               ? error_set(err, ERR_LIMIT, "the vault would be larger than %zu bytes", LIMIT_VAULT)
               : 0;
}

int vault_state_replace(struct vault *vault, struct buf *next, struct error *err)
{
    int result = 0;
    if (vault->bytes.len > 0) {
        result = file_write(vault->backup_path, 0600, buf_view(&vault->bytes), err);
    }
    result = result < 0 ? result : file_write(vault->path, 0600, buf_view(next), err);
    /* Also after a failure, as the rename may have been done; what failed first is told. */
    struct error second = ERROR_INIT;
    int again = vault_state_load(vault, result < 0 ? &second : err);
    result = result < 0 ? result : again;
    if (result == 0) {
        seen_note(vault->seen_path, vault->file.vault_id, vault->file.generation);
    }
    return result;
}

/* Whether a name is a temporary file of file_replace_begin. */
static bool is_leftover(const char *name)
{
    static const char *const stems[] = {"vault.assay.1.", "vault.assay.", "vault.key."};
    for (size_t i = 0; i < sizeof stems / sizeof stems[0]; i++) {
        size_t len = strlen(stems[i]);
        if (strncmp(name, stems[i], len) == 0 && strlen(name) == len + 6) {
            return true;
        }
    }
    return false;
}

/* Removes what a change that was killed left behind; nobody else writes while we have the lock. */
static void remove_leftovers(const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        if (is_leftover(entry->d_name)) {
            unlinkat(dirfd(dir), entry->d_name, 0);
        }
    }
    if (dir != NULL) {
        closedir(dir);
    }
}

/* ---- a change ---- */

struct change {
    struct vault *vault;
    int lock;
    struct buf boxes; /* of the one record that is new */
    struct vault_record *records;
    uint32_t count;
    uint64_t next_id;
};

static int begin(struct vault *vault, struct change *change, struct error *err)
{
    *change = (struct change){.vault = vault};
    change->lock = vault_state_lock(vault, true, err);
    if (change->lock < 0) {
        return change->lock;
    }
    remove_leftovers(vault->folder);
    int result = vault_state_reload(vault, err);
    if (result < 0) {
        close(change->lock);
        return result;
    }
    uint32_t count = vault->file.record_count;
    buf_init(&change->boxes, LIMIT_CREDENTIAL_DETAILS + LIMIT_SECRET + 2 * VAULT_BOX_EXTRA);
    change->records = arena_array(&vault->arena, count + 1, struct vault_record);
    memcpy(change->records, vault->file.records, count * sizeof *change->records);
    change->count = count;
    change->next_id = vault->file.next_id;
    return 0;
}

static void done(struct change *change)
{
    buf_done(&change->boxes);
    close(change->lock);
}

static int write_change(struct change *change, struct error *err)
{
    struct vault *vault = change->vault;
    struct vault_file next = vault->file;
    struct buf out;
    next.generation++;
    next.next_id = change->next_id;
    next.records = change->records;
    next.record_count = change->count;
    buf_init(&out, LIMIT_VAULT);
    format_write(&next, &out);
    int result = vault_state_finish(&out, &vault->keys, err);
    result = result < 0 ? result : vault_state_replace(vault, &out, err);
    result = result < 0 ? result : vault_state_verify(vault, err);
    buf_done(&out);
    return result;
}

static int box_secret(struct change *change, const struct credential *credential,
                      const struct credential_secret *secret, const struct vault_record *record,
                      struct error *err)
{
    unsigned char bound[VAULT_RECORD_BOUND];
    struct secret plain;
    int result = secret_new(credential_form_size(credential, secret), &plain, err);
    result = result < 0 ? result : credential_encode(credential, secret, &plain, err);
    if (result == 0) {
        seal_box(&change->vault->keys.records,
                 vault_record_bound(change->vault->file.vault_id, record, VAULT_PART_SECRET, bound),
                 secret_view(&plain), &change->boxes);
    }
    secret_free(&plain);
    return result;
}

static int box_details(struct change *change, const struct credential *credential,
                       const struct vault_record *record, struct error *err)
{
    unsigned char bound[VAULT_RECORD_BOUND];
    struct buf plain;
    buf_init(&plain, LIMIT_CREDENTIAL_DETAILS);
    details_write(credential, &plain);
    int result = plain.overflow ? error_set(err, ERR_LIMIT,
                                            "name and scope of the credential are longer than "
                                            "%zu bytes",
                                            LIMIT_CREDENTIAL_DETAILS)
                                : 0;
    if (result == 0) {
        seal_box(
            &change->vault->keys.records,
            vault_record_bound(change->vault->file.vault_id, record, VAULT_PART_DETAILS, bound),
            buf_view(&plain), &change->boxes);
    }
    buf_done(&plain);
    return result;
}

/* Encrypts both parts of the record. */
static int seal_record(struct change *change, const struct credential *credential,
                       const struct credential_secret *secret, struct vault_record *record,
                       struct error *err)
{
    record->kind = (uint32_t)credential->kind;
    int result = box_details(change, credential, record, err);
    size_t details = change->boxes.len;
    result = result < 0 ? result : box_secret(change, credential, secret, record, err);
    record->details = str_sub(buf_view(&change->boxes), 0, details);
    record->secret = str_skip(buf_view(&change->boxes), details);
    return result;
}

static int check_name(const struct vault *vault, const struct credential *credential,
                      struct error *err)
{
    const struct credential *other = vault_find(vault, credential->name);
    return other == NULL || other->id == credential->id
               ? 0
               : error_set(err, ERR_USAGE, "there is a credential named %.*s already",
                           STR_ARG(credential->name));
}

/* ---- the three changes ---- */

static int add(struct change *change, const struct credential *given,
               const struct credential_secret *secret, uint64_t *ret_id, struct error *err)
{
    struct credential credential = *given;
    struct vault_record *record = &change->records[change->count];
    if (change->count == LIMIT_VAULT_CREDENTIALS) {
        return error_set(err, ERR_LIMIT, "the vault has %u credentials; it takes no more",
                         LIMIT_VAULT_CREDENTIALS);
    }
    credential.id = change->next_id;
    credential.created = credential.changed = time_now();
    *record = (struct vault_record){.id = credential.id, .version = 1};
    int result = check_name(change->vault, &credential, err);
    result = result < 0 ? result : seal_record(change, &credential, secret, record, err);
    change->count++;
    change->next_id++;
    result = result < 0 ? result : write_change(change, err);
    if (result == 0) {
        *ret_id = credential.id;
    }
    return result;
}

int vault_add(struct vault *vault, const struct credential *credential,
              const struct credential_secret *secret, uint64_t *ret_id, struct error *err)
{
    struct change change;
    int result = begin(vault, &change, err);
    if (result == 0) {
        result = add(&change, credential, secret, ret_id, err);
        done(&change);
    }
    return result;
}

static struct vault_record *find_record(struct change *change, uint64_t id, struct error *err)
{
    for (uint32_t i = 0; i < change->count; i++) {
        if (change->records[i].id == id) {
            return &change->records[i];
        }
    }
    error_set(err, ERR_NOT_FOUND, "the credential was removed meanwhile");
    return NULL;
}

static int change_one(struct change *change, const struct credential *given,
                      const struct credential_secret *secret, struct error *err)
{
    struct credential_secret kept = {0};
    struct credential credential = *given;
    struct vault_record *record = find_record(change, given->id, err);
    if (record == NULL) {
        return ERR_NOT_FOUND;
    }
    const struct credential *stored = vault_find_id(change->vault, given->id);
    if (stored->changed != given->changed || stored->created != given->created) {
        return error_set(err, ERR_USAGE,
                         "the credential was changed by somebody else meanwhile; "
                         "look at it and change it again");
    }
    int result = check_name(change->vault, &credential, err);
    if (result == 0 && secret == NULL) {
        result = vault_secret(change->vault, given->id, &kept, err);
    }
    int64_t now = time_now();
    credential.changed = now > given->changed ? now : given->changed + 1;
    record->version++;
    result = result < 0
                 ? result
                 : seal_record(change, &credential, secret != NULL ? secret : &kept, record, err);
    credential_secret_done(&kept);
    return result < 0 ? result : write_change(change, err);
}

int vault_change(struct vault *vault, const struct credential *credential,
                 const struct credential_secret *secret, struct error *err)
{
    /* The caller's texts may be views of the vault, which reading it again drops. */
    struct arena arena;
    struct change change;
    arena_init(&arena);
    struct credential copy = details_dup(credential, &arena);
    int result = begin(vault, &change, err);
    if (result == 0) {
        result = change_one(&change, &copy, secret, err);
        done(&change);
    }
    arena_done(&arena);
    return result;
}

int vault_remove(struct vault *vault, uint64_t id, struct error *err)
{
    struct change change;
    int result = begin(vault, &change, err);
    if (result < 0) {
        return result;
    }
    struct vault_record *record = find_record(&change, id, err);
    if (record == NULL) {
        result = ERR_NOT_FOUND;
    } else {
        size_t behind = change.count - (size_t)(record - change.records) - 1;
        memmove(record, record + 1, behind * sizeof *record);
        change.count--;
        result = write_change(&change, err);
    }
    done(&change);
    return result;
}
