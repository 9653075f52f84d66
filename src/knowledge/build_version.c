#include "knowledge/builder.h"

#include "base/limits.h"

#include <string.h>

/* What tells two interned versions apart: scheme, text and update. */
static struct str version_name(struct buf *scratch, enum version_scheme scheme, struct str text,
                               struct str update)
{
    buf_clear(scratch);
    buf_put_byte(scratch, (char)scheme);
    buf_put_str(scratch, text);
    buf_put_byte(scratch, '\0');
    buf_put_str(scratch, update);
    return buf_view(scratch);
}

static void make_key(struct knowledge_builder *builder, enum version_scheme scheme, struct str text,
                     struct str update, struct builder_version *version)
{
    struct version_key key;
    version->key = (uint32_t)builder->keys.len;
    int result = scheme >= VERSION_NVD
                     ? version_cpe_key_make(scheme, text, update, &builder->keys, &key, NULL)
                     : version_key_make(scheme, text, &builder->keys, &key, NULL);
    if (result == 0 && key.len <= UINT16_MAX) {
        version->class = key.class;
        version->epoch = key.epoch;
        version->key_len = (uint16_t)key.len;
    }
}

static uint64_t hash_version(const struct knowledge_builder *builder, uint32_t number)
{
    const struct builder_version *version = &builder->versions.items[number];
    uint64_t seed = version->class + ((uint64_t)version->epoch << 32 | version->text);
    return str_hash_bytes(version->key_len ? builder->keys.data + version->key : "",
                          version->key_len, seed);
}

static bool same_version(const struct knowledge_builder *builder, uint32_t a, uint32_t b)
{
    const struct builder_version *left = &builder->versions.items[a];
    const struct builder_version *right = &builder->versions.items[b];
    return left->class == right->class && left->epoch == right->epoch &&
           left->text == right->text && left->key_len == right->key_len &&
           (left->key_len == 0 || memcmp(builder->keys.data + left->key,
                                         builder->keys.data + right->key, left->key_len) == 0);
}

void builder_versions_fill(struct knowledge_builder *builder, uint32_t known)
{
    builder_set_fill(builder, &builder->version_set, known, builder->versions.count - known,
                     hash_version);
}

uint32_t builder_version_put(struct knowledge_builder *builder,
                             const struct builder_version *version)
{
    uint32_t number = builder->versions.count;
    *list_add(&builder->versions) = *version;
    uint32_t found =
        builder_set_add(builder, &builder->version_set, number, hash_version, same_version);
    if (found != number) {
        builder->versions.count = number;
        builder->keys.len = version->key;
    }
    return found;
}

uint32_t builder_version_add(struct knowledge_builder *builder, enum version_scheme scheme,
                             struct str text, struct str update, bool *ret_keyed)
{
    struct str name = version_name(&builder->scratch, scheme, text, update);
    uint32_t named = intern_add(&builder->version_names, name);
    if (named == builder->named_versions.count) {
        struct builder_version version = {.epoch = VERSION_NO_EPOCH};
        version.text = builder_string(builder, text);
        make_key(builder, scheme, text, update, &version);
        uint32_t made = builder_version_put(builder, &version);
        *list_add(&builder->named_versions) = made;
    }
    uint32_t number = builder->named_versions.items[named];
    *ret_keyed = builder->versions.items[number].class != 0;
    return number;
}

static struct version_key view_key(const struct knowledge_builder *builder, uint32_t number)
{
    const struct builder_version *version = &builder->versions.items[number];
    return (struct version_key){
        .class = version->class,
        .epoch = version->epoch,
        .len = version->key_len,
        .bytes = (const unsigned char *)builder->keys.data + version->key,
    };
}

enum version_order builder_version_order(const struct knowledge_builder *builder, uint32_t a,
                                         uint32_t b)
{
    struct version_key left = view_key(builder, a), right = view_key(builder, b);
    return version_key_compare(&left, &right);
}

enum version_order builder_version_compare(const struct knowledge_builder *builder,
                                           const struct version_key *key, uint32_t number)
{
    struct version_key other = view_key(builder, number);
    return version_key_compare(key, &other);
}
