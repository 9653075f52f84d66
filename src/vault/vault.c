#include "vault/vault.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "vault/details.h"
#include "vault/parts.h"
#include "vault/seal.h"
#include "vault/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { KEY_OF_RECORDS = 1, KEY_OF_MAC = 2 };

/* ---- files and keys ---- */

struct vault *vault_state_new(const char *folder)
{
    struct vault *vault = mem_alloc_zero(1, sizeof *vault);
    vault->folder = mem_dup_text(folder);
    vault->path = file_join(folder, "vault.assay");
    vault->backup_path = file_join(folder, "vault.assay.1");
    vault->key_path = file_join(folder, "vault.key");
    vault->lock_path = file_join(folder, "lock");
    vault->seen_path = seen_path_of(folder);
    buf_init(&vault->bytes, LIMIT_VAULT);
    arena_init(&vault->arena);
    return vault;
}

void vault_close(struct vault *vault)
{
    if (vault == NULL) {
        return;
    }
    vault_keys_done(&vault->keys);
    buf_done(&vault->bytes);
    arena_done(&vault->arena);
    free(vault->folder);
    free(vault->path);
    free(vault->backup_path);
    free(vault->key_path);
    free(vault->lock_path);
    free(vault->seen_path);
    free(vault);
}

/* What may not be looked at may be there: saying that there is none would mislead. */
static bool may_exist(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

bool vault_exists(const char *folder)
{
    _cleanup_free_ char *path = file_join(folder, "vault.assay");
    return may_exist(path);
}

int vault_keys_take(struct vault_keys *keys, struct secret *data, struct error *err)
{
    struct vault_keys made = {.data = *data};
    *data = (struct secret){0};
    int result = seal_derive(&made.data, KEY_OF_RECORDS, &made.records, err);
    result = result < 0 ? result : seal_derive(&made.data, KEY_OF_MAC, &made.mac, err);
    if (result < 0) {
        vault_keys_done(&made);
        return result;
    }
    *keys = made;
    return 0;
}

void vault_keys_done(struct vault_keys *keys)
{
    secret_free(&keys->data);
    secret_free(&keys->records);
    secret_free(&keys->mac);
}

int vault_state_lock(const struct vault *vault, bool exclusive, struct error *err)
{
    int fd = open(vault->lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        return error_set_errno(err, "%s", vault->lock_path);
    }
    int result;
    do {
        result = flock(fd, exclusive ? LOCK_EX : LOCK_SH);
    } while (result < 0 && errno == EINTR);
    if (result < 0) {
        error_set_errno(err, "%s: lock", vault->lock_path);
        close(fd);
        return ERR_IO;
    }
    return fd;
}

/* ---- reading ---- */

static bool has_checksum(struct str bytes)
{
    unsigned char sum[VAULT_CHECKSUM];
    seal_checksum(format_checked(bytes), sum);
    return memcmp(sum, format_checksum(bytes).ptr, sizeof sum) == 0;
}

static bool is_whole(const char *path)
{
    struct buf bytes;
    struct arena arena;
    struct vault_file file;
    buf_init(&bytes, LIMIT_VAULT);
    arena_init(&arena);
    bool whole = file_read(path, &bytes, NULL) == 0 &&
                 format_read(buf_view(&bytes), &arena, &file, NULL) == 0 &&
                 has_checksum(buf_view(&bytes));
    buf_done(&bytes);
    arena_done(&arena);
    return whole;
}

/* Says of a file that is refused what there is instead. */
static int refuse(const struct vault *vault, const char *what, struct error *err)
{
    if (is_whole(vault->backup_path)) {
        error_set(err, ERR_FORMAT,
                  "%s, so it is not used; the version before its last change is %s", what,
                  vault->backup_path);
    } else {
        error_set(err, ERR_FORMAT, "%s, so it is not used; there is no whole backup %s", what,
                  vault->backup_path);
    }
    error_add_where(err, vault->path);
    return ERR_FORMAT;
}

static int parse(struct vault *vault, struct error *err)
{
    struct str bytes = buf_view(&vault->bytes);
    struct error cause = ERROR_INIT;
    int result = format_read(bytes, &vault->arena, &vault->file, &cause);
    if (result == ERR_FORMAT) {
        return refuse(vault, cause.message, err);
    }
    if (result < 0) {
        error_set(err, result, "%s", cause.message);
        error_add_where(err, vault->path);
        return result;
    }
    return has_checksum(bytes) ? 0 : refuse(vault, "cut short or altered", err);
}

int vault_state_load(struct vault *vault, struct error *err)
{
    buf_clear(&vault->bytes);
    arena_clear(&vault->arena);
    vault->credentials = NULL;
    vault->credential_count = 0;
    vault->file = (struct vault_file){0};
    if (stat(vault->path, &vault->seen) < 0) {
        return error_set_errno(err, "%s", vault->path);
    }
    int result = file_read(vault->path, &vault->bytes, err);
    result = result < 0 ? result : parse(vault, err);
    if (result == 0) {
        uint64_t noted = seen_read(vault->seen_path, vault->file.vault_id);
        vault->newest = noted > vault->newest ? noted : vault->newest;
    }
    return result;
}

struct str vault_record_bound(const unsigned char *vault_id, const struct vault_record *record,
                              enum vault_part part, unsigned char out[VAULT_RECORD_BOUND])
{
    memcpy(out, vault_id, VAULT_ID_SIZE);
    part_write_u64(out + VAULT_ID_SIZE, record->id);
    part_write_u32(out + VAULT_ID_SIZE + 8, record->kind);
    part_write_u32(out + VAULT_ID_SIZE + 12, record->version);
    part_write_u32(out + VAULT_ID_SIZE + 16, part);
    return str_make((const char *)out, VAULT_RECORD_BOUND);
}

static bool open_details(const struct vault *vault, const struct vault_record *record,
                         struct arena *arena, struct credential *ret)
{
    unsigned char bound[VAULT_RECORD_BOUND];
    size_t len = record->details.len - VAULT_BOX_EXTRA;
    _cleanup_free_ unsigned char *plain = mem_alloc(len + 1);
    struct str view = str_make((const char *)plain, len);
    return seal_open(&vault->keys.records,
                     vault_record_bound(vault->file.vault_id, record, VAULT_PART_DETAILS, bound),
                     record->details, plain) &&
           details_read(&view, arena, ret, NULL) == 0 && view.len == 0 && ret->id == record->id &&
           (uint32_t)ret->kind == record->kind;
}

/* Credentials that were removed or changed since are in it as they were. */
static int check_newest(struct vault *vault, struct error *err)
{
    if (vault->file.generation < vault->newest) {
        error_set(
            err, ERR_VERSION,
            "an older file than the last one (change %llu, seen was %llu), so it is not used; "
            "if you put it back yourself, remove %s",
            (unsigned long long)vault->file.generation, (unsigned long long)vault->newest,
            vault->seen_path);
        error_add_where(err, vault->path);
        return ERR_VERSION;
    }
    vault->newest = vault->file.generation;
    return 0;
}

int vault_state_verify(struct vault *vault, struct error *err)
{
    unsigned char mac[VAULT_MAC];
    struct str bytes = buf_view(&vault->bytes);
    seal_mac(&vault->keys.mac, format_authenticated(bytes), mac);
    if (!seal_equal(mac, format_mac(bytes).ptr, sizeof mac)) {
        return refuse(vault, "altered by somebody without its key", err);
    }
    int result = check_newest(vault, err);
    if (result < 0) {
        return result;
    }
    vault->credentials =
        arena_array(&vault->arena, vault->file.record_count + 1, struct credential);
    for (uint32_t i = 0; i < vault->file.record_count; i++) {
        if (!open_details(vault, &vault->file.records[i], &vault->arena, &vault->credentials[i])) {
            return refuse(vault, "altered", err);
        }
    }
    vault->credential_count = vault->file.record_count;
    return 0;
}

static bool was_seen(const struct vault *vault)
{
    struct stat now;
    return stat(vault->path, &now) == 0 && now.st_ino == vault->seen.st_ino &&
           now.st_dev == vault->seen.st_dev && now.st_size == vault->seen.st_size &&
           now.st_mtim.tv_sec == vault->seen.st_mtim.tv_sec &&
           now.st_mtim.tv_nsec == vault->seen.st_mtim.tv_nsec;
}

int vault_state_reload(struct vault *vault, struct error *err)
{
    if (was_seen(vault)) {
        return 0;
    }
    _cleanup_free_ char *section = mem_alloc(VAULT_WRAP_SECTION);
    size_t len = vault->file.wrap_section.len;
    memcpy(section, vault->file.wrap_section.ptr, len);
    int result = vault_state_load(vault, err);
    if (result == 0 && !str_eq(vault->file.wrap_section, str_make(section, len))) {
        return error_set(err, ERR_IO, "the vault was given a new key meanwhile; do it again");
    }
    return result < 0 ? result : vault_state_verify(vault, err);
}

int vault_refresh(struct vault *vault, struct error *err)
{
    if (was_seen(vault)) {
        return 0;
    }
    int lock = vault_state_lock(vault, false, err);
    if (lock < 0) {
        return lock;
    }
    int result = vault_state_reload(vault, err);
    close(lock);
    return result;
}

/* ---- opening ---- */

static int missing(const struct vault *vault, struct error *err)
{
    if (file_exists(vault->backup_path)) {
        return error_set(err, ERR_IO,
                         "%s is missing, and its backup is there; copy %s to it, or remove that to "
                         "begin anew",
                         vault->path, vault->backup_path);
    }
    return error_set(err, ERR_NOT_FOUND,
                     "no credentials are kept in %s; `assay credential add` makes the vault",
                     vault->folder);
}

/* The key file is read under the lock under which the vault was read, as both change together; a
 * passphrase is asked for after it. */
static int unwrap(struct vault *vault, const struct vault_asker *asker, int *lock,
                  struct error *err)
{
    const struct wrap_tools tools = {.key_path = vault->key_path, .asker = asker};
    struct secret data = {0};
    if (vault->file.wrap != VAULT_WRAP_KEY_FILE) {
        close(*lock);
        *lock = -1;
    }
    int result = wrap_open(&vault->file, &tools, &data, err);
    if (result == ERR_FORMAT) {
        return refuse(vault, "cut short or altered", err);
    }
    return result < 0 ? result : vault_keys_take(&vault->keys, &data, err);
}

/* A vault that was made before, or put back and accepted, is noted from now on. */
static int note_opened(struct vault *vault, struct error *err)
{
    int lock = vault_state_lock(vault, false, err);
    if (lock >= 0 && was_seen(vault)) {
        seen_note(vault->seen_path, vault->file.vault_id, vault->newest);
    }
    if (lock >= 0) {
        close(lock);
    }
    return lock < 0 ? lock : 0;
}

static int open_all(struct vault *vault, const struct vault_asker *asker, struct error *err)
{
    int result = seal_init(err);
    if (result < 0) {
        return result;
    }
    if (!may_exist(vault->path)) {
        return missing(vault, err);
    }
    int lock = vault_state_lock(vault, false, err);
    if (lock < 0) {
        return lock;
    }
    result = vault_state_load(vault, err);
    result = result < 0 ? result : unwrap(vault, asker, &lock, err);
    if (lock >= 0) {
        close(lock);
    }
    result = result < 0 ? result : vault_state_verify(vault, err);
    return result < 0 ? result : note_opened(vault, err);
}

int vault_open(const char *folder, const struct vault_asker *asker, struct vault **ret,
               struct error *err)
{
    struct vault *vault = vault_state_new(folder);
    int result = open_all(vault, asker, err);
    if (result < 0) {
        vault_close(vault);
        return result;
    }
    *ret = vault;
    return 0;
}

/* ---- what is in it ---- */

enum vault_wrap vault_wrap_of(const struct vault *vault)
{
    return (enum vault_wrap)vault->file.wrap;
}

const struct credential *vault_credentials(const struct vault *vault, uint32_t *ret_count)
{
    *ret_count = vault->credential_count;
    return vault->credentials;
}

const struct credential *vault_find(const struct vault *vault, struct str name)
{
    for (uint32_t i = 0; i < vault->credential_count; i++) {
        if (str_eq(vault->credentials[i].name, name)) {
            return &vault->credentials[i];
        }
    }
    return NULL;
}

const struct credential *vault_find_id(const struct vault *vault, uint64_t id)
{
    for (uint32_t i = 0; i < vault->credential_count; i++) {
        if (vault->credentials[i].id == id) {
            return &vault->credentials[i];
        }
    }
    return NULL;
}

int vault_secret(const struct vault *vault, uint64_t id, struct credential_secret *ret,
                 struct error *err)
{
    const struct credential *found = vault_find_id(vault, id);
    unsigned char bound[VAULT_RECORD_BOUND];
    struct secret plain = {0};
    struct credential ignored;
    struct arena arena;
    if (found == NULL) {
        return error_set(err, ERR_NOT_FOUND, "there is no credential with number %llu any more",
                         (unsigned long long)id);
    }
    const struct vault_record *record = &vault->file.records[found - vault->credentials];
    int result =
        seal_open_secret(&vault->keys.records,
                         vault_record_bound(vault->file.vault_id, record, VAULT_PART_SECRET, bound),
                         record->secret, &plain, err);
    struct str view = secret_view(&plain);
    arena_init(&arena);
    result = result < 0 ? result : credential_decode(&view, &arena, &ignored, ret, err);
    arena_done(&arena);
    secret_free(&plain);
    return result;
}
