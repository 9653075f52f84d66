/* SPDX 2.2 and 2.3 as JSON (spdx.github.io/spdx-spec, "7 Package information"), and the software
 * packages of SPDX 3.0 (JSON-LD). Packages with a package URL become software of their ecosystem.
 */
#include "import/formats.h"

#include "base/limits.h"

bool spdx_matches(struct json root)
{
    struct str context = json_str(json_get(root, "@context"));
    return json_type(json_get(root, "spdxVersion")) == JSON_TEXT ||
           (json_type(json_get(root, "@graph")) == JSON_ARRAY &&
            str_find(context, STR("spdx")) != SIZE_MAX);
}

/* The locator of an external reference of one of the kinds; "" when there is none. */
static struct str find_reference(struct json package, const char *kind, const char *other)
{
    struct json reference;
    struct json_each each = json_each(json_get(package, "externalRefs"));
    while (json_next(&each, &reference)) {
        struct str type = json_str(json_get(reference, "referenceType"));
        if (str_eq_text(type, kind) || str_eq_text(type, other)) {
            return json_str(json_get(reference, "referenceLocator"));
        }
    }
    return STR("");
}

/* "Organization: Debian (mail)", "NOASSERTION" */
static struct str read_supplier(struct json package)
{
    struct str supplier = json_str(json_get(package, "supplier"));
    size_t colon = str_find(supplier, STR(": "));
    size_t bracket = str_find(supplier, STR(" ("));
    if (colon == SIZE_MAX) {
        return STR("");
    }
    return str_trim(
        str_sub(supplier, colon + 2, bracket == SIZE_MAX ? SIZE_MAX : bracket - colon - 2));
}

static void read_package(struct import_builder *builder, struct str name, struct str version,
                         struct str purl_text, struct str cpe, struct str vendor, bool is_os)
{
    struct arena *arena = &builder->inventory->arena;
    struct error err = ERROR_INIT;
    struct purl purl = {0};
    struct inventory_software software = {
        .ecosystem = STR("generic"),
        .name = name,
        .version = str_eq_text(version, "NOASSERTION") ? STR("") : version,
        .cpe = cpe.len <= LIMIT_CPE ? cpe : STR(""),
        .vendor = str_cut_utf8(vendor, LIMIT_NAME),
        .installed = TIME_NONE,
    };
    if (is_os) {
        import_set_os(arena, str_cut_utf8(name, LIMIT_NAME), str_cut_utf8(version, LIMIT_VERSION),
                      &builder->inventory->os);
        return;
    }
    if (purl_text.len > 0 && purl_text.len <= LIMIT_INVENTORY_TEXT &&
        purl_parse(purl_text, arena, &purl, &err) == 0) {
        software.purl = purl_text;
        import_apply_purl((struct json){0}, arena, &purl, &software);
        import_read_distro(builder, &purl);
    }
    import_builder_add(builder, &software);
}

static bool is_os_package(struct json package)
{
    return str_eq_text(json_str(json_get(package, "primaryPackagePurpose")), "OPERATING-SYSTEM") ||
           str_eq_text(json_str(json_get(package, "primaryPackagePurpose")), "OPERATING_SYSTEM") ||
           str_eq_text(json_str(json_get(package, "software_primaryPurpose")), "operatingSystem");
}

/* What the document describes (an image, a directory) and its layers are no software on the server.
 */
static bool is_container(struct json package)
{
    struct str purpose = json_str(json_get(package, "primaryPackagePurpose"));
    return str_eq_text(purpose, "CONTAINER") || str_eq_text(purpose, "FILE") ||
           str_eq_text(purpose, "SOURCE") || str_eq_text(purpose, "DEVICE");
}

static void read_version_2(struct import_run *run, struct import_builder *builder)
{
    struct json package;
    struct json_each each = json_each(json_get(run->root, "packages"));
    while (json_next(&each, &package) && !import_builder_full(builder)) {
        if (json_type(package) != JSON_OBJECT) {
            builder->seen++;
            import_builder_leave_out(builder, "packages: an item that is no object");
        } else if (!is_container(package)) {
            read_package(
                builder, json_str(json_get(package, "name")),
                json_str(json_get(package, "versionInfo")), find_reference(package, "purl", "purl"),
                find_reference(package, "cpe23Type", "http://spdx.org/rdf/references/cpe23Type"),
                read_supplier(package), is_os_package(package));
        }
    }
}

static void read_version_3(struct import_run *run, struct import_builder *builder)
{
    struct json element;
    struct json_each each = json_each(json_get(run->root, "@graph"));
    while (json_next(&each, &element) && !import_builder_full(builder)) {
        struct str type = json_str(json_get(element, "type"));
        if (str_eq_text(type, "software_Package")) {
            read_package(builder, json_str(json_get(element, "name")),
                         json_str(json_get(element, "software_packageVersion")),
                         json_str(json_get(element, "software_packageUrl")), STR(""), STR(""),
                         is_os_package(element));
        } else if (str_eq_text(type, "CreationInfo") &&
                   !time_parse(json_str(json_get(element, "created")),
                               &builder->inventory->collected)) {
            builder->inventory->collected = TIME_NONE;
        }
    }
}

static void read_head(struct import_run *run, struct inventory *inventory)
{
    struct json creation = json_get(run->root, "creationInfo"), creator;
    struct str name = json_str(json_get(run->root, "name"));
    if (!time_parse(json_str(json_get(creation, "created")), &inventory->collected)) {
        inventory->collected = TIME_NONE;
    }
    inventory->collector = STR("spdx");
    struct json_each each = json_each(json_get(creation, "creators"));
    while (json_next(&each, &creator)) {
        struct str who = json_str(creator);
        if (str_starts(who, STR("Tool: "))) {
            inventory->collector = arena_printf(&inventory->arena, "spdx: %.*s",
                                                STR_ARG(str_cut_utf8(str_skip(who, 6), 200)));
        }
    }
    inventory->name = str_cut_utf8(name, LIMIT_NAME);
}

int spdx_read_all(struct import_run *run, struct error *err)
{
    struct inventory *inventory = &run->inventory;
    struct import_builder builder = {.inventory = inventory};
    bool third = json_type(json_get(run->root, "@graph")) == JSON_ARRAY;
    struct json packages = json_get(run->root, third ? "@graph" : "packages");
    if (!third && !str_starts(json_str(json_get(run->root, "spdxVersion")), STR("SPDX-2."))) {
        return error_set(err, ERR_VERSION, "%.*s is not read here; SPDX 2.2, 2.3 and 3.0 are",
                         STR_ARG(str_sub(json_str(json_get(run->root, "spdxVersion")), 0, 20)));
    }
    enum json_type type = json_type(packages);
    if (type != JSON_ARRAY && type != JSON_ABSENT) {
        return json_fail(packages, ERR_FORMAT, err, "%s where an array is expected",
                         json_type_name(type));
    }
    read_head(run, inventory);
    (third ? read_version_3 : read_version_2)(run, &builder);
    if (import_builder_full(&builder)) {
        return json_fail(packages, ERR_LIMIT, err, "more than %u pieces of software",
                         LIMIT_INVENTORY_SOFTWARE);
    }
    if (inventory->name.len == 0) {
        inventory->name = arena_str(&inventory->arena, import_hint_name(run));
    }
    inventory->updates.reason = STR("an SPDX document does not list pending updates");
    import_builder_finish(&builder, STR("import.spdx"),
                          type == JSON_ARRAY ? TRUTH_YES : TRUTH_UNKNOWN);
    return import_give(run, inventory, err);
}
