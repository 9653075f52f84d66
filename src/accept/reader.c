#include "accept/reader.h"

#include "base/limits.h"

int accept_add(struct accept_reader *reader, const struct accept_rule *rule, struct error *err)
{
    struct accept_rules *rules = reader->rules;
    if (rules->count >= LIMIT_ACCEPT_RULES) {
        return error_set(err, ERR_LIMIT, "more than %u rules", LIMIT_ACCEPT_RULES);
    }
    arena_reserve(reader->arena, rules->items, rules->count, rules->capacity);
    rules->items[rules->count] = *rule;
    rules->items[rules->count++].document = reader->document;
    return 0;
}

int accept_text(struct json holder, const char *key, size_t limit, struct str *ret,
                struct error *err)
{
    struct json value = json_get(holder, key);
    struct str text;
    if (json_type(value) == JSON_ABSENT) {
        return json_fail(holder, ERR_FORMAT, err, "%s is missing", key);
    }
    if (!json_as_str(value, &text)) {
        return json_fail(value, ERR_FORMAT, err, "must be a text, not %s",
                         json_type_name(json_type(value)));
    }
    text = str_trim(text);
    if (text.len == 0) {
        return json_fail(value, ERR_FORMAT, err, "is empty");
    }
    if (text.len > limit) {
        return json_fail(value, ERR_LIMIT, err, "longer than %zu bytes", limit);
    }
    *ret = text;
    return 0;
}

void accept_problem(struct accept_reader *reader, struct str problem)
{
    struct accept_rules *rules = reader->rules;
    arena_reserve(reader->arena, rules->problems, rules->problem_count, rules->problem_capacity);
    rules->problems[rules->problem_count++] = problem;
}

void accept_bad(struct accept_reader *reader, const struct error *err)
{
    if (reader->bad++ < ACCEPT_NAMED) {
        accept_problem(reader, arena_printf(reader->arena, "%.*s: %s; left out",
                                            STR_ARG(reader->document), err->message));
    }
}
