/* Whether a product of a VEX statement is a piece of installed software, or the system. */
#include "assess/engine.h"

/* Types of purls by the inventory's ecosystem, and whether the namespace says whose package it is
 * or is part of the name. Every other ecosystem bears its type's name. */
static const struct purl_kind {
    const char *type, *ecosystem;
    bool of_distribution;
    char separator; /* of namespace and name */
} kinds[] = {
    {"deb", "dpkg", true, '/'},    {"rpm", "rpm", true, '/'},      {"apk", "apk", true, '/'},
    {"alpm", "pacman", true, '/'}, {"maven", "maven", false, ':'},
};

/* Namespaces of distributions that os-release calls otherwise. */
static const struct {
    const char *namespace, *id;
} namespaces[] = {
    {"redhat", "rhel"},
    {"opensuse", "opensuse-leap"},
    {"opensuse", "opensuse-tumbleweed"},
    {"suse", "sles"},
    {"amazon", "amzn"},
    {"oracle", "ol"},
    {"oraclelinux", "ol"},
    {"photon", "photon"},
    {"archlinux", "arch"},
    {"rocky-linux", "rocky"},
    {"alma", "almalinux"},
};

static struct purl_kind kind_of(struct str type)
{
    for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (str_eq_text(type, kinds[i].type)) {
            return kinds[i];
        }
    }
    return (struct purl_kind){NULL, NULL, false, '/'};
}

static bool names_distribution(struct str namespace, const struct inventory_os *os)
{
    if (str_eq_nocase(namespace, os->id)) {
        return true;
    }
    for (unsigned i = 0; i < sizeof namespaces / sizeof *namespaces; i++) {
        if (str_eq_text(namespace, namespaces[i].namespace) &&
            str_eq_text(os->id, namespaces[i].id)) {
            return true;
        }
    }
    return false;
}

/* "0:1.2" is "1.2"; rpm purls have the epoch as a qualifier. */
static bool same_version(struct str stated, struct str epoch, struct str installed)
{
    if (str_starts(installed, STR("0:"))) {
        installed = str_skip(installed, 2);
    }
    if (str_starts(stated, STR("0:"))) {
        stated = str_skip(stated, 2);
    }
    if (epoch.len && !str_eq_text(epoch, "0")) {
        if (!str_starts(installed, epoch) || installed.len <= epoch.len ||
            installed.ptr[epoch.len] != ':') {
            return false;
        }
        installed = str_skip(installed, epoch.len + 1);
    }
    return str_eq(stated, installed);
}

static struct str qualifier_of(const struct accept_product *product, const char *key)
{
    for (unsigned i = 0; i < product->qualifier_count; i++) {
        if (str_eq_text(product->qualifiers[i].key, key)) {
            return product->qualifiers[i].value;
        }
    }
    return STR("");
}

/* version is release, or begins with it at a point: "9" of "9.4". */
static bool release_covers(struct str release, struct str version)
{
    return release.len && str_starts(version, release) &&
           (version.len == release.len || version.ptr[release.len] == '.');
}

/* "debian-12", "almalinux-9", "ubuntu-22.04", "debian-bookworm", "bookworm", "debian" */
static bool names_release(struct str distro, const struct inventory_os *os)
{
    if (str_eq_nocase(distro, os->codename) || str_eq_nocase(distro, os->id)) {
        return distro.len != 0;
    }
    size_t dash = SIZE_MAX;
    for (size_t i = 0; i < distro.len; i++) {
        dash = distro.ptr[i] == '-' ? i : dash;
    }
    if (dash == SIZE_MAX || !names_distribution(str_sub(distro, 0, dash), os)) {
        return false;
    }
    struct str release = str_skip(distro, dash + 1);
    return (os->codename.len && str_eq_nocase(release, os->codename)) ||
           release_covers(release, os->version_id) || release_covers(release, os->version);
}

/* "openssl", "openssl@3.0.1", "audit-3.0.7-104.el9.src.rpm" */
static bool names_source(struct str upstream, const struct inventory_software *software)
{
    struct str source = software->source.len ? software->source : software->name;
    return str_starts(upstream, source) &&
           (upstream.len == source.len || upstream.ptr[source.len] == '@' ||
            (upstream.ptr[source.len] == '-' && str_ends(upstream, STR(".rpm"))));
}

/* A qualifier that nothing is known of does not hold: the statement is about something more
 * special than what is seen to be installed. */
static bool qualifier_holds(const struct inventory_os *os,
                            const struct inventory_software *software,
                            const struct purl_qualifier *qualifier)
{
    if (str_eq_text(qualifier->key, "arch")) {
        return str_eq(qualifier->value, software->arch);
    }
    if (str_eq_text(qualifier->key, "distro")) {
        return names_release(qualifier->value, os);
    }
    if (str_eq_text(qualifier->key, "upstream")) {
        return names_source(qualifier->value, software);
    }
    if (str_eq_text(qualifier->key, "modularitylabel")) {
        return str_eq(qualifier->value, software->module);
    }
    return str_eq_text(qualifier->key, "epoch"); /* part of the version */
}

/* "angular/core" of namespace and name, compared without being put together. */
static bool joined_name(struct str namespace, char separator, struct str name, struct str joined)
{
    if (!namespace.len) {
        return str_eq(name, joined);
    }
    return joined.len == namespace.len + 1 + name.len && str_starts(joined, namespace) &&
           joined.ptr[namespace.len] == separator && str_ends(joined, name);
}

static bool match_purl(const struct inventory_os *os, const struct inventory_software *software,
                       const struct accept_product *product)
{
    const struct purl_kind kind = kind_of(product->type);
    bool kinds_match = kind.ecosystem ? str_eq_text(software->ecosystem, kind.ecosystem)
                                      : str_eq(software->ecosystem, product->type);
    struct str arch = qualifier_of(product, "arch");
    bool source = kind.of_distribution && (str_eq_text(arch, "source") || str_eq_text(arch, "src"));
    struct str name = source && software->source.len ? software->source : software->name;
    struct str version =
        source && software->source_version.len ? software->source_version : software->version;
    if (!kinds_match) {
        return false;
    }
    if (kind.of_distribution
            ? !str_eq(product->name, name) || !names_distribution(product->namespace, os)
            : !joined_name(product->namespace, kind.separator, product->name, name)) {
        return false;
    }
    if (product->version.len &&
        !same_version(product->version, qualifier_of(product, "epoch"), version)) {
        return false;
    }
    for (unsigned i = 0; i < product->qualifier_count; i++) {
        bool is_arch = str_eq_text(product->qualifiers[i].key, "arch");
        if (!(source && is_arch) && !qualifier_holds(os, software, &product->qualifiers[i])) {
            return false;
        }
    }
    return true;
}

static bool match_cpe(const struct identity *identity, const struct accept_product *product)
{
    for (uint32_t i = 0; i < identity->product_count; i++) {
        const struct identity_product *own = &identity->products[i];
        if ((!product->type.len || product->type.ptr[0] == own->product.part) &&
            str_eq_nocase(product->namespace, own->product.vendor) &&
            str_eq_nocase(product->name, own->product.product) &&
            (!product->version.len || str_eq_nocase(product->version, own->version))) {
            return true;
        }
    }
    return false;
}

bool accepted_product(const struct inventory *inventory, const struct inventory_software *software,
                      const struct identity *identity, const struct accept_product *product)
{
    return product->is_cpe ? match_cpe(identity, product)
                           : match_purl(&inventory->os, software, product);
}

bool accepted_system(const struct engine *engine, const struct accept_product *product)
{
    struct platform platforms[PLATFORMS_MAX];
    uint32_t count = platforms_of(engine->inventory, platforms, engine->arena);
    if (!product->is_cpe || (product->type.len && !str_eq_text(product->type, "o"))) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (str_eq_text(product->namespace, platforms[i].vendor) &&
            str_eq_nocase(product->name, platforms[i].product) &&
            (!product->version.len || str_eq_nocase(product->version, platforms[i].version))) {
            return true;
        }
    }
    return false;
}
