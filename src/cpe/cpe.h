/*
 * CPE 2.3 names: binding to and from the well-formed name (NISTIR 7695) and name matching
 * (NISTIR 7696).
 */
#ifndef ASSAY_CPE_CPE_H
#define ASSAY_CPE_CPE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

/* The eleven attributes in the order of the formatted string (NISTIR 7695, 6.2). */
enum cpe_attribute {
    CPE_PART,
    CPE_VENDOR,
    CPE_PRODUCT,
    CPE_VERSION,
    CPE_UPDATE,
    CPE_EDITION,
    CPE_LANGUAGE,
    CPE_SW_EDITION,
    CPE_TARGET_SW,
    CPE_TARGET_HW,
    CPE_OTHER,
    CPE_ATTRIBUTES
};

enum cpe_kind {
    CPE_ANY, /* logical value ANY: `*` */
    CPE_NA,  /* logical value NA: `-` */
    CPE_TEXT /* a string, with or without unquoted wildcards */
};

/* One attribute of a well-formed name. text is lower-cased WFN string content as in NISTIR
 * 7695, 5.3: special characters quoted with a backslash, `*` and `?` unquoted at the ends
 * only. */
struct cpe_value {
    enum cpe_kind kind;
    struct str text; /* empty unless CPE_TEXT */
};

struct cpe_name {
    struct cpe_value values[CPE_ATTRIBUTES];
};

/* cpe_parse reads a formatted string ("cpe:2.3:...") or a URI ("cpe:/..."), told apart by
 * their beginning. Texts are copied to arena. ERR_FORMAT with the byte where it is wrong;
 * ERR_LIMIT above LIMIT_CPE. */
int cpe_parse(struct str text, struct arena *arena, struct cpe_name *ret_name, struct error *err);

/* cpe_format_fs appends the formatted string binding (NISTIR 7695, 6.2.2). */
void cpe_format_fs(const struct cpe_name *name, struct buf *out);
/* cpe_format_uri appends the URI binding (6.1.2), packed edition where needed. */
void cpe_format_uri(const struct cpe_name *name, struct buf *out);
/* cpe_format_wfn appends "wfn:[part="a",...]" (5.5). */
void cpe_format_wfn(const struct cpe_name *name, struct buf *out);

/* cpe_value_plain appends an attribute's text without quoting: "node.js" of "node\.js". */
void cpe_value_plain(const struct cpe_value *value, struct buf *out);
/* cpe_value_quote makes a CPE_TEXT value of plain text: lower case, blanks as `_`, every
 * special character quoted. Copied to arena. */
struct cpe_value cpe_value_quote(struct str plain, struct arena *arena);

/* cpe_format_plain appends the formatted string of a product in plain text (see cpe_value_quote):
 * part is 'a', 'o' or 'h'; what is "" is ANY, as are the other attributes. */
void cpe_format_plain(char part, struct str vendor, struct str product, struct str version,
                      struct str update, struct buf *out);

/* Relation of a source to a target (NISTIR 7696, table 6-1 and 6.2). */
enum cpe_relation { CPE_DISJOINT, CPE_SUBSET, CPE_SUPERSET, CPE_EQUAL, CPE_UNDEFINED };

enum cpe_relation cpe_compare_value(const struct cpe_value *source, const struct cpe_value *target);
/* cpe_compare is the relation of whole names (7696, 6.3): disjoint when any attribute is; else
 * undefined when any is, or when one is a subset and another a superset; else subset or superset
 * when any is; equal when all are. */
enum cpe_relation cpe_compare(const struct cpe_name *source, const struct cpe_name *target);
const char *cpe_relation_name(enum cpe_relation relation);

#endif
