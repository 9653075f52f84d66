/* What changelogs on the target name as fixed: "SOURCE <tab> VERSION <tab> CVE CVE...", by the
 * rule that the probe script states. */
#include "collect/probe.h"

#include "base/cve_id.h"
#include "base/limits.h"

/* read_cves gives the identifiers of a line; 0 when there is none, or a word is none. */
static uint32_t read_cves(struct probe *probe, struct str text, struct str **ret)
{
    struct str word, rest = text;
    uint32_t count = 0;
    uint64_t cve;
    while (str_next_word(&rest, &word)) {
        if (!cve_id_parse(word, &cve)) {
            return 0;
        }
        count++;
    }
    *ret = arena_array(probe->arena, count, struct str);
    count = 0;
    while (str_next_word(&text, &word)) {
        (*ret)[count++] = probe_name(probe, word);
    }
    return count;
}

static void read_entry(struct probe *probe, const char *ecosystem, struct str line)
{
    struct str fields[PROBE_FIELDS], *cves = NULL;
    unsigned field_count = probe_fields(line, '\t', fields);
    struct str source = probe_name(probe, fields[0]);
    struct str version = field_count == 3 ? probe_version(probe, fields[1]) : STR("");
    uint32_t count = field_count == 3 ? read_cves(probe, fields[2], &cves) : 0;
    if (source.len == 0 || version.len == 0 || count == 0) {
        probe_bad_line(probe, line);
        return;
    }
    if (probe->evidence_count >= LIMIT_INVENTORY_EVIDENCE || count > LIMIT_RECORD_ITEMS ||
        count > LIMIT_PROBE_CVES - probe->evidence_cves) {
        probe->left_out++;
        return;
    }
    arena_reserve(probe->arena, probe->evidence, probe->evidence_count, probe->evidence_capacity);
    probe->evidence[probe->evidence_count++] =
        (struct inventory_evidence){str_from(ecosystem), source, version, cves, count};
    probe->evidence_cves += count;
}

static void read_entries(struct probe *probe, const char *ecosystem, struct str text)
{
    struct str line;
    while (str_next_line(&text, &line)) {
        read_entry(probe, ecosystem, line);
    }
}

void parse_changelog_dpkg(struct probe *probe, struct str text)
{
    read_entries(probe, "dpkg", text);
}

void parse_changelog_rpm(struct probe *probe, struct str text)
{
    read_entries(probe, "rpm", text);
}

/* The name under which a source stands in the set: of its ecosystem, since both can be there. */
static struct str name_source(struct probe *probe, struct str ecosystem, struct str source)
{
    return arena_printf(probe->arena, "%.*s\n%.*s", STR_ARG(ecosystem), STR_ARG(source));
}

void finish_evidence(struct probe *probe)
{
    struct intern installed;
    uint32_t kept = 0;
    if (probe->evidence_count == 0) {
        return;
    }
    intern_init(&installed);
    for (uint32_t i = 0; i < probe->software_count; i++) {
        const struct inventory_software *software = &probe->software[i];
        intern_add(&installed,
                   name_source(probe, software->ecosystem,
                               software->source.len > 0 ? software->source : software->name));
    }
    for (uint32_t i = 0; i < probe->evidence_count; i++) {
        const struct inventory_evidence *entry = &probe->evidence[i];
        if (intern_find(&installed, name_source(probe, entry->ecosystem, entry->source)) !=
            INTERN_NONE) {
            probe->evidence[kept++] = *entry;
        }
    }
    probe->evidence_count = kept;
    intern_done(&installed);
}
