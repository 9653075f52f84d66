#include "../unit.h"

#include "engine/answer.h"
#include "process/resolving.h"

static int take(struct answer *answer, uint16_t type, const char *body)
{
    const struct message message = {.type = type, .body = str_from(body)};
    return answer_take(answer, &message, NULL);
}

static void test_an_answer_is_put_together(void **state)
{
    struct answer answer;
    answer_init(&answer);
    assert_int_equal(take(&answer, WORKER_PHASE, "{\"phase\": \"probe\"}"), 0);
    assert_int_equal(take(&answer, WORKER_HOST_KEY,
                          "{\"hop\": \"jump\", \"type\": \"ssh-ed25519\", \"fingerprint\": "
                          "\"SHA256:abc/+\", \"state\": \"new\"}"),
                     0);
    assert_int_equal(take(&answer, WORKER_AUTHENTICATED, "{\"hop\": \"jump\"}"), 0);
    assert_false(answer.authenticated);
    assert_true(answer.jump_authenticated);
    assert_int_equal(take(&answer, WORKER_AUTHENTICATED, "{\"method\": \"publickey\"}"), 0);
    assert_true(answer.authenticated);
    assert_int_equal(
        take(&answer, WORKER_FAILURE,
             "{\"code\": \"TARGET-SLOW\", \"phase\": \"reading\", \"message\": \"m\"}"),
        0);
    assert_string_equal(answer.failure->code, "TARGET-SLOW");
    assert_true(str_eq_text(answer.phase, "reading"));
    assert_true(answer.keys[0].jump);
    assert_true(answer.keys[0].is_new);
    assert_int_equal(take(&answer, WORKER_DONE, "{}"), 0);
    assert_int_equal(take(&answer, WORKER_PHASE, "{}"), ERR_LIMIT);
    answer_done(&answer);
}

/* Each is kept as long as the worker speaks. */
static void test_checks_come_once(void **state)
{
    struct answer answer;
    answer_init(&answer);
    assert_int_equal(take(&answer, WORKER_CHECKS, "{\"checks\": []}"), 0);
    assert_int_equal(take(&answer, WORKER_CHECKS, "{\"checks\": []}"), ERR_FORMAT);
    answer_done(&answer);
}

static void test_what_no_worker_says(void **state)
{
    static const struct {
        uint16_t type;
        const char *body;
    } cases[] = {
        {0, "{}"},
        {99, "{}"},
        {WORKER_PHASE, ""},
        {WORKER_PHASE, "[]"},
        {WORKER_PHASE, "{\"phase\": "},
        {WORKER_FAILURE, "{\"code\": \"NO-SUCH\"}"},
        {WORKER_FAILURE, "{}"},
        {WORKER_HOST_KEY, "{\"fingerprint\": \"MD5:aa\"}"},
        {WORKER_HOST_KEY, "{\"fingerprint\": \"SHA256:a b\"}"},
        {WORKER_INVENTORY, "{}"},
        {WORKER_INVENTORY, "not json"},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct answer answer;
        answer_init(&answer);
        assert_true(take(&answer, cases[i].type, cases[i].body) < 0);
        assert_false(answer.has_inventory);
        answer_done(&answer);
    }
}

static void test_questions_to_the_resolver(void **state)
{
    struct buf body;
    struct str name;
    uint32_t number;
    buf_init(&body, 1000);
    resolving_write_question(70000, STR("db01"), &body);
    assert_true(resolving_read_question(buf_view(&body), &number, &name));
    assert_int_equal(number, 70000);
    assert_true(str_eq_text(name, "db01"));
    assert_false(resolving_read_question(STR("abcd"), &number, &name));
    buf_done(&body);
}

static void test_answers_of_the_resolver(void **state)
{
    struct buf body;
    struct resolved answer = {.number = 7, .count = 2, .addresses = {{4, {10, 0, 0, 1}}, {6, {1}}}};
    struct resolved read;
    buf_init(&body, 1000);
    resolving_write_answer(&answer, &body);
    assert_true(resolving_read_answer(buf_view(&body), &read));
    assert_int_equal(read.count, 2);
    assert_memory_equal(read.addresses, answer.addresses, sizeof answer.addresses);
    for (size_t len = 0; len < body.len; len++) {
        bool whole = len == 5 + 17;
        assert_int_equal(resolving_read_answer(str_sub(buf_view(&body), 0, len), &read), whole);
    }
    body.data[5] = 5;
    assert_false(resolving_read_answer(buf_view(&body), &read));
    buf_done(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_answer_is_put_together),
        cmocka_unit_test(test_checks_come_once),
        cmocka_unit_test(test_what_no_worker_says),
        cmocka_unit_test(test_questions_to_the_resolver),
        cmocka_unit_test(test_answers_of_the_resolver),
    };
    return cmocka_run_group_tests_name("engine/answer", tests, NULL, NULL);
}
