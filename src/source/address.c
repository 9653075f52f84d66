#include "source/address.h"

#include <arpa/inet.h>
#include <string.h>

enum { V4 = 4, V6 = 6 };

static unsigned address_bits(const struct net_address *address)
{
    return address->family == V4 ? 32 : 128;
}

bool net_address_parse(struct str text, struct net_address *ret)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    char buffer[NET_ADDRESS_TEXT];
    struct net_address address = {.family = V4};
    if (text.len == 0 || text.len >= sizeof buffer || memchr(text.ptr, '\0', text.len) != NULL) {
        return false;
    }
    memcpy(buffer, text.ptr, text.len);
    buffer[text.len] = '\0';
    if (inet_pton(AF_INET, buffer, address.bytes) == 1) {
        *ret = address;
        return true;
    }
    if (inet_pton(AF_INET6, buffer, address.bytes) != 1) {
        return false;
    }
    address.family = V6;
    if (memcmp(address.bytes, mapped, sizeof mapped) == 0) {
        address.family = V4;
        memmove(address.bytes, address.bytes + 12, 4);
        memset(address.bytes + 4, 0, 12);
    }
    *ret = address;
    return true;
}

const char *net_address_format(const struct net_address *address, char out[NET_ADDRESS_TEXT])
{
    out[0] = '\0';
    inet_ntop(address->family == V4 ? AF_INET : AF_INET6, address->bytes, out, NET_ADDRESS_TEXT);
    return out;
}

int net_address_cmp(const struct net_address *a, const struct net_address *b)
{
    return a->family != b->family ? (int)a->family - (int)b->family
                                  : memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

struct net_address net_address_add(const struct net_address *address, uint64_t n)
{
    struct net_address sum = *address;
    for (unsigned i = address_bits(address) / 8; i-- > 0;) {
        n += sum.bytes[i];
        sum.bytes[i] = (uint8_t)n;
        n >>= 8;
    }
    return sum;
}

/* Sets the bits behind the first `bits` to value. */
static void fill_host_bits(struct net_address *address, unsigned bits, bool value)
{
    for (unsigned i = bits; i < address_bits(address); i++) {
        uint8_t mask = (uint8_t)(0x80 >> (i % 8));
        address->bytes[i / 8] =
            (uint8_t)(value ? address->bytes[i / 8] | mask : address->bytes[i / 8] & ~mask);
    }
}

static int refuse(struct str text, const char *why, struct error *err)
{
    return error_set(err, ERR_FORMAT, "%.*s: %s", STR_ARG(text), why);
}

static int parse_prefix(struct str text, size_t slash, struct net_range *ret, unsigned *ret_bits,
                        struct error *err)
{
    uint64_t bits;
    struct net_address address;
    if (!net_address_parse(str_sub(text, 0, slash), &address)) {
        return refuse(text, "not an address before the slash", err);
    }
    if (!str_to_u64(str_skip(text, slash + 1), &bits) || bits > address_bits(&address)) {
        return refuse(text, "not a length of a prefix behind the slash", err);
    }
    ret->first = ret->last = address;
    fill_host_bits(&ret->first, (unsigned)bits, false);
    fill_host_bits(&ret->last, (unsigned)bits, true);
    *ret_bits = (unsigned)bits;
    return 0;
}

static int parse_span(struct str text, size_t dash, struct net_range *ret, struct error *err)
{
    struct str end = str_skip(text, dash + 1);
    uint64_t last;
    if (!net_address_parse(str_sub(text, 0, dash), &ret->first)) {
        return refuse(text, "not an address before the dash", err);
    }
    if (ret->first.family == V4 && str_to_u64(end, &last) && last <= UINT8_MAX) {
        ret->last = ret->first;
        ret->last.bytes[3] = (uint8_t)last;
    } else if (!net_address_parse(end, &ret->last)) {
        return refuse(text, "not an address behind the dash", err);
    }
    if (ret->first.family != ret->last.family) {
        return refuse(text, "a range has addresses of one kind", err);
    }
    if (net_address_cmp(&ret->first, &ret->last) > 0) {
        return refuse(text, "the range ends before it begins", err);
    }
    return 0;
}

static int parse(struct str text, bool hosts, struct net_range *ret, struct error *err)
{
    size_t slash = str_find_byte(text, '/'), dash = str_find_byte(text, '-');
    struct net_range range;
    unsigned bits = 128;
    int result = 0;
    memset(&range, 0, sizeof range);
    if (slash != SIZE_MAX) {
        result = parse_prefix(text, slash, &range, &bits, err);
    } else if (dash != SIZE_MAX) {
        result = parse_span(text, dash, &range, err);
    } else if (net_address_parse(text, &range.first)) {
        range.last = range.first;
    } else {
        result = refuse(text, "not an address", err);
    }
    if (result < 0) {
        return result;
    }
    if (hosts && range.first.family == V4 && bits <= 30) {
        range.first = net_address_add(&range.first, 1);
        range.last.bytes[3]--;
    }
    *ret = range;
    return 0;
}

int net_range_parse(struct str text, struct net_range *ret, struct error *err)
{
    return parse(text, false, ret, err);
}

int net_range_hosts(struct str text, struct net_range *ret, struct error *err)
{
    return parse(text, true, ret, err);
}

bool net_range_contains(const struct net_range *range, const struct net_address *address)
{
    return range->first.family == address->family && net_address_cmp(&range->first, address) <= 0 &&
           net_address_cmp(address, &range->last) <= 0;
}

static uint64_t part(const struct net_address *address, unsigned from, unsigned to)
{
    uint64_t value = 0;
    for (unsigned i = from; i < to; i++) {
        value = value << 8 | address->bytes[i];
    }
    return value;
}

uint64_t net_range_count(const struct net_range *range)
{
    unsigned end = address_bits(&range->first) / 8, low = end - (end < 8 ? end : 8);
    uint64_t span = part(&range->last, low, end) - part(&range->first, low, end);
    uint64_t high = part(&range->last, 0, low) - part(&range->first, 0, low);
    bool borrows = part(&range->last, low, end) < part(&range->first, low, end);
    if (high > (borrows ? 1 : 0) || span == UINT64_MAX) {
        return UINT64_MAX;
    }
    return span + 1;
}
