/*
 * Internet addresses as numbers, and ranges of them.
 */
#ifndef ASSAY_SOURCE_ADDRESS_H
#define ASSAY_SOURCE_ADDRESS_H

#include "base/error.h"
#include "base/str.h"

enum { NET_ADDRESS_TEXT = 46 };

struct net_address {
    uint8_t family;    /* 4 or 6 */
    uint8_t bytes[16]; /* the first 4 for family 4, the rest zero */
};

/* From first to last, both in it, of one family. */
struct net_range {
    struct net_address first, last;
};

/* net_address_parse reads "10.0.0.1" or "2001:db8::1" (RFC 4291, section 2.2; no zone). An IPv4
 * address in IPv6 clothes ("::ffff:10.0.0.1") is the IPv4 address. */
bool net_address_parse(struct str text, struct net_address *ret);
const char *net_address_format(const struct net_address *address, char out[NET_ADDRESS_TEXT]);
int net_address_cmp(const struct net_address *a, const struct net_address *b);
/* net_address_add moves on by n; past the last address it begins anew. */
struct net_address net_address_add(const struct net_address *address, uint64_t n);

/* net_range_parse reads "ADDRESS", "ADDRESS/BITS" (whatever host bits are set) or
 * "ADDRESS-ADDRESS" ("10.0.0.1-50" too). Every address of the prefix is in it. ERR_FORMAT. */
int net_range_parse(struct str text, struct net_range *ret, struct error *err);
/* net_range_hosts is net_range_parse without the addresses of an IPv4 prefix that name the network
 * and all its hosts (/31 and /32 have none). */
int net_range_hosts(struct str text, struct net_range *ret, struct error *err);
bool net_range_contains(const struct net_range *range, const struct net_address *address);
/* net_range_count is UINT64_MAX when there are more. */
uint64_t net_range_count(const struct net_range *range);

#endif
