#include "../unit.h"

#include "sample.h"

#include "report/text.h"
#include "report/view.h"

static struct sample sample;
static struct buf out;

static const char *render(enum sample_kind kind, unsigned width, bool all, bool color)
{
    sample_init(&sample, kind);
    sample.options.width = width;
    sample.options.all = all;
    sample.options.color = color;
    buf_clear(&out);
    report_format_find(STR("table"))
        ->write(&sample.assessment, sample_knowledge(kind), &sample.options, &out);
    sample_done(&sample);
    return buf_text(&out);
}

static void fits_every_width(void **state)
{
    static const enum sample_kind kinds[] = {SAMPLE_RICH, SAMPLE_CLEAN, SAMPLE_UNKNOWN,
                                             SAMPLE_HOSTILE};
    (void)state;
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        for (unsigned width = 60; width <= 200; width++) {
            struct str rest = str_from(render(kinds[k], width, width % 7 == 0, false)), line;
            while (str_next_line(&rest, &line)) {
                if (text_width(line) > width) {
                    fail_msg("%s at %u: %.*s", sample_names[kinds[k]], width, STR_ARG(line));
                }
            }
        }
    }
}

static void explanation_fits(void **state)
{
    (void)state;
    for (unsigned width = 60; width <= 200; width++) {
        struct report_options options = {.width = width};
        struct str rest, line;
        buf_clear(&out);
        report_explain_table(sample_explanations, sample_explanation_count,
                             sample_knowledge(SAMPLE_RICH), &options, &out);
        rest = buf_view(&out);
        while (str_next_line(&rest, &line)) {
            if (text_width(line) > width) {
                fail_msg("at %u: %.*s", width, STR_ARG(line));
            }
        }
    }
}

static void holds_no_foreign_control(void **state)
{
    (void)state;
    const char *text = render(SAMPLE_HOSTILE, 120, true, false);
    for (const char *at = text; *at != '\0'; at++) {
        assert_true((unsigned char)*at >= 0x20 || *at == '\n');
    }
    assert_true(str_valid_utf8(buf_view(&out)));
}

static void colours_only_when_asked(void **state)
{
    (void)state;
    assert_null(strchr(render(SAMPLE_RICH, 120, false, false), '\033'));
    assert_non_null(strstr(render(SAMPLE_RICH, 120, false, true), "\033[1;31mcritical 9.9\033[0m"));
}

static void says_what_matters(void **state)
{
    static const struct {
        enum sample_kind kind;
        const char *part;
    } cases[] = {
        {SAMPLE_RICH, "! 3 known exploited   ! 40 critical or high"},
        {SAMPLE_RICH, "regular support ended 2026-07-11, long-term support until 2028-06-30"},
        {SAMPLE_RICH, "extended, 586 days left"},
        {SAMPLE_RICH, "Risks: 182 (1 ended software, 142 vulnerabilities, 38 pending updates, "},
        {SAMPLE_RICH, "NVD 3 h"},
        {SAMPLE_RICH, ", in Ubuntu Pro (ESM)"},
        {SAMPLE_RICH, "  CLASS     FIXES  "},
        {SAMPLE_RICH, "not endorsed or certified by the NVD"},
        {SAMPLE_CLEAN, "none known"},
        {SAMPLE_CLEAN, "Risks: 0"},
        {SAMPLE_UNKNOWN, "not known without knowledge"},
        {SAMPLE_UNKNOWN, "assay kb build"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *text = render(cases[i].kind, 160, false, false);
        if (strstr(text, cases[i].part) == NULL) {
            fail_msg("%s is not in:\n%s", cases[i].part, text);
        }
    }
}

static void fixes_are_not_told_without_knowledge(void **state)
{
    (void)state;
    for (unsigned known = 0; known < 2; known++) {
        sample_init(&sample, SAMPLE_RICH);
        sample.options.width = 160;
        sample.options.all = true;
        sample.assessment.has_knowledge = known;
        struct update_insight insight = sample.assessment.updates[0];
        insight.fixes = 0;
        sample.assessment.updates = &insight;
        sample.assessment.update_count = 1;
        buf_clear(&out);
        report_format_find(STR("table"))
            ->write(&sample.assessment, known ? sample_knowledge(SAMPLE_RICH) : NULL,
                    &sample.options, &out);
        sample_done(&sample);
        const char *list = strstr(buf_text(&out), "  CLASS     FIXES  ");
        assert_non_null(list);
        assert_int_equal(strstr(list, "      0  ") != NULL, known);
        assert_int_equal(strstr(list, "      -  ") != NULL, !known);
    }
}

static void headlines(void **state)
{
    static const char *const expected[SAMPLES] = {
        [SAMPLE_RICH] = "db01 needs attention now: attackers already use 3 of its 142 "
                        "vulnerabilities, 40 are critical or high and 2 packages are past end of "
                        "support.",
        [SAMPLE_CLEAN] = "db01 is in good shape: no known vulnerabilities and an operating system "
                         "that is supported until 2030-06-30.",
        [SAMPLE_UNKNOWN] = "db01 cannot be judged yet: its vulnerabilities are not known, for "
                           "there is no knowledge to compare its software with.",
    };
    (void)state;
    for (int kind = 0; kind <= SAMPLE_UNKNOWN; kind++) {
        sample_init(&sample, (enum sample_kind)kind);
        buf_clear(&out);
        view_put_headline(&out, &sample.assessment, &sample.options);
        assert_string_equal(buf_text(&out), expected[kind]);
        sample_done(&sample);
    }
}

static int begin(void **state)
{
    (void)state;
    buf_init(&out, (size_t)64 << 20);
    return 0;
}

static int end(void **state)
{
    (void)state;
    buf_done(&out);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fits_every_width),
        cmocka_unit_test(explanation_fits),
        cmocka_unit_test(holds_no_foreign_control),
        cmocka_unit_test(colours_only_when_asked),
        cmocka_unit_test(says_what_matters),
        cmocka_unit_test(headlines),
        cmocka_unit_test(fixes_are_not_told_without_knowledge),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
