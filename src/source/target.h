/*
 * Targets as people write them: on a command line, or in a list of comma-separated values
 * (docs/cli.md, "Targets").
 */
#ifndef ASSAY_SOURCE_TARGET_H
#define ASSAY_SOURCE_TARGET_H

#include "base/arena.h"
#include "source/address.h"

/* An address in brackets, a colon and a port; or a name of 253 bytes with port. */
enum { TARGET_KEY_SIZE = 264 };

struct target_spec {
    struct str name;        /* a host name in lower case; "": range counts */
    struct net_range range; /* of one address when first is last */
    uint16_t port;          /* 0: the source's */
};

/* target_spec_parse reads HOST, ADDRESS, either with :PORT ([IPv6]:PORT), ADDRESS/BITS or
 * ADDRESS-ADDRESS. The name is put in arena. ERR_FORMAT says what is wrong, ERR_LIMIT for an IPv6
 * prefix shorter than /112 and for more addresses than a source may have. */
int target_spec_parse(struct str text, struct arena *arena, struct target_spec *ret,
                      struct error *err);
bool target_spec_is_range(const struct target_spec *spec);
uint64_t target_spec_count(const struct target_spec *spec);
/* target_spec_name writes target n's name or address; target_spec_key the same with its port:
 * "db01:22", "10.0.0.1:22", "[2001:db8::1]:22". Both return out. */
const char *target_spec_name(const struct target_spec *spec, uint64_t n, char out[TARGET_KEY_SIZE]);
const char *target_spec_key(const struct target_spec *spec, uint64_t n, uint16_t default_port,
                            char out[TARGET_KEY_SIZE]);
/* target_is_name: letters, digits, hyphens, dots and underscores in labels of at most 63 bytes
 * (RFC 1123, section 2.1, and the underscore that some networks use). */
bool target_is_name(struct str text);

/* One entry of a list. */
struct target_entry {
    struct target_spec spec;
    struct str text; /* the spec as it is kept: trimmed, names in lower case, with its port */
    struct str credential, tags;
};

/* What is wrong in a list. column is "" when the whole line is meant. */
typedef void target_problem(void *context, uint64_t line, struct str column, const char *text);

/* target_entry_make puts together what one spec says. ERR_FORMAT, ERR_LIMIT. */
int target_entry_make(struct str text, struct arena *arena, struct target_entry *ret,
                      struct error *err);

/* target_list_read reads a list with the columns host, port, credential and tags (the first row
 * names them, in any order; only host is needed). What is wrong in a row is told to problem and
 * the row left out. ERR_FORMAT when the first row is wrong, ERR_LIMIT for too many rows. */
int target_list_read(struct str bytes, struct arena *arena, target_problem *problem, void *context,
                     struct target_entry **ret_entries, uint32_t *ret_count, struct error *err);

#endif
