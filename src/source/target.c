#include "source/target.h"

#include "base/limits.h"

#include <stdio.h>
#include <string.h>

enum { LABEL = 63, NAME = 253 };

/* Names and addresses are text of letters, digits and a few marks; anything else in a message
 * would only be noise. */
static int refuse(struct str text, const char *why, struct error *err)
{
    return error_set(err, ERR_FORMAT, "%.*s: %s", STR_ARG(str_sub(text, 0, 80)), why);
}

static bool is_label(struct str label)
{
    for (size_t i = 0; i < label.len; i++) {
        char c = label.ptr[i];
        if (!str_is_alpha(c) && !str_is_digit(c) && c != '-' && c != '_') {
            return false;
        }
    }
    return label.len > 0 && label.len <= LABEL && label.ptr[0] != '-';
}

bool target_is_name(struct str text)
{
    struct str rest = text, label, last = {0};
    if (text.len == 0 || text.len > NAME) {
        return false;
    }
    if (str_ends(text, STR("."))) {
        rest.len--;
    }
    while (str_split_byte(&rest, '.', &label)) {
        if (!is_label(label)) {
            return false;
        }
        last = label;
    }
    /* A last label of digits alone is an address that is wrong (RFC 3696, section 2). */
    for (size_t i = 0; i < last.len; i++) {
        if (!str_is_digit(last.ptr[i])) {
            return true;
        }
    }
    return false;
}

static int parse_port(struct str digits, struct str text, uint16_t *ret, struct error *err)
{
    uint64_t port;
    if (!str_to_u64(digits, &port) || port == 0 || port > UINT16_MAX) {
        return refuse(text, "not a port behind the colon; 1 to 65535", err);
    }
    *ret = (uint16_t)port;
    return 0;
}

/* Splits "BODY", "BODY:PORT", "[BODY]" and "[BODY]:PORT". */
static int split_port(struct str text, struct str *ret_body, uint16_t *ret_port, struct error *err)
{
    size_t colon = str_find_byte(text, ':');
    *ret_body = text;
    if (str_starts(text, STR("["))) {
        size_t close = str_find_byte(text, ']');
        struct str tail = str_skip(text, close == SIZE_MAX ? text.len : close + 1);
        if (close == SIZE_MAX || (tail.len > 0 && tail.ptr[0] != ':')) {
            return refuse(text, "an address in brackets is written [ADDRESS] or [ADDRESS]:PORT",
                          err);
        }
        *ret_body = str_sub(text, 1, close - 1);
        return tail.len > 0 ? parse_port(str_skip(tail, 1), text, ret_port, err) : 0;
    }
    if (colon != SIZE_MAX && str_find_byte(str_skip(text, colon + 1), ':') == SIZE_MAX) {
        *ret_body = str_sub(text, 0, colon);
        return parse_port(str_skip(text, colon + 1), text, ret_port, err);
    }
    return 0;
}

static int parse_range(struct str body, struct target_spec *spec, struct error *err)
{
    int result = net_range_hosts(body, &spec->range, err);
    if (result < 0) {
        return result;
    }
    uint64_t count = net_range_count(&spec->range);
    if (spec->range.first.family == 6 && count > LIMIT_TARGETS_IPV6) {
        return error_set(err, ERR_LIMIT,
                         "%.*s: too large; of IPv6 at most a /112 is gone through, name the "
                         "addresses instead",
                         STR_ARG(str_sub(body, 0, 80)));
    }
    if (count > LIMIT_TARGETS) {
        return error_set(err, ERR_LIMIT, "%.*s: more than %u addresses; name smaller ranges",
                         STR_ARG(str_sub(body, 0, 80)), LIMIT_TARGETS);
    }
    return 0;
}

static bool looks_like_range(struct str body)
{
    struct net_address first;
    size_t dash = str_find_byte(body, '-');
    return str_find_byte(body, '/') != SIZE_MAX ||
           (dash != SIZE_MAX && net_address_parse(str_sub(body, 0, dash), &first));
}

static int parse_name(struct str body, struct arena *arena, struct target_spec *spec,
                      struct error *err)
{
    if (str_find_byte(body, '@') != SIZE_MAX) {
        return refuse(body, "the user belongs to the credential, not to the target", err);
    }
    if (str_find_byte(body, '%') != SIZE_MAX) {
        return refuse(body, "addresses with a zone are not supported", err);
    }
    if (!target_is_name(body)) {
        return refuse(body, "neither a host name nor an address, prefix or range of addresses",
                      err);
    }
    char *lower = arena_alloc(arena, body.len + 1);
    for (size_t i = 0; i < body.len; i++) {
        lower[i] = str_lower_byte(body.ptr[i]);
    }
    spec->name = str_make(lower, body.len);
    return 0;
}

int target_spec_parse(struct str text, struct arena *arena, struct target_spec *ret,
                      struct error *err)
{
    struct target_spec spec;
    struct str body;
    memset(&spec, 0, sizeof spec);
    text = str_trim(text);
    if (text.len == 0) {
        return error_set(err, ERR_FORMAT, "an empty text is no target");
    }
    int result = split_port(text, &body, &spec.port, err);
    if (result < 0) {
        return result;
    }
    if (looks_like_range(body)) {
        result = parse_range(body, &spec, err);
    } else if (net_address_parse(body, &spec.range.first)) {
        spec.range.last = spec.range.first;
    } else {
        result = parse_name(body, arena, &spec, err);
    }
    if (result == 0) {
        *ret = spec;
    }
    return result;
}

bool target_spec_is_range(const struct target_spec *spec)
{
    return spec->name.len == 0 && net_address_cmp(&spec->range.first, &spec->range.last) != 0;
}

uint64_t target_spec_count(const struct target_spec *spec)
{
    return spec->name.len > 0 ? 1 : net_range_count(&spec->range);
}

const char *target_spec_name(const struct target_spec *spec, uint64_t n, char out[TARGET_KEY_SIZE])
{
    if (spec->name.len > 0) {
        snprintf(out, TARGET_KEY_SIZE, "%.*s", STR_ARG(spec->name));
        return out;
    }
    struct net_address address = net_address_add(&spec->range.first, n);
    return net_address_format(&address, out);
}

const char *target_spec_key(const struct target_spec *spec, uint64_t n, uint16_t default_port,
                            char out[TARGET_KEY_SIZE])
{
    char name[TARGET_KEY_SIZE];
    unsigned port = spec->port != 0 ? spec->port : default_port;
    target_spec_name(spec, n, name);
    bool v6 = spec->name.len == 0 && spec->range.first.family == 6;
    snprintf(out, TARGET_KEY_SIZE, v6 ? "[%.250s]:%u" : "%.253s:%u", name, port);
    return out;
}
