#include "import/cyclonedx.h"

#include "base/intern.h"
#include "base/limits.h"

/* Notes about single components; the rest are counted. */
enum { COMPONENTS_NOTED = 20 };

/* Components of these types are no software. */
static const char *const not_software[] = {
    "file", "data", "cryptographic-asset", "device", "machine-learning-model", "firmware"};

static struct arena *arena_of(const struct cyclonedx *run)
{
    return &run->inventory->arena;
}

static void add_note(struct cyclonedx *run, struct str note)
{
    if (run->note_count < LIMIT_INVENTORY_NOTES) {
        arena_reserve(arena_of(run), run->notes, run->note_count, run->note_capacity);
        run->notes[run->note_count++] = note;
    }
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

/* An operating system that a purl names: namespace "debian", distro "debian-12". */
static void read_distro(struct cyclonedx *run, const struct purl *purl)
{
    struct str distro = purl_get(purl, "distro");
    bool distribution = str_eq_text(purl->type, "deb") || str_eq_text(purl->type, "rpm") ||
                        str_eq_text(purl->type, "apk");
    if (!distribution || distro.len == 0 || run->has_os || distro.len > LIMIT_NAME ||
        run->inventory->os.family != OS_FAMILY_UNKNOWN) {
        return;
    }
    size_t dash = SIZE_MAX;
    for (size_t i = 0; i + 1 < distro.len; i++) {
        dash = distro.ptr[i] == '-' && str_is_digit(distro.ptr[i + 1]) ? i : dash;
    }
    bool named = dash != SIZE_MAX;
    struct str name = named ? str_sub(distro, 0, dash) : purl->namespace;
    if (name.len > 0 && name.len <= LIMIT_NAME) {
        cyclonedx_set_os(arena_of(run), name, named ? str_skip(distro, dash + 1) : distro,
                         &run->inventory->os);
    }
}

static void read_os(struct cyclonedx *run, struct json component)
{
    struct inventory_os *os = &run->inventory->os;
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
    cyclonedx_set_os(arena_of(run), name, version, os);
    os->pretty = pretty.len > 0 && pretty.len <= LIMIT_NAME ? pretty : os->pretty;
    os->cpe = cpe.len <= LIMIT_CPE ? cpe : STR("");
}

static void note_component(struct cyclonedx *run, const struct error *err, const char *what)
{
    add_note(run, arena_printf(arena_of(run), "%s; %s", err->message, what));
}

static void read_software(struct cyclonedx *run, struct json component)
{
    struct inventory_software software;
    struct purl purl;
    struct error purl_error = ERROR_INIT, err = ERROR_INIT;
    bool noted = run->bad < COMPONENTS_NOTED;
    run->seen++;
    if (cyclonedx_read_software(component, arena_of(run), &software, &purl, &purl_error,
                                noted ? &err : NULL) < 0) {
        run->bad++;
        if (noted) {
            note_component(run, &err, "left out");
        }
        return;
    }
    if (purl_error.code < 0 && run->note_count < COMPONENTS_NOTED) {
        add_note(run, arena_printf(arena_of(run), "%.*s: %s; its purl is not used",
                                   STR_ARG(software.name), purl_error.message));
    }
    read_distro(run, &purl);
    arena_reserve(arena_of(run), run->software, run->software_count, run->software_capacity);
    run->software[run->software_count++] = software;
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
        if (run->software_count > LIMIT_INVENTORY_SOFTWARE) {
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
    struct inventory *inventory = run->inventory;
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

/* Lists the same name, version and architecture once. */
static void drop_doubles(struct cyclonedx *run)
{
    struct intern keys;
    struct buf key;
    uint32_t kept = 0;
    intern_init(&keys);
    buf_init(&key, 4 * LIMIT_NAME);
    for (uint32_t i = 0; i < run->software_count; i++) {
        const struct inventory_software *software = &run->software[i];
        const struct str parts[] = {software->ecosystem, software->name, software->version,
                                    software->arch};
        buf_clear(&key);
        for (size_t part = 0; part < sizeof parts / sizeof parts[0]; part++) {
            buf_put_str(&key, parts[part]);
            buf_put_byte(&key, '\0');
        }
        uint32_t before = keys.count;
        intern_add(&keys, buf_view(&key));
        if (keys.count > before) {
            run->software[kept++] = run->software[i];
        }
    }
    run->software_count = kept;
    buf_done(&key);
    intern_done(&keys);
}

/* On Windows the programs of a document are those of its list of installed programs. */
static void name_windows_programs(struct cyclonedx *run)
{
    for (uint32_t i = 0; run->inventory->os.family == OS_FAMILY_WINDOWS && i < run->software_count;
         i++) {
        struct str *ecosystem = &run->software[i].ecosystem;
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
        add_note(run, arena_printf(arena_of(run),
                                   "the document is CycloneDX %.*s, newer than 1.6; what is new "
                                   "in it is not read",
                                   STR_ARG(str_sub(version, 0, 20))));
    }
    return 0;
}

static void finish(struct cyclonedx *run, bool has_components)
{
    struct inventory *inventory = run->inventory;
    struct inventory_section *section = arena_new(arena_of(run), struct inventory_section);
    drop_doubles(run);
    name_windows_programs(run);
    if (run->bad > COMPONENTS_NOTED) {
        add_note(run, arena_printf(arena_of(run), "%u more components left out",
                                   (unsigned)(run->bad - COMPONENTS_NOTED)));
    }
    *section = (struct inventory_section){STR("import.cyclonedx"),
                                          run->bad > 0 ? SECTION_PARTIAL : SECTION_OK, STR("")};
    if (run->bad > 0) {
        section->reason = arena_printf(arena_of(run), "%u of %u components left out",
                                       (unsigned)run->bad, (unsigned)run->seen);
    }
    inventory->sections = section;
    inventory->section_count = 1;
    inventory->software_known = has_components ? TRUTH_YES : TRUTH_UNKNOWN;
    inventory->software = run->software;
    inventory->software_count = run->software_count;
    inventory->updates.reason = STR("a CycloneDX document does not list pending updates");
    inventory->notes = run->notes;
    inventory->note_count = run->note_count;
}

int cyclonedx_read(struct json root, struct inventory *inventory, struct error *err)
{
    struct cyclonedx run = {.inventory = inventory};
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
        finish(&run, json_type(components) == JSON_ARRAY);
    }
    return r;
}
