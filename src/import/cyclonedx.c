#include "import/cyclonedx.h"

#include "base/limits.h"

/* Components of these types are no software. */
static const char *const not_software[] = {
    "file", "data", "cryptographic-asset", "device", "machine-learning-model", "firmware"};

static struct arena *arena_of(const struct cyclonedx *run)
{
    return &run->builder.inventory->arena;
}

static bool is_software(struct json component, struct str type)
{
    for (size_t i = 0; i < sizeof not_software / sizeof not_software[0]; i++) {
        if (str_eq_text(type, not_software[i])) {
            return false;
        }
    }
    /* trivy lists lock files as applications that hold the packages. */
    bool lock_file = cyclonedx_property(component, "aquasecurity:trivy:Class").len > 0 &&
                     json_type(json_get(component, "purl")) == JSON_ABSENT;
    return !lock_file && !str_eq_text(json_str(json_get(component, "scope")), "excluded");
}

static void read_os(struct cyclonedx *run, struct json component)
{
    struct inventory_os *os = &run->builder.inventory->os;
    struct str name = json_str(json_get(component, "name"));
    struct str id = cyclonedx_property(component, "syft:distro:id");
    struct str release = cyclonedx_property(component, "syft:distro:versionID");
    struct str pretty = cyclonedx_property(component, "syft:distro:prettyName");
    struct str cpe = json_str(json_get(component, "cpe"));
    struct str version = json_str(json_get(component, "version"));
    name = id.len > 0 ? id : name;
    version = release.len > 0 ? release : version;
    if (run->has_os || name.len == 0 || name.len > LIMIT_NAME || version.len > LIMIT_NAME) {
        return;
    }
    run->has_os = true;
    import_set_os(arena_of(run), name, version, os);
    os->pretty = pretty.len > 0 && pretty.len <= LIMIT_NAME ? pretty : os->pretty;
    os->cpe = cpe.len <= LIMIT_CPE ? cpe : STR("");
}

static void read_software(struct cyclonedx *run, struct json component)
{
    struct import_builder *builder = &run->builder;
    struct inventory_software software;
    struct purl purl;
    struct error purl_error = ERROR_INIT, err = ERROR_INIT;
    bool noted = builder->bad < IMPORT_PIECES_NOTED;
    if (cyclonedx_read_software(component, arena_of(run), &software, &purl, &purl_error,
                                noted ? &err : NULL) < 0) {
        builder->seen++;
        import_builder_leave_out(builder, err.message);
        return;
    }
    if (purl_error.code < 0 && builder->note_count < IMPORT_PIECES_NOTED) {
        import_builder_note(builder, arena_printf(arena_of(run), "%.*s: %s; its purl is not used",
                                                  STR_ARG(software.name), purl_error.message));
    }
    if (!run->has_os) {
        import_read_distro(builder, &purl);
    }
    import_builder_add(builder, &software);
}

/* Reads components and what they hold; the reader's ceiling on depth bounds the recursion. */
static int read_components(struct cyclonedx *run, struct json components, struct error *err)
{
    struct json component;
    struct json_each each = json_each(components);
    enum json_type type = json_type(components);
    if (type != JSON_ARRAY && type != JSON_ABSENT && type != JSON_NULL) {
        return json_fail(components, ERR_FORMAT, err, "%s where an array is expected",
                         json_type_name(type));
    }
    while (json_next(&each, &component)) {
        struct str kind = json_str(json_get(component, "type"));
        if (str_eq_text(kind, "operating-system")) {
            read_os(run, component);
        } else if (is_software(component, kind)) {
            read_software(run, component);
        }
        if (import_builder_full(&run->builder)) {
            return json_fail(components, ERR_LIMIT, err, "more than %u pieces of software",
                             LIMIT_INVENTORY_SOFTWARE);
        }
        int r = read_components(run, json_get(component, "components"), err);
        if (r < 0) {
            return r;
        }
    }
    return 0;
}

/* Tools are an array of name and version (1.2 to 1.4), or an object with components. */
static void read_metadata(struct cyclonedx *run, struct json metadata)
{
    struct inventory *inventory = run->builder.inventory;
    struct json tools = json_get(metadata, "tools"), tool = {0};
    struct json subject = json_get(metadata, "component");
    struct str name = json_str(json_get(subject, "name"));
    if (!time_parse(json_str(json_get(metadata, "timestamp")), &inventory->collected)) {
        inventory->collected = TIME_NONE;
    }
    struct json_each each =
        json_each(json_type(tools) == JSON_ARRAY ? tools : json_get(tools, "components"));
    json_next(&each, &tool);
    struct str maker = json_str(json_get(tool, "name"));
    struct str version = json_str(json_get(tool, "version"));
    inventory->collector =
        maker.len == 0 ? STR("cyclonedx")
                       : arena_printf(arena_of(run), "cyclonedx: %.*s%s%.*s",
                                      STR_ARG(str_cut_utf8(maker, 200)), version.len ? " " : "",
                                      STR_ARG(str_cut_utf8(version, 200)));
    if (str_eq_text(json_str(json_get(subject, "type")), "operating-system")) {
        read_os(run, subject);
    } else {
        inventory->name = str_cut_utf8(name, LIMIT_NAME);
    }
}

/* On Windows the programs of a document are those of its list of installed programs. */
static void name_windows_programs(struct cyclonedx *run)
{
    struct import_builder *builder = &run->builder;
    bool windows = builder->inventory->os.family == OS_FAMILY_WINDOWS;
    for (uint32_t i = 0; windows && i < builder->software_count; i++) {
        struct str *ecosystem = &builder->software[i].ecosystem;
        if (str_eq_text(*ecosystem, "swid") || str_eq_text(*ecosystem, "generic")) {
            *ecosystem = STR("windows");
        }
    }
}

static int check_version(struct cyclonedx *run, struct json root, struct error *err)
{
    struct str version = json_str(json_get(root, "specVersion"));
    uint64_t minor;
    if (!str_starts(version, STR("1.")) || !str_to_u64(str_skip(version, 2), &minor)) {
        return error_set(err, ERR_VERSION,
                         "CycloneDX %.*s is not read here, 1.2 to 1.6 are; write the document in "
                         "one of these",
                         STR_ARG(str_sub(version, 0, 20)));
    }
    if (minor > 6) {
        import_builder_note(
            &run->builder,
            arena_printf(arena_of(run),
                         "the document is CycloneDX %.*s, newer than 1.6; what is new "
                         "in it is not read",
                         STR_ARG(str_sub(version, 0, 20))));
    }
    return 0;
}

int cyclonedx_read(struct json root, struct inventory *inventory, struct error *err)
{
    struct cyclonedx run = {.builder = {.inventory = inventory}};
    struct json metadata = json_get(root, "metadata"), components = json_get(root, "components");
    int r = check_version(&run, root, err);
    if (r < 0) {
        return r;
    }
    read_metadata(&run, metadata);
    r = read_components(&run, components, err);
    if (r == 0) {
        r = read_components(&run, json_get(json_get(metadata, "component"), "components"), err);
    }
    if (r == 0) {
        name_windows_programs(&run);
        inventory->updates.reason = STR("a CycloneDX document does not list pending updates");
        import_builder_finish(&run.builder, STR("import.cyclonedx"),
                              json_type(components) == JSON_ARRAY ? TRUTH_YES : TRUTH_UNKNOWN);
    }
    return r;
}
