#include "../unit.h"

#include "collect/frames.h"

#include <stdio.h>

/* Frames as letters, B E F (EOF), each with what stands before it, then the rest. */
static void describe(struct str output, char *out)
{
    struct frames frames = {.rest = output, .nonce = STR("n0")};
    struct frame frame;
    char *at = out;
    while (frames_next(&frames, &frame)) {
        at += sprintf(at, "%.*s<%c%.*s>", STR_ARG(frame.text), "BEF"[frame.kind],
                      STR_ARG(frame.name));
    }
    sprintf(at, "%.*s", STR_ARG(frame.text));
}

static void reads_frames(void **state)
{
    static const struct {
        const char *output, *expected;
    } cases[] = {
        {"\036n0 B os\nx\n\036n0 E os 0 0.01\n\036n0 EOF\n", "<Bos>x\n<Eos><F>"},
        {"", ""},
        {"no frame", "no frame"},
        {"\036n0 B os\ncut", "<Bos>cut"},
        /* what ends without a line's end */
        {"\036n0 B os\nx\036n0 E os 0 1\n", "<Bos>x<Eos>"},
        /* another's nonce, a longer one, none */
        {"\036n1 B os\n", "\036n1 B os\n"},
        {"\036n0x B os\n", "\036n0x B os\n"},
        {"\036 B os\n", "\036 B os\n"},
        {"\036\036n0 B os\n", "\036<Bos>"},
        /* the nonce and no frame */
        {"\036n0 X os\n\036n0 B\n\036n0 E os 0\n\036n0 EOF\n",
         "\036n0 X os\n\036n0 B\n\036n0 E os 0\n<F>"},
        {"\036n0 B os", "\036n0 B os"},
        {"\036n0", "\036n0"},
        {"\036", "\036"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char got[256];
        describe(str_from(cases[i].output), got);
        assert_string_equal(got, cases[i].expected);
    }
}

static void reads_the_end_frame(void **state)
{
    struct frames frames = {.rest = STR("\036n0 E packages.dpkg 141 12.50\n"), .nonce = STR("n0")};
    struct frame frame;
    (void)state;
    assert_true(frames_next(&frames, &frame));
    assert_true(str_eq(frame.name, STR("packages.dpkg")));
    assert_true(str_eq(frame.exit, STR("141")));
    assert_true(str_eq(frame.seconds, STR("12.50")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_frames),
        cmocka_unit_test(reads_the_end_frame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
