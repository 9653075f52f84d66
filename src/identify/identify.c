#include "identify/tables.h"

#include <string.h>

static const char *const confidence_names[CONFIDENCES] = {
    [CONFIDENCE_ADVISORY] = "advisory",
    [CONFIDENCE_EXACT] = "exact",
    [CONFIDENCE_RANGE] = "range",
    [CONFIDENCE_PRODUCT] = "product",
    [CONFIDENCE_UNCONFIRMED] = "unconfirmed",
};

const char *confidence_name(enum confidence confidence)
{
    return (unsigned)confidence < CONFIDENCES ? confidence_names[confidence] : "unknown";
}

static const char *const sureness_names[SURENESSES] = {
    [SURENESS_NONE] = "none",
    [SURENESS_AMBIGUOUS] = "ambiguous",
    [SURENESS_LIKELY] = "likely",
    [SURENESS_CERTAIN] = "certain",
};

const char *sureness_name(enum sureness sureness)
{
    return (unsigned)sureness < SURENESSES ? sureness_names[sureness] : "none";
}

/* Packages that are an installed kernel: "#" for one that names its release, since the
 * packages without only draw in the newest. */
static const struct {
    const char *ecosystem, *names;
} kernels[] = {
    {"dpkg", "linux-image-#*|linux-image-unsigned-#*|linux-image-rt-#*|kernel-image-#*|"
             "pve-kernel-#*|proxmox-kernel-#*|raspberrypi-kernel"},
    {"rpm", "kernel|kernel-core|kernel-rt|kernel-rt-core|kernel-64k-core|kernel-uek|"
            "kernel-uek-core|kernel-default|kernel-default-base|kernel-azure|kernel-debug|"
            "kernel-debug-core|kernel-pae|kernel-xen|kernel-ml|kernel-ml-core|kernel-lt|"
            "kernel-lt-core|kernel-plus|kernel#.#*"},
    {"apk", "linux-lts|linux-virt|linux-edge|linux-stable|linux-vanilla|linux-rpi*|linux-openrc"},
    {"pacman", "linux|linux-lts|linux-zen|linux-hardened|linux-rt|linux-rt-lts|linux##*"},
};

static bool is_kernel(const struct inventory_software *software)
{
    for (unsigned i = 0; i < sizeof kernels / sizeof *kernels; i++) {
        if (str_eq_text(software->ecosystem, kernels[i].ecosystem)) {
            return pattern_match(str_from(kernels[i].names), software->name) &&
                   !pattern_match(STR("*-dbg|*-dbgsym|*-headers*"), software->name);
        }
    }
    return false;
}

/* ---- the distribution's advisories ---- */

struct fit {
    const struct identify_tables *tables;
    struct str ecosystem;
};

static bool fits_source(const void *context, uint32_t row)
{
    const struct fit *fit = context;
    return tables_os_fits(tables_cell(fit->tables, TABLE_SOURCES, row, SRC_OS), fit->ecosystem);
}

/* Signed and repacked binaries: the advisories' source, and the version of the binary. */
static bool find_source_alias(const struct identify_tables *tables,
                              const struct inventory_software *software, struct arena *arena,
                              struct identity *identity)
{
    const struct fit fit = {tables, software->ecosystem};
    uint32_t row = pattern_index_exact(&tables->sources, software->source, fits_source, &fit);
    if (row == PATTERN_NONE) {
        row = pattern_index_glob(&tables->sources, software->source, fits_source, &fit);
    }
    if (row == PATTERN_NONE) {
        return false;
    }
    struct str drop = tables_cell(tables, TABLE_SOURCES, row, SRC_DROP);
    struct str version = software->version;
    if (drop.len > 0 && str_starts(version, drop)) {
        version = str_skip(version, drop.len);
        size_t plus = str_find_byte(version, '+');
        if (plus != SIZE_MAX) {
            version = arena_printf(arena, "%.*s-%.*s", STR_ARG(str_sub(version, 0, plus)),
                                   STR_ARG(str_skip(version, plus + 1)));
        }
    }
    identity->advisory_name = tables_cell(tables, TABLE_SOURCES, row, SRC_ADVISORY);
    identity->advisory_version = version;
    identity->by_source = true;
    return true;
}

static void name_source(const struct inventory_software *software, struct identity *identity)
{
    identity->advisory_name = software->source;
    identity->advisory_version =
        software->source_version.len > 0 ? software->source_version : software->version;
    identity->by_source = true;
}

/* The name and version that advisories use: the source package's, or the binary's. */
static void name_advisory(const struct identify_tables *tables, uint32_t distribution,
                          const struct inventory_software *software, struct arena *arena,
                          struct identity *identity)
{
    bool by_source =
        str_eq_text(software->ecosystem, "dpkg") || str_eq_text(software->ecosystem, "apk");
    if (distribution != PATTERN_NONE) {
        by_source = str_eq_text(
            tables_cell(tables, TABLE_DISTRIBUTIONS, distribution, DIST_ADVISORY), "source");
    }
    if (!by_source || software->source.len == 0) {
        identity->advisory_name = software->name;
        identity->advisory_version = software->version;
    } else if (!find_source_alias(tables, software, arena, identity)) {
        name_source(software, identity);
    }
}

/* Advisories that may name either: the source where they have nothing under the binary's name. */
static void name_other(const struct identify_tables *tables, const struct knowledge *knowledge,
                       const struct identity_os *os, const struct inventory_software *software,
                       struct identity *identity)
{
    struct knowledge_package found;
    if (knowledge != NULL && os->distribution != PATTERN_NONE && os->has_ecosystem &&
        software->source.len > 0 &&
        str_eq_text(tables_cell(tables, TABLE_DISTRIBUTIONS, os->distribution, DIST_ADVISORY),
                    "either") &&
        !knowledge_find_package(knowledge, os->ecosystem.index, software->name, &found)) {
        name_source(software, identity);
    }
}

static enum version_scheme find_scheme(const struct identity *identity, struct str ecosystem)
{
    return identity->has_ecosystem ? identity->ecosystem.scheme : version_scheme_find(ecosystem);
}

static void make_key(const struct inventory_software *software, struct arena *arena,
                     struct identity *identity)
{
    struct buf bytes;
    struct version_key key;
    enum version_scheme scheme = find_scheme(identity, software->ecosystem);
    buf_init(&bytes, 4096);
    if (scheme != VERSION_NONE &&
        version_key_make(scheme, identity->advisory_version, &bytes, &key, NULL) == 0) {
        struct str copy = arena_str(arena, str_make((const char *)key.bytes, key.len));
        identity->key = key;
        identity->key.bytes = (const unsigned char *)copy.ptr;
        identity->key.stands_in = identity->by_source;
    }
    buf_done(&bytes);
}

/* What extended support says of the package: all of it when nothing else speaks of it. */
static void find_extended(const struct knowledge *knowledge, const struct identity_os *os,
                          struct arena *arena, struct identity *identity)
{
    struct knowledge_package *extended = NULL;
    for (uint32_t i = 0; i < os->programme_count; i++) {
        struct knowledge_package package;
        uint32_t ecosystem = os->programmes[i].ecosystem.index;
        if (!knowledge_find_package(knowledge, ecosystem, identity->advisory_name, &package) ||
            (identity->has_package && package.index == identity->package.index)) {
            continue;
        }
        if (!identity->has_package) {
            identity->package = package;
            identity->has_package = true;
            continue;
        }
        if (!extended) {
            extended = arena_array(arena, os->programme_count, struct knowledge_package);
        }
        extended[identity->extended_count++] = package;
    }
    identity->extended = extended;
}

static void find_package(const struct knowledge *knowledge, const struct identity_os *os,
                         struct arena *arena, struct identity *identity)
{
    if (identity->supplier != SUPPLIER_DISTRIBUTION || knowledge == NULL || !os->has_ecosystem) {
        return;
    }
    identity->ecosystem = os->ecosystem;
    identity->has_ecosystem = true;
    identity->has_package = knowledge_find_package(knowledge, os->ecosystem.index,
                                                   identity->advisory_name, &identity->package);
    find_extended(knowledge, os, arena, identity);
}

static struct str describe(const struct inventory_software *software,
                           const struct identity *identity, struct str supplier_rule,
                           struct arena *arena)
{
    if (software->source.len > 0 && !str_eq(software->source, software->name)) {
        return TABLES_JOIN(arena, software->ecosystem, STR(", source "), identity->advisory_name,
                           STR("; "), supplier_rule);
    }
    return TABLES_JOIN(arena, software->ecosystem, STR("; "), supplier_rule);
}

/* "sle-micro|sl-micro": the first. */
static void name_system(const struct identify_tables *tables, uint32_t row,
                        const struct inventory_software *software, struct arena *arena,
                        struct identity *identity)
{
    if (row != PATTERN_NONE && identity->supplier == SUPPLIER_DISTRIBUTION) {
        struct str ids = tables_cell(tables, TABLE_DISTRIBUTIONS, row, DIST_ID);
        identity->system_id = str_sub(ids, 0, str_find_byte(ids, '|'));
        identity->system_release = named_release(identity->system_id, software->version, arena);
    }
}

void identify_software(const struct identify_tables *tables, const struct knowledge *knowledge,
                       const struct inventory *inventory, const struct identity_os *os,
                       const struct inventory_software *software, struct arena *arena,
                       struct identity *ret)
{
    struct supplier_answer supplier;
    memset(ret, 0, sizeof *ret);
    supplier_find(tables, os->distribution, software, &supplier);
    ret->supplier = supplier.supplier;
    ret->supplier_name = supplier.name;
    name_system(tables, supplier.distribution, software, arena, ret);
    ret->kernel_image = is_kernel(software);
    name_advisory(tables, os->distribution, software, arena, ret);
    name_other(tables, knowledge, os, software, ret);
    find_package(knowledge, os, arena, ret);
    make_key(software, arena, ret);
    ret->rule = describe(software, ret, supplier.rule, arena);
    bool by_binary = str_eq(ret->advisory_name, software->name);
    struct str source = by_binary ? software->source : ret->advisory_name;
    products_find(tables, knowledge, software, source, arena, ret);
    category_find(tables, inventory, software, ret);
}
