#include "purl/purl.h"

#include <string.h>

/* What a type does to names (purl-spec, types): everything else keeps its case. Go modules are
 * lower case by the specification and not in practice: their names are kept. */
static const struct purl_type {
    const char *type;
    bool lower_namespace, lower_name, dashes;
} types[] = {
    {"alpm", true, true, false},      {"apk", true, true, false},
    {"bitbucket", true, true, false}, {"bitnami", false, true, false},
    {"composer", true, true, false},  {"deb", true, true, false},
    {"github", true, true, false},    {"gitlab", true, true, false},
    {"hex", true, true, false},       {"luarocks", true, true, false},
    {"npm", true, true, false},       {"oci", false, true, false},
    {"pub", false, true, false},      {"pypi", false, true, true},
    {"qpkg", true, false, false},     {"rpm", true, false, false},
};

static const struct purl_type *find_type(struct str type)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (str_eq_text(type, types[i].type)) {
            return &types[i];
        }
    }
    return NULL;
}

static struct str lower(struct arena *arena, struct str s)
{
    char *copy = arena_alloc(arena, s.len + 1);
    for (size_t i = 0; i < s.len; i++) {
        copy[i] = str_lower_byte(s.ptr[i]);
    }
    return (struct str){copy, s.len};
}

static int hex_value(char c)
{
    char l = str_lower_byte(c);
    return str_is_digit(c) ? c - '0' : l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

/* Percent-decodes; what is no escape stands for itself. False when no UTF-8 text results. */
static bool decode(struct arena *arena, struct str s, struct str *ret)
{
    char *out = arena_alloc(arena, s.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < s.len; i++) {
        bool escape = s.ptr[i] == '%' && s.len - i > 2 && hex_value(s.ptr[i + 1]) >= 0 &&
                      hex_value(s.ptr[i + 2]) >= 0;
        out[len++] =
            escape ? (char)(hex_value(s.ptr[i + 1]) * 16 + hex_value(s.ptr[i + 2])) : s.ptr[i];
        i += escape ? 2 : 0;
    }
    *ret = (struct str){out, len};
    return str_valid_utf8(*ret) && memchr(out, '\0', len) == NULL;
}

/* Offset of the last c, or SIZE_MAX. */
static size_t find_last(struct str s, char c)
{
    for (size_t i = s.len; i > 0; i--) {
        if (s.ptr[i - 1] == c) {
            return i - 1;
        }
    }
    return SIZE_MAX;
}

/* Takes what follows the last c, and c itself, off the end of *s. */
static bool cut_last(struct str *s, char c, struct str *ret_tail)
{
    size_t at = find_last(*s, c);
    if (at == SIZE_MAX) {
        return false;
    }
    *ret_tail = str_skip(*s, at + 1);
    *s = str_sub(*s, 0, at);
    return true;
}

static struct str strip_slashes(struct str s)
{
    while (s.len > 0 && s.ptr[0] == '/') {
        s = str_skip(s, 1);
    }
    while (s.len > 0 && s.ptr[s.len - 1] == '/') {
        s.len--;
    }
    return s;
}

/* Decodes each segment of a path and joins those that mean something. */
static bool decode_path(struct arena *arena, struct str path, bool dots, struct str *ret)
{
    char *out = arena_alloc(arena, path.len + 1);
    size_t len = 0;
    struct str segment;
    while (str_split_byte(&path, '/', &segment)) {
        if (segment.len == 0 ||
            (!dots && (str_eq(segment, STR(".")) || str_eq(segment, STR(".."))))) {
            continue;
        }
        if (!decode(arena, segment, &segment)) {
            return false;
        }
        if (len > 0) {
            out[len++] = '/';
        }
        memcpy(out + len, segment.ptr, segment.len);
        len += segment.len;
    }
    *ret = (struct str){out, len};
    return true;
}

static bool is_key(struct str key)
{
    for (size_t i = 0; i < key.len; i++) {
        char c = key.ptr[i];
        if (!str_is_alpha(c) && !str_is_digit(c) && c != '.' && c != '-' && c != '_') {
            return false;
        }
    }
    return key.len > 0 && !str_is_digit(key.ptr[0]);
}

static bool is_type(struct str type)
{
    for (size_t i = 0; i < type.len; i++) {
        char c = type.ptr[i];
        if (!str_is_alpha(c) && !str_is_digit(c) && c != '.' && c != '-' && c != '+') {
            return false;
        }
    }
    return type.len > 0 && !str_is_digit(type.ptr[0]);
}

static int read_qualifiers(struct str text, struct arena *arena, struct purl *purl,
                           struct error *err)
{
    struct str pair;
    while (str_split_byte(&text, '&', &pair)) {
        size_t equals = str_find_byte(pair, '=');
        if (equals == SIZE_MAX || equals + 1 == pair.len) {
            continue; /* no value is as good as no qualifier */
        }
        struct str key = str_sub(pair, 0, equals), value;
        if (!is_key(key)) {
            return error_set(err, ERR_FORMAT, "purl: '%.40s' is no qualifier's name",
                             arena_text(arena, key));
        }
        if (!decode(arena, str_skip(pair, equals + 1), &value)) {
            return error_set(err, ERR_FORMAT, "purl: a qualifier is not UTF-8");
        }
        if (purl->qualifier_count < PURL_QUALIFIERS) {
            purl->qualifiers[purl->qualifier_count++] =
                (struct purl_qualifier){lower(arena, key), value};
        }
    }
    return 0;
}

/* Lowers and replaces as the type asks for. */
static void normalise(struct arena *arena, struct purl *purl)
{
    const struct purl_type *type = find_type(purl->type);
    if (type == NULL) {
        return;
    }
    if (type->lower_namespace) {
        purl->namespace = lower(arena, purl->namespace);
    }
    if (type->lower_name) {
        purl->name = lower(arena, purl->name);
    }
    if (type->dashes) {
        char *name = arena_alloc(arena, purl->name.len + 1);
        for (size_t i = 0; i < purl->name.len; i++) {
            name[i] = purl->name.ptr[i] == '_' ? '-' : purl->name.ptr[i];
        }
        purl->name.ptr = name;
    }
}

/* Reads NAMESPACE/NAME@VERSION. */
static int read_names(struct str rest, struct arena *arena, struct purl *purl, struct error *err)
{
    struct str version = STR(""), name;
    size_t at = find_last(rest, '@');
    /* An npm scope that was left undecoded: "@angular/animation" has no version. */
    bool scope = at != SIZE_MAX && (at == 0 || rest.ptr[at - 1] == '/') &&
                 str_find_byte(str_skip(rest, at), '/') != SIZE_MAX;
    if (!scope) {
        cut_last(&rest, '@', &version);
    }
    if (rest.len > 0 && rest.ptr[rest.len - 1] == '/') {
        return error_set(err, ERR_FORMAT, "purl: the name is missing");
    }
    rest = strip_slashes(rest);
    if (!cut_last(&rest, '/', &name)) {
        name = rest;
        rest = STR("");
    }
    if (!decode(arena, version, &purl->version) || !decode(arena, name, &purl->name) ||
        !decode_path(arena, rest, true, &purl->namespace)) {
        return error_set(err, ERR_FORMAT, "purl: a part is not UTF-8");
    }
    return purl->name.len > 0 ? 0 : error_set(err, ERR_FORMAT, "purl: the name is missing");
}

int purl_parse(struct str text, struct arena *arena, struct purl *ret, struct error *err)
{
    struct purl purl = {0};
    struct str tail;
    if (text.len < 4 || !str_eq_nocase(str_sub(text, 0, 4), STR("pkg:"))) {
        return error_set(err, ERR_FORMAT, "purl: it does not begin with pkg:");
    }
    text = str_skip(text, 4);
    if (cut_last(&text, '#', &tail) && !decode_path(arena, tail, false, &purl.subpath)) {
        return error_set(err, ERR_FORMAT, "purl: the subpath is not UTF-8");
    }
    int r = cut_last(&text, '?', &tail) ? read_qualifiers(tail, arena, &purl, err) : 0;
    while (text.len > 0 && text.ptr[0] == '/') {
        text = str_skip(text, 1);
    }
    size_t slash = str_find_byte(text, '/');
    if (r == 0 && (slash == SIZE_MAX || !is_type(str_sub(text, 0, slash)))) {
        return error_set(err, ERR_FORMAT, "purl: the type is missing");
    }
    if (r == 0) {
        purl.type = lower(arena, str_sub(text, 0, slash));
        r = read_names(str_skip(text, slash + 1), arena, &purl, err);
    }
    if (r == 0) {
        normalise(arena, &purl);
        *ret = purl;
    }
    return r;
}

struct str purl_get(const struct purl *purl, const char *key)
{
    for (unsigned i = 0; i < purl->qualifier_count; i++) {
        if (str_eq_text(purl->qualifiers[i].key, key)) {
            return purl->qualifiers[i].value;
        }
    }
    return STR("");
}
