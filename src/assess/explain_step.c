#include "assess/explain.h"

/* How much of a description is quoted. */
enum { EXPLAIN_QUOTE = 400 };

static void put_products(const struct unit *unit, struct buf *out)
{
    for (uint32_t i = 0; i < unit->identity->product_count && i < 4; i++) {
        const struct knowledge_product *product = &unit->identity->products[i].product;
        buf_printf(out, "%scpe:2.3:%c:%.*s:%.*s", i ? ", " : "", product->part,
                   STR_ARG(product->vendor), STR_ARG(product->product));
    }
}

void explain_identity(struct engine *engine, const struct unit *unit)
{
    const struct inventory_software *software = unit->software;
    const struct identity *identity = unit->identity;
    struct buf text;
    buf_init(&text, 2048);
    buf_printf(&text, "%.*s package %.*s", STR_ARG(software->ecosystem), STR_ARG(software->name));
    if (unit->package_count > 1) {
        buf_printf(&text, " and %u more", unit->package_count - 1);
    }
    if (software->source.len) {
        buf_printf(&text, ", source %.*s", STR_ARG(software->source));
    }
    struct str origin = identity->supplier_name.len ? identity->supplier_name : software->origin;
    if (origin.len) {
        buf_printf(&text, ", origin %.*s", STR_ARG(origin));
    }
    if (software->module.len) {
        buf_printf(&text, ", module %.*s", STR_ARG(software->module));
    }
    trace_step(engine, "identity",
               identity->rule.len
                   ? arena_printf(engine->arena, "rule: %.*s", STR_ARG(identity->rule))
                   : STR(""),
               "%s", buf_text(&text));
    buf_done(&text);
}

struct str explain_os_title(const struct engine *engine)
{
    const struct inventory_os *os = &engine->inventory->os;
    struct str name = engine->os.has_lifecycle ? engine->os.lifecycle.label : os->name;
    return arena_printf(engine->arena, "%.*s %.*s", STR_ARG(name), STR_ARG(os->version_id));
}

void explain_asked_advisories(struct explaining *explaining, uint32_t unit_index)
{
    struct engine *engine = &explaining->engine;
    const struct unit *unit = &engine->units[unit_index];
    struct str ecosystem = unit->identity->ecosystem.name;
    size_t colon = str_find_byte(ecosystem, ':');
    struct buf ids, products;
    buf_init(&ids, 4096);
    buf_init(&products, 2048);
    advisory_ids(engine, unit_index, &ids);
    put_products(unit, &products);
    struct str aside =
        products.len ? arena_printf(engine->arena, "NVD: %s", buf_text(&products)) : STR("");
    trace_step(engine, "asked", aside, "%.*s advisories (covers %.*s): %s%s",
               STR_ARG(str_sub(ecosystem, 0, colon)), STR_ARG(explain_os_title(engine)),
               ids.len ? buf_text(&ids) : "no record of ", ids.len ? "" : explaining->cve_text);
    buf_done(&ids);
    buf_done(&products);
}

static struct str why_not_advisories(struct engine *engine, const struct unit *unit)
{
    const struct identity *identity = unit->identity;
    if (identity->supplier == SUPPLIER_MAKER) {
        return STR("not the distribution's package");
    }
    if (!identity->has_ecosystem) {
        return engine->os.ecosystem_name.len
                   ? arena_printf(engine->arena, "knowledge has no advisories for %.*s",
                                  STR_ARG(engine->os.ecosystem_name))
                   : STR("knowledge has no advisories for it");
    }
    return arena_printf(engine->arena, "the advisories of %.*s say nothing of %.*s",
                        STR_ARG(identity->ecosystem.name), STR_ARG(unit->name));
}

void explain_asked_nvd(struct engine *engine, const struct unit *unit)
{
    struct buf products;
    buf_init(&products, 2048);
    put_products(unit, &products);
    trace_step(engine, "asked", why_not_advisories(engine, unit), "NVD: %s",
               products.len ? buf_text(&products) : "no product is known for it");
    buf_done(&products);
}

const struct finding *explain_find(const struct explaining *explaining, const struct unit *unit)
{
    for (uint32_t i = 0; i < explaining->assessment.finding_count; i++) {
        const struct finding *finding = &explaining->assessment.findings[i];
        if (finding->cve == explaining->cve && (unit ? str_eq(finding->software, unit->name)
                                                     : finding->first_software == FINDING_OF_OS)) {
            return finding;
        }
    }
    return NULL;
}

static struct str name_of_rule(struct engine *engine, const struct accept_rule *rule)
{
    return arena_printf(engine->arena, "%s %u of %.*s", accept_is_vex(rule) ? "statement" : "rule",
                        rule->number, STR_ARG(rule->document));
}

const struct finding *explain_accepted(struct explaining *explaining, const struct unit *unit)
{
    struct engine *engine = &explaining->engine;
    const struct finding *finding = explain_find(explaining, unit);
    const struct accept_rule *rule = finding ? finding->accepted : NULL;
    char date[DATE_SIZE];
    if (rule && rule->until != DATE_NONE) {
        trace_step(engine, "accepted", name_of_rule(engine, rule), "by %.*s until %s: %.*s",
                   STR_ARG(rule->author), date_format(rule->until, date), STR_ARG(rule->reason));
    } else if (rule) {
        trace_step(engine, "accepted", name_of_rule(engine, rule), "by %.*s: %.*s",
                   STR_ARG(rule->author), STR_ARG(rule->reason));
    } else if (finding && finding->expired) {
        trace_step(engine, "accepted", name_of_rule(engine, finding->expired),
                   "no longer: the rule by %.*s expired %s", STR_ARG(finding->expired->author),
                   date_format(finding->expired->until, date));
    }
    return finding;
}

static const char *class_of_update(const struct explaining *explaining, uint32_t update)
{
    for (uint32_t i = 0; i < explaining->assessment.update_count; i++) {
        if (explaining->assessment.updates[i].update == update) {
            return update_class_name(explaining->assessment.updates[i].class);
        }
    }
    return update_class_name(UPDATE_UNKNOWN);
}

/* A kernel image that is installed, does not run yet, and has the fix. */
static const struct inventory_software *
installed_fix(struct explaining *explaining, const struct unit *unit, const struct finding *finding)
{
    struct engine *engine = &explaining->engine;
    if (!unit->kernel_source || !finding->fixed_in.len) {
        return NULL;
    }
    for (uint32_t i = 0; i < engine->unit_count; i++) {
        const struct unit *other = &engine->units[i];
        if (other->excluded == EXCLUDED_NOT_RUNNING && str_eq(other->name, unit->name) &&
            version_compare(other->identity->ecosystem.scheme, other->version, finding->fixed_in) !=
                VERSION_LESS) {
            return other->software;
        }
    }
    return NULL;
}

/* Who knows of no fix is told apart from who does not speak of fixes. */
static void step_without_fix(struct engine *engine, const struct finding *finding)
{
    if (finding->last_affected.len) {
        trace_step(engine, "therefore", STR("the source does not say which"),
                   "update to a version after %.*s", STR_ARG(finding->last_affected));
    } else if (finding->confidence == CONFIDENCE_ADVISORY) {
        trace_step(engine, "therefore", STR(""), "no fix is known");
    } else {
        trace_step(engine, "therefore", STR(""), "the source does not say which version has a fix");
    }
}

static void step_therefore_vulnerable(struct explaining *explaining, const struct unit *unit)
{
    struct engine *engine = &explaining->engine;
    const struct finding *finding = explain_find(explaining, unit);
    if (!finding) {
        return;
    }
    const struct inventory_software *image = installed_fix(explaining, unit, finding);
    if (image) {
        trace_step(engine, "therefore", STR(""), "reboot: %.*s %.*s is installed and has the fix",
                   STR_ARG(image->name), STR_ARG(image->version));
    } else if (finding->fixed_by_update) {
        const struct inventory_update *update = &engine->inventory->updates.items[finding->pending];
        trace_step(engine, "therefore", STR(""), "install the pending update %.*s %.*s (%s)",
                   STR_ARG(update->name), STR_ARG(update->to),
                   class_of_update(explaining, finding->pending));
    } else if (finding->fixed_in.len) {
        trace_step(engine, "therefore",
                   finding->programme.len ? STR("nothing shows that the server is enrolled")
                                          : STR(""),
                   "update to %.*s or later%s%.*s; %s", STR_ARG(finding->fixed_in),
                   finding->programme.len ? ", in " : "", STR_ARG(finding->programme),
                   engine->inventory->updates.known == TRUTH_YES
                       ? "no pending update brings it"
                       : "which updates are pending is not known");
    } else {
        step_without_fix(engine, finding);
    }
}

void explain_therefore(struct explaining *explaining, const struct unit *unit, enum verdict verdict)
{
    struct engine *engine = &explaining->engine;
    switch (verdict) {
    case VERDICT_VULNERABLE:
        step_therefore_vulnerable(explaining, unit);
        break;
    case VERDICT_FIXED:
        trace_step(engine, "therefore", STR(""),
                   "nothing to do: the installed version has the fix");
        break;
    case VERDICT_NOT_AFFECTED:
        trace_step(engine, "therefore", STR(""), "nothing to do");
        break;
    case VERDICT_UNCONFIRMED:
        if (unit && unit->backported) {
            trace_step(engine, "doubt", STR(""),
                       "a distribution mends a package without raising its upstream version");
        }
        trace_step(engine, "therefore", STR(""), "look at the supplier's own statement on %s",
                   explaining->cve_text);
        break;
    case VERDICT_UNKNOWN:
        trace_step(engine, "therefore", STR(""), "no source decides it: not counted as a finding");
        break;
    }
}

static void step_scores(struct explaining *explaining, const struct finding *rated)
{
    struct engine *engine = &explaining->engine;
    struct finding finding = {.cve = explaining->cve};
    char date[DATE_SIZE];
    struct buf text;
    if (!engine->knowledge) {
        return;
    }
    record_join(engine, &finding, TIME_NONE);
    buf_init(&text, 2048);
    if (!explaining->has_record) {
        buf_printf(&text, "%s is not in the NVD feed", explaining->cve_text);
    } else if (explaining->rejected) {
        buf_printf(&text, "%s was rejected: it never matches", explaining->cve_text);
    } else {
        buf_printf(&text, "published %s", date_format(time_to_date(finding.published), date));
    }
    if (finding.score >= 0) {
        buf_printf(&text, ", CVSS %s %d.%d %.*s", cvss_version_name(finding.cvss_version),
                   finding.score / 10, finding.score % 10, STR_ARG(finding.vector));
    } else if (explaining->has_record && !explaining->rejected) {
        buf_put_text(&text, ", no score");
    }
    if (rated && rated->score < 0 && rated->level != LEVEL_UNKNOWN) {
        buf_printf(&text, ", rated by %.*s: %.*s, which is %s", STR_ARG(rated->rating.by),
                   STR_ARG(rated->rating.word), level_name(rated->level));
    }
    if (finding.epss >= 0) {
        buf_printf(&text, ", EPSS %.2f", finding.epss);
    }
    if (finding.known_exploited) {
        buf_printf(&text, ", known exploited since %s", date_format(finding.exploited_since, date));
        if (finding.exploited_due != DATE_NONE) {
            buf_printf(&text, ", to be fixed by %s", date_format(finding.exploited_due, date));
        }
        buf_put_text(&text, finding.ransomware ? ", used by ransomware" : "");
    } else {
        buf_put_text(&text, ", not in KEV");
    }
    trace_step(engine, "record", STR(""), "%s", buf_text(&text));
    buf_done(&text);
}

/* The text in one line: runs of blanks and control characters become one blank. */
static void put_line(struct str text, struct buf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c > ' ' && c != 0x7f) {
            buf_put_byte(out, (char)c);
        } else if (out->len && out->data[out->len - 1] != ' ') {
            buf_put_byte(out, ' ');
        }
    }
}

static void step_quote(struct explaining *explaining)
{
    struct engine *engine = &explaining->engine;
    struct knowledge_cve_text text;
    if (!explaining->has_record ||
        !knowledge_cve_text(engine->knowledge, &explaining->record, engine->arena, &text)) {
        return;
    }
    buf_clear(&engine->scratch);
    put_line(text.description, &engine->scratch);
    struct str line = str_trim(buf_view(&engine->scratch));
    struct str quote = str_cut_utf8(line, EXPLAIN_QUOTE);
    if (quote.len) {
        trace_step(engine, "record", STR(""), "%.*s%s", STR_ARG(quote),
                   quote.len < line.len ? "..." : "");
    }
}

void explain_record(struct explaining *explaining, const struct finding *finding)
{
    step_scores(explaining, finding);
    step_quote(explaining);
}
