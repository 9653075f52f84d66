/* docs/formats/assessment.md; the order of keys is that of assessment.schema.json. */
#include "base/limits.h"
#include "cpe/cpe.h"
#include "report/formats.h"
#include "report/view.h"
#include "json/json_writer.h"

static void put_tool(struct json_writer *json)
{
    json_open_object(json, "tool");
    json_put_text(json, "name", "assay");
    json_put_text(json, "version", ASSAY_VERSION);
    json_close_object(json);
}

/* The exit status, and with it those that it outranks. */
static void put_exit(struct json_writer *json, const struct report_options *options)
{
    json_open_object(json, "exit");
    json_put_int(json, "status", options->exit_status);
    json_open_array(json, "all");
    for (int status = 4; status > 0; status--) {
        if (options->exit_statuses & 1U << status) {
            json_put_int(json, NULL, status);
        }
    }
    json_close_array(json);
    json_put_text(json, "reason", options->reason);
    json_close_object(json);
}

static void put_run(struct json_writer *json, const struct assessment *assessment,
                    const struct report_options *options)
{
    const struct inventory *inventory = assessment->inventory;
    json_put_date(json, "as_of", assessment->as_of);
    put_exit(json, options);
    json_open_object(json, "inventory");
    json_put_known(json, "name", options->inventory_name);
    json_put_time(json, "collected", inventory->collected);
    json_put_known(json, "collector", inventory->collector);
    if (options->seconds >= 0) {
        json_put_real(json, "seconds", options->seconds, 1);
    } else {
        json_put_null(json, "seconds");
    }
    json_close_object(json);
}

static void put_os(struct json_writer *json, const struct inventory_os *os)
{
    static const char *const families[] = {
        [OS_FAMILY_UNKNOWN] = "unknown",
        [OS_FAMILY_LINUX] = "linux",
        [OS_FAMILY_WINDOWS] = "windows",
    };
    json_open_object(json, "os");
    json_put_text(json, "family", families[os->family]);
    json_put_known(json, "id", os->id);
    json_put_known(json, "pretty", os->pretty);
    json_put_known(json, "version_id", os->version_id);
    json_put_known(json, "version", os->version);
    json_put_known(json, "codename", os->codename);
    json_put_known(json, "edition", os->edition);
    json_put_known(json, "build", os->build);
    json_close_object(json);
}

/* 0 is "not known" for both. */
static void put_amount(struct json_writer *json, const char *key, uint64_t amount)
{
    if (amount > 0) {
        json_put_uint(json, key, amount);
    } else {
        json_put_null(json, key);
    }
}

static void put_server(struct json_writer *json, const struct inventory *inventory)
{
    json_open_object(json, "server");
    json_put_known(json, "name", inventory->name);
    json_put_known(json, "fqdn", inventory->fqdn);
    put_os(json, &inventory->os);
    json_open_object(json, "kernel");
    json_put_known(json, "running", inventory->kernel.running);
    json_put_known(json, "newest", inventory->kernel.newest);
    json_close_object(json);
    json_put_known(json, "arch", inventory->machine.arch);
    json_put_known(json, "machine_id", inventory->machine.machine_id);
    json_put_known(json, "virtualization", inventory->machine.virtualization);
    put_amount(json, "cpus", inventory->machine.cpus);
    put_amount(json, "memory_bytes", inventory->machine.memory_bytes);
    json_put_time(json, "booted", inventory->machine.booted);
    json_close_object(json);
}

static void put_feed(struct json_writer *json, const struct knowledge_feed *feed)
{
    json_open_object(json, NULL);
    json_put_str(json, "name", feed->name);
    json_put_str(json, "label", feed->label);
    json_put_bool(json, "present", feed->present);
    json_put_known(json, "problem", feed->problem);
    json_put_uint(json, "records", feed->records);
    json_put_time(json, "newest", feed->newest);
    json_put_time(json, "read", feed->read);
    json_put_known(json, "attribution", feed->attribution);
    json_close_object(json);
}

static void put_knowledge(struct json_writer *json, const struct knowledge *knowledge)
{
    if (knowledge == NULL) {
        json_put_null(json, "knowledge");
        return;
    }
    json_open_object(json, "knowledge");
    json_put_time(json, "built", knowledge_built(knowledge));
    json_open_array(json, "feeds");
    for (uint32_t i = 0; i < knowledge_feed_count(knowledge); i++) {
        struct knowledge_feed feed;
        if (knowledge_feed(knowledge, i, &feed)) {
            put_feed(json, &feed);
        }
    }
    json_close_array(json);
    json_close_object(json);
}

static void put_support(struct json_writer *json, const char *key, const struct support *support)
{
    json_open_object(json, key);
    json_put_text(json, "state", support_state_name(support->state));
    json_put_known(json, "product", support->product);
    json_put_known(json, "release", support->release);
    json_put_date(json, "mainstream_until", support->mainstream_until);
    json_put_date(json, "until", support->until);
    if (support->has_days) {
        json_put_int(json, "days_left", support->days_left);
    } else {
        json_put_null(json, "days_left");
    }
    json_put_known(json, "programme", support->programme);
    json_put_known(json, "reason", support->reason);
    json_put_known(json, "source", support->source);
    json_close_object(json);
}

static void put_risks(struct json_writer *json, const struct assessment *assessment)
{
    json_open_object(json, "risks");
    json_put_uint(json, "total", assessment->risks);
    json_put_uint(json, "os_ended", assessment->risk_os);
    json_put_uint(json, "software_ended", assessment->risk_software);
    json_put_uint(json, "vulnerabilities", assessment->risk_vulnerabilities);
    json_put_uint(json, "updates", assessment->risk_updates);
    json_put_uint(json, "no_security_software", assessment->risk_security);
    json_put_uint(json, "no_patch_management", assessment->risk_patch);
    json_close_object(json);
}

static void put_levels(struct json_writer *json, const char *key, const struct level_counts *counts)
{
    json_open_object(json, key);
    json_put_uint(json, "total", counts->total);
    for (int level = LEVELS - 1; level >= 0; level--) {
        json_put_uint(json, level_name((enum level)level), counts->by_level[level]);
    }
    json_put_uint(json, "known_exploited", counts->known_exploited);
    json_put_uint(json, "fixed_by_updates", counts->fixed_by_updates);
    json_close_object(json);
}

static void put_counts(struct json_writer *json, const struct assessment *assessment)
{
    json_open_object(json, "counts");
    put_levels(json, "confirmed", &assessment->confirmed);
    put_levels(json, "unconfirmed", &assessment->unconfirmed);
    put_levels(json, "accepted", &assessment->accepted);
    json_open_object(json, "updates");
    json_put_uint(json, "total", assessment->update_count);
    for (int class = UPDATE_CRITICAL; class >= UPDATE_UNKNOWN; class --) {
        json_put_uint(json, update_class_name((enum update_class) class),
                      assessment->update_classes[class]);
    }
    json_close_object(json);
    json_put_uint(json, "software", assessment->software_count);
    json_put_uint(json, "ended_software", assessment->ended_software);
    json_close_object(json);
}

static void put_coverage(struct json_writer *json, const struct coverage *coverage)
{
    json_open_object(json, "coverage");
    json_put_known(json, "ecosystem", coverage->ecosystem);
    json_put_bool(json, "has_advisories", coverage->has_ecosystem);
    json_put_time(json, "until", coverage->until);
    json_put_uint(json, "packages", coverage->packages);
    json_put_uint(json, "covered", coverage->covered);
    json_put_uint(json, "from_makers", coverage->from_makers);
    json_put_uint(json, "identified", coverage->identified);
    json_put_uint(json, "decided_by_changelog", coverage->by_changelog);
    json_put_uint(json, "incomparable", coverage->incomparable);
    json_close_object(json);
}

static void put_protection(struct json_writer *json, const struct assessment *assessment)
{
    json_open_object(json, "protection");
    json_put_text(json, "security_software", truth_name(assessment->security_software));
    json_put_known(json, "security_names", assessment->security_names);
    json_put_text(json, "patch_management", truth_name(assessment->patch_software));
    json_put_known(json, "patch_names", assessment->patch_names);
    json_close_object(json);
    json_open_object(json, "reboot");
    json_put_text(json, "required", truth_name(assessment->inventory->reboot_required));
    json_put_known(json, "reason", assessment->inventory->reboot_reason);
    json_close_object(json);
}

static void put_packages(struct json_writer *json, const struct inventory *inventory,
                         const struct finding *finding)
{
    json_open_array(json, "packages");
    for (uint32_t i = 0; i < finding->package_count; i++) {
        if (finding->packages[i] < inventory->software_count) {
            json_put_str(json, NULL, inventory->software[finding->packages[i]].name);
        }
    }
    json_close_array(json);
}

static void put_probability(struct json_writer *json, const char *key, double probability)
{
    if (probability < 0) {
        json_put_null(json, key);
    } else {
        json_put_real(json, key, probability, 5);
    }
}

static void put_level_source(struct json_writer *json, const struct finding *finding)
{
    struct buf text;
    buf_init(&text, 4096);
    view_put_level_source(&text, finding);
    json_put_known(json, "level_source", buf_view(&text));
    buf_done(&text);
}

static void put_score(struct json_writer *json, const struct finding *finding)
{
    static const char *const sources[] = {
        [SCORE_SOURCE_NVD] = "NVD", [SCORE_SOURCE_CNA] = "CNA", [SCORE_SOURCE_ADP] = "ADP"};
    bool scored = finding->score != CVSS_NO_SCORE;
    json_put_text(json, "level", level_name(finding->level));
    put_level_source(json, finding);
    if (scored) {
        json_put_fixed(json, "score", finding->score, 1);
    } else {
        json_put_null(json, "score");
    }
    json_put_text(json, "cvss_version",
                  finding->cvss_version == CVSS_NONE ? NULL
                                                     : cvss_version_name(finding->cvss_version));
    json_put_text(json, "score_source", scored ? sources[finding->score_source] : NULL);
    json_put_known(json, "vector", finding->vector);
}

static void put_accepted(struct json_writer *json, const struct accept_rule *rule)
{
    if (rule == NULL) {
        json_put_null(json, "accepted");
        return;
    }
    static const char *const statuses[] = {
        [ACCEPT_RISK] = "risk", [ACCEPT_NOT_AFFECTED] = "not_affected", [ACCEPT_FIXED] = "fixed"};
    json_open_object(json, "accepted");
    json_put_text(json, "as", statuses[rule->status]);
    json_put_str(json, "reason", rule->reason);
    json_put_str(json, "author", rule->author);
    json_put_date(json, "until", rule->until);
    json_put_str(json, "document", rule->document);
    json_put_uint(json, "number", rule->number);
    json_close_object(json);
}

static void put_description(struct json_writer *json, const struct knowledge *knowledge,
                            uint64_t cve, struct arena *arena)
{
    json_put_known(json, "description", view_description(knowledge, cve, arena));
    arena_clear(arena);
}

static void put_finding(struct json_writer *json, const struct inventory *inventory,
                        const struct finding *finding)
{
    char cve[CVE_ID_SIZE];
    json_put_text(json, "cve", cve_id_format(finding->cve, cve));
    json_put_bool(json, "confirmed", view_is_confirmed(finding));
    json_put_str(json, "software", finding->software);
    put_packages(json, inventory, finding);
    json_put_known(json, "installed", finding->installed);
    json_put_str(json, "source", finding->source);
    json_put_known(json, "advisory", finding->advisory);
    json_put_text(json, "confidence", confidence_name(finding->confidence));
    json_put_known(json, "criterion", finding->criterion);
    json_put_known(json, "fixed_in", finding->fixed_in);
    json_put_known(json, "last_affected", finding->last_affected);
    json_put_known(json, "fixed_in_programme", finding->programme);
    json_put_bool(json, "fixed_by_update", finding->fixed_by_update);
    json_put_known(json, "update", finding->update);
    put_score(json, finding);
    json_put_time(json, "published", finding->published);
    if (finding->age_days >= 0) {
        json_put_int(json, "age_days", finding->age_days);
    } else {
        json_put_null(json, "age_days");
    }
    json_put_bool(json, "known_exploited", finding->known_exploited);
    json_put_bool(json, "ransomware", finding->ransomware);
    json_put_date(json, "exploited_since", finding->exploited_since);
    json_put_date(json, "exploited_due", finding->exploited_due);
    put_probability(json, "epss", finding->epss);
    put_probability(json, "epss_percentile", finding->epss_percentile);
    put_accepted(json, finding->accepted);
}

static void put_findings(struct json_writer *json, const struct assessment *assessment,
                         const struct knowledge *knowledge, const struct report_options *options)
{
    struct arena arena;
    arena_init(&arena);
    json_open_array(json, "findings");
    for (uint32_t i = 0; i < assessment->finding_count; i++) {
        const struct finding *finding = &assessment->findings[i];
        if (view_shows(options, finding)) {
            json_open_object(json, NULL);
            put_finding(json, assessment->inventory, finding);
            put_description(json, knowledge, finding->cve, &arena);
            json_close_object(json);
        }
    }
    json_close_array(json);
    arena_done(&arena);
}

static void put_cpe(struct json_writer *json, const struct identity *identity)
{
    struct buf name;
    if (identity->named.vendor.len == 0) {
        json_put_null(json, "cpe");
        return;
    }
    buf_init(&name, LIMIT_CPE * 2);
    cpe_format_plain(identity->named.part, identity->named.vendor, identity->named.product,
                     identity->cpe_version, identity->cpe_update, &name);
    json_put_str(json, "cpe", buf_view(&name));
    buf_done(&name);
}

static void put_one_software(struct json_writer *json, const struct inventory_software *software,
                             const struct software_insight *insight)
{
    static const char *const suppliers[] = {[SUPPLIER_UNKNOWN] = "unknown",
                                            [SUPPLIER_DISTRIBUTION] = "distribution",
                                            [SUPPLIER_MAKER] = "maker"};
    const struct identity *identity = &insight->identity;
    json_open_object(json, NULL);
    json_put_str(json, "ecosystem", software->ecosystem);
    json_put_str(json, "name", software->name);
    json_put_known(json, "version", software->version);
    json_put_known(json, "arch", software->arch);
    json_put_known(json, "source", software->source);
    json_put_text(json, "supplier", suppliers[identity->supplier]);
    json_put_known(json, "supplier_name", identity->supplier_name);
    put_cpe(json, identity);
    json_put_known(json, "category", identity->category);
    json_put_known(json, "subcategory", identity->subcategory);
    json_put_bool(json, "security", identity->security);
    json_put_bool(json, "patch", identity->patch);
    put_support(json, "support", &insight->support);
    json_put_bool(json, "unsupported_by_distribution", insight->unsupported_by_distribution);
    json_put_bool(json, "limited_support", insight->limited_support);
    json_put_uint(json, "findings", insight->findings);
    json_put_uint(json, "critical", insight->critical);
    json_put_uint(json, "known_exploited", insight->known_exploited);
    json_put_known(json, "rule", identity->rule);
    json_close_object(json);
}

static void put_software(struct json_writer *json, const struct assessment *assessment)
{
    json_open_array(json, "software");
    for (uint32_t i = 0; i < assessment->software_count; i++) {
        const struct software_insight *insight = &assessment->software[i];
        if (insight->software < assessment->inventory->software_count) {
            put_one_software(json, &assessment->inventory->software[insight->software], insight);
        }
    }
    json_close_array(json);
}

static void put_update(struct json_writer *json, const struct inventory_update *update,
                       const struct update_insight *insight, bool has_knowledge)
{
    json_open_object(json, NULL);
    json_put_str(json, "ecosystem", update->ecosystem);
    json_put_str(json, "name", update->name);
    json_put_known(json, "arch", update->arch);
    json_put_known(json, "from", update->from);
    json_put_known(json, "to", update->to);
    json_put_known(json, "origin", update->origin);
    json_put_text(json, "class", update_class_name(insight->class));
    json_put_known(json, "advisory", update->advisory);
    json_open_array(json, "cves");
    for (uint32_t i = 0; i < update->cve_count; i++) {
        json_put_str(json, NULL, update->cves[i]);
    }
    json_close_array(json);
    if (has_knowledge) {
        json_put_uint(json, "fixes", insight->fixes);
    } else {
        json_put_null(json, "fixes");
    }
    json_put_known(json, "why", insight->why);
    json_close_object(json);
}

static void put_updates(struct json_writer *json, const struct assessment *assessment)
{
    const struct inventory_updates *updates = &assessment->inventory->updates;
    json_open_object(json, "updates");
    json_put_text(json, "known", truth_name(assessment->updates_known));
    json_put_known(json, "reason", updates->reason);
    json_put_time(json, "metadata_time", updates->metadata_time);
    json_open_array(json, "items");
    for (uint32_t i = 0; i < assessment->update_count; i++) {
        const struct update_insight *insight = &assessment->updates[i];
        if (insight->update < updates->count) {
            put_update(json, &updates->items[insight->update], insight, assessment->has_knowledge);
        }
    }
    json_close_array(json);
    json_close_object(json);
}

void report_json_write(const struct assessment *assessment, const struct knowledge *knowledge,
                       const struct report_options *options, struct buf *out)
{
    struct json_writer json;
    json_writer_init(&json, out);
    json_open_object(&json, NULL);
    json_put_text(&json, "format", "assay-assessment");
    json_put_int(&json, "format_version", 1);
    put_tool(&json);
    put_run(&json, assessment, options);
    put_server(&json, assessment->inventory);
    put_knowledge(&json, knowledge);
    put_support(&json, "os_support", &assessment->os_support);
    put_risks(&json, assessment);
    put_counts(&json, assessment);
    put_coverage(&json, &assessment->coverage);
    put_protection(&json, assessment);
    put_findings(&json, assessment, knowledge, options);
    put_software(&json, assessment);
    put_updates(&json, assessment);
    json_open_array(&json, "notes");
    for (uint32_t i = 0; i < assessment->note_count; i++) {
        json_put_str(&json, NULL, assessment->notes[i]);
    }
    for (uint32_t i = 0; i < assessment->inventory->note_count; i++) {
        json_put_str(&json, NULL, assessment->inventory->notes[i]);
    }
    json_close_array(&json);
    json_close_object(&json);
}

/* explanation.schema.json */
static void put_explanation(struct json_writer *json, const struct explanation *explanation)
{
    static const char *const verdicts[] = {
        [VERDICT_VULNERABLE] = "vulnerable",     [VERDICT_FIXED] = "fixed",
        [VERDICT_NOT_AFFECTED] = "not affected", [VERDICT_UNCONFIRMED] = "unconfirmed",
        [VERDICT_UNKNOWN] = "unknown",
    };
    json_open_object(json, NULL);
    json_put_str(json, "software", explanation->software);
    json_put_text(json, "verdict", verdicts[explanation->verdict]);
    json_put_known(json, "verdict_note", explanation->verdict_note);
    json_open_array(json, "steps");
    for (uint32_t i = 0; i < explanation->step_count; i++) {
        json_open_object(json, NULL);
        json_put_str(json, "label", explanation->steps[i].label);
        json_put_str(json, "text", explanation->steps[i].text);
        json_put_known(json, "aside", explanation->steps[i].aside);
        json_close_object(json);
    }
    json_close_array(json);
    json_close_object(json);
}

void report_explain_json(const struct explanation *explanations, uint32_t count, uint64_t cve,
                         const struct knowledge *knowledge, int32_t as_of, struct buf *out)
{
    struct json_writer json;
    char text[CVE_ID_SIZE];
    json_writer_init(&json, out);
    json_open_object(&json, NULL);
    json_put_text(&json, "format", "assay-explanation");
    json_put_int(&json, "format_version", 1);
    put_tool(&json);
    json_put_text(&json, "cve", cve_id_format(cve, text));
    json_open_array(&json, "explanations");
    for (uint32_t i = 0; i < count; i++) {
        put_explanation(&json, &explanations[i]);
    }
    json_close_array(&json);
    report_json_sources(&json, knowledge, as_of);
    json_close_object(&json);
}
