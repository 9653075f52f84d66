/* Binding and unbinding: the examples of NISTIR 7695, section 6, and names as feeds have them. */
#include "../unit.h"

#include "base/limits.h"
#include "cpe/cpe.h"

struct example {
    const char *input, *wfn, *fs, *uri;
};

#define ANY4 "sw_edition=ANY,target_sw=ANY,target_hw=ANY,other=ANY]"

static const struct example examples[] = {
    /* 6.1.2.5 and 6.1.3.5, example 1 */
    {"cpe:/a:microsoft:internet_explorer:8.0.6001:beta",
     "wfn:[part=\"a\",vendor=\"microsoft\",product=\"internet_explorer\",version=\"8\\.0\\.6001\","
     "update=\"beta\",edition=ANY,language=ANY," ANY4,
     "cpe:2.3:a:microsoft:internet_explorer:8.0.6001:beta:*:*:*:*:*:*",
     "cpe:/a:microsoft:internet_explorer:8.0.6001:beta"},
    {"cpe:/a:microsoft:internet_explorer:8.%2a:sp%3f",
     "wfn:[part=\"a\",vendor=\"microsoft\",product=\"internet_explorer\",version=\"8\\.\\*\","
     "update=\"sp\\?\",edition=ANY,language=ANY," ANY4,
     "cpe:2.3:a:microsoft:internet_explorer:8.\\*:sp\\?:*:*:*:*:*:*",
     "cpe:/a:microsoft:internet_explorer:8.%2a:sp%3f"},
    {"cpe:/a:microsoft:internet_explorer:8.%02:sp%01",
     "wfn:[part=\"a\",vendor=\"microsoft\",product=\"internet_explorer\",version=\"8\\.*\","
     "update=\"sp?\",edition=ANY,language=ANY," ANY4,
     "cpe:2.3:a:microsoft:internet_explorer:8.*:sp?:*:*:*:*:*:*",
     "cpe:/a:microsoft:internet_explorer:8.%02:sp%01"},
    {"cpe:/a:hp:insight_diagnostics:7.4.0.1570::~~online~win2003~x64~",
     "wfn:[part=\"a\",vendor=\"hp\",product=\"insight_diagnostics\",version=\"7\\.4\\.0\\.1570\","
     "update=ANY,edition=ANY,language=ANY,sw_edition=\"online\",target_sw=\"win2003\","
     "target_hw=\"x64\",other=ANY]",
     "cpe:2.3:a:hp:insight_diagnostics:7.4.0.1570:*:*:*:online:win2003:x64:*",
     "cpe:/a:hp:insight_diagnostics:7.4.0.1570::~~online~win2003~x64~"},
    {"cpe:2.3:a:hp:insight_diagnostics:7.4.0.1570:-:*:*:online:win2003:x64:*",
     "wfn:[part=\"a\",vendor=\"hp\",product=\"insight_diagnostics\",version=\"7\\.4\\.0\\.1570\","
     "update=NA,edition=ANY,language=ANY,sw_edition=\"online\",target_sw=\"win2003\","
     "target_hw=\"x64\",other=ANY]",
     "cpe:2.3:a:hp:insight_diagnostics:7.4.0.1570:-:*:*:online:win2003:x64:*",
     "cpe:/a:hp:insight_diagnostics:7.4.0.1570:-:~~online~win2003~x64~"},
    {"cpe:/a:hp:openview_network_manager:7.51:-:~~~linux~~",
     "wfn:[part=\"a\",vendor=\"hp\",product=\"openview_network_manager\",version=\"7\\.51\","
     "update=NA,edition=ANY,language=ANY,sw_edition=ANY,target_sw=\"linux\",target_hw=ANY,"
     "other=ANY]",
     "cpe:2.3:a:hp:openview_network_manager:7.51:-:*:*:*:linux:*:*",
     "cpe:/a:hp:openview_network_manager:7.51:-:~~~linux~~"},
    {"cpe:2.3:a:foo\\\\bar:big\\$money_2010:*:*:*:*:special:ipod_touch:80gb:*",
     "wfn:[part=\"a\",vendor=\"foo\\\\bar\",product=\"big\\$money_2010\",version=ANY,update=ANY,"
     "edition=ANY,language=ANY,sw_edition=\"special\",target_sw=\"ipod_touch\","
     "target_hw=\"80gb\",other=ANY]",
     "cpe:2.3:a:foo\\\\bar:big\\$money_2010:*:*:*:*:special:ipod_touch:80gb:*",
     "cpe:/a:foo%5cbar:big%24money_2010:::~~special~ipod_touch~80gb~"},
    {"cpe:/a:foo~bar:big%7emoney_2010",
     "wfn:[part=\"a\",vendor=\"foo\\~bar\",product=\"big\\~money_2010\",version=ANY,update=ANY,"
     "edition=ANY,language=ANY," ANY4,
     "cpe:2.3:a:foo\\~bar:big\\~money_2010:*:*:*:*:*:*:*:*", "cpe:/a:foo%7ebar:big%7emoney_2010"},
    /* As NVD writes them: upper case, quoted colons, hyphens and full stops quoted or not. */
    {"cpe:2.3:h:GL.inet:AX-1800:4\\.4\\.6:*:*:*:*:node\\.js:*:*",
     "wfn:[part=\"h\",vendor=\"gl\\.inet\",product=\"ax\\-1800\",version=\"4\\.4\\.6\",update=ANY,"
     "edition=ANY,language=ANY,sw_edition=ANY,target_sw=\"node\\.js\",target_hw=ANY,other=ANY]",
     "cpe:2.3:h:gl.inet:ax-1800:4.4.6:*:*:*:*:node.js:*:*",
     "cpe:/h:gl.inet:ax-1800:4.4.6::~~~node.js~~"},
    {"cpe:2.3:a:perl:archive\\:\\:tar:1.0\\+b:*:*:*:*:*:*:*",
     "wfn:[part=\"a\",vendor=\"perl\",product=\"archive\\:\\:tar\",version=\"1\\.0\\+b\",update="
     "ANY,"
     "edition=ANY,language=ANY," ANY4,
     "cpe:2.3:a:perl:archive\\:\\:tar:1.0\\+b:*:*:*:*:*:*:*",
     "cpe:/a:perl:archive%3a%3atar:1.0%2bb"},
    {"cpe:2.3:*:*:*:*:*:*:*:*:*:*:*",
     "wfn:[part=ANY,vendor=ANY,product=ANY,version=ANY,update=ANY,edition=ANY,language=ANY," ANY4,
     "cpe:2.3:*:*:*:*:*:*:*:*:*:*:*", "cpe:/"},
    {"cpe:2.3:o:a:b:\\-:??x:-:en:*:*:*:-",
     "wfn:[part=\"o\",vendor=\"a\",product=\"b\",version=\"\\-\",update=\"??x\",edition=NA,"
     "language=\"en\",sw_edition=ANY,target_sw=ANY,target_hw=ANY,other=NA]",
     "cpe:2.3:o:a:b:\\-:??x:-:en:*:*:*:-", "cpe:/o:a:b:%2d:%01%01x:~-~~~~-:en"},
};

static void check_format(const struct cpe_name *name, const char *expected,
                         void (*format)(const struct cpe_name *name, struct buf *out))
{
    struct buf buf;
    buf_init(&buf, (size_t)4 * LIMIT_CPE);
    format(name, &buf);
    assert_string_equal(buf_text(&buf), expected);
    buf_done(&buf);
}

static void binds_and_unbinds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        const char *const inputs[] = {examples[i].input, examples[i].fs, examples[i].uri};
        for (size_t k = 0; k < 3; k++) {
            struct arena arena;
            struct cpe_name name;
            struct error err = ERROR_INIT;
            arena_init(&arena);
            if (cpe_parse(str_from(inputs[k]), &arena, &name, &err) < 0) {
                fail_msg("%s: %s", inputs[k], err.message);
            }
            check_format(&name, examples[i].wfn, cpe_format_wfn);
            check_format(&name, examples[i].fs, cpe_format_fs);
            check_format(&name, examples[i].uri, cpe_format_uri);
            arena_done(&arena);
        }
    }
}

static void refuses_what_is_no_name(void **state)
{
    static const struct {
        const char *text;
        uint64_t position;
    } bad[] = {
        {"", 0},
        {"cpe:2.2:a:b:c", 0},
        {"cpe:2.3:a:hp:insight_diagnostics:7.4.*.1570:*:*:*:*:*:*:*", 33},
        {"cpe:2.3:a:b:c:**:*:*:*:*:*:*:*", 14},
        {"cpe:2.3:a:b:c:*?:*:*:*:*:*:*:*", 14},
        {"cpe:2.3:a:b:c:1?2:*:*:*:*:*:*:*", 14},
        {"cpe:2.3:a:b:c:1:*:*:*:*:*:*", 27},
        {"cpe:2.3:a:b:c:1:*:*:*:*:*:*:*:*", 29},
        {"cpe:2.3:a:b::1:*:*:*:*:*:*:*", 12},
        {"cpe:2.3:x:b:c:1:*:*:*:*:*:*:*", 8},
        {"cpe:2.3:a:b b:c:1:*:*:*:*:*:*:*", 11},
        {"cpe:2.3:a:b\303\244:c:1:*:*:*:*:*:*:*", 11},
        {"cpe:2.3:a:b:c:1:*:*:*:*:*:*:a\\", 29},
        {"cpe:/a:foo%5cbar:big%24money_2010%07:::~~special~ipod_touch~80gb~", 33},
        {"cpe:/a:foo:bar:12.%02.1234", 15},
        {"cpe:/a:foo:bar:1:2:3:4:5", 23},
        {"cpe:/a:foo:bar:::~a~b~c", 17},
        {"cpe:/a:foo:bar:::~a~b~c~d~e~f", 28},
        {"cpe:/a:foo:bar%4", 14},
        {"cpe:/z:foo", 5},
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct arena arena;
        struct cpe_name name;
        struct error err = ERROR_INIT;
        arena_init(&arena);
        if (cpe_parse(str_from(bad[i].text), &arena, &name, &err) != ERR_FORMAT ||
            err.position != bad[i].position) {
            fail_msg("%s: %s at %d", bad[i].text, err.message, (int)err.position);
        }
        arena_done(&arena);
    }
}

static void refuses_what_is_too_long(void **state)
{
    static char text[LIMIT_CPE + 1];
    struct arena arena;
    struct cpe_name name;
    (void)state;
    memset(text, '+', sizeof text);
    memcpy(text, "cpe:/a:", 7);
    arena_init(&arena);
    assert_int_equal(cpe_parse(str_make(text, sizeof text), &arena, &name, NULL), ERR_LIMIT);
    assert_int_equal(cpe_parse(str_make(text, LIMIT_CPE), &arena, &name, NULL), 0);
    assert_int_equal(name.values[CPE_VENDOR].text.len, 2 * (LIMIT_CPE - 7));
    arena_done(&arena);
}

static void quotes_plain_text(void **state)
{
    static const struct {
        const char *plain, *quoted, *back;
    } texts[] = {
        {"Node.js", "node\\.js", "node.js"},
        {"Notepad++ 8", "notepad\\+\\+_8", "notepad++_8"},
        {"a*b?\\c", "a\\*b\\?\\\\c", "a*b?\\c"},
        {"na\303\257ve", "nave", "nave"},
        {"", "", ""},
    };
    struct arena arena;
    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct buf buf;
        struct cpe_value value = cpe_value_quote(str_from(texts[i].plain), &arena);
        assert_true(str_eq_text(value.text, texts[i].quoted));
        buf_init(&buf, LIMIT_CPE);
        cpe_value_plain(&value, &buf);
        assert_string_equal(buf_text(&buf), texts[i].back);
        buf_done(&buf);
    }
    arena_done(&arena);
}

static void formats_plain_text(void **state)
{
    struct buf buf;
    (void)state;
    buf_init(&buf, 2 * LIMIT_CPE);
    cpe_format_plain('a', STR("igor pavlov"), STR("7-Zip"), STR("23.01:1"), STR(""), &buf);
    assert_string_equal(buf_text(&buf), "cpe:2.3:a:igor_pavlov:7-zip:23.01\\:1:*:*:*:*:*:*:*");
    buf_clear(&buf);
    cpe_format_plain('o', STR("f5"), STR("-"), STR(""), STR("rc1"), &buf);
    assert_string_equal(buf_text(&buf), "cpe:2.3:o:f5:\\-:*:rc1:*:*:*:*:*:*");
    buf_done(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(binds_and_unbinds),        cmocka_unit_test(refuses_what_is_no_name),
        cmocka_unit_test(refuses_what_is_too_long), cmocka_unit_test(quotes_plain_text),
        cmocka_unit_test(formats_plain_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
