#include "../unit.h"

#include "base/limits.h"
#include "collect/failure.h"
#include "collect/job.h"

#include <string.h>

static struct job example(void)
{
    static const struct str keys[] = {{.ptr = "SHA256:abc", .len = 10}};
    return (struct job){
        .purpose = JOB_CHECK,
        .target = {.name = STR("web1.example.org"),
                   .port = 2222,
                   .user = STR("scan"),
                   .host_keys = keys,
                   .host_key_count = 1,
                   .credential = true,
                   .ticket = true},
        .has_jump = true,
        .jump = {.name = STR("gate.example.org"), .port = 22, .first_use = true, .agent = true},
        .legacy = true,
        .deep = true,
        .seconds = 180,
        .silence_seconds = 30,
        .memory = (uint64_t)256 << 20,
        .uid = 61000,
        .gid = 61001,
    };
}

static void reads_what_it_writes(void **state)
{
    struct job job = example(), again;
    struct arena arena;
    struct buf out, second;
    struct error err = ERROR_INIT;
    (void)state;
    arena_init(&arena);
    buf_init(&out, LIMIT_JOB);
    buf_init(&second, LIMIT_JOB);
    job_write(&job, &out);
    assert_int_equal(job_read(buf_view(&out), &arena, &again, &err), 0);
    assert_int_equal(again.purpose, JOB_CHECK);
    assert_true(str_eq(again.target.host_keys[0], STR("SHA256:abc")));
    assert_true(again.has_jump && again.jump.agent && again.jump.first_use);
    assert_true(again.legacy && again.deep && !again.sudo && !again.sandbox_optional);
    job_write(&again, &second);
    assert_string_equal(buf_text(&second), buf_text(&out));
    buf_done(&out);
    buf_done(&second);
    arena_done(&arena);
}

/* The document of an example with one part replaced. */
static int read_changed(const char *from, const char *to, struct error *err)
{
    struct job job = example(), again;
    struct arena arena;
    struct buf out, changed;
    arena_init(&arena);
    buf_init(&out, LIMIT_JOB);
    buf_init(&changed, LIMIT_JOB);
    job_write(&job, &out);
    size_t at = str_find(buf_view(&out), str_from(from));
    assert_true(at != SIZE_MAX);
    buf_put_str(&changed, str_sub(buf_view(&out), 0, at));
    buf_put_text(&changed, to);
    buf_put_str(&changed, str_skip(buf_view(&out), at + strlen(from)));
    int result = job_read(buf_view(&changed), &arena, &again, err);
    buf_done(&out);
    buf_done(&changed);
    arena_done(&arena);
    return result;
}

static void refuses_what_it_cannot_do(void **state)
{
    static const struct {
        const char *from, *to;
        int code;
        const char *message;
    } cases[] = {
        {"assay job", "another", ERR_FORMAT, "format is not"},
        {"\"format_version\": 1", "\"format_version\": 2", ERR_VERSION, "reads up to 1"},
        {"\"check\"", "\"write\"", ERR_FORMAT, "purpose must be"},
        {"2222", "0", ERR_FORMAT, "target.port: not a whole number from 1"},
        {"2222", "65536", ERR_FORMAT, "target.port"},
        {"SHA256:abc", "MD5:abc", ERR_FORMAT, "target.host_keys[0]"},
        {"web1.example.org", "", ERR_FORMAT, "name: a text is expected"},
        {"\"seconds\": 180", "\"seconds\": 3601", ERR_FORMAT, "seconds: not a whole number"},
        {"\"seconds\": 180", "\"other\": 180", ERR_FORMAT, "seconds is missing"},
        {"\"uid\": 61000", "\"uid\": 4294967295", ERR_FORMAT, "uid"},
        {"\"deep\": true", "\"deep\": 1", ERR_FORMAT, "deep: a number where true or false"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error err = ERROR_INIT;
        assert_int_equal(read_changed(cases[i].from, cases[i].to, &err), cases[i].code);
        char text[1024];
        assert_non_null(strstr(error_text(&err, text, sizeof text), cases[i].message));
    }
}

static void names_every_failure_once(void **state)
{
    const struct failure *row;
    (void)state;
    for (unsigned i = 0; (row = failure_at(i)) != NULL; i++) {
        assert_ptr_equal(failure_find(str_from(row->code)), row);
        assert_true(row->cause[0] != '\0' && row->remedy[0] != '\0');
        assert_non_null(failure_class_name(row->class));
    }
    assert_null(failure_find(STR("NO-SUCH-CODE")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_it_writes),
        cmocka_unit_test(refuses_what_it_cannot_do),
        cmocka_unit_test(names_every_failure_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
