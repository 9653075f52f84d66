#include "json/json_node.h"

#include <string.h>

static const struct json_node *node_of(struct json value)
{
    return value.document == NULL ? NULL : &value.document->nodes[value.index];
}

struct json json_root(const struct json_document *document)
{
    return (struct json){document->count > 0 ? document : NULL, 0};
}

enum json_type json_type(struct json value)
{
    const struct json_node *node = node_of(value);
    return node == NULL ? JSON_ABSENT : (enum json_type)node->type;
}

struct json_each json_each(struct json value)
{
    const struct json_node *node = node_of(value);
    if (node == NULL || (node->type != JSON_ARRAY && node->type != JSON_OBJECT)) {
        return (struct json_each){0};
    }
    return (struct json_each){value.document, value.index + 1, node->next};
}

bool json_next(struct json_each *each, struct json *ret_item)
{
    if (each->at >= each->end) {
        return false;
    }
    *ret_item = (struct json){each->document, each->at};
    each->at = each->document->nodes[each->at].next;
    return true;
}

struct json json_get(struct json value, const char *key)
{
    struct json found = {0}, member;
    if (json_type(value) != JSON_OBJECT) {
        return found;
    }
    size_t len = strlen(key);
    struct json_each each = json_each(value);
    while (json_next(&each, &member)) {
        const struct json_node *node = node_of(member);
        if (node->key_len == len && memcmp(value.document->text + node->key, key, len) == 0) {
            found = member;
        }
    }
    return found;
}

uint32_t json_count(struct json value)
{
    enum json_type type = json_type(value);
    return type == JSON_ARRAY || type == JSON_OBJECT ? node_of(value)->len : 0;
}

struct str json_key(struct json value)
{
    const struct json_node *node = node_of(value);
    if (node == NULL || node->key == JSON_NO_KEY) {
        return STR("");
    }
    return (struct str){value.document->text + node->key, node->key_len};
}

bool json_as_str(struct json value, struct str *ret)
{
    if (json_type(value) != JSON_TEXT) {
        return false;
    }
    const struct json_node *node = node_of(value);
    *ret = (struct str){value.document->text + node->at, node->len};
    return true;
}

bool json_as_uint(struct json value, uint64_t *ret)
{
    if (json_type(value) != JSON_NUMBER) {
        return false;
    }
    const struct json_node *node = node_of(value);
    return str_to_u64((struct str){value.document->text + node->at, node->len}, ret);
}

bool json_as_bool(struct json value, bool *ret)
{
    enum json_type type = json_type(value);
    if (type != JSON_TRUE && type != JSON_FALSE) {
        return false;
    }
    *ret = type == JSON_TRUE;
    return true;
}

struct str json_str(struct json value)
{
    struct str text = STR("");
    json_as_str(value, &text);
    return text;
}
