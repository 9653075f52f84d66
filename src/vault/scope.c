#include "vault/scope.h"

#include <arpa/inet.h>
#include <string.h>

struct range {
    int family;
    unsigned char bytes[16];
    unsigned size;   /* bytes of the address */
    unsigned prefix; /* bits */
};

static bool read_address(struct str text, struct range *ret)
{
    char copy[INET6_ADDRSTRLEN];
    if (text.len == 0 || text.len >= sizeof copy || memchr(text.ptr, '\0', text.len) != NULL) {
        return false;
    }
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    ret->family = memchr(copy, ':', text.len) != NULL ? AF_INET6 : AF_INET;
    ret->size = ret->family == AF_INET6 ? 16 : 4;
    ret->prefix = ret->size * 8;
    return inet_pton(ret->family, copy, ret->bytes) == 1;
}

static int read_range(struct str text, struct range *ret, struct error *err)
{
    size_t slash = str_find_byte(text, '/');
    uint64_t prefix;
    memset(ret, 0, sizeof *ret);
    if (!read_address(str_sub(text, 0, slash), ret)) {
        return error_set(err, ERR_USAGE,
                         "%.*s: no address or range; write it as 10.1.0.0/16 or 2001:db8::/32",
                         STR_ARG(text));
    }
    if (slash == SIZE_MAX) {
        return 0;
    }
    if (!str_to_u64(str_skip(text, slash + 1), &prefix) || prefix > ret->prefix) {
        return error_set(err, ERR_USAGE, "%.*s: after the / stands a length of 0 to %u",
                         STR_ARG(text), ret->prefix);
    }
    ret->prefix = (unsigned)prefix;
    return 0;
}

/* Clears what is behind the prefix; returns whether anything was set there. */
static bool clear_host_bits(struct range *range)
{
    bool found = false;
    for (unsigned i = 0; i < range->size; i++) {
        unsigned bits = range->prefix > 8 * i ? range->prefix - 8 * i : 0;
        unsigned char mask = bits >= 8 ? 0xff : (unsigned char)(0xff00 >> bits);
        found = found || (range->bytes[i] & ~mask) != 0;
        range->bytes[i] &= mask;
    }
    return found;
}

int scope_check_range(struct str text, struct error *err)
{
    struct range range;
    char address[INET6_ADDRSTRLEN];
    int result = read_range(text, &range, err);
    if (result == 0 && clear_host_bits(&range)) {
        inet_ntop(range.family, range.bytes, address, sizeof address);
        return error_set(err, ERR_USAGE, "%.*s: no range begins there; write %s/%u or one address",
                         STR_ARG(text), address, range.prefix);
    }
    return result;
}

static bool is_name_byte(char c)
{
    return str_is_alpha(c) || str_is_digit(c) || c == '-' || c == '_';
}

int scope_check_domain(struct str text, struct error *err)
{
    struct str rest = text, label;
    bool good = text.len > 0 && text.len <= 253;
    while (good && str_split_byte(&rest, '.', &label)) {
        good = label.len > 0 && label.len <= 63 && label.ptr[0] != '-';
        for (size_t i = 0; good && i < label.len; i++) {
            good = is_name_byte(label.ptr[i]);
        }
    }
    return good ? 0
                : error_set(err, ERR_USAGE, "%.*s: no domain; write it as prod.example.org",
                            STR_ARG(text));
}

static bool in_range(const struct range *range, const struct range *address)
{
    struct range copy = *address;
    if (range->family != address->family) {
        return false;
    }
    copy.prefix = range->prefix;
    clear_host_bits(&copy);
    return memcmp(copy.bytes, range->bytes, range->size) == 0;
}

static bool is_under(struct str host, struct str domain)
{
    if (host.len > 0 && host.ptr[host.len - 1] == '.') {
        host.len--;
    }
    if (host.len == domain.len) {
        return str_eq_nocase(host, domain);
    }
    return host.len > domain.len && host.ptr[host.len - domain.len - 1] == '.' &&
           str_eq_nocase(str_skip(host, host.len - domain.len), domain);
}

static bool allows_source(const struct credential *credential, struct str source)
{
    for (uint32_t i = 0; i < credential->scope_source_count; i++) {
        if (str_eq(credential->scope_sources[i], source)) {
            return true;
        }
    }
    return credential->scope_source_count == 0;
}

static bool allows_address(const struct credential *credential, struct str text)
{
    struct range address, range;
    bool known = credential->scope_range_count > 0 && read_address(text, &address);
    for (uint32_t i = 0; known && i < credential->scope_range_count; i++) {
        if (read_range(credential->scope_ranges[i], &range, NULL) == 0 &&
            in_range(&range, &address)) {
            return true;
        }
    }
    return credential->scope_range_count == 0;
}

static bool allows_host(const struct credential *credential, struct str host)
{
    for (uint32_t i = 0; i < credential->scope_domain_count; i++) {
        if (is_under(host, credential->scope_domains[i])) {
            return true;
        }
    }
    return credential->scope_domain_count == 0;
}

bool scope_allows(const struct credential *credential, struct str source, struct str host,
                  struct str address)
{
    return allows_source(credential, source) && allows_address(credential, address) &&
           allows_host(credential, host);
}
