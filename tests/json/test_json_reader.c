#include "../unit.h"

#include "base/buf.h"
#include "base/limits.h"
#include "oracle.h"
#include "json/json_reader.h"

static int parse(struct arena *arena, const char *text, size_t len, struct json_document *ret,
                 struct error *err)
{
    return json_parse(str_make(text, len), 1 << 24, arena, ret, err);
}

static void accepts_and_refuses(void **state)
{
    static const struct {
        const char *text;
        int code;
        uint64_t position; /* of a failure */
    } cases[] = {
        {"null", 0, 0},
        {" [ 1 , -0 , 0.5e+3 , 1E9 ] \r\n", 0, 0},
        {"{\"a\":{\"b\":[]},\"\":\"\"}", 0, 0},
        {"\xef\xbb\xbf{}", 0, 0},
        {"\"\\u00e9\\uD83D\\uDE00\\/\"", 0, 0},
        {"\"\\ud800\"", 0, 0},
        {"\"\x7f\xc2\x80\"", 0, 0},
        {"", ERR_FORMAT, 0},
        {"  ", ERR_FORMAT, 2},
        {"{", ERR_FORMAT, 1},
        {"[1,]", ERR_FORMAT, 3},
        {"[,1]", ERR_FORMAT, 1},
        {"[1 2]", ERR_FORMAT, 3},
        {"[1", ERR_FORMAT, 2},
        {"{\"a\"}", ERR_FORMAT, 4},
        {"{\"a\":}", ERR_FORMAT, 5},
        {"{\"a\":1,}", ERR_FORMAT, 7},
        {"{a:1}", ERR_FORMAT, 1},
        {"{1:1}", ERR_FORMAT, 1},
        {"[}", ERR_FORMAT, 1},
        {"nul", ERR_FORMAT, 0},
        {"nullx", ERR_FORMAT, 4},
        {"True", ERR_FORMAT, 0},
        {"NaN", ERR_FORMAT, 0},
        {"01", ERR_FORMAT, 2},
        {"-", ERR_FORMAT, 1},
        {"+1", ERR_FORMAT, 0},
        {".5", ERR_FORMAT, 0},
        {"1.", ERR_FORMAT, 2},
        {"1e", ERR_FORMAT, 2},
        {"0x10", ERR_FORMAT, 1},
        {"\"", ERR_FORMAT, 1},
        {"\"a", ERR_FORMAT, 2},
        {"\"\\", ERR_FORMAT, 2},
        {"\"\\x\"", ERR_FORMAT, 2},
        {"\"\\u12\"", ERR_FORMAT, 3},
        {"\"\\u12g4\"", ERR_FORMAT, 3},
        {"\"\\uD83D\\u12\"", ERR_FORMAT, 9},
        {"\"a\nb\"", ERR_FORMAT, 2},
        {"\"\xc0\x80\"", ERR_FORMAT, 1},
        {"\"\xff\"", ERR_FORMAT, 1},
        {"\xff\xfe{\0}", ERR_FORMAT, 0},
        {"'a'", ERR_FORMAT, 0},
        {"// x\n1", ERR_FORMAT, 0},
        {"1 1", ERR_FORMAT, 2},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena arena;
        struct json_document document;
        struct error err = ERROR_INIT;
        arena_init(&arena);
        int r = parse(&arena, cases[i].text, strlen(cases[i].text), &document, &err);
        if (r != cases[i].code || (cases[i].code < 0 && err.position != cases[i].position)) {
            fail_msg("%s: %d at %llu: %s", cases[i].text, r, (unsigned long long)err.position,
                     err.message);
        }
        json_done(&document);
        arena_done(&arena);
    }
}

static void gives_values(void **state)
{
    static const char text[] =
        "{\"text\":\"a\\n\\u00e9\\ud83d\\ude00\\ud800x\\u0000\\udc00\",\"n\":18446744073709551615,"
        "\"neg\":-1,\"real\":1.0,\"yes\":true,\"list\":[1,[2,3],{\"deep\":null}],\"n\":7,"
        "\"k\\u0065y\":1}";
    struct arena arena;
    struct json_document document;
    struct str s;
    uint64_t number;
    bool flag;
    char path[100];
    (void)state;
    arena_init(&arena);
    assert_int_equal(parse(&arena, text, sizeof text - 1, &document, NULL), 0);
    struct json root = json_root(&document);
    assert_true(json_as_str(json_get(root, "text"), &s));
    assert_true(str_eq(s, STR("a\n\xc3\xa9\xf0\x9f\x98\x80\xef\xbf\xbdx\xef\xbf\xbd\xef\xbf\xbd")));
    assert_true(json_as_uint(json_get(root, "n"), &number) && number == 7);
    assert_false(json_as_uint(json_get(root, "neg"), &number));
    assert_false(json_as_uint(json_get(root, "real"), &number));
    assert_true(json_as_bool(json_get(root, "yes"), &flag) && flag);
    assert_int_equal(json_type(json_get(root, "no")), JSON_ABSENT);
    assert_int_equal(json_type(json_get(json_get(root, "no"), "no")), JSON_ABSENT);
    assert_int_equal(json_type(json_get(root, "key")), JSON_NUMBER);
    assert_true(str_eq(json_str(json_get(root, "n")), STR("")));
    struct json list = json_get(root, "list"), item;
    assert_int_equal(json_count(list), 3);
    assert_int_equal(json_count(root), 8);
    struct json_each each = json_each(list);
    unsigned items = 0;
    while (json_next(&each, &item)) {
        items++;
    }
    assert_int_equal(items, 3);
    assert_string_equal(json_path(json_get(item, "deep"), path, sizeof path), "list[2].deep");
    assert_string_equal(json_path(root, path, sizeof path), "");
    assert_string_equal(json_path(json_get(item, "deep"), path, 8), "list[2]");
    json_done(&document);
    arena_done(&arena);
}

static int parse_repeated(const char *begin, size_t count, const char *end, struct error *err)
{
    struct arena arena;
    struct json_document document;
    struct buf text;
    arena_init(&arena);
    buf_init(&text, 1 << 28);
    for (size_t i = 0; i < count; i++) {
        buf_put_text(&text, begin);
    }
    buf_put_text(&text, end);
    int r = json_parse(buf_view(&text), 1 << 28, &arena, &document, err);
    json_done(&document);
    buf_done(&text);
    arena_done(&arena);
    return r;
}

static void keeps_ceilings(void **state)
{
    struct error err = ERROR_INIT;
    struct arena arena;
    struct json_document document;
    (void)state;
    assert_int_equal(parse_repeated("[", 10000, "", &err), ERR_LIMIT);
    assert_int_equal(err.position, LIMIT_JSON_DEPTH);
    assert_int_equal(parse_repeated("{\"a\":", 10000000, "", &err), ERR_LIMIT);
    assert_int_equal(parse_repeated("[", LIMIT_JSON_DEPTH, "", &err), ERR_FORMAT);
    arena_init(&arena);
    assert_int_equal(json_parse(STR("[1,2]"), 4, &arena, &document, &err), ERR_LIMIT);
    arena_done(&arena);
}

static void limits_values(void **state)
{
    struct error err = ERROR_INIT;
    struct arena arena;
    struct json_document document;
    struct buf text;
    (void)state;
    arena_init(&arena);
    buf_init(&text, 1 << 26);
    buf_put_byte(&text, '[');
    for (size_t i = 0; i < LIMIT_JSON_VALUES; i++) {
        buf_put(&text, "0,", 2);
    }
    buf_put_text(&text, "0]");
    assert_int_equal(json_parse(buf_view(&text), 1 << 26, &arena, &document, &err), ERR_LIMIT);
    buf_done(&text);
    arena_done(&arena);
}

/* Texts made of a good one by one to three changed bytes. */
static void agrees_with_jansson(void **state)
{
    static const char seed[] = "{\"a\": [1, -2.5e3, true, false, null, \"x\\n\\\"\\\\y\"],"
                               " \"b\": {\"c\": \"\xc3\xa9\xe2\x82\xac\", \"d\": []}}";
    static const char bytes[] = "{}[],:\"\\tfn0123456789.eE+- \x80\xc3\xe2\x01x";
    uint64_t random = 88172645463325252u;
    (void)state;
    for (unsigned run = 0; run < 30000; run++) {
        char text[sizeof seed];
        memcpy(text, seed, sizeof seed);
        for (unsigned change = 0; change < 1 + run % 3; change++) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            text[random % (sizeof seed - 1)] = bytes[(random >> 32) % (sizeof bytes - 1)];
        }
        struct arena arena;
        struct json_document document;
        struct error err = ERROR_INIT;
        arena_init(&arena);
        int r = parse(&arena, text, sizeof seed - 1, &document, &err);
        enum oracle_answer answer = oracle_ask(text, sizeof seed - 1);
        if (answer != ORACLE_RANGE && (r == 0) != (answer == ORACLE_ACCEPTS)) {
            fail_msg("%s: %d %s", text, r, err.message);
        }
        json_done(&document);
        arena_done(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_and_refuses), cmocka_unit_test(gives_values),
        cmocka_unit_test(keeps_ceilings),      cmocka_unit_test(limits_values),
        cmocka_unit_test(agrees_with_jansson),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
