/*
 * zypper: updates as XML, patches (advisories) as XML, and then what each patch is about, as text.
 * Its XML is machine-made and flat; tags are found and attributes read without a tree.
 */
#include "collect/probe.h"

#include "base/limits.h"

/* next_tag gives the attributes of the next "<NAME ...>" and moves *rest behind it. */
static bool next_tag(struct str *rest, struct str name, struct str *ret_attributes)
{
    for (size_t at; (at = str_find(*rest, name)) != SIZE_MAX;) {
        struct str after = str_skip(*rest, at + name.len);
        size_t end = str_find_byte(after, '>');
        if (end == SIZE_MAX) {
            return false;
        }
        *rest = str_skip(after, end + 1);
        if (end > 0 && after.ptr[0] == ' ') {
            *ret_attributes = str_sub(after, 0, end);
            return true;
        }
    }
    return false;
}

/* attribute returns the value of ` name="value"`, "" when there is none. The texts that are wanted
 * here (names, versions, words) need no entities. */
static struct str attribute(struct str attributes, struct str start)
{
    size_t at = str_find(attributes, start);
    if (at == SIZE_MAX) {
        return STR("");
    }
    struct str value = str_skip(attributes, at + start.len);
    return str_sub(value, 0, str_find_byte(value, '"'));
}

void parse_zypper_updates(struct probe *probe, struct str text)
{
    struct str attributes, rest = text;
    probe->rpm.asked = true;
    probe->rpm.answered = str_find(text, STR("</update-list>")) != SIZE_MAX;
    size_t error = str_find(text, STR("<message type=\"error\">"));
    if (error != SIZE_MAX) {
        struct str message = str_skip(text, error + 22);
        probe->rpm.error = probe_name(probe, str_sub(message, 0, str_find_byte(message, '<')));
    }
    while (next_tag(&rest, STR("<update"), &attributes)) {
        if (!str_eq(attribute(attributes, STR(" kind=\"")), STR("package"))) {
            continue;
        }
        struct inventory_update *update = probe_add_update(probe, "rpm");
        if (update == NULL) {
            continue;
        }
        update->name = probe_name(probe, attribute(attributes, STR(" name=\"")));
        update->arch = probe_name(probe, attribute(attributes, STR(" arch=\"")));
        update->to = probe_version(probe, attribute(attributes, STR(" edition=\"")));
        update->from = probe_version(probe, attribute(attributes, STR(" edition-old=\"")));
        size_t next = str_find(rest, STR("<update "));
        struct str source, inside = str_sub(rest, 0, next);
        if (next_tag(&inside, STR("<source"), &source)) {
            update->origin = probe_name(probe, attribute(source, STR(" alias=\"")));
        }
    }
}

/* A patch of the list, until its packages are read. */
struct patch {
    struct str name, cves;
    enum update_class class;
};

struct patches {
    struct intern names;
    struct patch *items;
    uint32_t count, capacity;
};

static enum update_class class_of(struct str attributes)
{
    if (!str_eq(attribute(attributes, STR(" category=\"")), STR("security"))) {
        return UPDATE_OTHER;
    }
    return str_eq(attribute(attributes, STR(" severity=\"")), STR("critical")) ? UPDATE_CRITICAL
                                                                               : UPDATE_SECURITY;
}

/* read_issues joins the CVEs of a patch by commas. */
static struct str read_issues(struct probe *probe, struct str inside)
{
    struct str attributes, cves;
    struct buf list;
    buf_init(&list, LIMIT_RECORD_TEXT);
    while (next_tag(&inside, STR("<issue"), &attributes)) {
        if (str_eq(attribute(attributes, STR(" type=\"")), STR("cve"))) {
            buf_printf(&list, "%s%.*s", list.len ? "," : "",
                       STR_ARG(attribute(attributes, STR(" id=\""))));
        }
    }
    cves = probe_text(probe, buf_view(&list), LIMIT_RECORD_TEXT);
    buf_done(&list);
    return cves;
}

static void read_patches(struct probe *probe, struct str rest, struct patches *patches)
{
    struct str attributes;
    while (next_tag(&rest, STR("<update"), &attributes) &&
           patches->count < LIMIT_INVENTORY_UPDATES) {
        struct str name = attribute(attributes, STR(" name=\""));
        if (!str_eq(attribute(attributes, STR(" kind=\"")), STR("patch")) || name.len == 0 ||
            name.len > LIMIT_NAME || intern_add(&patches->names, name) != patches->count) {
            continue;
        }
        arena_reserve(probe->arena, patches->items, patches->count, patches->capacity);
        patches->items[patches->count++] = (struct patch){
            .name = probe_name(probe, name),
            .class = class_of(attributes),
            .cves = read_issues(probe, str_sub(rest, 0, str_find(rest, STR("<update ")))),
        };
    }
}

/* read_conflict reads "openssl-libs.x86_64 < 1:3.0.7-2.el9" or "acme-cli < 6-1.el9": the patch
 * wants this package newer. */
static void read_conflict(struct probe *probe, struct str line, const struct patch *patch)
{
    struct str word, sign;
    static const char *const arches[] = {".noarch", ".x86_64", ".aarch64", ".ppc64le",
                                         ".s390x",  ".i586",   ".i686",    ".src"};
    if (!str_next_word(&line, &word) || !str_next_word(&line, &sign) || !str_eq(sign, STR("<")) ||
        str_starts(word, STR("srcpackage:")) ||
        probe->rpm.advisory_count >= LIMIT_INVENTORY_UPDATES) {
        return;
    }
    struct str arch = STR("");
    for (size_t i = 0; i < sizeof arches / sizeof arches[0]; i++) {
        if (str_ends(word, str_from(arches[i]))) {
            word.len -= str_from(arches[i]).len;
            arch = str_from(arches[i] + 1);
        }
    }
    struct rpm_state *rpm = &probe->rpm;
    arena_reserve(probe->arena, rpm->advisories, rpm->advisory_count, rpm->advisory_capacity);
    rpm->advisories[rpm->advisory_count++] = (struct rpm_advisory){.name = probe_name(probe, word),
                                                                   .arch = arch,
                                                                   .id = patch->name,
                                                                   .cves = patch->cves,
                                                                   .class = patch->class};
}

/* read_information reads what `zypper info -t patch` says: "Name : PATCH", then "Conflicts : ONE"
 * or "Conflicts : [N]" with a line for each, indented. */
static void read_information(struct probe *probe, struct str text, const struct patches *patches)
{
    const struct patch *patch = NULL;
    bool in_conflicts = false;
    struct str line, key;
    while (str_next_line(&text, &line)) {
        bool indented = str_starts(line, STR("    "));
        struct str value = line;
        if (indented && in_conflicts && patch != NULL) {
            read_conflict(probe, line, patch);
        }
        if (indented || !str_split_byte(&value, ':', &key) || value.ptr == NULL) {
            continue;
        }
        key = str_trim(key);
        value = str_trim(value);
        in_conflicts = str_eq(key, STR("Conflicts"));
        if (str_eq(key, STR("Name"))) {
            uint32_t id = intern_find(&patches->names, value);
            patch = id < patches->count ? &patches->items[id] : NULL;
        } else if (in_conflicts && patch != NULL) {
            read_conflict(probe, value, patch);
        }
    }
}

void parse_zypper_patches(struct probe *probe, struct str text)
{
    static const struct str marker = {"\nPatch information:\n", 20};
    struct patches patches = {0};
    size_t at = str_find(text, marker);
    intern_init(&patches.names);
    read_patches(probe, str_sub(text, 0, at), &patches);
    if (at != SIZE_MAX) {
        read_information(probe, str_skip(text, at + marker.len), &patches);
    }
    intern_done(&patches.names);
}
