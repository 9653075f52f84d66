/* The lists below the facts: findings, ended software, updates. */
#include "report/table.h"

enum { WORST = 8, TOP_UPDATES = 5 };

enum layout_style table_level_style(enum level level)
{
    static const enum layout_style styles[LEVELS] = {
        [LEVEL_UNKNOWN] = LAYOUT_DIM,       [LEVEL_LOW] = LAYOUT_LOW,
        [LEVEL_MEDIUM] = LAYOUT_MEDIUM,     [LEVEL_HIGH] = LAYOUT_HIGH,
        [LEVEL_CRITICAL] = LAYOUT_CRITICAL,
    };
    return styles[level];
}

/* Adds the line that was made as the next cell. */
static void add_line(struct table *table, struct layout_table *rows, enum layout_style style)
{
    layout_table_add(rows, buf_view(&table->line), style);
    buf_clear(&table->line);
}

static void add_or_dash(struct layout_table *rows, struct str text)
{
    layout_table_add(rows, text.len > 0 ? text : STR("-"),
                     text.len > 0 ? LAYOUT_PLAIN : LAYOUT_DIM);
}

static void add_finding(struct table *table, struct layout_table *rows,
                        const struct finding *finding)
{
    char cve[CVE_ID_SIZE];
    layout_table_add(rows, finding->software, LAYOUT_PLAIN);
    layout_table_add(rows, str_from(cve_id_format(finding->cve, cve)), LAYOUT_PLAIN);
    buf_put_text(&table->line, level_name(finding->level));
    if (finding->score != CVSS_NO_SCORE) {
        buf_put_byte(&table->line, ' ');
        text_put_score(&table->line, finding->score);
    }
    add_line(table, rows, table_level_style(finding->level));
    layout_table_add(rows, finding->known_exploited ? STR("yes") : STR("-"),
                     finding->known_exploited ? LAYOUT_BOLD : LAYOUT_DIM);
    text_put_probability(&table->line, finding->epss);
    add_line(table, rows, LAYOUT_PLAIN);
    view_put_age(&table->line, finding->age_days);
    add_line(table, rows, LAYOUT_PLAIN);
    add_or_dash(rows, finding->installed);
    if (finding->accepted != NULL) {
        view_put_accepted(&table->line, finding->accepted);
        add_line(table, rows, LAYOUT_DIM);
    } else if (!view_is_confirmed(finding)) {
        layout_table_add(rows, STR("not confirmed"), LAYOUT_DIM);
    } else if (finding->fixed_in.len == 0) {
        view_put_without_fix(&table->line, finding);
        add_line(table, rows, LAYOUT_DIM);
    } else {
        buf_put_str(&table->line, finding->fixed_in);
        if (finding->programme.len > 0) {
            buf_put_text(&table->line, ", in ");
            buf_put_str(&table->line, finding->programme);
        }
        add_line(table, rows, LAYOUT_PLAIN);
    }
}

/* The commands that show the rest, as far as the line is wide. */
static void write_more(struct table *table, uint32_t more, uint64_t worst)
{
    char cve[CVE_ID_SIZE];
    struct str name = table->options->inventory_name;
    if (more > 0) {
        buf_put_text(&table->line, "... ");
        text_put_number(&table->line, more);
        buf_put_text(&table->line, " more: --all");
    }
    if (name.len > 0 && worst != 0) {
        buf_put_text(&table->line, more > 0 ? " · why: " : "Why: ");
        buf_put_text(&table->line, "assay explain ");
        text_put_clean(&table->line, name);
        buf_printf(&table->line, " %s", cve_id_format(worst, cve));
    }
    if (table->line.len > 0) {
        layout_begin_style(table->out, table->color, LAYOUT_DIM);
        text_put_wrapped(table->out, buf_view(&table->line), table->width, 0);
        layout_end_style(table->out, table->color, LAYOUT_DIM);
        buf_put_byte(table->out, '\n');
    }
    buf_clear(&table->line);
}

void table_write_findings(struct table *table)
{
    static const struct layout_column columns[] = {
        {"WORST", 12, 0, false},
        {"CVE", 0, 0, false},
        {"LEVEL", 0, 0, false},
        {"KEV", 0, 1, false},
        {"EPSS", 0, 2, true},
        {"AGE", 0, 3, true},
        {"INSTALLED", 14, 4, false, true},
        {"FIXED IN", 12, 0, false, true},
    };
    const struct assessment *assessment = table->assessment;
    struct layout_table rows;
    uint32_t shown = 0, more = 0;
    uint64_t worst = 0;
    uint32_t count = table->options->all ? assessment->finding_count : assessment->confirmed_count;
    layout_table_init(&rows, &table->arena, columns, sizeof columns / sizeof columns[0]);
    buf_clear(&table->line);
    for (uint32_t i = 0; i < count; i++) {
        const struct finding *finding = &assessment->findings[i];
        if (!view_shows(table->options, finding)) {
            continue;
        }
        if (shown == WORST && !table->options->all) {
            more++;
            continue;
        }
        worst = shown++ == 0 ? finding->cve : worst;
        add_finding(table, &rows, finding);
    }
    if (shown > 0) {
        buf_put_byte(table->out, '\n');
        layout_table_write(&rows, table->width, table->color, table->out);
        write_more(table, more, worst);
    }
}

void table_write_software(struct table *table)
{
    static const struct layout_column columns[] = {
        {"PAST SUPPORT", 16, 0, false}, {"VERSION", 10, 0, false, true},
        {"SUPPLIER", 8, 2, false},      {"ENDED", 0, 0, false},
        {"CVES", 0, 1, true},
    };
    const struct assessment *assessment = table->assessment;
    struct layout_table rows;
    if (!table->options->all || assessment->ended_software == 0) {
        return;
    }
    layout_table_init(&rows, &table->arena, columns, sizeof columns / sizeof columns[0]);
    buf_clear(&table->line);
    for (uint32_t i = 0; i < assessment->software_count; i++) {
        const struct software_insight *insight = &assessment->software[i];
        if (insight->support.state != SUPPORT_ENDED ||
            insight->software >= assessment->inventory->software_count) {
            continue;
        }
        const struct inventory_software *software =
            &assessment->inventory->software[insight->software];
        layout_table_add(&rows, software->name, LAYOUT_PLAIN);
        add_or_dash(&rows, software->version);
        add_or_dash(&rows, insight->identity.supplier_name);
        text_put_date(&table->line, insight->support.until);
        add_line(table, &rows, LAYOUT_PLAIN);
        text_put_number(&table->line, insight->findings);
        add_line(table, &rows, LAYOUT_PLAIN);
    }
    buf_put_byte(table->out, '\n');
    layout_table_write(&rows, table->width, table->color, table->out);
}

static void add_update(struct table *table, struct layout_table *rows,
                       const struct inventory_update *update, const struct update_insight *insight)
{
    static const enum layout_style styles[] = {
        [UPDATE_UNKNOWN] = LAYOUT_DIM,
        [UPDATE_OTHER] = LAYOUT_PLAIN,
        [UPDATE_SECURITY] = LAYOUT_PLAIN,
        [UPDATE_CRITICAL] = LAYOUT_BOLD,
    };
    layout_table_add(rows, update->name, LAYOUT_PLAIN);
    layout_table_add(rows, str_from(update_class_name(insight->class)), styles[insight->class]);
    /* Without knowledge nobody looked: 0 would say that it fixes nothing. */
    if (table->assessment->has_knowledge) {
        text_put_number(&table->line, insight->fixes);
    } else {
        buf_put_byte(&table->line, '-');
    }
    add_line(table, rows, insight->fixes > 0 ? LAYOUT_PLAIN : LAYOUT_DIM);
    layout_table_add(rows, update->from.len > 0 ? update->from : STR("(new)"), LAYOUT_PLAIN);
    add_or_dash(rows, update->to);
    layout_table_add(rows, insight->why, LAYOUT_DIM);
}

void table_write_updates(struct table *table)
{
    static const struct layout_column columns[] = {
        {"UPDATE", 14, 0, false},          {"CLASS", 0, 0, false},     {"FIXES", 0, 3, true},
        {"INSTALLED", 12, 2, false, true}, {"TO", 12, 0, false, true}, {"WHY", 24, 1, false},
    };
    const struct assessment *assessment = table->assessment;
    const struct inventory_updates *updates = &assessment->inventory->updates;
    struct layout_table rows;
    uint32_t shown = 0;
    layout_table_init(&rows, &table->arena, columns, sizeof columns / sizeof columns[0]);
    buf_clear(&table->line);
    for (uint32_t i = 0; i < assessment->update_count; i++) {
        const struct update_insight *insight = &assessment->updates[i];
        if (insight->update < updates->count &&
            (table->options->all || (insight->class >= UPDATE_SECURITY && shown < TOP_UPDATES))) {
            add_update(table, &rows, &updates->items[insight->update], insight);
            shown++;
        }
    }
    if (shown == 0) {
        return;
    }
    buf_put_byte(table->out, '\n');
    layout_table_write(&rows, table->width, table->color, table->out);
    buf_clear(&table->line);
    write_more(table, shown < assessment->update_count ? assessment->update_count - shown : 0, 0);
}
