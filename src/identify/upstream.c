/*
 * From a package version to the version that its makers gave, as CVE lists write it.
 */
#include "identify/tables.h"

#include <string.h>

/* From here on a version speaks of its packaging. */
static const struct str packaging_marks[] = {
    {"+dfsg", 5},  {"~dfsg", 5},   {".dfsg", 5},        {"-dfsg", 5},   {"+ds", 3},
    {"~ds", 3},    {"+repack", 7}, {"~repack", 7},      {"+deb", 4},    {"~deb", 4},
    {"~bpo", 4},   {"+nmu", 4},    {"+git", 4},         {"~git", 4},    {"+svn", 4},
    {"~svn", 4},   {"+really", 7}, {"+debian", 7},      {"~ubuntu", 7}, {"+ubuntu", 7},
    {"+maria", 6}, {"+stable", 7}, {"~stable", 7},      {"+sec", 4},    {"^", 1},
    {"~~", 2},     {".final", 6},  {"+submodules", 11}, {"+nodejs", 7}, {"~20", 3},
    {"+20", 3},    {"+ent", 4},    {"+fips", 5},        {"+hcp", 4},    {"-deb", 4},
    {"~ce", 3},
};

static struct str drop_epoch(struct str version)
{
    size_t colon = str_find_byte(version, ':');
    for (size_t i = 0; colon != SIZE_MAX && i < colon; i++) {
        if (!str_is_digit(version.ptr[i])) {
            return version;
        }
    }
    return colon == SIZE_MAX ? version : str_skip(version, colon + 1);
}

static struct str drop_last_dash(struct str version)
{
    for (size_t i = version.len; i-- > 1;) {
        if (version.ptr[i] == '-') {
            return str_sub(version, 0, i);
        }
    }
    return version;
}

/* "7.4+really7.3" is 7.3. */
static struct str take_really(struct str version)
{
    size_t at = str_find(version, STR("really"));
    return at == SIZE_MAX || at + 6 == version.len ? version : str_skip(version, at + 6);
}

static bool may_be_marked(struct str version)
{
    for (size_t i = 0; i < version.len; i++) {
        char c = version.ptr[i], lower = str_lower_byte(c);
        if (c == '+' || c == '~' || c == '^' || lower == 'd' || lower == 'f') {
            return true;
        }
    }
    return false;
}

static struct str drop_marks(struct str version)
{
    if (!may_be_marked(version)) {
        return version;
    }
    for (unsigned i = 0; i < sizeof packaging_marks / sizeof *packaging_marks; i++) {
        size_t at = str_find_nocase(version, packaging_marks[i]);
        if (at != SIZE_MAX && at > 0) {
            version = str_sub(version, 0, at);
        }
    }
    return version;
}

/* "1.2~rc1" is 1.2rc1; with '_' (apk) "9.3_p2" is 9.3p2. */
static struct str join_parts(struct str version, char joint, struct arena *arena)
{
    if (str_find_byte(version, joint) == SIZE_MAX) {
        return version;
    }
    char *text = arena_alloc(arena, version.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < version.len; i++) {
        if (version.ptr[i] != joint) {
            text[len++] = version.ptr[i];
        }
    }
    return str_make(text, len);
}

/* "20.10.21~3-0~debian-bullseye": the name of the release behind has a dash of its own. */
static struct str drop_release_name(struct str version)
{
    static const char *const marks[] = {"~debian-", "~ubuntu-", "~raspbian-"};
    for (unsigned i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t at = str_find(version, str_from(marks[i]));
        if (at != SIZE_MAX && at > 0) {
            return str_sub(version, 0, at);
        }
    }
    return version;
}

/* A number behind the last '~' counts packages: "20.10.21~3" is 20.10.21, "1.2~rc1" stays. */
static struct str drop_package_number(struct str version)
{
    size_t end = version.len;
    while (end > 0 && str_is_digit(version.ptr[end - 1])) {
        end--;
    }
    bool counts = end > 1 && end < version.len && version.ptr[end - 1] == '~';
    return counts ? str_sub(version, 0, end - 1) : version;
}

static struct str cut_package(const struct inventory_software *software, bool by_rule,
                              struct arena *arena)
{
    struct str version = drop_epoch(software->version);
    bool apk = str_eq_text(software->ecosystem, "apk");
    if (str_eq_text(software->ecosystem, "dpkg") || str_eq_text(software->ecosystem, "rpm") ||
        str_eq_text(software->ecosystem, "pacman")) {
        /* Most versions have no '~'. */
        version = str_find_byte(version, '~') == SIZE_MAX
                      ? drop_last_dash(version)
                      : drop_package_number(drop_last_dash(drop_release_name(version)));
    } else if (apk) {
        size_t at = str_find(version, STR("-r"));
        version = at == SIZE_MAX ? version : str_sub(version, 0, at);
    } else {
        return str_eq_text(software->ecosystem, "windows") ? upstream_windows(software, by_rule)
                                                           : software->version;
    }
    return join_parts(drop_marks(take_really(version)), apk ? '_' : '~', arena);
}

/* ---- rules of identities.tsv ---- */

static struct str leading_digits(struct str text)
{
    size_t len = 0;
    while (len < text.len && str_is_digit(text.ptr[len])) {
        len++;
    }
    return str_sub(text, 0, len);
}

/* The update in "1.8.0_201", "8u201", or third in 8.0.2010.9, where Oracle adds a digit. */
static struct str java_update(struct str version)
{
    struct str third = {0};
    uint64_t number;
    size_t at = str_find_byte(version, '_');
    at = at == SIZE_MAX ? str_find_byte(version, 'u') : at;
    if (at != SIZE_MAX) {
        return leading_digits(str_skip(version, at + 1));
    }
    str_split_byte(&version, '.', &third);
    str_split_byte(&version, '.', &third);
    third = str_split_byte(&version, '.', &third) ? third : STR("");
    if (str_to_u64(third, &number) && number >= 1000 && third.ptr[third.len - 1] == '0') {
        return str_sub(third, 0, third.len - 1);
    }
    return str_to_u64(third, &number) ? third : STR("");
}

/* "Java 8 Update 201 (64-bit)", 8.0.2010.9 is 1.8.0 update 201; from 9 on versions are plain.
 * The name is asked first: the version field drops the last digit of older updates. */
static void fix_java(const struct inventory_software *software, struct arena *arena,
                     struct upstream_version *ret)
{
    struct str name = software->name, major = {0}, update = {0};
    size_t at = str_find_nocase(name, STR("update "));
    update = at == SIZE_MAX ? update : leading_digits(str_skip(name, at + 7));
    struct str rest = ret->text;
    if (str_starts(rest, STR("1."))) {
        rest = str_skip(rest, 2);
    }
    major = leading_digits(rest);
    uint64_t number;
    if (!str_to_u64(major, &number) || number > 8) {
        return;
    }
    if (update.len == 0) {
        update = java_update(ret->text);
    }
    ret->cycle = major;
    ret->text = arena_printf(arena, "1.%.*s.0", STR_ARG(major));
    if (update.len > 0) {
        ret->update = arena_printf(arena, "update%.*s", STR_ARG(update));
    }
}

/* OpenJDK 8: "8u392-ga", "1.8.0.392.b08" and "1.8.0_392" are 8 update 392. */
static void fix_openjdk(const struct inventory_software *software, struct arena *arena,
                        struct upstream_version *ret)
{
    struct str text = ret->text, update = {0};
    if (str_starts(text, STR("8u"))) {
        update = leading_digits(str_skip(text, 2));
    } else if (str_starts(text, STR("1.8.0")) && text.len > 6) {
        update = leading_digits(str_skip(text, text.ptr[5] >= '0' && text.ptr[5] <= '9' ? 5 : 6));
    } else {
        size_t plus = str_find_byte(text, '+');
        ret->text = plus == SIZE_MAX ? text : str_sub(text, 0, plus);
        return;
    }
    ret->cycle = ret->text = STR("8");
    if (update.len > 0) {
        ret->update = arena_printf(arena, "update%.*s", STR_ARG(update));
    }
}

/* Python's installer writes the third number as micro * 1000 + level * 10 + serial:
 * 3.11.4150.0 is 3.11.4, 3.14.102.0 is 3.14.0 alpha 2. */
static void fix_python(const struct inventory_software *software, struct arena *arena,
                       struct upstream_version *ret)
{
    static const char *const levels[] = {"alpha", "beta", "rc"};
    struct str rest = ret->text, major, minor, third;
    uint64_t number;
    if (!str_split_byte(&rest, '.', &major) || !str_split_byte(&rest, '.', &minor) ||
        !str_split_byte(&rest, '.', &third) || !str_to_u64(third, &number) || number < 100) {
        return;
    }
    unsigned level = (unsigned)(number % 1000) / 10, serial = (unsigned)(number % 10);
    ret->text = arena_printf(arena, "%.*s.%.*s.%u", STR_ARG(major), STR_ARG(minor),
                             (unsigned)(number / 1000));
    if (level >= 10 && level <= 12) {
        ret->update = arena_printf(arena, "%s%u", levels[level - 10], serial);
    }
}

/* Firefox ESR: "115.3.0esr". */
static void fix_mozilla(const struct inventory_software *software, struct arena *arena,
                        struct upstream_version *ret)
{
    size_t at = str_find(ret->text, STR("esr"));
    ret->text = at == SIZE_MAX ? ret->text : str_sub(ret->text, 0, at);
}

static const struct {
    const char *name;
    void (*fix)(const struct inventory_software *software, struct arena *arena,
                struct upstream_version *ret);
} rules[] = {
    {"java", fix_java},
    {"openjdk", fix_openjdk},
    {"python", fix_python},
    {"mozilla", fix_mozilla},
};

static const struct upstream_maker *find_maker(struct str rule)
{
    for (unsigned i = 0; i < upstream_maker_count; i++) {
        if (str_eq_text(rule, upstream_makers[i].name)) {
            return &upstream_makers[i];
        }
    }
    return NULL;
}

bool upstream_rule_known(struct str rule)
{
    for (unsigned i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (str_eq_text(rule, rules[i].name)) {
            return true;
        }
    }
    return rule.len == 0 || find_maker(rule) != NULL;
}

void upstream_find(const struct identify_tables *tables, const struct inventory_software *software,
                   struct str rule, struct arena *arena, struct upstream_version *ret)
{
    *ret = (struct upstream_version){.text = cut_package(software, rule.len > 0, arena)};
    for (unsigned i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (str_eq_text(rule, rules[i].name)) {
            rules[i].fix(software, arena, ret);
        }
    }
    const struct upstream_maker *maker = rule.len > 0 ? find_maker(rule) : NULL;
    if (maker != NULL) {
        maker->fix(tables, software, arena, ret);
    }
    ret->cycle = ret->cycle.len > 0 ? ret->cycle : ret->text;
}
