#include "../unit.h"

#include "base/date.h"
#include "json/json_writer.h"

#include <math.h>

static void write_sample(struct json_writer *writer)
{
    json_open_object(writer, NULL);
    json_put_str(writer, "name", STR("a\"b"));
    json_open_array(writer, "list");
    json_put_uint(writer, NULL, 1);
    json_open_object(writer, NULL);
    json_close_object(writer);
    json_open_array(writer, NULL);
    json_close_array(writer);
    json_close_array(writer);
    json_put_null(writer, "none");
    json_close_object(writer);
}

static void writes_documents(void **state)
{
    struct buf out;
    struct json_writer writer;
    (void)state;
    buf_init(&out, 10000);
    json_writer_init(&writer, &out);
    write_sample(&writer);
    assert_string_equal(buf_text(&out), "{\n"
                                        "  \"name\": \"a\\\"b\",\n"
                                        "  \"list\": [\n"
                                        "    1,\n"
                                        "    {},\n"
                                        "    []\n"
                                        "  ],\n"
                                        "  \"none\": null\n"
                                        "}\n");
    buf_clear(&out);
    json_writer_init(&writer, &out);
    writer.indented = false;
    write_sample(&writer);
    assert_string_equal(buf_text(&out), "{\"name\":\"a\\\"b\",\"list\":[1,{},[]],\"none\":null}");
    buf_done(&out);
}

static void escapes_texts(void **state)
{
    static const struct {
        const char *text, *expected, *for_html;
    } cases[] = {
        {"", "\"\"", "\"\""},
        {"a/b", "\"a/b\"", "\"a/b\""},
        {"\b\f\n\r\t\"\\", "\"\\b\\f\\n\\r\\t\\\"\\\\\"", "\"\\b\\f\\n\\r\\t\\\"\\\\\""},
        {"\x01\x1f\x7f", "\"\\u0001\\u001f\\u007f\"", "\"\\u0001\\u001f\\u007f\""},
        {"</a&b>", "\"</a&b>\"", "\"\\u003c/a\\u0026b\\u003e\""},
        /* What a terminal obeys, and its neighbours. */
        {"\xc2\x9b"
         "31m",
         "\"\\u009b31m\"", "\"\\u009b31m\""},
        {"\xc2\xa0", "\"\xc2\xa0\"", "\"\xc2\xa0\""},
        {"\xe2\x80\xae\xe2\x80\x8b", "\"\\u202e\\u200b\"", "\"\\u202e\\u200b\""},
        {"\xe2\x80\xaf\xe2\x80\x8a", "\"\xe2\x80\xaf\xe2\x80\x8a\"",
         "\"\xe2\x80\xaf\xe2\x80\x8a\""},
        {"\xe2\x80\xa8\xe2\x80\xa9", "\"\xe2\x80\xa8\xe2\x80\xa9\"", "\"\\u2028\\u2029\""},
        {"\xc3\xa9\xf0\x9f\x98\x80", "\"\xc3\xa9\xf0\x9f\x98\x80\"",
         "\"\xc3\xa9\xf0\x9f\x98\x80\""},
        /* Unicode 15, table 3-8: C0 AF E0 80 BF F0 81 82 41, and cut sequences. */
        {"\xc0\xaf\x41", "\"\xef\xbf\xbd\xef\xbf\xbd\x41\"", NULL},
        {"\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41",
         "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\x41\"", NULL},
        {"\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"", NULL},
        {"x\xe2\x82", "\"x\xef\xbf\xbd\"", NULL},
    };
    struct buf out;
    (void)state;
    buf_init(&out, 10000);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        buf_clear(&out);
        json_write_str(&out, str_from(cases[i].text), false);
        assert_string_equal(buf_text(&out), cases[i].expected);
        if (cases[i].for_html != NULL) {
            buf_clear(&out);
            json_write_str(&out, str_from(cases[i].text), true);
            assert_string_equal(buf_text(&out), cases[i].for_html);
        }
    }
    buf_done(&out);
}

static void writes_scalars(void **state)
{
    struct buf out;
    struct json_writer writer;
    (void)state;
    buf_init(&out, 10000);
    json_writer_init(&writer, &out);
    writer.indented = false;
    json_open_array(&writer, NULL);
    json_put_uint(&writer, NULL, UINT64_MAX);
    json_put_int(&writer, NULL, INT64_MIN);
    json_put_int(&writer, NULL, 0);
    json_put_fixed(&writer, NULL, 98, 1);
    json_put_fixed(&writer, NULL, -5, 2);
    json_put_fixed(&writer, NULL, 7, 0);
    json_put_real(&writer, NULL, 0.71, 4);
    json_put_real(&writer, NULL, NAN, 4);
    json_put_bool(&writer, NULL, true);
    json_put_date(&writer, NULL, 0);
    json_put_date(&writer, NULL, DATE_NONE);
    json_put_time(&writer, NULL, 0);
    json_put_time(&writer, NULL, TIME_NONE);
    json_put_time(&writer, NULL, INT64_MAX);
    json_put_known(&writer, NULL, STR(""));
    json_put_text(&writer, NULL, NULL);
    json_close_array(&writer);
    assert_string_equal(buf_text(&out),
                        "[18446744073709551615,-9223372036854775808,0,9.8,-0.05,7,0.7100,null,"
                        "true,\"1970-01-01\",null,\"1970-01-01T00:00:00Z\",null,null,null,null]");
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_documents),
        cmocka_unit_test(escapes_texts),
        cmocka_unit_test(writes_scalars),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
