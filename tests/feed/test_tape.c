#include "../unit.h"

#include "base/limits.h"
#include "feed/feed.h"
#include "feed/tape.h"

#include <stdlib.h>

/* Parses a copy that ends where its padding does. */
static int parse(struct tape_parser *parser, struct str text, struct tape_value *ret_root,
                 char **ret_copy, struct error *err)
{
    char *copy = calloc(1, text.len + FEED_PADDING);
    assert_non_null(copy);
    memcpy(copy, text.ptr, text.len);
    *ret_copy = copy;
    return tape_parse(parser, (struct str){copy, text.len}, ret_root, err);
}

static void walks_values(void **state)
{
    static const char text[] =
        "{\"a\":[1,-2,3.5,18446744073709551615,true,false,null,\"t\\u00e9\"],"
        "\"b\":{\"c\":{},\"d\":[]},\"e\":\"\"}";
    struct tape_parser *parser = tape_parser_new();
    struct tape_value root, value = {0}, item = {0};
    struct str key = {0};
    char *copy;
    (void)state;
    assert_int_equal(parse(parser, str_from(text), &root, &copy, NULL), 0);
    assert_int_equal(tape_type(root), TAPE_OBJECT);
    assert_int_equal(tape_count(root), 3);
    struct tape_walk walk = tape_begin(root);
    assert_true(tape_next_member(&walk, &key, &value));
    assert_true(str_eq_text(key, "a"));
    assert_int_equal(tape_count(value), 8);
    struct tape_walk items = tape_begin(value);
    static const double numbers[] = {1, -2, 3.5, 18446744073709551615.0};
    for (size_t i = 0; i < 4; i++) {
        assert_true(tape_next_item(&items, &item));
        assert_true(tape_number(item) == numbers[i]);
    }
    static const enum tape_type types[] = {TAPE_TRUE, TAPE_FALSE, TAPE_NULL, TAPE_TEXT};
    for (size_t i = 0; i < 4; i++) {
        assert_true(tape_next_item(&items, &item));
        assert_int_equal(tape_type(item), types[i]);
    }
    assert_true(str_eq_text(tape_text(item), "t\xc3\xa9"));
    assert_false(tape_next_item(&items, &item));
    assert_true(tape_next_member(&walk, &key, &value));
    assert_int_equal(tape_count(value), 2);
    assert_true(tape_next_member(&walk, &key, &value));
    assert_true(str_eq_text(key, "e"));
    assert_int_equal(tape_text(value).len, 0);
    assert_false(tape_next_member(&walk, &key, &value));
    free(copy);
    tape_parser_free(parser);
}

static void finds_the_bad_byte(void **state)
{
    static const struct {
        const char *text;
        int64_t position; /* -1: it is JSON */
    } cases[] = {
        {"{}", -1},
        {" [1, 2.5e-3, -0, \"\\ud83d\\ude00\", true, {\"a\": null}] \n", -1},
        {"\"x\"", -1},
        {"7", -1},
        {" ", 1},
        {"{", 1},
        {"[1,", 3},
        {"[1,]", 3},
        {"[1 2]", 3},
        {"[1]]", 3},
        {"{\"a\"}", 4},
        {"{\"a\":}", 5},
        {"{\"a\":1,}", 7},
        {"{a:1}", 1},
        {"{\"a\":1]", 6},
        {"[tru]", 4},
        {"[nul", 4},
        {"[01]", 2},
        {"[-]", 2},
        {"[1.]", 3},
        {"[1e]", 3},
        {"[+1]", 1},
        {"[1e999]", 1},
        {"[18446744073709551616]", 1},
        {"[-9223372036854775809]", 1},
        {"[\"a\nb\"]", 3},
        {"[\"a\\x\"]", 4},
        {"[\"\\u12g4\"]", 6},
        {"[\"\\ud83d\"]", 4},
        {"[\"\\ude00\"]", 4},
        {"[\"\\ud83d\\u0041\"]", 4},
        {"[\"\xff\"]", 2},
        {"[\"\xc3\"]", 2},
        {"[\"\xed\xa0\x80\"]", 2},
        {"[\"abc", 5},
        {"{} x", 3},
        {"\x1f\x8b\x08", 0},
        {"<html>", 0},
    };
    struct tape_parser *parser = tape_parser_new();
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error err = ERROR_INIT;
        struct tape_value root;
        char *copy;
        int result = parse(parser, str_from(cases[i].text), &root, &copy, &err);
        free(copy);
        bool right = cases[i].position < 0
                         ? result == 0
                         : result == ERR_FORMAT && err.position == (uint64_t)cases[i].position;
        if (!right) {
            fail_msg("%s: %d at %lld: %s", cases[i].text, result, (long long)err.position,
                     err.message);
        }
        /* Neither reader knows better than the other. */
        assert_int_equal(tape_locate(str_from(cases[i].text), NULL), cases[i].position >= 0);
    }
    tape_parser_free(parser);
}

static void knows_its_depth(void **state)
{
    struct tape_parser *parser = tape_parser_new();
    (void)state;
    for (unsigned depth = LIMIT_JSON_DEPTH - 3; depth < LIMIT_JSON_DEPTH + 3; depth++) {
        char text[2 * LIMIT_JSON_DEPTH + 8];
        struct error err = ERROR_INIT;
        struct tape_value root;
        char *copy;
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        int result = parse(parser, (struct str){text, (size_t)2 * depth}, &root, &copy, &err);
        free(copy);
        bool located = tape_locate((struct str){text, (size_t)2 * depth}, NULL);
        assert_int_equal(result, located ? ERR_LIMIT : 0);
        assert_int_equal(located, depth > LIMIT_JSON_DEPTH);
    }
    tape_parser_free(parser);
}

static void reads_after_a_failure(void **state)
{
    struct tape_parser *parser = tape_parser_new();
    struct tape_value root;
    char *copy;
    (void)state;
    assert_int_equal(parse(parser, STR("[1,"), &root, &copy, NULL), ERR_FORMAT);
    free(copy);
    assert_int_equal(parse(parser, STR("[1]"), &root, &copy, NULL), 0);
    assert_int_equal(tape_count(root), 1);
    free(copy);
    tape_parser_free(parser);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks_values),
        cmocka_unit_test(finds_the_bad_byte),
        cmocka_unit_test(knows_its_depth),
        cmocka_unit_test(reads_after_a_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
