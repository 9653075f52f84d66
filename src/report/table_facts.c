#include "report/table.h"

/* Takes the line that was made out as a text of the arena. */
static struct str take_line(struct table *table)
{
    struct str text = arena_str(&table->arena, buf_view(&table->line));
    buf_clear(&table->line);
    return text;
}

static void add_fact(struct table *table, struct layout_facts *facts, const char *label,
                     struct str text, struct str aside)
{
    (void)table;
    if (facts->count < LAYOUT_FACTS) {
        facts->items[facts->count++] = (struct layout_fact){label, text, aside, LAYOUT_PLAIN};
    }
}

static void add_os(struct table *table, struct layout_facts *facts)
{
    const struct support *support = &table->assessment->os_support;
    view_put_support(&table->line, support);
    struct str text = take_line(table);
    if (support->state == SUPPORT_UNKNOWN) {
        text_put_clean(&table->line, support->reason);
    } else {
        buf_put_text(&table->line, view_support_word(view_support(support)));
        if (support->has_days) {
            buf_put_text(&table->line, ", ");
            view_put_support_left(&table->line, support);
        }
    }
    add_fact(table, facts, "OS", text, take_line(table));
}

/* Names the first few pieces of software whose support has ended. */
static void put_ended_names(struct table *table)
{
    enum { MOST = 3 };
    const struct assessment *assessment = table->assessment;
    unsigned shown = 0;
    for (uint32_t i = 0; i < assessment->software_count && shown < MOST; i++) {
        const struct software_insight *insight = &assessment->software[i];
        if (insight->support.state != SUPPORT_ENDED ||
            insight->software >= assessment->inventory->software_count) {
            continue;
        }
        const struct inventory_software *software =
            &assessment->inventory->software[insight->software];
        buf_put_text(&table->line, shown++ > 0 ? ", " : "");
        text_put_fit(&table->line, software->name, 30);
        buf_put_byte(&table->line, ' ');
        bool own_release =
            insight->identity.supplier == SUPPLIER_MAKER && insight->support.release.len > 0;
        text_put_fit(&table->line, own_release ? insight->support.release : software->version, 16);
    }
    if (assessment->ended_software > shown) {
        buf_put_text(&table->line, ", ...");
    }
}

static void add_software(struct table *table, struct layout_facts *facts)
{
    const struct assessment *assessment = table->assessment;
    const struct inventory *inventory = assessment->inventory;
    if (inventory->software_known != TRUTH_YES && inventory->software_count == 0) {
        add_fact(table, facts, "Software", STR("not known: the list could not be taken"),
                 (struct str){0});
        return;
    }
    if (assessment->ended_software == 0) {
        buf_put_text(&table->line, "none of ");
    } else {
        text_put_number(&table->line, assessment->ended_software);
        buf_put_text(&table->line, " of ");
    }
    text_put_number(&table->line, assessment->software_count);
    buf_put_text(&table->line, assessment->has_knowledge ? " past end of support"
                                                         : " known to be past end of support");
    struct str text = take_line(table);
    put_ended_names(table);
    add_fact(table, facts, "Software", text, take_line(table));
}

static void put_levels(struct table *table, const struct level_counts *counts)
{
    bool first = true;
    for (int level = LEVEL_CRITICAL; level >= LEVEL_UNKNOWN; level--) {
        if (counts->by_level[level] > 0) {
            buf_put_text(&table->line, first ? "" : " · ");
            text_put_number(&table->line, counts->by_level[level]);
            buf_printf(&table->line, " %s", level_name((enum level)level));
            first = false;
        }
    }
    if (first) {
        buf_put_text(&table->line, "none known");
    }
}

static void add_vulnerabilities(struct table *table, struct layout_facts *facts)
{
    const struct assessment *assessment = table->assessment;
    if (!assessment->has_knowledge) {
        add_fact(table, facts, "CVEs", STR("not known without knowledge"), (struct str){0});
        return;
    }
    put_levels(table, &assessment->confirmed);
    struct str text = take_line(table);
    if (assessment->confirmed.fixed_by_updates > 0) {
        text_put_number(&table->line, assessment->confirmed.fixed_by_updates);
        buf_put_text(&table->line, " fixed by pending updates");
    }
    add_fact(table, facts, "CVEs", text, take_line(table));
    if (assessment->unconfirmed.total > 0) {
        text_put_number(&table->line, assessment->unconfirmed.total);
        buf_put_text(&table->line, " possible, not confirmed, not counted");
        text = take_line(table);
        const char *reason = view_unconfirmed_reason(assessment);
        buf_put_text(&table->line, reason != NULL ? reason : "");
        buf_put_text(&table->line, table->options->all ? ""
                                   : reason != NULL    ? " · shown by --all"
                                                       : "shown by --all");
        add_fact(table, facts, "Unconfirmed", text, take_line(table));
    }
    if (assessment->accepted_count > 0) {
        view_put_accepted_count(&table->line, assessment);
        text = take_line(table);
        buf_put_text(&table->line, table->options->all ? "" : "shown by --all");
        add_fact(table, facts, "Accepted", text, take_line(table));
    }
}

static void add_updates(struct table *table, struct layout_facts *facts)
{
    const struct assessment *assessment = table->assessment;
    const struct inventory_updates *updates = &assessment->inventory->updates;
    char age[DATE_SIZE];
    bool first = true;
    if (assessment->updates_known != TRUTH_YES) {
        add_fact(table, facts, "Updates", STR("not known"),
                 text_clean(&table->arena, updates->reason));
        return;
    }
    for (int class = UPDATE_CRITICAL; class >= UPDATE_UNKNOWN; class --) {
        if (assessment->update_classes[class] > 0) {
            buf_put_text(&table->line, first ? "" : " · ");
            text_put_number(&table->line, assessment->update_classes[class]);
            buf_printf(&table->line, " %s",
                       class == UPDATE_UNKNOWN ? "of unknown class"
                                               : update_class_name((enum update_class) class));
            first = false;
        }
    }
    buf_put_text(&table->line, first ? "none pending" : "");
    struct str text = take_line(table);
    if (updates->metadata_time != TIME_NONE && assessment->inventory->collected != TIME_NONE) {
        int64_t seconds = assessment->inventory->collected - updates->metadata_time;
        buf_printf(&table->line, "metadata %s old", duration_format(seconds, age));
    }
    add_fact(table, facts, "Updates", text, take_line(table));
}

static void add_protection(struct table *table, struct layout_facts *facts)
{
    view_put_protection(&table->line, table->assessment);
    add_fact(table, facts, "Protection", take_line(table), (struct str){0});
}

static void add_reboot(struct table *table, struct layout_facts *facts)
{
    const struct inventory *inventory = table->assessment->inventory;
    if (inventory->reboot_required != TRUTH_YES) {
        return;
    }
    buf_put_text(&table->line, "needed");
    if (inventory->reboot_reason.len > 0) {
        buf_put_text(&table->line, " (");
        text_put_clean(&table->line, inventory->reboot_reason);
        buf_put_byte(&table->line, ')');
    }
    add_fact(table, facts, "Reboot", take_line(table), (struct str){0});
}

static void add_notes(struct table *table, struct layout_facts *facts, const struct str *notes,
                      uint32_t count, bool first)
{
    for (uint32_t i = 0; i < count; i++) {
        text_put_clean(&table->line, notes[i]);
        add_fact(table, facts, first && i == 0 ? "Note" : "", take_line(table), (struct str){0});
    }
}

void table_write_facts(struct table *table)
{
    struct layout_facts facts = {.count = 0};
    buf_clear(&table->line);
    add_os(table, &facts);
    add_software(table, &facts);
    add_vulnerabilities(table, &facts);
    add_updates(table, &facts);
    add_protection(table, &facts);
    add_reboot(table, &facts);
    if (table->assessment->has_knowledge) {
        view_put_coverage(&table->line, table->assessment);
        add_fact(table, &facts, "Coverage", take_line(table), (struct str){0});
    }
    add_notes(table, &facts, table->assessment->notes, table->assessment->note_count, true);
    add_notes(table, &facts, table->assessment->inventory->notes,
              table->assessment->inventory->note_count, table->assessment->note_count == 0);
    layout_facts_write(&facts, table->width, table->color, table->out);
}
