#include "vault/key_file.h"

#include "base/file.h"
#include "vault/parts.h"
#include "vault/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FORMAT_VERSION = 1,
    HEAD = 16,
    ENTRY = KEY_FILE_ID + SEAL_KEY,
    MOST = HEAD + KEY_FILE_MOST * ENTRY + VAULT_CHECKSUM
};

static const char magic[8] = {'A', 'S', 'S', 'A', 'Y', 'K', 'E', 'Y'};

void key_file_done(struct key_file *file)
{
    for (unsigned i = 0; i < file->count; i++) {
        secret_free(&file->keys[i]);
    }
    file->count = 0;
}

/* ---- reading ---- */

/* A key that others can read protects nothing. */
static int check_owner(int fd, const char *path, struct error *err)
{
    struct stat info;
    if (fstat(fd, &info) < 0) {
        return error_set_errno(err, "%s", path);
    }
    if (!S_ISREG(info.st_mode)) {
        return error_set(err, ERR_IO, "%s: the vault's key is no regular file", path);
    }
    if (info.st_uid != geteuid() && info.st_uid != 0) {
        return error_set(err, ERR_IO,
                         "%s: the vault's key belongs to another user (%u) and is not used", path,
                         (unsigned)info.st_uid);
    }
    if ((info.st_mode & 077) != 0) {
        return error_set(err, ERR_IO,
                         "%s: others can read the vault's key (mode %04o), so it is not used; "
                         "`chmod 600 %s`, then `assay credential rotate-key`",
                         path, (unsigned)info.st_mode & 07777, path);
    }
    return 0;
}

static bool take_key(struct str *bytes, struct key_file *file, struct error *err)
{
    struct str id, key;
    struct secret *to = &file->keys[file->count];
    if (!part_take_bytes(bytes, KEY_FILE_ID, &id) || !part_take_bytes(bytes, SEAL_KEY, &key) ||
        secret_new(SEAL_KEY, to, err) < 0) {
        return false;
    }
    file->count++;
    memcpy(file->ids[file->count - 1], id.ptr, KEY_FILE_ID);
    return secret_put(to, key.ptr, key.len, err) == 0;
}

static bool is_whole(struct str bytes)
{
    unsigned char sum[VAULT_CHECKSUM];
    if (bytes.len < HEAD + VAULT_CHECKSUM || memcmp(bytes.ptr, magic, sizeof magic) != 0) {
        return false;
    }
    seal_checksum(str_sub(bytes, 0, bytes.len - VAULT_CHECKSUM), sum);
    return memcmp(sum, bytes.ptr + bytes.len - VAULT_CHECKSUM, sizeof sum) == 0;
}

static int parse(struct str bytes, const char *path, struct key_file *file, struct error *err)
{
    uint32_t version, count;
    struct str rest = str_skip(bytes, sizeof magic);
    if (!is_whole(bytes)) {
        return error_set(err, ERR_IO, "%s: the vault's key is cut short or altered", path);
    }
    part_take_u32(&rest, &version);
    part_take_u32(&rest, &count);
    if (version != FORMAT_VERSION) {
        return error_set(err, ERR_VERSION, "%s: a key file of version %u; version %d is read here",
                         path, version, FORMAT_VERSION);
    }
    if (count == 0 || count > KEY_FILE_MOST || rest.len != count * ENTRY + VAULT_CHECKSUM) {
        return error_set(err, ERR_IO, "%s: the vault's key is cut short or altered", path);
    }
    while (file->count < count) {
        if (!take_key(&rest, file, err)) {
            return ERR_IO;
        }
    }
    return 0;
}

int key_file_read(const char *path, struct key_file *ret, struct error *err)
{
    struct key_file file = {0};
    struct secret bytes = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT) {
        return error_set(err, ERR_IO,
                         "%s: the vault's key is missing; without it the vault cannot be opened",
                         path);
    }
    if (fd < 0) {
        return error_set_errno(err, "%s", path);
    }
    int result = check_owner(fd, path, err);
    result = result < 0 ? result : secret_read(fd, MOST + 1, &bytes, err);
    close(fd);
    result = result < 0 ? result : parse(secret_view(&bytes), path, &file, err);
    secret_free(&bytes);
    if (result < 0) {
        key_file_done(&file);
        return result;
    }
    *ret = file;
    return 0;
}

/* ---- writing ---- */

static int put_all(const struct key_file *file, struct secret *out, struct error *err)
{
    unsigned char head[HEAD], sum[VAULT_CHECKSUM];
    memcpy(head, magic, sizeof magic);
    part_write_u32(head + 8, FORMAT_VERSION);
    part_write_u32(head + 12, file->count);
    int result = secret_put(out, head, sizeof head, err);
    for (unsigned i = 0; i < file->count && result == 0; i++) {
        result = secret_put(out, file->ids[i], KEY_FILE_ID, err);
        result = result < 0 ? result : secret_put(out, file->keys[i].ptr, SEAL_KEY, err);
    }
    if (result == 0) {
        seal_checksum(secret_view(out), sum);
        result = secret_put(out, sum, sizeof sum, err);
    }
    return result;
}

int key_file_write(const char *path, const struct key_file *file, struct error *err)
{
    struct secret out;
    int result = secret_new(MOST, &out, err);
    if (result < 0) {
        return result;
    }
    result = put_all(file, &out, err);
    result = result < 0 ? result : file_write(path, 0600, secret_view(&out), err);
    secret_free(&out);
    return result;
}

/* ---- keys ---- */

const struct secret *key_file_find(const struct key_file *file, const unsigned char *id)
{
    for (unsigned i = 0; i < file->count; i++) {
        if (memcmp(file->ids[i], id, KEY_FILE_ID) == 0) {
            return &file->keys[i];
        }
    }
    return NULL;
}

void key_file_keep(struct key_file *file, const unsigned char *id)
{
    unsigned kept = 0;
    for (unsigned i = 0; id != NULL && i < file->count; i++) {
        if (memcmp(file->ids[i], id, KEY_FILE_ID) == 0) {
            kept = i;
        }
    }
    for (unsigned i = 0; i < file->count; i++) {
        if (i != kept) {
            secret_free(&file->keys[i]);
        }
    }
    if (file->count > 0 && kept != 0) {
        memcpy(file->ids[0], file->ids[kept], KEY_FILE_ID);
        file->keys[0] = file->keys[kept];
        file->keys[kept] = (struct secret){0};
    }
    file->count = file->count > 0 ? 1 : 0;
}

void key_file_push(struct key_file *file, const unsigned char *id, struct secret *key)
{
    if (file->count == KEY_FILE_MOST) {
        secret_free(&file->keys[--file->count]);
    }
    for (unsigned i = file->count; i > 0; i--) {
        memcpy(file->ids[i], file->ids[i - 1], KEY_FILE_ID);
        file->keys[i] = file->keys[i - 1];
    }
    memcpy(file->ids[0], id, KEY_FILE_ID);
    file->keys[0] = *key;
    *key = (struct secret){0};
    file->count++;
}
