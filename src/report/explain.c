#include "report/layout.h"
#include "report/report.h"

enum { DEFAULT_WIDTH = 120, LEAST_WIDTH = 40 };

static enum layout_style verdict_style(enum verdict verdict)
{
    static const enum layout_style styles[] = {
        [VERDICT_VULNERABLE] = LAYOUT_CRITICAL, [VERDICT_FIXED] = LAYOUT_BOLD,
        [VERDICT_NOT_AFFECTED] = LAYOUT_BOLD,   [VERDICT_UNCONFIRMED] = LAYOUT_MEDIUM,
        [VERDICT_UNKNOWN] = LAYOUT_DIM,
    };
    return styles[verdict];
}

/* Where the steps end on the right, so that the verdict can end there too. */
static unsigned right_edge(const struct explanation *explanation, unsigned width)
{
    enum { INDENT = LAYOUT_INDENT + LAYOUT_LABEL, GAP = 2 };
    unsigned text = 0, aside = 0;
    for (uint32_t i = 0; i < explanation->step_count; i++) {
        unsigned step = text_width(explanation->steps[i].text);
        unsigned remark = text_width(explanation->steps[i].aside);
        text = step > text ? step : text;
        aside = remark > aside ? remark : aside;
    }
    unsigned edge = INDENT + text + (aside > 0 ? GAP + aside : 0);
    return edge < width ? edge : width;
}

/* The software on the left, the verdict on the right end or on a line of its own. */
static void write_head(const struct explanation *explanation, unsigned width, bool color,
                       struct arena *arena, struct buf *out)
{
    struct str software = text_clean(arena, explanation->software);
    struct str note = text_clean(arena, explanation->verdict_note);
    struct str verdict = str_from(verdict_name(explanation->verdict));
    unsigned left = text_width(software), edge = right_edge(explanation, width);
    unsigned right = text_width(verdict) + (note.len > 0 ? 2 + text_width(note) : 0);
    layout_begin_style(out, color, LAYOUT_BOLD);
    text_put_fit(out, software, width);
    layout_end_style(out, color, LAYOUT_BOLD);
    if (left > 0 && left + 3 + right <= edge) {
        text_put_blanks(out, edge - left - right);
    } else if (left > 0) {
        buf_put_text(out, "\n  ");
    }
    layout_begin_style(out, color, verdict_style(explanation->verdict));
    buf_put_str(out, verdict);
    layout_end_style(out, color, verdict_style(explanation->verdict));
    if (note.len > 0) {
        buf_put_text(out, ", ");
        text_put_fit(out, note, width - 4);
    }
    buf_put_byte(out, '\n');
}

void report_explain_table(const struct explanation *explanations, uint32_t count,
                          const struct knowledge *knowledge, const struct report_options *options,
                          struct buf *out)
{
    unsigned width = options->width == 0            ? DEFAULT_WIDTH
                     : options->width < LEAST_WIDTH ? LEAST_WIDTH
                                                    : options->width;
    struct arena arena;
    arena_init(&arena);
    for (uint32_t i = 0; i < count; i++) {
        struct layout_facts facts = {.count = 0};
        if (i > 0) {
            buf_put_byte(out, '\n');
        }
        write_head(&explanations[i], width, options->color, &arena, out);
        for (uint32_t s = 0; s < explanations[i].step_count && s < LAYOUT_FACTS; s++) {
            const struct explain_step *step = &explanations[i].steps[s];
            facts.items[facts.count++] = (struct layout_fact){
                .label = arena_text(&arena, text_clean(&arena, step->label)),
                .text = text_clean(&arena, step->text),
                .aside = text_clean(&arena, step->aside),
            };
        }
        layout_facts_write(&facts, width, options->color, out);
    }
    report_write_notice(report_nvd_notice(knowledge), width, options->color, out);
    arena_done(&arena);
}
