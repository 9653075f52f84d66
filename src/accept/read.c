#include "accept/reader.h"

#include "base/limits.h"

/* Before 1.0 the specification fixes the namespace and lets a version follow it. */
#define VEX_CONTEXT "https://openvex.dev/ns"

/* @context is a text, or a list that has the text (JSON-LD 1.1, 3.1). */
static bool is_vex(struct json root)
{
    struct json context = json_get(root, "@context"), item;
    struct json_each each = json_each(context);
    bool found = str_starts(json_str(context), STR(VEX_CONTEXT));
    while (json_type(context) == JSON_ARRAY && json_next(&each, &item)) {
        found = found || str_starts(json_str(item), STR(VEX_CONTEXT));
    }
    return found;
}

static int read_root(struct accept_reader *reader, struct json root, struct error *err)
{
    if (is_vex(root)) {
        return accept_read_vex(reader, root, err);
    }
    if (str_eq_text(json_str(json_get(root, "format")), ACCEPT_FORMAT_NAME)) {
        return accept_read_rules(reader, root, err);
    }
    return error_set(err, ERR_FORMAT,
                     "neither rules of accepted risk (\"format\": \"" ACCEPT_FORMAT_NAME
                     "\") nor an OpenVEX document (\"@context\": \"" VEX_CONTEXT "\")");
}

int accept_read(struct str bytes, struct str document, struct arena *arena,
                struct accept_rules *rules, struct error *err)
{
    const struct accept_rules before = *rules;
    struct accept_reader reader = {rules, arena, document, 0};
    struct json_document json;
    int r = json_parse(bytes, LIMIT_ACCEPT, arena, &json, err);
    if (r < 0) {
        return r;
    }
    r = read_root(&reader, json_root(&json), err);
    json_done(&json);
    if (r < 0) {
        *rules = before;
    } else if (reader.bad > ACCEPT_NAMED) {
        accept_problem(&reader, arena_printf(arena, "%.*s: %u more left out", STR_ARG(document),
                                             (unsigned)(reader.bad - ACCEPT_NAMED)));
    }
    return r;
}
