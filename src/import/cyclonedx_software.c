#include "base/limits.h"
#include "import/cyclonedx.h"

/* purl types that are named otherwise in an inventory, and whether the namespace is part of
 * the name ("@angular/animation") or says whose package it is ("debian"). */
static const struct ecosystem {
    const char *type, *ecosystem;
    bool vendor_namespace;
    char separator; /* of namespace and name */
} ecosystems[] = {
    {"deb", "dpkg", true, '/'},    {"rpm", "rpm", true, '/'},      {"apk", "apk", true, '/'},
    {"alpm", "pacman", true, '/'}, {"maven", "maven", false, ':'},
};

/* Properties that say the same in several tools' words, first known one wins. */
static const char *const source_names[] = {"syft:metadata:source", "syft:metadata:originPackage",
                                           "aquasecurity:trivy:SrcName", NULL};
static const char *const source_rpms[] = {"syft:metadata:sourceRpm", "cdx:rpm:sourceRpm", NULL};
static const char *const source_versions[] = {"syft:metadata:sourceVersion", NULL};
static const char *const modules[] = {"syft:metadata:modularityLabel",
                                      "aquasecurity:trivy:Modularitylabel", NULL};

struct str cyclonedx_property(struct json component, const char *name)
{
    struct json property;
    struct json_each each = json_each(json_get(component, "properties"));
    while (json_next(&each, &property)) {
        if (str_eq_text(json_str(json_get(property, "name")), name)) {
            return json_str(json_get(property, "value"));
        }
    }
    return STR("");
}

static struct str first_property(struct json component, const char *const *names)
{
    struct str value = STR("");
    for (; *names != NULL && value.len == 0; names++) {
        value = cyclonedx_property(component, *names);
    }
    return value;
}

static const struct ecosystem *find_ecosystem(struct str type)
{
    for (size_t i = 0; i < sizeof ecosystems / sizeof ecosystems[0]; i++) {
        if (str_eq_text(type, ecosystems[i].type)) {
            return &ecosystems[i];
        }
    }
    return NULL;
}

/* Splits "audit-3.0.7-104.el9.src.rpm" at its last two dashes. */
static bool split_source_rpm(struct str file, struct str *ret_name, struct str *ret_version)
{
    if (str_ends(file, STR(".rpm"))) {
        file.len -= 4;
        while (file.len > 0 && file.ptr[file.len - 1] != '.') {
            file.len--; /* the architecture: src, nosrc */
        }
        file.len -= file.len > 0;
    }
    unsigned dashes = 0;
    for (size_t i = file.len; i > 0; i--) {
        if (file.ptr[i - 1] == '-' && ++dashes == 2) {
            *ret_name = str_sub(file, 0, i - 1);
            *ret_version = str_skip(file, i);
            return ret_name->len > 0;
        }
    }
    return false;
}

static bool has_epoch(struct str version)
{
    size_t digits = 0;
    while (digits < version.len && str_is_digit(version.ptr[digits])) {
        digits++;
    }
    return digits > 0 && digits < version.len && version.ptr[digits] == ':';
}

/* Puts an epoch before a version that has none. */
static struct str with_epoch(struct arena *arena, struct str epoch, struct str version)
{
    uint64_t number;
    if (!str_to_u64(epoch, &number) || number == 0 || version.len == 0 || has_epoch(version)) {
        return version;
    }
    return arena_printf(arena, "%llu:%.*s", (unsigned long long)number, STR_ARG(version));
}

/* trivy parts the source package's version. */
static struct str trivy_source_version(struct json component, struct arena *arena)
{
    struct str version = cyclonedx_property(component, "aquasecurity:trivy:SrcVersion");
    struct str release = cyclonedx_property(component, "aquasecurity:trivy:SrcRelease");
    if (version.len > 0 && release.len > 0) {
        version = arena_printf(arena, "%.*s-%.*s", STR_ARG(version), STR_ARG(release));
    }
    return with_epoch(arena, cyclonedx_property(component, "aquasecurity:trivy:SrcEpoch"), version);
}

/* "upstream" is "openssl", "openssl@3.0.1" or the name of the source rpm. */
static void read_upstream(struct str upstream, struct inventory_software *software)
{
    size_t at = str_find_byte(upstream, '@');
    if (str_ends(upstream, STR(".rpm"))) {
        split_source_rpm(upstream, &software->source, &software->source_version);
    } else {
        software->source = str_sub(upstream, 0, at);
        software->source_version = at == SIZE_MAX ? STR("") : str_skip(upstream, at + 1);
    }
}

static void read_source(struct json component, struct arena *arena, const struct purl *purl,
                        struct inventory_software *software)
{
    struct str rpm = first_property(component, source_rpms);
    software->source = first_property(component, source_names);
    software->source_version = first_property(component, source_versions);
    if (software->source_version.len == 0) {
        software->source_version = trivy_source_version(component, arena);
    }
    if (software->source.len == 0 && rpm.len > 0) {
        split_source_rpm(rpm, &software->source, &software->source_version);
    }
    if (software->source.len == 0) {
        read_upstream(purl_get(purl, "upstream"), software);
    }
    if (str_eq(software->source_version, software->version)) {
        software->source_version = STR("");
    }
}

/* The name as the ecosystem writes it. */
static struct str full_name(struct arena *arena, const struct purl *purl,
                            const struct ecosystem *ecosystem)
{
    if (purl->namespace.len == 0 || (ecosystem != NULL && ecosystem->vendor_namespace)) {
        return purl->name;
    }
    return arena_printf(arena, "%.*s%c%.*s", STR_ARG(purl->namespace),
                        ecosystem ? ecosystem->separator : '/', STR_ARG(purl->name));
}

void import_apply_purl(struct json component, struct arena *arena, const struct purl *purl,
                       struct inventory_software *software)
{
    const struct ecosystem *ecosystem = find_ecosystem(purl->type);
    struct str stated = software->version;
    software->ecosystem = ecosystem ? str_from(ecosystem->ecosystem) : purl->type;
    software->name = full_name(arena, purl, ecosystem);
    if (purl->version.len > 0) {
        software->version = with_epoch(arena, purl_get(purl, "epoch"), purl->version);
        /* Some tools have the epoch in the component's version alone. */
        bool epoch = ecosystem && ecosystem->vendor_namespace && has_epoch(stated) &&
                     str_ends(stated, software->version) && !has_epoch(software->version);
        software->version = epoch ? stated : software->version;
    }
    software->arch = purl_get(purl, "arch");
    software->module = purl_get(purl, "modularitylabel");
    if (software->module.len == 0) {
        software->module = first_property(component, modules);
    }
    if (ecosystem != NULL && ecosystem->vendor_namespace) {
        read_source(component, arena, purl, software);
    }
}

static struct str read_vendor(struct json component)
{
    static const char *const texts[] = {"publisher", "author", "group"};
    static const char *const objects[] = {"supplier", "manufacturer"};
    struct str vendor = json_str(json_get(component, texts[0]));
    for (size_t i = 0; i < 2 && vendor.len == 0; i++) {
        vendor = json_str(json_get(json_get(component, objects[i]), "name"));
    }
    for (size_t i = 1; i < 3 && vendor.len == 0; i++) {
        vendor = json_str(json_get(component, texts[i]));
    }
    return str_cut_utf8(vendor, LIMIT_INVENTORY_TEXT);
}

/* Members that have a type of their own in the CycloneDX schema. */
static int check_types(struct json component, struct error *err)
{
    static const char *const texts[] = {"name", "version", "purl", "cpe", "group", "publisher"};
    if (json_type(component) != JSON_OBJECT) {
        return json_fail(component, ERR_FORMAT, err, "%s where an object is expected",
                         json_type_name(json_type(component)));
    }
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct json value = json_get(component, texts[i]);
        enum json_type type = json_type(value);
        if (type != JSON_TEXT && type != JSON_ABSENT && type != JSON_NULL) {
            return json_fail(value, ERR_FORMAT, err, "%s where a text is expected",
                             json_type_name(type));
        }
    }
    return 0;
}

/* What inventory_read would refuse is left out here already. */
static int check_software(const struct inventory_software *software, struct json component,
                          struct error *err)
{
    const struct {
        struct str text;
        size_t limit;
        const char *name;
    } checks[] = {
        {software->ecosystem, LIMIT_NAME, "type of purl"},
        {software->name, LIMIT_NAME, "name"},
        {software->version, LIMIT_VERSION, "version"},
        {software->arch, LIMIT_NAME, "arch"},
        {software->source, LIMIT_NAME, "source package"},
        {software->source_version, LIMIT_VERSION, "version of the source package"},
        {software->module, LIMIT_NAME, "module"},
        {software->purl, LIMIT_INVENTORY_TEXT, "purl"},
    };
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        if (checks[i].text.len > checks[i].limit) {
            return json_fail(component, ERR_LIMIT, err, "%s: %zu bytes; at most %zu are read",
                             checks[i].name, checks[i].text.len, checks[i].limit);
        }
    }
    const struct ecosystem *ecosystem = NULL;
    for (size_t i = 0; i < sizeof ecosystems / sizeof ecosystems[0]; i++) {
        bool same = str_eq_text(software->ecosystem, ecosystems[i].ecosystem);
        ecosystem = same ? &ecosystems[i] : ecosystem;
    }
    if (ecosystem && ecosystem->vendor_namespace && software->version.len == 0) {
        return json_fail(component, ERR_FORMAT, err, "version is missing");
    }
    return software->name.len > 0 ? 0 : json_fail(component, ERR_FORMAT, err, "name is missing");
}

int cyclonedx_read_software(struct json component, struct arena *arena,
                            struct inventory_software *ret, struct purl *ret_purl,
                            struct error *ret_purl_error, struct error *err)
{
    struct inventory_software software = {
        .ecosystem = STR("generic"),
        .name = json_str(json_get(component, "name")),
        .version = json_str(json_get(component, "version")),
        .cpe = json_str(json_get(component, "cpe")),
        .vendor = read_vendor(component),
        .installed = TIME_NONE,
    };
    int r = check_types(component, err);
    if (r < 0) {
        return r;
    }
    struct str text = json_str(json_get(component, "purl"));
    ret_purl_error->code = 0;
    *ret_purl = (struct purl){0};
    if (software.cpe.len > LIMIT_CPE) {
        software.cpe = STR("");
    }
    if (text.len > 0 && purl_parse(text, arena, ret_purl, ret_purl_error) == 0) {
        software.purl = text;
        import_apply_purl(component, arena, ret_purl, &software);
    }
    r = check_software(&software, component, err);
    if (r == 0) {
        *ret = software;
    }
    return r;
}
