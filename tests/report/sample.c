#include "sample.h"

#include <math.h>
#include <stdlib.h>

const char *const sample_names[SAMPLES] = {"rich", "clean", "unknown", "hostile", "big"};

enum { TODAY = 20779 /* 2026-11-22 */, DAY = 86400 };

static const struct {
    const char *name, *version, *supplier, *category, *subcategory;
    enum supplier from;
    bool security, patch;
} packages[] = {
    {"openssl", "3.0.15-1~deb12u1", "Debian", "System & Software Utilities", "Libraries",
     SUPPLIER_DISTRIBUTION, false, false},
    {"libexpat1", "2.5.0-1+deb12u1", "Debian", "System & Software Utilities", "Libraries",
     SUPPLIER_DISTRIBUTION, false, false},
    {"nodejs", "18.20.4-1nodesource1", "NodeSource", "Software Runtime", "Runtime Environment",
     SUPPLIER_MAKER, false, false},
    {"gitlab-ce", "15.4.6-ce.0", "GitLab", "Software Development", "Application Lifecycle Mgmt",
     SUPPLIER_MAKER, false, false},
    {"postgresql-15", "15.8-0+deb12u1", "Debian", "Databases & Data Platforms", "PostgreSQL",
     SUPPLIER_DISTRIBUTION, false, false},
    {"linux-image-6.1.0-37-amd64", "6.1.140-1", "Debian", "System & Software Utilities",
     "Operating System", SUPPLIER_DISTRIBUTION, false, false},
    {"unattended-upgrades", "2.9.1+nmu3", "Debian", "Security & Compliance", "Patch Management",
     SUPPLIER_DISTRIBUTION, false, true},
    {"nginx", "1.26.2-1~bookworm", "nginx.org", "Web Hosting", "Web Servers", SUPPLIER_MAKER, false,
     false},
    {"docker-ce", "5:27.3.1-1~debian.12~bookworm", "Docker", "Infrastructure Management",
     "Orchestration & Provisioning", SUPPLIER_MAKER, false, false},
    {"python3.11", "3.11.2-6+deb12u3", "Debian", "Software Runtime", "Runtime Environment",
     SUPPLIER_DISTRIBUTION, false, false},
    {"curl", "7.88.1-10+deb12u7", "Debian", "System & Software Utilities", "Software Utilities",
     SUPPLIER_DISTRIBUTION, false, false},
    {"libxml2", "2.9.14+dfsg-1.3~deb12u1", "Debian", "System & Software Utilities", "Libraries",
     SUPPLIER_DISTRIBUTION, false, false},
};

enum { NAMED = sizeof packages / sizeof packages[0], RICH_SOFTWARE = 939, RICH_FINDINGS = 142 };

static const char hostile[] = "<script>alert('x')</script>\"'&\x1b[31mred\x07\xe2\x80\xae"
                              "desrever\xff\r\n=cmd|' /C calc'!A0";

/* A small generator, so that samples are the same everywhere. */
static uint32_t draw(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static struct support support_of(enum support_state state, const char *product, const char *release,
                                 int32_t mainstream, int32_t until)
{
    return (struct support){
        .state = state,
        .product = str_from(product),
        .release = str_from(release),
        .mainstream_until = mainstream,
        .until = until,
        .days_left = until != DATE_NONE ? until - TODAY : 0,
        .has_days = until != DATE_NONE,
        .source = STR("endoflife.date"),
        .reason = STR("release cycle of endoflife.date"),
    };
}

static struct support debian_support(void)
{
    struct support support = support_of(SUPPORT_EXTENDED, "Debian", "12 (Bookworm)",
                                        date_from_civil(2026, 7, 11), date_from_civil(2028, 6, 30));
    support.programme = STR("long-term support");
    return support;
}

static struct support software_support(const char *name)
{
    if (str_eq_text(STR("nodejs"), name)) {
        return support_of(SUPPORT_ENDED, "Node.js", "18", date_from_civil(2023, 10, 18),
                          date_from_civil(2025, 4, 30));
    }
    if (str_eq_text(STR("gitlab-ce"), name)) {
        return support_of(SUPPORT_ENDED, "GitLab", "15.4", DATE_NONE,
                          date_from_civil(2022, 12, 22));
    }
    if (str_eq_text(STR("nginx"), name)) {
        return support_of(SUPPORT_MAINSTREAM, "nginx", "1.26", DATE_NONE,
                          date_from_civil(2027, 4, 23));
    }
    if (str_eq_text(STR("docker-ce"), name)) {
        return support_of(SUPPORT_MAINSTREAM, "Docker Engine", "27", DATE_NONE, DATE_NONE);
    }
    return debian_support();
}

static void fill_machine(struct inventory *inventory)
{
    static const struct inventory_address addresses[] = {
        {STR("eth0"), STR("10.20.0.14"), STR("52:54:00:12:34:56")},
        {STR("eth0"), STR("fd00:20::14"), STR("52:54:00:12:34:56")},
    };
    static const struct inventory_connection connections[14];
    static const struct inventory_section sections[] = {
        {STR("packages.dpkg"), SECTION_OK, STR("")},
        {STR("connections"), SECTION_PARTIAL, STR("process names need root")},
    };
    inventory->collected = (int64_t)TODAY * DAY + 7 * 3600 + 12 * 60;
    inventory->collector = STR("assay 0.1.0 local");
    inventory->name = STR("db01");
    inventory->fqdn = STR("db01.example.org");
    inventory->os.family = OS_FAMILY_LINUX;
    inventory->os.id = STR("debian");
    inventory->os.name = STR("Debian GNU/Linux");
    inventory->os.pretty = STR("Debian GNU/Linux 12 (bookworm)");
    inventory->os.version_id = STR("12");
    inventory->kernel.running = STR("6.1.0-37-amd64");
    inventory->kernel.newest = STR("6.1.0-38-amd64");
    inventory->machine.arch = STR("x86_64");
    inventory->machine.cpus = 4;
    inventory->machine.memory_bytes = (uint64_t)16 << 30;
    inventory->machine.virtualization = STR("kvm");
    inventory->addresses = addresses;
    inventory->address_count = 2;
    inventory->connections = connections;
    inventory->connection_count = 14;
    inventory->connections_known = TRUTH_YES;
    inventory->sections = sections;
    inventory->section_count = 2;
}

static void fill_software(struct sample *sample, uint32_t count)
{
    struct inventory_software *software =
        arena_array(&sample->arena, count, struct inventory_software);
    struct software_insight *insights = arena_array(&sample->arena, count, struct software_insight);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t of = i < NAMED ? i : 1;
        software[i] = (struct inventory_software){
            .ecosystem = STR("dpkg"),
            .name = i < NAMED ? str_from(packages[i].name)
                              : arena_printf(&sample->arena, "libexample%u", i),
            .version = str_from(packages[of].version),
            .arch = STR("amd64"),
            .installed = TIME_NONE,
        };
        insights[i] = (struct software_insight){
            .software = i,
            .identity = {.supplier = packages[of].from,
                         .supplier_name = str_from(packages[of].supplier),
                         .category = str_from(packages[of].category),
                         .subcategory = str_from(packages[of].subcategory),
                         .security = packages[of].security,
                         .patch = i < NAMED && packages[of].patch,
                         .named = {.part = 'a',
                                   .vendor = i < NAMED ? STR("example") : STR(""),
                                   .product = str_from(packages[of].name)},
                         .cpe_version = STR("1.0+2"),
                         .rule = STR("dpkg source")},
            .support = i < NAMED ? software_support(packages[i].name) : debian_support(),
            .findings = i < NAMED ? 40 / (i + 1) : 0,
            .critical = i < 3 ? 3 - i : 0,
            .known_exploited = i < 2,
        };
        sample->assessment.ended_software += insights[i].support.state == SUPPORT_ENDED;
    }
    sample->inventory.software_known = TRUTH_YES;
    sample->inventory.software = software;
    sample->inventory.software_count = count;
    sample->assessment.software = insights;
    sample->assessment.software_count = count;
}

static enum level draw_level(uint32_t i)
{
    return i % 12 == 0   ? LEVEL_CRITICAL
           : i % 5 == 0  ? LEVEL_HIGH
           : i % 17 == 0 ? LEVEL_LOW
           : i % 37 == 0 ? LEVEL_UNKNOWN
                         : LEVEL_MEDIUM;
}

static struct finding draw_finding(struct sample *sample, uint32_t i, uint32_t *state)
{
    static const int least[LEVELS] = {CVSS_NO_SCORE, 10, 40, 70, 90};
    static const int span[LEVELS] = {0, 29, 29, 19, 9};
    enum level level = i < 3 ? LEVEL_CRITICAL : draw_level(i);
    uint32_t of = draw(state) % NAMED, *indexes = arena_array(&sample->arena, 1, uint32_t);
    int32_t age = (int32_t)(draw(state) % 1500);
    double chance = (draw(state) % 1000) / 1000.0;
    *indexes = of;
    struct finding finding = {
        .software = str_from(packages[of].name),
        .first_software = of,
        .packages = indexes,
        .package_count = 1,
        .installed = str_from(packages[of].version),
        .source = STR("Debian"),
        .advisory = arena_printf(&sample->arena, "DSA-%u-1", 5400 + i),
        .confidence = CONFIDENCE_ADVISORY,
        .level = level,
        .score = level == LEVEL_UNKNOWN ? CVSS_NO_SCORE
                                        : least[level] + (int)(draw(state) % (span[level] + 1u)),
        .cvss_version = level == LEVEL_UNKNOWN ? CVSS_NONE : CVSS_3_1,
        .vector = STR("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"),
        .published = (int64_t)(TODAY - age) * DAY,
        .age_days = age,
        .known_exploited = i < 3,
        .ransomware = i == 1,
        .exploited_since = i < 3 ? TODAY - 40 : DATE_NONE,
        .exploited_due = i < 2 ? TODAY - 19 : DATE_NONE,
        .epss = i < 3 ? 0.94 - i * 0.2 : pow(chance, 9) * 0.7 + 0.0003 + chance * 0.004,
        .epss_percentile = 0.5,
        .fixed_by_update = i % 13 != 0,
    };
    cve_id_parse(arena_printf(&sample->arena, "CVE-%u-%u", 2026u - (uint32_t)age / 365, 10000 + i),
                 &finding.cve);
    if (i % 13 != 0) {
        finding.fixed_in = arena_printf(&sample->arena, "%.*s.1", STR_ARG(finding.installed));
        finding.update =
            arena_printf(&sample->arena, "%.*s %.*s -> %.*s", STR_ARG(finding.software),
                         STR_ARG(finding.installed), STR_ARG(finding.fixed_in));
    }
    if (i % 26 == 13) {
        finding.confidence = CONFIDENCE_RANGE;
        finding.last_affected = i % 52 == 13 ? finding.installed : STR("");
    }
    if (i == 2) {
        finding.programme = STR("Ubuntu Pro (ESM)");
    }
    finding.criterion =
        arena_printf(&sample->arena, "%.*s < %.*s in %.*s", STR_ARG(finding.software),
                     STR_ARG(finding.fixed_in), STR_ARG(finding.advisory));
    return finding;
}

static int compare_findings(const void *left, const void *right)
{
    const struct finding *a = left, *b = right;
    double a_rank = a->known_exploited * 100 + a->epss * a->score;
    double b_rank = b->known_exploited * 100 + b->epss * b->score;
    return a_rank > b_rank ? -1 : a_rank < b_rank ? 1 : 0;
}

static void count_finding(struct assessment *assessment, const struct finding *finding,
                          struct level_counts *counts)
{
    (void)assessment;
    counts->by_level[finding->level]++;
    counts->total++;
    counts->known_exploited += finding->known_exploited;
    counts->fixed_by_updates += finding->fixed_by_update;
}

/* What accepts the last findings of a sample. */
static const struct accept_rule accepted_rules[] = {
    {.status = ACCEPT_RISK,
     .document = {"accepted.json", 13},
     .number = 3,
     .reason = {"not reachable from outside", 26},
     .author = {"alice", 5},
     .until = 21183},
    {.status = ACCEPT_NOT_AFFECTED,
     .document = {"vendor.vex.json", 15},
     .number = 1,
     .reason = {"not affected, component not present", 35},
     .author = {"<script>alert(1)</script>", 25},
     .until = DATE_NONE},
};

static void fill_findings(struct sample *sample, uint32_t confirmed, uint32_t unconfirmed)
{
    struct assessment *assessment = &sample->assessment;
    struct finding *findings = arena_array(&sample->arena, confirmed + unconfirmed, struct finding);
    uint32_t state = 7;
    for (uint32_t i = 0; i < confirmed + unconfirmed; i++) {
        findings[i] = draw_finding(sample, i, &state);
        if (i >= confirmed) {
            findings[i].confidence = CONFIDENCE_UNCONFIRMED;
            findings[i].source = STR("NVD");
            findings[i].advisory = STR("");
        }
        bool accepted = i >= confirmed && i + 2 >= confirmed + unconfirmed;
        findings[i].accepted = accepted ? &accepted_rules[i & 1] : NULL;
        assessment->accepted_count += accepted;
        count_finding(assessment, &findings[i],
                      accepted        ? &assessment->accepted
                      : i < confirmed ? &assessment->confirmed
                                      : &assessment->unconfirmed);
    }
    qsort(findings, confirmed, sizeof *findings, compare_findings);
    assessment->findings = findings;
    assessment->confirmed_count = confirmed;
    assessment->finding_count = confirmed + unconfirmed;
}

static void fill_updates(struct sample *sample, uint32_t count)
{
    struct inventory_update *items = arena_array(&sample->arena, count, struct inventory_update);
    struct update_insight *insights = arena_array(&sample->arena, count, struct update_insight);
    for (uint32_t i = 0; i < count; i++) {
        const struct inventory_software *software = &sample->inventory.software[i];
        items[i] = (struct inventory_update){
            .ecosystem = STR("dpkg"),
            .name = software->name,
            .arch = STR("amd64"),
            .from = software->version,
            .to = arena_printf(&sample->arena, "%.*s.1", STR_ARG(software->version)),
            .origin = STR("Debian-Security:12/oldstable-security"),
        };
        insights[i] = (struct update_insight){
            .update = i,
            .class = i < 6    ? UPDATE_CRITICAL
                     : i < 38 ? UPDATE_SECURITY
                              : UPDATE_OTHER,
            .why = i < 6    ? STR("fixes CVE-2025-15467 (9.8, known exploited)")
                   : i < 38 ? STR("origin Debian-Security")
                            : STR(""),
            .fixes = i < 38 ? 40 / (i + 1) : 0,
        };
        sample->assessment.update_classes[insights[i].class]++;
    }
    sample->inventory.updates = (struct inventory_updates){
        .known = TRUTH_YES,
        .metadata_time = sample->inventory.collected - 9 * 3600,
        .items = items,
        .count = count,
    };
    sample->assessment.updates_known = TRUTH_YES;
    sample->assessment.updates = insights;
    sample->assessment.update_count = count;
}

static void count_risks(struct assessment *assessment)
{
    assessment->risk_software = assessment->ended_software > 0;
    assessment->risk_vulnerabilities = assessment->confirmed.total;
    assessment->risk_updates =
        assessment->update_classes[UPDATE_CRITICAL] + assessment->update_classes[UPDATE_SECURITY];
    assessment->risk_security = assessment->security_software == TRUTH_NO;
    assessment->risk_patch = assessment->patch_software == TRUTH_NO;
    assessment->risks = assessment->risk_os + assessment->risk_software +
                        assessment->risk_vulnerabilities + assessment->risk_updates +
                        assessment->risk_security + assessment->risk_patch;
}

static void fill_rich(struct sample *sample, uint32_t software, uint32_t findings)
{
    static const struct str notes[] = {
        STR("The catalogue of known exploited vulnerabilities is 454 days old."),
    };
    struct assessment *assessment = &sample->assessment;
    fill_machine(&sample->inventory);
    fill_software(sample, software);
    fill_findings(sample, findings, 18);
    fill_updates(sample, 110);
    sample->inventory.reboot_required = TRUTH_YES;
    sample->inventory.reboot_reason = STR("kernel 6.1.0-38 installed, 6.1.0-37 running");
    assessment->has_knowledge = true;
    assessment->os_support = debian_support();
    assessment->security_software = TRUTH_NO;
    assessment->patch_software = TRUTH_YES;
    assessment->patch_names = STR("unattended-upgrades");
    assessment->coverage = (struct coverage){
        .packages = software,
        .covered = 935,
        .from_makers = 4,
        .identified = 4,
        .until = (int64_t)(TODAY - 1) * DAY,
        .ecosystem = STR("Debian:12"),
        .has_ecosystem = true,
        .incomparable = 2,
    };
    assessment->notes = notes;
    assessment->note_count = 1;
    count_risks(assessment);
}

static void fill_clean(struct sample *sample)
{
    struct assessment *assessment = &sample->assessment;
    fill_machine(&sample->inventory);
    fill_software(sample, 1);
    struct software_insight *insight = (struct software_insight *)sample->assessment.software;
    insight->findings = insight->critical = insight->known_exploited = 0;
    fill_updates(sample, 0);
    assessment->has_knowledge = true;
    assessment->os_support = support_of(SUPPORT_MAINSTREAM, "Debian", "13 (Trixie)", DATE_NONE,
                                        date_from_civil(2030, 6, 30));
    assessment->security_software = assessment->patch_software = TRUTH_YES;
    assessment->security_names = STR("ClamAV");
    assessment->patch_names = STR("unattended-upgrades");
    assessment->coverage = (struct coverage){.packages = 1,
                                             .covered = 1,
                                             .until = (int64_t)TODAY * DAY,
                                             .ecosystem = STR("Debian:13"),
                                             .has_ecosystem = true};
    count_risks(assessment);
}

static void fill_unknown(struct sample *sample)
{
    static const struct str notes[] = {
        STR("There is no knowledge: vulnerabilities were not looked for."),
    };
    sample->inventory.updates.reason = STR("no package manager was found");
    sample->assessment.notes = notes;
    sample->assessment.note_count = 1;
    sample->assessment.coverage.until = TIME_NONE;
}

/* Every foreign text becomes the hostile one. */
static void fill_hostile(struct sample *sample)
{
    struct str bad = STR(hostile);
    fill_rich(sample, 120, 3);
    struct inventory_software *software = (struct inventory_software *)sample->inventory.software;
    struct finding *findings = (struct finding *)sample->assessment.findings;
    struct inventory_update *updates = (struct inventory_update *)sample->inventory.updates.items;
    struct software_insight *insights = (struct software_insight *)sample->assessment.software;
    struct update_insight *update_insights = (struct update_insight *)sample->assessment.updates;
    for (uint32_t i = 0; i < sample->inventory.software_count; i++) {
        software[i].name = software[i].version = software[i].arch = bad;
        insights[i].identity.supplier_name = insights[i].identity.subcategory = bad;
        insights[i].support.product = insights[i].support.release = bad;
        insights[i].support.reason = bad;
    }
    for (uint32_t i = 0; i < sample->assessment.finding_count; i++) {
        findings[i].software = findings[i].installed = findings[i].fixed_in = bad;
        findings[i].criterion = findings[i].advisory = findings[i].update = bad;
        findings[i].vector = findings[i].source = bad;
        findings[i].installed = STR("=HYPERLINK(\"http://example.org\")");
        findings[i].update = STR("@SUM(A1)");
        findings[i].criterion = STR("\t+1,\"2\"");
        findings[i].fixed_in = STR("  =1+1");
        findings[i].advisory = STR("\uff1d1+1");
    }
    for (uint32_t i = 0; i < sample->inventory.updates.count; i++) {
        updates[i].name = updates[i].from = updates[i].to = updates[i].origin = bad;
        update_insights[i].why = bad;
    }
    sample->inventory.name = sample->inventory.fqdn = bad;
    sample->inventory.os.pretty = sample->inventory.kernel.running = bad;
    sample->inventory.reboot_reason = sample->inventory.collector = bad;
    sample->assessment.os_support.product = sample->assessment.os_support.programme = bad;
    sample->assessment.security_names = sample->assessment.patch_names = bad;
    sample->assessment.coverage.ecosystem = bad;
    sample->assessment.notes = &software[0].name;
    sample->options.inventory_name = bad;
}

void sample_init(struct sample *sample, enum sample_kind kind)
{
    *sample = (struct sample){
        .assessment = {.inventory = &sample->inventory,
                       .as_of = TODAY,
                       .os_support = {.mainstream_until = DATE_NONE,
                                      .until = DATE_NONE,
                                      .reason = STR("no operating system was found")}},
        .options = {.width = 110,
                    .inventory_name = STR("db01"),
                    .report_path = STR("assay-db01.html"),
                    .seconds = 0.9,
                    .now = SAMPLE_NOW},
    };
    arena_init(&sample->arena);
    inventory_init(&sample->inventory);
    switch (kind) {
    case SAMPLE_CLEAN:
        fill_clean(sample);
        break;
    case SAMPLE_UNKNOWN:
        fill_unknown(sample);
        break;
    case SAMPLE_HOSTILE:
        fill_hostile(sample);
        break;
    default:
        fill_rich(sample, RICH_SOFTWARE, kind == SAMPLE_BIG ? 10000 : RICH_FINDINGS);
        break;
    }
}

void sample_done(struct sample *sample)
{
    inventory_done(&sample->inventory);
    arena_done(&sample->arena);
}

static const struct explain_step steps[] = {
    {STR("identity"), STR("dpkg package libexpat1, source expat, origin Debian"),
     STR("rule: dpkg source")},
    {STR("asked"), STR("Debian advisories (covers Debian 12): DEBIAN-CVE-2023-52425"),
     STR("NVD: cpe:2.3:a:libexpat_project:libexpat")},
    {STR("criterion"), STR("fixed in 2.5.0-1+deb12u2"), STR("")},
    {STR("compare"), STR("2.5.0-1+deb12u1 < 2.5.0-1+deb12u2   (dpkg order)"), STR("-> vulnerable")},
    {STR("therefore"), STR("install the pending update libexpat1 2.5.0-1+deb12u2 (security)"),
     STR("")},
    {STR("record"),
     STR("published 2024-02-04, CVSS 3.1 7.5 AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H, EPSS 0.03, not "
         "in KEV"),
     STR("")},
};

const struct explanation sample_explanations[] = {
    {STR("expat 2.5.0-1+deb12u1 (source package expat, Debian 12)"), VERDICT_VULNERABLE,
     STR("confidence: advisory"), steps, 6},
    {STR(hostile), VERDICT_UNKNOWN, STR(""), steps, 1},
};
const uint32_t sample_explanation_count = 2;
