/*
 * Version schemes. Each turns a version into an order-preserving key, made once and then
 * compared with memcmp.
 *
 * A key has a class, an epoch (or none) and bytes. Keys of different classes cannot be
 * compared (another scheme, modular with plain rpm, el7 with el8, two Windows builds, NVD
 * versions that begin with different words, as xp and snv_76).
 * Within a class the epoch decides first, then the bytes. Two exceptions, for which
 * version_key_compare is asked and not the class alone: an rpm that names no release of a
 * distribution ("1-1") is comparable with any ("1-1.el7"), and a Windows build without a
 * revision (no bytes) only with another without.
 */
#ifndef ASSAY_VERSION_VERSION_H
#define ASSAY_VERSION_VERSION_H

#include "base/buf.h"
#include "base/error.h"

enum version_scheme {
    VERSION_NONE = 0,    /* the zero of a record: no scheme */
    VERSION_DPKG = 1,    /* deb-version(7) */
    VERSION_RPM = 2,     /* rpmvercmp, [epoch:]version[-release] */
    VERSION_APK = 3,     /* apk-tools 2.14 version.c */
    VERSION_SEMVER = 4,  /* Semantic Versioning 2.0.0, section 11 */
    VERSION_WINDOWS = 5, /* major.minor.build.revision */
    VERSION_NVD = 6,     /* loose order for CPE versions */
    /* The same for products that write versions in two ways; keys compare with VERSION_NVD's. */
    VERSION_JAVA = 7, /* 8 is 1.8.0 */
    VERSION_BARE = 8, /* R33 is 33 */
    VERSION_YEAR = 9, /* 2021.001 is 21.001 */
    VERSION_SCHEMES
};

/* VERSION_NO_EPOCH: the version states no epoch. It compares as 0, unless one of the keys is of
 * a source version that stands in for a binary one. */
#define VERSION_NO_EPOCH UINT32_MAX

struct version_key {
    uint64_t class; /* scheme in the top byte, the scheme's own classes below; never 0 */
    uint32_t epoch; /* or VERSION_NO_EPOCH */
    uint32_t len;
    const unsigned char *bytes; /* borrowed: in the buffer that the key was made into */
    bool stands_in; /* set by the caller: where either side lacks an epoch, none counts */
};

enum version_order {
    VERSION_LESS = -1,
    VERSION_EQUAL = 0,
    VERSION_GREATER = 1,
    VERSION_INCOMPARABLE = 2
};

/* version_scheme_find gives the scheme of a name ("dpkg", "rpm", "apk", "semver",
 * "windows", "nvd", "java", "bare", "year"), VERSION_NONE when there is none of that name. */
enum version_scheme version_scheme_find(struct str name);
const char *version_scheme_name(enum version_scheme scheme);

/* version_key_make appends the key's bytes to out and sets *ret_key. ret_key->bytes points
 * into out->data and is valid until out grows: keep an offset where out is shared.
 * ERR_FORMAT: text is no version of that scheme (empty, a commit hash, foreign characters);
 * ERR_LIMIT: longer than LIMIT_VERSION. Nothing is appended then. */
int version_key_make(enum version_scheme scheme, struct str text, struct buf *out,
                     struct version_key *ret_key, struct error *err);

/* version_of_product gives the scheme in which CPE versions of a product are read: VERSION_NVD,
 * unless a row of it says otherwise. Both names as plain text. */
enum version_scheme version_of_product(struct str vendor, struct str product);

/* version_cpe_key_make makes the key of a CPE name's version in VERSION_NVD or one of those after
 * it. Its update attribute is a part of it: ("8", "update_201"), ("10.1.6", "h3"), ("2019",
 * "cumulative_update_12"), ("1.0.2", "beta1") have the keys of "8u201", "10.1.6-h3", "2019 CU12",
 * "1.0.2-beta1". Both texts without quoting; update is "" for ANY and NA. Errors as
 * version_key_make. */
int version_cpe_key_make(enum version_scheme scheme, struct str version, struct str update,
                         struct buf *out, struct version_key *ret_key, struct error *err);

enum version_order version_key_compare(const struct version_key *a, const struct version_key *b);

/* version_compare makes both keys and compares them; VERSION_INCOMPARABLE when either text
 * is no version. For commands and tests: hot paths keep keys. */
enum version_order version_compare(enum version_scheme scheme, struct str a, struct str b);

#endif
