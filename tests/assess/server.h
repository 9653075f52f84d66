/* A server for tests: a few packages, what is known of them, and the assessment of it. */
#ifndef ASSAY_TESTS_ASSESS_SERVER_H
#define ASSAY_TESTS_ASSESS_SERVER_H

#include "../knowledge_fixture.h"
#include "../unit.h"
#include "assess/assess.h"
#include "fake_identify.h"

enum { SERVER_ITEMS = 32 };

struct server {
    struct knowledge_fixture fixture;
    struct knowledge *knowledge;
    struct inventory inventory;
    struct inventory_software software[SERVER_ITEMS];
    struct inventory_update updates[SERVER_ITEMS];
    struct inventory_fact facts[SERVER_ITEMS];
    struct inventory_unsupported unsupported[SERVER_ITEMS];
    struct inventory_evidence evidence[SERVER_ITEMS];
    struct str evidence_cves[SERVER_ITEMS];
    struct identify_tables tables;
    const struct identify_tables *loaded; /* of the real src/identify, else NULL */
    struct fake_row rows[SERVER_ITEMS];
    struct assess_options options;
    struct arena arena;
    struct assessment assessment;
    const struct explanation *explanations;
    uint32_t explanation_count;
};

static inline void server_init(struct server *server, const char *id, const char *version)
{
    memset(server, 0, sizeof *server);
    fixture_init(&server->fixture);
    inventory_init(&server->inventory);
    arena_init(&server->arena);
    struct inventory *inventory = &server->inventory;
    inventory->os.family = OS_FAMILY_LINUX;
    inventory->os.id = str_from(id);
    inventory->os.name = str_from(id);
    inventory->os.version_id = str_from(version);
    inventory->machine.arch = STR("x86_64");
    inventory->software = server->software;
    inventory->software_known = TRUTH_YES;
    inventory->updates.items = server->updates;
    inventory->updates.known = TRUTH_YES;
    inventory->facts = server->facts;
    inventory->unsupported = server->unsupported;
    inventory->evidence = server->evidence;
    server->tables.rows = server->rows;
    server->options.as_of = fixture_date("2026-11-22");
}

static inline void server_done(struct server *server)
{
    fixture_done(&server->fixture);
    inventory_done(&server->inventory);
    arena_done(&server->arena);
}

static inline struct inventory_software *server_add(struct server *server, const char *ecosystem,
                                                    const char *name, const char *version,
                                                    const char *source)
{
    struct inventory_software *software = &server->software[server->inventory.software_count++];
    software->ecosystem = str_from(ecosystem);
    software->name = str_from(name);
    software->version = str_from(version);
    software->source = str_from(source);
    software->arch = STR("amd64");
    return software;
}

static inline struct inventory_update *server_update(struct server *server, const char *ecosystem,
                                                     const char *name, const char *from,
                                                     const char *to, const char *origin)
{
    struct inventory_update *update = &server->updates[server->inventory.updates.count++];
    update->ecosystem = str_from(ecosystem);
    update->name = str_from(name);
    update->from = str_from(from);
    update->to = str_from(to);
    update->origin = str_from(origin);
    update->class = UPDATE_OTHER;
    return update;
}

static inline void server_fact(struct server *server, const char *key, const char *value)
{
    server->facts[server->inventory.fact_count++] =
        (struct inventory_fact){str_from(key), str_from(value)};
}

/* The changelog of a source names one CVE as fixed in a version. */
static inline void server_evidence(struct server *server, const char *ecosystem, const char *source,
                                   const char *version, const char *cve)
{
    uint32_t i = server->inventory.evidence_count++;
    server->evidence_cves[i] = str_from(cve);
    server->evidence[i] = (struct inventory_evidence){
        str_from(ecosystem), str_from(source), str_from(version), &server->evidence_cves[i], 1};
}

static inline void server_identity(struct server *server, struct fake_row row)
{
    server->rows[server->tables.row_count++] = row;
}

static inline const struct identify_tables *server_tables(const struct server *server)
{
    return server->loaded ? server->loaded : &server->tables;
}

static inline const struct assessment *server_assess(struct server *server)
{
    if (!server->knowledge)
        server->knowledge = fixture_open(&server->fixture);
    assess(&server->inventory, server_tables(server), server->knowledge, &server->options,
           &server->arena, &server->assessment);
    return &server->assessment;
}

static inline const struct explanation *server_explain(struct server *server, const char *cve,
                                                       const char *software)
{
    if (!server->knowledge)
        server->knowledge = fixture_open(&server->fixture);
    assess_explain(&server->inventory, server_tables(server), server->knowledge, &server->options,
                   fixture_id(cve), str_from(software), &server->arena, &server->explanations,
                   &server->explanation_count);
    return server->explanations;
}

static inline const struct finding *server_finding(const struct server *server, const char *cve,
                                                   const char *software)
{
    for (uint32_t i = 0; i < server->assessment.finding_count; i++) {
        const struct finding *finding = &server->assessment.findings[i];
        if (finding->cve == fixture_id(cve) &&
            (!software || str_eq_text(finding->software, software)))
            return finding;
    }
    return NULL;
}

/* The update that a finding names: "KB5000010", with ? before it when it is unconfirmed, "" when
 * there is no finding. */
static inline void assert_update(const struct server *server, const char *cve, const char *answer)
{
    char found[64] = "";
    const struct finding *finding = server_finding(server, cve, NULL);
    if (finding)
        snprintf(found, sizeof found, "%s%.*s", finding->confidence <= CONFIDENCE_RANGE ? "" : "?",
                 STR_ARG(finding->fixed_in));
    if (strcmp(found, answer) != 0)
        fail_msg("%s on %.*s: \"%s\", expected \"%s\"", cve,
                 STR_ARG(server->inventory.software[0].version), found, answer);
}

static inline bool has_step(const struct explanation *explanation, const char *label,
                            const char *text)
{
    for (uint32_t i = 0; i < explanation->step_count; i++) {
        const struct explain_step *step = &explanation->steps[i];
        if (str_eq_text(step->label, label) && (str_find(step->text, str_from(text)) != SIZE_MAX ||
                                                str_find(step->aside, str_from(text)) != SIZE_MAX))
            return true;
    }
    return false;
}

static inline bool has_note(const struct assessment *assessment, const char *text)
{
    for (uint32_t i = 0; i < assessment->note_count; i++) {
        if (str_find(assessment->notes[i], str_from(text)) != SIZE_MAX)
            return true;
    }
    return false;
}

static inline void assert_text(struct str text, const char *expected)
{
    char copy[1024];
    snprintf(copy, sizeof copy, "%.*s", STR_ARG(text));
    assert_string_equal(copy, expected);
}

#endif
