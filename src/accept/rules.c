/* Rules of our own: docs/formats/accepted.md. */
#include "accept/reader.h"

#include "base/limits.h"

/* A member that is not known may be a condition that was misspelt: a rule that ignored it would
 * accept more than its author meant. */
static int check_members(struct json rule, struct error *err)
{
    static const char *const known[] = {"cve",    "software", "product", "server",
                                        "reason", "author",   "until"};
    struct json member;
    struct json_each each = json_each(rule);
    while (json_next(&each, &member)) {
        bool found = false;
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
            found = found || str_eq_text(json_key(member), known[i]);
        }
        if (!found) {
            return json_fail(rule, ERR_FORMAT, err, "%.*s is no member of a rule",
                             STR_ARG(str_cut_utf8(json_key(member), 60)));
        }
    }
    return 0;
}

static int read_cve(struct json rule, uint64_t *ret, struct error *err)
{
    struct json value = json_get(rule, "cve");
    if (json_type(value) == JSON_ABSENT) {
        return 0;
    }
    if (!cve_id_parse(json_str(value), ret)) {
        return json_fail(value, ERR_FORMAT, err, "not a CVE identifier; write CVE-2024-12345");
    }
    return 0;
}

static int read_pattern(struct json rule, const char *key, struct str *ret, struct error *err)
{
    return json_type(json_get(rule, key)) == JSON_ABSENT
               ? 0
               : accept_text(rule, key, LIMIT_NAME, ret, err);
}

static int read_until(struct json rule, int32_t *ret, struct error *err)
{
    struct str text;
    int r = accept_text(rule, "until", LIMIT_NAME, &text, err);
    if (r < 0) {
        return r;
    }
    if (str_eq_text(text, "never")) {
        *ret = DATE_NONE;
        return 0;
    }
    if (!date_parse(text, ret)) {
        return json_fail(json_get(rule, "until"), ERR_FORMAT, err,
                         "not a date; write 2026-12-31, or never");
    }
    return 0;
}

/* "*" narrows nothing down. */
static bool narrows(struct str pattern)
{
    for (size_t i = 0; i < pattern.len; i++) {
        if (pattern.ptr[i] != '*') {
            return true;
        }
    }
    return false;
}

static int read_rule(struct json item, struct accept_rule *rule, struct error *err)
{
    int r = json_type(item) == JSON_OBJECT
                ? check_members(item, err)
                : json_fail(item, ERR_FORMAT, err, "must be an object, not %s",
                            json_type_name(json_type(item)));
    r = r < 0 ? r : read_cve(item, &rule->cve, err);
    r = r < 0 ? r : read_pattern(item, "software", &rule->software, err);
    r = r < 0 ? r : read_pattern(item, "product", &rule->product, err);
    r = r < 0 ? r : read_pattern(item, "server", &rule->server, err);
    r = r < 0 ? r : accept_text(item, "reason", LIMIT_INVENTORY_TEXT, &rule->reason, err);
    r = r < 0 ? r : accept_text(item, "author", LIMIT_NAME, &rule->author, err);
    r = r < 0 ? r : read_until(item, &rule->until, err);
    if (r == 0 && rule->cve == 0 && !narrows(rule->software) && !narrows(rule->product) &&
        !narrows(rule->server)) {
        return json_fail(item, ERR_FORMAT, err,
                         "accepts everything; name a cve, software, product or server");
    }
    return r;
}

static int check_version(struct json root, struct error *err)
{
    struct json value = json_get(root, "format_version");
    uint64_t version;
    if (!json_as_uint(value, &version) || version == 0) {
        return error_set(err, ERR_FORMAT, "format_version must be %d", ACCEPT_FORMAT_VERSION);
    }
    if (version > ACCEPT_FORMAT_VERSION) {
        return error_set(err, ERR_VERSION, "format_version is %llu; this program reads up to %d",
                         (unsigned long long)version, ACCEPT_FORMAT_VERSION);
    }
    return 0;
}

int accept_read_rules(struct accept_reader *reader, struct json root, struct error *err)
{
    struct json list = json_get(root, "rules"), item;
    int r = check_version(root, err);
    if (r == 0 && json_type(list) != JSON_ARRAY) {
        r = error_set(err, ERR_FORMAT, "rules must be an array, not %s",
                      json_type_name(json_type(list)));
    }
    struct json_each each = json_each(list);
    for (uint32_t number = 1; r == 0 && json_next(&each, &item); number++) {
        struct error why = ERROR_INIT;
        struct accept_rule rule = {.number = number, .until = DATE_NONE, .stated = TIME_NONE};
        if (read_rule(item, &rule, reader->bad < ACCEPT_NAMED ? &why : NULL) < 0) {
            accept_bad(reader, &why);
        } else {
            r = accept_add(reader, &rule, err);
        }
    }
    return r;
}
