/*
 * Software to product: which advisory package, which CPE products, which lifecycle product,
 * which category, by which rule and how sure. Tables come from share/; look-ups in the
 * knowledge decide between candidates.
 */
#ifndef ASSAY_IDENTIFY_IDENTIFY_H
#define ASSAY_IDENTIFY_IDENTIFY_H

#include "inventory/inventory.h"
#include "knowledge/knowledge.h"

struct identify_tables;

/* identify_tables_load reads the tables of folder (share/README.md lists them). Errors name
 * file and line. */
int identify_tables_load(const char *folder, struct identify_tables **ret_tables,
                         struct error *err);
void identify_tables_free(struct identify_tables *tables);

/* How sure an answer is, best first. */
enum confidence {
    CONFIDENCE_ADVISORY,    /* the distribution's own advisory decides */
    CONFIDENCE_EXACT,       /* CPE criterion names exactly this version */
    CONFIDENCE_RANGE,       /* within a criterion's version range */
    CONFIDENCE_PRODUCT,     /* criterion names the product without a version */
    CONFIDENCE_UNCONFIRMED, /* CPE match of a distribution's package: fixes may be backported */
    CONFIDENCES
};
const char *confidence_name(enum confidence confidence);

enum supplier {
    SUPPLIER_UNKNOWN,
    SUPPLIER_DISTRIBUTION, /* part of the distribution: fixes are backported */
    SUPPLIER_MAKER         /* installed from its maker or another repository */
};

/* How sure it is which product a piece of software is. */
enum sureness {
    SURENESS_NONE,      /* nothing names it */
    SURENESS_AMBIGUOUS, /* products of its name exist, nothing decides between them */
    SURENESS_LIKELY,    /* the knowledge's own names, with the maker agreeing */
    SURENESS_CERTAIN,   /* a row of identities.tsv, or the CPE that the document states */
    SURENESSES
};
const char *sureness_name(enum sureness sureness);

/* A CPE product that a piece of software may be. */
struct identity_product {
    struct knowledge_product product;
    struct str version;     /* the upstream version as NVD writes it */
    struct version_key key; /* of it, VERSION_NVD; class 0 when it has none */
    struct str rule;        /* "cpe-alias nginx -> f5:nginx" */
    bool exact_only;        /* another writing of the version ("2016 sp2"), which no range means */
    bool release_only;      /* version names the release; the installed build has updates to it */
};

/* What the CPE name that a document states says besides product and version, plain and in lower
 * case; "" for what it leaves open. */
struct identity_stated {
    struct str sw_edition, target_sw, target_hw;
};

struct identity {
    enum supplier supplier;
    struct str supplier_name; /* "Debian", "NodeSource", "" */
    /* os-release ID and release of the distribution that the package names itself, where the
     * inventory does not say its system; "" */
    struct str system_id, system_release;
    /* The distribution's advisories: ecosystem.name is "" when knowledge has none for the
     * release, package.name "" when the feed says nothing of this package. */
    struct knowledge_ecosystem ecosystem;
    struct knowledge_package package;
    bool has_ecosystem, has_package;
    /* The package in the advisories of extended support, besides package. */
    const struct knowledge_package *extended;
    uint32_t extended_count;
    struct str advisory_name;    /* name asked for: source for dpkg and apk, binary for rpm */
    struct str advisory_version; /* version compared */
    bool by_source;              /* both are the source package's */
    struct version_key key;      /* of it, in the ecosystem's scheme; class 0 when none */
    const struct identity_product *products;
    uint32_t product_count;
    enum sureness sureness;
    struct identity_stated stated;
    /* The product to name it by, known to the knowledge or not; vendor.len 0 when there is
     * none. Version and update are as CPE names have them, plain. */
    struct knowledge_product named;
    struct str cpe_version, cpe_update;
    const struct knowledge_product *candidates; /* SURENESS_AMBIGUOUS */
    uint32_t candidate_count;
    /* Lifecycle of its own (only when the maker supplies it, or the product lives apart). */
    struct knowledge_lifecycle lifecycle;
    bool has_lifecycle;
    struct str row_lifecycle;         /* product of endoflife.date by identities.tsv, "" */
    struct str upstream;              /* version as its maker writes it, for the life cycle */
    struct str category, subcategory; /* "" when no rule says */
    /* Counts as security / patch-management software. What a fact of the inventory switches on
     * (Defender, unattended-upgrades) is security only when the fact says so, and patch unless
     * the fact says no. */
    bool security, patch;
    bool kernel_image;   /* CVEs of the kernel source count for this package */
    struct str known_as; /* first name of the row of identities.tsv that decided, "" */
    struct str rule;     /* which rule or index entry decided */
};

/* An extension of support with advisories of its own for the system. */
struct identity_programme {
    struct str name; /* "Ubuntu Pro (ESM)" */
    bool enrolled;   /* the server is seen to be in it */
    struct knowledge_ecosystem ecosystem;
};

/* The OS of a server: its ecosystem, lifecycle product and release. */
struct identity_os {
    struct knowledge_ecosystem ecosystem;
    bool has_ecosystem;
    struct str ecosystem_name; /* the name asked for, "Debian:12" */
    const struct identity_programme *programmes;
    uint32_t programme_count;
    struct knowledge_lifecycle lifecycle;
    struct knowledge_release release;
    bool has_lifecycle, has_release;
    uint32_t distribution; /* row of distributions.tsv, for identify_software; UINT32_MAX none */
    struct str rule;
};

/* Both fill *ret with texts that live in arena, tables, knowledge or inventory. knowledge may
 * be NULL (nothing built yet): what needs none is still answered. */
void identify_os(const struct identify_tables *tables, const struct knowledge *knowledge,
                 const struct inventory *inventory, struct arena *arena, struct identity_os *ret);
/* identify_manager says which package manager ("dpkg", "rpm") a package is of: that of the system,
 * else by the marks of version and vendor; "dpkg" when nothing tells. */
struct str identify_manager(const struct identify_tables *tables, const struct identity_os *os,
                            struct str vendor, struct str version);
void identify_software(const struct identify_tables *tables, const struct knowledge *knowledge,
                       const struct inventory *inventory, const struct identity_os *os,
                       const struct inventory_software *software, struct arena *arena,
                       struct identity *ret);

/* A dated statement of share/unsupported.tsv: the distribution no longer supports this source
 * package in this release. */
struct identify_unsupported {
    bool limited;
    int32_t since;
    struct str note;
};
bool identify_unsupported(const struct identify_tables *tables, struct str ecosystem,
                          struct str source, struct identify_unsupported *ret);

/* A module stream that the distribution supports for a shorter time than its release: by the
 * package's module, else by what the package is where its version is a module's. False when there
 * is none. */
struct identify_stream {
    struct str module, stream; /* "postgresql", "10" */
    int32_t until;
};
bool identify_stream(const struct identify_tables *tables, const struct inventory_os *os,
                     const struct inventory_software *software, const struct identity *identity,
                     struct identify_stream *ret);

/* A build of a product of Microsoft that has builds for its updates: share/updates.tsv. Builds of a
 * line go up, and each holds the updates of the lower ones under the same bulletin. */
struct identify_update {
    struct str product;  /* of CPE: "sql_server" */
    struct str line;     /* "2019 GDR" */
    struct str bulletin; /* Microsoft's names of the product, | between; # stands for a number */
    struct str build;
    uint32_t kb; /* the update that brings it, 0: not one of security alone */
    int32_t day; /* when it was published */
};
/* identify_updates_of is how many there are of a product, by line and build, the first of them at
 * *ret_first; identify_update gives one. */
uint32_t identify_updates_of(const struct identify_tables *tables, struct str product,
                             uint32_t *ret_first);
void identify_update(const struct identify_tables *tables, uint32_t index,
                     struct identify_update *ret);

/* A product of Microsoft that keeps the version of its release whatever updates it:
 * share/setups.tsv. */
struct identify_setup {
    struct str bulletin; /* Microsoft's names of the product, | between */
    bool cumulative;     /* an update holds the earlier ones, else each part has its own */
};
/* identify_setup looks for a product of CPE in the version that setup states. */
bool identify_setup(const struct identify_tables *tables, struct str product, struct str version,
                    struct identify_setup *ret);

/* OS support from distro-info-data style tables when no lifecycle feed is known:
 * share/os-support.tsv (id, version, until, extended until). */
bool identify_os_support(const struct identify_tables *tables, const struct inventory_os *os,
                         int32_t *ret_until, int32_t *ret_extended);

#endif
