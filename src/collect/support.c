/*
 * What Debian says of its own packages: the files of debian-security-support. Its own program
 * checks dates only, and matches source packages by whole-name patterns; so does this.
 */
#include "collect/probe.h"

#include "base/limits.h"

/* pattern_of turns the patterns that these files use (names with ".*") into shell ones. */
static struct str pattern_of(struct probe *probe, struct str text)
{
    struct buf pattern;
    buf_init(&pattern, LIMIT_NAME);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '.' && i + 1 < text.len && text.ptr[i + 1] == '*') {
            buf_put_byte(&pattern, '*');
            i++;
        } else if (text.ptr[i] != '\\') {
            buf_put_byte(&pattern, text.ptr[i]);
        }
    }
    struct str copy = probe_name(probe, buf_view(&pattern));
    buf_done(&pattern);
    return copy;
}

/* read_rule reads "SOURCE VERSION DATE NOTE" (ended) or "SOURCE NOTE" (limited). */
static void read_rule(struct probe *probe, struct str line, bool limited)
{
    struct support_state *support = &probe->support;
    struct str name, version, date, rest = line;
    int32_t since = DATE_NONE;
    if (!str_next_word(&rest, &name)) {
        return;
    }
    if (!limited && (!str_next_word(&rest, &version) || !str_next_word(&rest, &date) ||
                     !date_parse(date, &since))) {
        probe_bad_line(probe, line);
        return;
    }
    if (support->count >= LIMIT_INVENTORY_NOTES) {
        probe->left_out++;
        return;
    }
    arena_reserve(probe->arena, support->rules, support->count, support->capacity);
    support->rules[support->count++] = (struct support_rule){
        .pattern = pattern_of(probe, name),
        .note = rest.ptr ? probe_name(probe, str_trim(rest)) : STR(""),
        .since = since,
        .limited = limited,
    };
}

void parse_debian_support(struct probe *probe, struct str text)
{
    struct str line, key, value;
    bool limited = false;
    while (str_next_line(&text, &line)) {
        if (str_starts(line, STR("file\t"))) {
            probe_key(line, &key, &value);
            limited = str_ends(value, STR("-limited"));
            probe->support.seen = true;
        } else {
            read_rule(probe, line, limited);
        }
    }
}

static void add_unsupported(struct probe *probe, const struct support_rule *rule, struct str source)
{
    for (uint32_t i = 0; i < probe->unsupported_count; i++) {
        if (str_eq(probe->unsupported[i].package, source) &&
            probe->unsupported[i].limited == rule->limited) {
            return;
        }
    }
    arena_reserve(probe->arena, probe->unsupported, probe->unsupported_count,
                  probe->unsupported_capacity);
    probe->unsupported[probe->unsupported_count++] = (struct inventory_unsupported){
        .package = source, .limited = rule->limited, .since = rule->since, .note = rule->note};
}

/* finish_support names the installed source packages that a rule is about. */
void finish_support(struct probe *probe)
{
    if (!probe->support.seen) {
        return;
    }
    probe->inventory->unsupported_known = TRUTH_YES;
    struct intern sources;
    intern_init(&sources);
    for (uint32_t i = 0; i < probe->software_count; i++) {
        const struct inventory_software *software = &probe->software[i];
        uint32_t before = sources.count;
        if (!str_eq(software->ecosystem, STR("dpkg")) ||
            intern_add(&sources, software->source) != before) {
            continue;
        }
        for (uint32_t r = 0; r < probe->support.count; r++) {
            if (str_glob(probe->support.rules[r].pattern, software->source)) {
                add_unsupported(probe, &probe->support.rules[r], software->source);
            }
        }
    }
    intern_done(&sources);
}
