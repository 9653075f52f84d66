/* The report for a terminal: knowledge, server, facts, then the worst. */
#include "report/formats.h"
#include "report/layout.h"
#include "report/view.h"

#include "report/table.h"

enum { DEFAULT_WIDTH = 120, LEAST_WIDTH = 40 };

static void put_feed_age(struct buf *out, const struct assessment *assessment,
                         const struct report_options *options, const struct knowledge_feed *feed)
{
    char age[DATE_SIZE];
    int64_t seconds = view_feed_age(assessment, options, feed);
    text_put_held(out, feed->label);
    text_put_held(out, STR(" "));
    if (!feed->present) {
        buf_put_text(out, "missing");
    } else {
        text_put_held(out,
                      seconds < 0 ? STR("age not known") : str_from(duration_format(seconds, age)));
    }
}

/* "2026-11-22 04:10   NVD 3 h · KEV 3 h" */
static void put_knowledge(struct table *table)
{
    char built[TIME_SIZE];
    const struct knowledge *knowledge = table->knowledge;
    if (knowledge == NULL) {
        buf_put_text(&table->line, "none yet; `assay kb build --from FOLDER|URL` builds it");
        return;
    }
    time_format(knowledge_built(knowledge), built);
    buf_printf(&table->line, "%.10s", built);
    if (str_from(built).len >= 16) {
        buf_printf(&table->line, " %.5s", built + 11);
    }
    text_put_held(&table->line, STR("  "));
    for (uint32_t i = 0; i < knowledge_feed_count(knowledge); i++) {
        struct knowledge_feed feed;
        if (knowledge_feed(knowledge, i, &feed)) {
            buf_put_text(&table->line, i > 0 ? " · " : " ");
            put_feed_age(&table->line, table->assessment, table->options, &feed);
        }
    }
}

static void put_inventory(struct table *table)
{
    const struct inventory *inventory = table->assessment->inventory;
    char time[TIME_SIZE];
    struct buf *line = &table->line;
    if (inventory->collected != TIME_NONE) {
        time_format(inventory->collected, time);
        buf_printf(line, "%.10s %.5s", time, time + 11);
        text_put_held(line, STR("  "));
        buf_put_byte(line, ' ');
    }
    if (inventory->software_known == TRUTH_YES || inventory->software_count > 0) {
        text_put_count(line, inventory->software_count, "package", "packages");
    } else {
        buf_put_text(line, "software not known");
    }
    if (inventory->updates.known == TRUTH_YES) {
        buf_put_text(line, " · ");
        text_put_count(line, inventory->updates.count, "update", "updates");
    }
    uint32_t listeners = 0;
    for (uint32_t i = 0; i < inventory->connection_count; i++) {
        listeners += inventory->connections[i].state == CONNECTION_LISTEN;
    }
    if (inventory->connections_known == TRUTH_YES) {
        buf_put_text(line, " · ");
        text_put_count(line, listeners, "listener", "listeners");
    }
    if (table->options->seconds >= 0) {
        buf_put_byte(line, ' ');
        text_put_held(line, STR("  "));
        buf_printf(line, "%.1f", table->options->seconds);
        text_put_held(line, STR(" s"));
    }
}

static void write_head_line(struct table *table, const char *label,
                            void (*put)(struct table *table))
{
    enum { LABEL = 11 };
    buf_clear(&table->line);
    put(table);
    layout_begin_style(table->out, table->color, LAYOUT_DIM);
    buf_put_text(table->out, label);
    text_put_blanks(table->out, LABEL - (unsigned)str_from(label).len);
    text_put_wrapped(table->out, buf_view(&table->line), table->width - LABEL, LABEL);
    layout_end_style(table->out, table->color, LAYOUT_DIM);
    buf_put_byte(table->out, '\n');
}

/* "db01   Debian GNU/Linux 12 (bookworm) · kernel 6.1.0-37 · amd64" */
static void write_server(struct table *table)
{
    const struct inventory *inventory = table->assessment->inventory;
    struct str os = inventory->os.pretty.len > 0 ? inventory->os.pretty : inventory->os.name;
    struct str name = text_clean(&table->arena, view_server(table->assessment, table->options));
    buf_clear(&table->line);
    text_put_clean(&table->line, os.len > 0 ? os : STR("operating system not known"));
    if (inventory->os.build.len > 0) {
        buf_put_text(&table->line, " build ");
        text_put_clean(&table->line, inventory->os.build);
    }
    if (inventory->kernel.running.len > 0 && inventory->os.family != OS_FAMILY_WINDOWS) {
        buf_put_text(&table->line, " · kernel ");
        text_put_clean(&table->line, inventory->kernel.running);
    }
    if (inventory->machine.arch.len > 0) {
        buf_put_text(&table->line, " · ");
        text_put_clean(&table->line, inventory->machine.arch);
    }
    buf_put_byte(table->out, '\n');
    layout_begin_style(table->out, table->color, LAYOUT_BOLD);
    unsigned used = text_put_fit(table->out, name, table->width / 2);
    layout_end_style(table->out, table->color, LAYOUT_BOLD);
    buf_put_text(table->out, "   ");
    text_put_fit(table->out, buf_view(&table->line), table->width - used - 3);
    buf_put_byte(table->out, '\n');
}

/* One "! 3 known exploited"; a line is broken between them. */
static void add_alarm(struct table *table, unsigned *used)
{
    unsigned needed = text_width(buf_view(&table->line)) + 2;
    if (*used > 0 && *used + 3 + needed > table->width) {
        buf_put_byte(table->out, '\n');
        *used = 0;
    } else if (*used > 0) {
        buf_put_text(table->out, "   ");
        *used += 3;
    }
    layout_begin_style(table->out, table->color, LAYOUT_CRITICAL);
    buf_put_byte(table->out, '!');
    layout_end_style(table->out, table->color, LAYOUT_CRITICAL);
    buf_put_byte(table->out, ' ');
    buf_put_str(table->out, buf_view(&table->line));
    *used += needed;
    buf_clear(&table->line);
}

static void add_update_alarm(struct table *table, unsigned *used)
{
    const struct assessment *assessment = table->assessment;
    uint32_t security =
        assessment->update_classes[UPDATE_CRITICAL] + assessment->update_classes[UPDATE_SECURITY];
    if (assessment->update_count == 0) {
        return;
    }
    text_put_count(&table->line, assessment->update_count, "update", "updates");
    buf_put_text(&table->line, " pending");
    if (security > 0) {
        buf_put_text(&table->line, " (");
        text_put_number(&table->line, security);
        buf_put_text(&table->line, " security)");
    }
    add_alarm(table, used);
}

static void write_alarms(struct table *table)
{
    const struct assessment *assessment = table->assessment;
    uint32_t severe = view_critical_or_high(&assessment->confirmed);
    unsigned used = 0;
    buf_clear(&table->line);
    if (assessment->os_support.state == SUPPORT_ENDED) {
        buf_put_text(&table->line, "operating system past end of support");
        add_alarm(table, &used);
    }
    if (assessment->confirmed.known_exploited > 0) {
        text_put_number(&table->line, assessment->confirmed.known_exploited);
        buf_put_text(&table->line, " known exploited");
        add_alarm(table, &used);
    }
    if (severe > 0) {
        text_put_number(&table->line, severe);
        buf_put_text(&table->line, " critical or high");
        add_alarm(table, &used);
    }
    add_update_alarm(table, &used);
    if (assessment->risk_security > 0) {
        buf_put_text(&table->line, "no security software");
        add_alarm(table, &used);
    }
    if (assessment->risk_patch > 0) {
        buf_put_text(&table->line, "no patch management");
        add_alarm(table, &used);
    }
    if (used > 0) {
        buf_put_byte(table->out, '\n');
    }
}

static void put_risk(struct table *table, uint32_t number, const char *one, const char *many,
                     unsigned *count)
{
    if (number > 0) {
        buf_put_text(&table->line, (*count)++ > 0 ? ", " : " (");
        text_put_count(&table->line, number, one, many);
    }
}

/* "Risks: 182 (1 ended software, 142 vulnerabilities, ...)   report: assay-db01.html" */
static void write_risks(struct table *table)
{
    const struct assessment *assessment = table->assessment;
    unsigned count = 0;
    buf_clear(&table->line);
    buf_put_text(&table->line, "Risks: ");
    text_put_number(&table->line, assessment->risks);
    put_risk(table, assessment->risk_os, "ended operating system", "", &count);
    put_risk(table, assessment->risk_software, "ended software", "", &count);
    put_risk(table, assessment->risk_vulnerabilities, "vulnerability", "vulnerabilities", &count);
    put_risk(table, assessment->risk_updates, "pending update", "pending updates", &count);
    put_risk(table, assessment->risk_security, "no security software", "", &count);
    put_risk(table, assessment->risk_patch, "no patch management", "", &count);
    buf_put_text(&table->line, count > 0 ? ")" : "");
    buf_put_byte(table->out, '\n');
    text_put_wrapped(table->out, buf_view(&table->line), table->width - 2, 2);
    if (table->options->report_path.len > 0) {
        unsigned used = text_width(buf_view(&table->line));
        unsigned needed = text_width(table->options->report_path) + 11;
        buf_put_text(table->out, used + needed <= table->width ? "   report: " : "\nReport: ");
        text_put_clean(table->out, table->options->report_path);
    }
    buf_put_byte(table->out, '\n');
}

void report_table_write(const struct assessment *assessment, const struct knowledge *knowledge,
                        const struct report_options *options, struct buf *out)
{
    struct table table = {
        .assessment = assessment,
        .knowledge = knowledge,
        .options = options,
        .out = out,
        .width = options->width == 0            ? DEFAULT_WIDTH
                 : options->width < LEAST_WIDTH ? LEAST_WIDTH
                                                : options->width,
        .color = options->color,
    };
    arena_init(&table.arena);
    buf_init(&table.line, out->ceiling);
    write_head_line(&table, "Knowledge", put_knowledge);
    write_head_line(&table, "Inventory", put_inventory);
    write_server(&table);
    write_alarms(&table);
    table_write_facts(&table);
    table_write_findings(&table);
    table_write_software(&table);
    table_write_updates(&table);
    write_risks(&table);
    buf_clear(&table.line);
    report_put_notices(knowledge, &table.line);
    report_write_notice(buf_view(&table.line), table.width, table.color, out);
    buf_done(&table.line);
    arena_done(&table.arena);
}
