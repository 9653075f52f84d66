#include "vault/format.h"

#include "base/limits.h"
#include "vault/parts.h"
#include "vault/vault.h"

#include <string.h>

enum { FORMAT_VERSION = 1, RECORD_HEAD = 24 };

static const char magic[8] = {'A', 'S', 'S', 'A', 'Y', 'V', 'L', 'T'};

/* ---- reading ---- */

static int cut(struct error *err)
{
    return error_set(err, ERR_FORMAT, "cut short or altered");
}

struct head {
    uint32_t version, wrap_len;
    uint64_t length;
};

static bool take_head(struct str *bytes, struct head *head, struct vault_file *file)
{
    struct str mark, id;
    if (bytes->len < VAULT_HEADER) {
        return false;
    }
    part_take_bytes(bytes, sizeof magic, &mark);
    part_take_u32(bytes, &head->version);
    part_take_u32(bytes, &file->wrap);
    part_take_bytes(bytes, VAULT_ID_SIZE, &id);
    memcpy(file->vault_id, id.ptr, VAULT_ID_SIZE);
    part_take_u64(bytes, &file->generation);
    part_take_u64(bytes, &file->next_id);
    part_take_u32(bytes, &file->record_count);
    part_take_u32(bytes, &head->wrap_len);
    return part_take_u64(bytes, &head->length);
}

static int check_head(const struct head *head, const struct vault_file *file, size_t len,
                      struct error *err)
{
    if (head->version != FORMAT_VERSION) {
        return error_set(err, ERR_VERSION,
                         "of format version %u; this assay reads version %d, a newer one may read "
                         "it",
                         head->version, FORMAT_VERSION);
    }
    if (head->length != len || file->wrap < VAULT_WRAP_KEY_FILE || file->wrap > VAULT_WRAP_TPM2 ||
        head->wrap_len > VAULT_WRAP_SECTION) {
        return cut(err);
    }
    if (file->record_count > LIMIT_VAULT_CREDENTIALS) {
        return error_set(err, ERR_LIMIT, "more than %u credentials", LIMIT_VAULT_CREDENTIALS);
    }
    return 0;
}

static bool take_box(struct str *bytes, uint32_t len, size_t limit, struct str *ret)
{
    return len >= VAULT_BOX_EXTRA && len - VAULT_BOX_EXTRA <= limit &&
           part_take_bytes(bytes, len, ret);
}

static bool take_record(struct str *bytes, struct vault_record *record)
{
    uint32_t details, secret;
    return part_take_u64(bytes, &record->id) && part_take_u32(bytes, &record->kind) &&
           part_take_u32(bytes, &record->version) && part_take_u32(bytes, &details) &&
           part_take_u32(bytes, &secret) &&
           take_box(bytes, details, LIMIT_CREDENTIAL_DETAILS, &record->details) &&
           take_box(bytes, secret, LIMIT_SECRET, &record->secret);
}

static int take_records(struct str *bytes, struct arena *arena, struct vault_file *file,
                        struct error *err)
{
    uint64_t before = 0;
    /* Each record has at least its head and two boxes: the count cannot ask for more memory than
     * the file's size warrants. */
    if (file->record_count > bytes->len / (RECORD_HEAD + 2 * VAULT_BOX_EXTRA)) {
        return cut(err);
    }
    file->records = arena_array(arena, file->record_count + 1, struct vault_record);
    for (uint32_t i = 0; i < file->record_count; i++) {
        struct vault_record *record = &file->records[i];
        if (!take_record(bytes, record) || record->id <= before || record->id >= file->next_id) {
            return cut(err);
        }
        before = record->id;
    }
    return bytes->len == VAULT_TRAILER ? 0 : cut(err);
}

int format_read(struct str bytes, struct arena *arena, struct vault_file *ret, struct error *err)
{
    struct vault_file file = {0};
    struct head head;
    struct str rest = bytes;
    if (bytes.len >= sizeof magic && memcmp(bytes.ptr, magic, sizeof magic) != 0) {
        return error_set(err, ERR_FORMAT, "is no vault, or its beginning was altered");
    }
    if (!take_head(&rest, &head, &file)) {
        return cut(err);
    }
    int result = check_head(&head, &file, bytes.len, err);
    if (result == 0 && !part_take_bytes(&rest, head.wrap_len, &file.wrap_section)) {
        result = cut(err);
    }
    result = result < 0 ? result : take_records(&rest, arena, &file, err);
    if (result == 0) {
        *ret = file;
    }
    return result;
}

struct str format_checked(struct str bytes)
{
    return str_sub(bytes, 0, bytes.len - VAULT_TRAILER);
}

struct str format_checksum(struct str bytes)
{
    return str_sub(bytes, bytes.len - VAULT_TRAILER, VAULT_CHECKSUM);
}

struct str format_authenticated(struct str bytes)
{
    return str_sub(bytes, 0, bytes.len - VAULT_MAC);
}

struct str format_mac(struct str bytes)
{
    return str_skip(bytes, bytes.len - VAULT_MAC);
}

/* ---- writing ---- */

void format_bound(const struct vault_file *file, unsigned char out[VAULT_BOUND])
{
    memcpy(out, magic, sizeof magic);
    part_write_u32(out + 8, FORMAT_VERSION);
    part_write_u32(out + 12, file->wrap);
    memcpy(out + 16, file->vault_id, VAULT_ID_SIZE);
}

static size_t record_size(const struct vault_record *record)
{
    return RECORD_HEAD + record->details.len + record->secret.len;
}

static void write_record(const struct vault_record *record, struct buf *out)
{
    part_put_u64(out, record->id);
    part_put_u32(out, record->kind);
    part_put_u32(out, record->version);
    part_put_u32(out, (uint32_t)record->details.len);
    part_put_u32(out, (uint32_t)record->secret.len);
    buf_put_str(out, record->details);
    buf_put_str(out, record->secret);
}

void format_write(const struct vault_file *file, struct buf *out)
{
    unsigned char bound[VAULT_BOUND];
    uint64_t length = VAULT_HEADER + file->wrap_section.len + VAULT_TRAILER;
    for (uint32_t i = 0; i < file->record_count; i++) {
        length += record_size(&file->records[i]);
    }
    format_bound(file, bound);
    buf_put(out, bound, sizeof bound);
    part_put_u64(out, file->generation);
    part_put_u64(out, file->next_id);
    part_put_u32(out, file->record_count);
    part_put_u32(out, (uint32_t)file->wrap_section.len);
    part_put_u64(out, length);
    buf_put_str(out, file->wrap_section);
    for (uint32_t i = 0; i < file->record_count; i++) {
        write_record(&file->records[i], out);
    }
}
