#include "vault/details.h"

#include "base/limits.h"
#include "vault/parts.h"

enum { FORM_VERSION = 1 };

/* ---- writing ---- */

static void write_list(const struct str *items, uint32_t count, struct buf *out)
{
    part_put_u32(out, count);
    for (uint32_t i = 0; i < count; i++) {
        part_put_text(out, items[i]);
    }
}

void details_write(const struct credential *credential, struct buf *out)
{
    part_put_u32(out, FORM_VERSION);
    part_put_u32(out, (uint32_t)credential->kind);
    part_put_u64(out, credential->id);
    part_put_u64(out, (uint64_t)credential->created);
    part_put_u64(out, (uint64_t)credential->changed);
    part_put_text(out, credential->name);
    part_put_text(out, credential->user);
    part_put_text(out, credential->domain);
    part_put_text(out, credential->provider);
    write_list(credential->scope_sources, credential->scope_source_count, out);
    write_list(credential->scope_ranges, credential->scope_range_count, out);
    write_list(credential->scope_domains, credential->scope_domain_count, out);
}

/* ---- reading ---- */

static int wrong(struct error *err)
{
    return error_set(err, ERR_FORMAT, "the details of a credential are cut short or altered");
}

static int read_text(struct str *bytes, size_t limit, struct arena *arena, struct str *ret,
                     struct error *err)
{
    struct str text;
    if (!part_take_text(bytes, &text)) {
        return wrong(err);
    }
    if (text.len > limit) {
        return error_set(err, ERR_LIMIT, "a text of a credential is longer than %zu bytes", limit);
    }
    *ret = arena_str(arena, text);
    return 0;
}

static int read_list(struct str *bytes, struct arena *arena, const struct str **ret_items,
                     uint32_t *ret_count, struct error *err)
{
    uint32_t count;
    if (!part_take_u32(bytes, &count)) {
        return wrong(err);
    }
    if (count > LIMIT_CREDENTIAL_SCOPE) {
        return error_set(err, ERR_LIMIT, "the scope of a credential has more than %u entries",
                         LIMIT_CREDENTIAL_SCOPE);
    }
    struct str *items = count > 0 ? arena_array(arena, count, struct str) : NULL;
    for (uint32_t i = 0; i < count; i++) {
        int result = read_text(bytes, LIMIT_NAME, arena, &items[i], err);
        if (result < 0) {
            return result;
        }
    }
    *ret_items = items;
    *ret_count = count;
    return 0;
}

static int read_fixed(struct str *bytes, struct credential *ret, struct error *err)
{
    uint32_t version, kind;
    uint64_t created, changed;
    if (!part_take_u32(bytes, &version) || !part_take_u32(bytes, &kind) ||
        !part_take_u64(bytes, &ret->id) || !part_take_u64(bytes, &created) ||
        !part_take_u64(bytes, &changed)) {
        return wrong(err);
    }
    if (version != FORM_VERSION || kind > CREDENTIAL_API_KEY) {
        return error_set(err, ERR_FORMAT, "the details of a credential are of an unknown form");
    }
    ret->kind = (enum credential_kind)kind;
    ret->created = (int64_t)created;
    ret->changed = (int64_t)changed;
    return 0;
}

int details_read(struct str *bytes, struct arena *arena, struct credential *ret, struct error *err)
{
    struct credential read = {0};
    struct str rest = *bytes;
    int result = read_fixed(&rest, &read, err);
    result = result < 0 ? result : read_text(&rest, LIMIT_NAME, arena, &read.name, err);
    result = result < 0 ? result : read_text(&rest, LIMIT_NAME, arena, &read.user, err);
    result = result < 0 ? result : read_text(&rest, LIMIT_NAME, arena, &read.domain, err);
    result = result < 0 ? result : read_text(&rest, LIMIT_URL, arena, &read.provider, err);
    result = result < 0
                 ? result
                 : read_list(&rest, arena, &read.scope_sources, &read.scope_source_count, err);
    result = result < 0 ? result
                        : read_list(&rest, arena, &read.scope_ranges, &read.scope_range_count, err);
    result = result < 0
                 ? result
                 : read_list(&rest, arena, &read.scope_domains, &read.scope_domain_count, err);
    if (result == 0) {
        *ret = read;
        *bytes = rest;
    }
    return result;
}

static const struct str *dup_list(const struct str *items, uint32_t count, struct arena *arena)
{
    struct str *copy = count > 0 ? arena_array(arena, count, struct str) : NULL;
    for (uint32_t i = 0; i < count; i++) {
        copy[i] = arena_str(arena, items[i]);
    }
    return copy;
}

struct credential details_dup(const struct credential *credential, struct arena *arena)
{
    struct credential copy = *credential;
    copy.name = arena_str(arena, credential->name);
    copy.user = arena_str(arena, credential->user);
    copy.domain = arena_str(arena, credential->domain);
    copy.provider = arena_str(arena, credential->provider);
    copy.scope_sources = dup_list(credential->scope_sources, credential->scope_source_count, arena);
    copy.scope_ranges = dup_list(credential->scope_ranges, credential->scope_range_count, arena);
    copy.scope_domains = dup_list(credential->scope_domains, credential->scope_domain_count, arena);
    return copy;
}
