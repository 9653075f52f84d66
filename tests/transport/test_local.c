#include "../unit.h"

#include "base/buf.h"
#include "base/date.h"
#include "transport/transport.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct outcome {
    int status;
    struct transport_result result;
    struct buf out, errors;
};

static void run(const char *script, unsigned seconds, size_t ceiling, struct outcome *outcome)
{
    static const char *const arguments[] = {"one", "two words", NULL};
    struct transport_request request = {
        .script = str_from(script), .arguments = arguments, .seconds = seconds};
    struct error err = ERROR_INIT;
    buf_init(&outcome->out, ceiling);
    buf_init(&outcome->errors, 1000);
    outcome->status =
        transport_local_run(&request, &outcome->out, &outcome->errors, &outcome->result, &err);
}

static void done(struct outcome *outcome)
{
    buf_done(&outcome->out);
    buf_done(&outcome->errors);
}

static unsigned count_descriptors(void)
{
    unsigned count = 0;
    DIR *folder = opendir("/proc/self/fd");
    while (readdir(folder) != NULL) {
        count++;
    }
    closedir(folder);
    return count;
}

static void runs_a_script(void **state)
{
    static const struct {
        const char *script, *out, *errors;
        int exit_status;
    } cases[] = {
        {"echo hello", "hello\n", "", 0},
        {"printf '%s|' \"$@\"; exit 7", "one|two words|", "", 7},
        {"echo out; echo err >&2", "out\n", "err\n", 0},
        {"env | grep -v -e ^PWD= -e ^SHLVL= -e ^_= -e ^OLDPWD= | sort",
         "HOME=/\nLC_ALL=C\nPATH=/usr/sbin:/usr/bin:/sbin:/bin\n", "", 0},
        {"pwd", "/\n", "", 0},
        {"ls /proc/self/fd | wc -l | tr -d ' '", "4\n", "", 0}, /* with ls's own */
        {"kill -9 $$", "", "", -1},
        {"", "", "", 0},
        {"exec <&-; exit 3", "", "", 3},
    };
    (void)state;
    setenv("ASSAY_TEST_LEAK", "1", 1);
    unsigned before = count_descriptors();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct outcome outcome;
        run(cases[i].script, 10, 10000, &outcome);
        assert_int_equal(outcome.status, 0);
        assert_string_equal(buf_text(&outcome.out), cases[i].out);
        assert_string_equal(buf_text(&outcome.errors), cases[i].errors);
        assert_int_equal(outcome.result.exit_status, cases[i].exit_status);
        assert_false(outcome.result.timed_out || outcome.result.cut);
        done(&outcome);
    }
    assert_int_equal(count_descriptors(), before);
}

/* A script longer than a pipe holds, that is answered while it is still being sent. */
static void sends_a_long_script(void **state)
{
    enum { LINES = 40000 };
    struct outcome outcome;
    struct buf script;
    (void)state;
    buf_init(&script, 10 << 20);
    for (int i = 0; i < LINES; i++) {
        buf_put_text(&script, "echo 0123456789\n");
    }
    run(buf_text(&script), 60, 10 << 20, &outcome);
    assert_int_equal(outcome.status, 0);
    assert_int_equal(outcome.out.len, LINES * 11);
    done(&outcome);
    buf_done(&script);
}

static void stops_at_the_time_ceiling(void **state)
{
    struct outcome outcome;
    double begun = time_monotonic();
    (void)state;
    run("echo first; sleep 1000 & sleep 1000", 1, 10000, &outcome);
    assert_int_equal(outcome.status, 0);
    assert_true(outcome.result.timed_out);
    assert_int_equal(outcome.result.exit_status, -1);
    assert_string_equal(buf_text(&outcome.out), "first\n");
    assert_true(time_monotonic() - begun < 20);
    done(&outcome);
}

/* What leaves the process group, as timeout(1) does, dies all the same. */
static void kills_what_is_left(void **state)
{
    static const char *const scripts[] = {
        "timeout 1000 sleep 1000 & echo $!; sleep 1000",
        "sleep 1000 >/dev/null 2>&1 & echo $!",
        "trap '' TERM HUP; (trap '' TERM; exec sleep 1000) & echo $!; wait",
    };
    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        struct outcome outcome;
        run(scripts[i], 1, 10000, &outcome);
        int pid = atoi(buf_text(&outcome.out));
        assert_true(pid > 0);
        bool gone = false;
        for (int wait = 0; wait < 500 && !gone; wait++) {
            char path[64], text[256] = "";
            snprintf(path, sizeof path, "/proc/%d/stat", pid);
            FILE *stat = fopen(path, "r");
            gone = stat == NULL || fgets(text, sizeof text, stat) == NULL ||
                   strstr(text, ") Z") != NULL;
            if (stat != NULL) {
                fclose(stat);
            }
            usleep(gone ? 0 : 10000);
        }
        assert_true(gone);
        done(&outcome);
    }
}

static void stops_at_the_byte_ceiling(void **state)
{
    struct outcome outcome;
    (void)state;
    run("yes 2>/dev/null", 60, 200000, &outcome);
    assert_int_equal(outcome.status, 0);
    assert_true(outcome.result.cut && !outcome.result.timed_out);
    assert_true(outcome.out.len <= 200000);
    done(&outcome);
    run("head -c 100000 /dev/zero | tr '\\0' x >&2; echo end", 60, 1000, &outcome);
    assert_int_equal(outcome.status, 0);
    assert_false(outcome.result.cut);
    assert_string_equal(buf_text(&outcome.out), "end\n");
    assert_true(outcome.errors.len <= 1000);
    done(&outcome);
}

static void refuses_too_many_arguments(void **state)
{
    const char *arguments[64];
    struct buf out, errors;
    struct transport_result result;
    struct error err = ERROR_INIT;
    (void)state;
    for (size_t i = 0; i < 63; i++) {
        arguments[i] = "x";
    }
    arguments[63] = NULL;
    struct transport_request request = {
        .script = STR("true"), .arguments = arguments, .seconds = 5};
    buf_init(&out, 100);
    buf_init(&errors, 100);
    assert_int_equal(transport_local_run(&request, &out, &errors, &result, &err), ERR_LIMIT);
    buf_done(&out);
    buf_done(&errors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_a_script),
        cmocka_unit_test(sends_a_long_script),
        cmocka_unit_test(stops_at_the_time_ceiling),
        cmocka_unit_test(kills_what_is_left),
        cmocka_unit_test(stops_at_the_byte_ceiling),
        cmocka_unit_test(refuses_too_many_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
