#include "../unit.h"

#include "roles/nvd_changes.h"

#define DIGEST "0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef"

static int64_t at(const char *text)
{
    int64_t time = TIME_NONE;
    assert_true(time_parse(str_from(text), &time));
    return time;
}

static void names_say_what_they_hold(void **state)
{
    static const char name[] = "changes-20241231T235959-20260228T010203-00002000.json.gz";
    static const char *const wrong[] = {
        "",
        "changes.tsv",
        "changes-20241231T235959-20260228T010203-00002000.json",
        "changes-20241231T235959-20241231T235959-00002000.json.gz", /* an empty range */
        "changes-20260228T010203-20241231T235959-00002000.json.gz",
        "changes-20241331T235959-20260228T010203-00002000.json.gz",
        "changes-20241231T245959-20260228T010203-00002000.json.gz",
        "changes-20241231 235959-20260228T010203-00002000.json.gz",
        "changes-20241231T235959-20260230T010203-00002000.json.gz",
        "changes-20241231T235959-20260228T010203-0000200x.json.gz",
        "changes-20241231T235959/20260228T010203-00002000.json.gz",
        "changes-20241231T235959-20260228T010203-00002000.json.gz/",
    };
    struct change_page page;
    (void)state;
    assert_true(change_page_parse(str_from(name), &page));
    assert_string_equal(page.name, name);
    assert_int_equal(page.from, at("2024-12-31T23:59:59"));
    assert_int_equal(page.to, at("2026-02-28T01:02:03"));
    assert_int_equal(page.start, 2000);
    struct change_page made = change_page_named(page.from, page.to, page.start);
    assert_string_equal(made.name, name);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(change_page_parse(str_from(wrong[i]), &page));
    }
}

static void add(struct changes *changes, const char *from, const char *to, uint64_t start)
{
    struct change_page page = change_page_named(at(from), at(to), start);
    changes_add(changes, &page);
}

/* Ranges must follow on each other, or overlap. */
static void a_gap_ends_what_is_known(void **state)
{
    struct changes changes = {0};
    int64_t base = at("2026-11-10"), now = at("2026-11-22");
    (void)state;
    assert_int_equal(changes_mark(&changes, base, now), base);
    add(&changes, "2026-11-12", "2026-11-14", 0);
    assert_int_equal(changes_mark(&changes, base, now), base);
    add(&changes, "2026-11-09", "2026-11-11", 0);
    assert_int_equal(changes_mark(&changes, base, now), at("2026-11-11"));
    add(&changes, "2026-11-10T12:00:00", "2026-11-12", 0);
    add(&changes, "2026-11-10T12:00:00", "2026-11-12", 2000);
    assert_int_equal(changes_mark(&changes, base, now), at("2026-11-14"));
    assert_int_equal(changes_mark(&changes, at("2026-11-15"), now), at("2026-11-15"));
    /* One of the future is of a clock that was wrong. */
    add(&changes, "2026-11-13", "2026-12-01", 0);
    assert_int_equal(changes_mark(&changes, base, now), at("2026-11-14"));
    assert_int_equal(changes.count, 5);
    add(&changes, "2026-11-13", "2026-12-01", 0);
    assert_int_equal(changes.count, 5);
    assert_int_equal(changes_end_of_range(&changes, 1), 3);
    changes_prune(&changes, "/nonexistent", at("2026-11-12"));
    assert_int_equal(changes.count, 2);
    changes_done(&changes);
}

static int parse(const char *text, unsigned *ret_count)
{
    struct changes changes = {0};
    struct error err = ERROR_INIT;
    char list[1000] = NVD_CHANGES_WORDS "\n";
    strcat(list, text);
    int result = changes_parse(str_from(list), &changes, &err);
    *ret_count = changes.count;
    changes_done(&changes);
    return result;
}

#define NAME "changes-20241231T235959-20260228T010203-00000000.json.gz"

static void lists_hold_pages_only(void **state)
{
    static const char *const wrong[] = {
        "\n",
        NAME,
        NAME "\t12",
        NAME "\t12\t" DIGEST "0",
        NAME "\t12\t" DIGEST "\tmore",
        NAME "\t-1\t" DIGEST,
        NAME "\t99999999999\t" DIGEST,
        "../" NAME "\t12\t" DIGEST,
        NAME "\t12\tx123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef",
    };
    unsigned count;
    (void)state;
    struct changes none = {0};
    struct error err = ERROR_INIT;
    assert_int_equal(changes_parse(STR(""), &none, &err), ERR_FORMAT);
    assert_int_equal(changes_parse(STR(NAME "\t12\t" DIGEST), &none, &err), ERR_FORMAT);
    assert_int_equal(parse("", &count), 0);
    assert_int_equal(parse(NAME "\t12\t" DIGEST "\n", &count), 0);
    assert_int_equal(count, 1);
    assert_int_equal(parse(NAME "\t12\t" DIGEST "\r\n" NAME "\t13\t" DIGEST, &count), 0);
    assert_int_equal(count, 1);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(parse(wrong[i], &count), ERR_FORMAT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_say_what_they_hold),
        cmocka_unit_test(a_gap_ends_what_is_known),
        cmocka_unit_test(lists_hold_pages_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
