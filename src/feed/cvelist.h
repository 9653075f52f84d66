/*
 * What the files that read CVE records (cvelist*.c) share. Not for others.
 */
#ifndef ASSAY_FEED_CVELIST_H
#define ASSAY_FEED_CVELIST_H

#include "feed/cve.h"

/* Versions that an entry of affected[] names: one, a range whose ends may be open (""), or all
 * of them. */
struct stretch {
    struct str start, end;
    bool start_excluding, end_including;
    bool exact; /* start is the version */
};

struct stretches {
    struct arena *arena;
    struct stretch *items;
    uint32_t count, capacity;
};

/* stretches_add_text adds what words say: "1.2", ">= 1.0, < 1.2", "2.x", "1.4 and earlier",
 * "prior to 3.1", "all versions". False, with nothing added, when they say something else. */
bool stretches_add_text(struct stretches *into, struct str text);

/* stretches_add_range adds versions from start to end, which is included or not: a range of a
 * CVE record, whose start may be "0" or no version at all (open), whose end may be "*" (open)
 * or "2.4.*". False when the end is no version. */
bool stretches_add_range(struct stretches *into, struct str start, struct str end,
                         bool end_including);

/* stretches_invert makes of what is unaffected, in rising order, what is affected. A version
 * that stands alone is where the fix came: nothing behind it is affected. */
void stretches_invert(struct stretches *stretches);

/* A CPE name around its version. */
struct cvelist_name {
    struct str before, behind;
    struct str any;   /* with `*` for the version */
    struct str whole; /* the name as it was given, "" when it says no version of its own */
};

/* cvelist_is_nameless says whether the name of a vendor or product names none: "n/a". */
bool cvelist_is_nameless(struct str text);
/* cvelist_name_maker gives whom a package is from that states no vendor: the owner of its
 * repository or the name of its site ("sqlite" of https://www.sqlite.org), the package itself where
 * collection is a registry of libraries. A view; "" when collection tells nothing. */
struct str cvelist_name_maker(struct str collection, struct str package);
/* cvelist_name_vendor gives the vendor of a product that states none but is named after it: a
 * single word ("DedeCMS"), "VMware Workstation". "" for others. */
struct str cvelist_name_vendor(struct str product);
/* cvelist_name_product makes the name of a vendor's product: "Example, Inc.", "Example Server".
 * collection is where a library lives, by URL, or "": that becomes target_sw. */
struct cvelist_name cvelist_name_product(struct arena *arena, struct str vendor, struct str product,
                                         struct str collection);
/* cvelist_name_read reads a formatted string or a URI (NISTIR 7695, 6.1 and 6.2). False when cpe is
 * neither, or too long. */
bool cvelist_name_read(struct arena *arena, struct str cpe, struct cvelist_name *ret);
/* cvelist_name_match makes the criterion for a stretch of versions. */
struct feed_match cvelist_name_match(struct arena *arena, const struct cvelist_name *name,
                                     const struct stretch *stretch);

/* cvelist_mend_line lets ranges that end in the line of versions that the product is named by begin
 * there: ".NET 8.0" from 1.0.0 to 8.0.7 is from 8.0. */
void cvelist_mend_line(struct str product, struct stretches *stretches);
/* cvelist_mend_cpe gives the CPE that an entry about product means; "" where the given one is of
 * another product, whose versions say nothing of it. */
struct str cvelist_mend_cpe(struct arena *arena, struct str product, struct str cpe);

struct criteria_list {
    struct feed_match *items;
    uint32_t count, capacity;
};

/* cvelist_add_entry adds the criteria of one entry of affected[] (CVE Record Format 5.1,
 * "product") to those made of CPEs or to those made of names. False when it had to be left
 * out, which is counted. */
bool cvelist_add_entry(struct feed_run *run, struct tape_value entry, struct criteria_list *given,
                       struct criteria_list *named);

#endif
