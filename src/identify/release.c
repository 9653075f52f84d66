#include "identify/release.h"

#include <stddef.h>
#include <string.h>

struct str release_take_number(struct str *rest)
{
    size_t len = 0;
    while (len < rest->len && str_is_digit(rest->ptr[len])) {
        len++;
    }
    struct str number = str_sub(*rest, 0, len);
    *rest = str_skip(*rest, len);
    if (rest->len > 0 && rest->ptr[0] == '.') {
        *rest = str_skip(*rest, 1);
    }
    return number;
}

struct release_parts release_cut(struct str version)
{
    struct release_parts parts = {.version = version};
    struct str rest = version;
    parts.major = release_take_number(&rest);
    parts.minor = release_take_number(&rest);
    if (parts.minor.len == 0) {
        parts.minor = STR("0");
    }
    return parts;
}

struct str release_pack(struct str version)
{
    size_t open = str_find_byte(version, '(');
    struct str pack = open == SIZE_MAX ? STR("") : str_skip(version, open + 1);
    size_t close = str_find_byte(pack, ')');
    return close == SIZE_MAX ? STR("") : str_sub(pack, 0, close);
}

struct str release_fill(struct str pattern, const struct release_parts *parts, struct arena *arena)
{
    static const struct {
        struct str text;
        size_t offset;
    } holders[] = {
        {{"{version}", 9}, offsetof(struct release_parts, version)},
        {{"{major}", 7}, offsetof(struct release_parts, major)},
        {{"{minor}", 7}, offsetof(struct release_parts, minor)},
        {{"{pack}", 6}, offsetof(struct release_parts, pack)},
    };
    for (unsigned i = 0; i < sizeof holders / sizeof *holders; i++) {
        struct str value;
        size_t at = str_find(pattern, holders[i].text);
        if (at == SIZE_MAX) {
            continue;
        }
        memcpy(&value, (const char *)parts + holders[i].offset, sizeof value);
        if (value.len == 0) {
            return STR("");
        }
        struct str after = str_skip(pattern, at + holders[i].text.len);
        pattern = arena_printf(arena, "%.*s%.*s%.*s", STR_ARG(str_sub(pattern, 0, at)),
                               STR_ARG(value), STR_ARG(after));
    }
    return pattern;
}
