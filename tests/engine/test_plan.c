#include "../unit.h"

#include "base/file.h"
#include "base/memory.h"
#include "engine/network.h"
#include "engine/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

struct fixture {
    char folder[64];
    struct arena arena;
    struct store *store;
    struct store_source source;
    struct plan plan;
    struct error err;
};

static int set_up(void **state)
{
    struct fixture *fixture = mem_alloc_zero(1, sizeof *fixture);
    strcpy(fixture->folder, "/tmp/assay-plan-XXXXXX");
    arena_init(&fixture->arena);
    *state = fixture;
    return mkdtemp(fixture->folder) == NULL ||
           store_open(fixture->folder, &fixture->store, &fixture->err) < 0 ||
           store_source_add(fixture->store, STR("lab"), STR("ssh"), 1, &fixture->source.id,
                            &fixture->err) < 0;
}

static int tear_down(void **state)
{
    static const char *const names[] = {"store.db", "store.db-wal", "store.db-shm"};
    struct fixture *fixture = *state;
    plan_done(&fixture->plan);
    store_close(fixture->store);
    for (unsigned i = 0; i < 3; i++) {
        _cleanup_free_ char *path = file_join(fixture->folder, names[i]);
        unlink(path);
    }
    rmdir(fixture->folder);
    arena_done(&fixture->arena);
    free(fixture);
    return 0;
}

static void put(struct fixture *fixture, const char *text)
{
    struct target_entry entry;
    bool is_new;
    assert_int_equal(target_entry_make(str_from(text), &fixture->arena, &entry, NULL), 0);
    assert_int_equal(
        store_entry_put(fixture->store, fixture->source.id, &entry, &is_new, &fixture->err), 0);
}

static void make(struct fixture *fixture, const char *only)
{
    assert_int_equal(store_source_find(fixture->store, STR("lab"), &fixture->arena,
                                       &fixture->source, &fixture->err),
                     0);
    const struct engine_options options = {
        .sources = &fixture->source, .source_count = 1, .only = str_from(only)};
    assert_int_equal(plan_make(&fixture->plan, fixture->store, &options, &fixture->err), 0);
}

static void test_targets_are_taken_once(void **state)
{
    struct fixture *fixture = *state;
    char key[TARGET_KEY_SIZE];
    put(fixture, "10.0.0.0/30");
    put(fixture, "10.0.0.1");
    put(fixture, "10.0.0.1-10.0.0.4");
    put(fixture, "db01:2222");
    make(fixture, "");
    /* .2 of the prefix, .1 alone, .3 and .4 of the range, db01 */
    assert_int_equal(fixture->plan.count, 5);
    assert_string_equal(plan_key(&fixture->plan, 0, key), "10.0.0.2:22");
    assert_string_equal(plan_key(&fixture->plan, 1, key), "10.0.0.1:22");
    assert_string_equal(plan_key(&fixture->plan, 2, key), "10.0.0.3:22");
    assert_string_equal(plan_key(&fixture->plan, 4, key), "db01:2222");
    assert_int_equal(plan_port(&fixture->plan, 4), 2222);
}

static void test_one_target_alone(void **state)
{
    struct fixture *fixture = *state;
    char key[TARGET_KEY_SIZE];
    put(fixture, "10.0.0.0/24");
    make(fixture, "10.0.0.77:22");
    assert_int_equal(fixture->plan.count, 1);
    assert_string_equal(plan_key(&fixture->plan, 0, key), "10.0.0.77:22");
}

static void test_first_all_then_those_that_are_due(void **state)
{
    struct fixture *fixture = *state;
    struct plan *plan = &fixture->plan;
    uint32_t target;
    put(fixture, "10.0.0.1-10.0.0.4");
    make(fixture, "");
    assert_true(plan_take(plan, 0, &target));
    assert_int_equal(target, 0);
    plan_again(plan, 0, 50);
    assert_true(plan_take(plan, 1000, &target));
    assert_int_equal(target, 1);
    plan_again(plan, 1, 20);
    assert_true(plan_take(plan, 1000, &target));
    assert_true(plan_take(plan, 1000, &target));
    assert_int_equal(target, 3);
    plan_end(plan, 2);
    plan_end(plan, 3);
    assert_int_equal(plan_due(plan), 20);
    assert_false(plan_take(plan, 10, &target));
    assert_true(plan_take(plan, 60, &target));
    assert_int_equal(target, 1);
    assert_true(plan_take(plan, 60, &target));
    assert_int_equal(target, 0);
    assert_int_equal(plan_due(plan), UINT32_MAX);
}

static void test_silence_is_kept_with_the_run(void **state)
{
    struct fixture *fixture = *state;
    int64_t run;
    put(fixture, "10.0.0.0/24");
    make(fixture, "");
    assert_int_equal(store_run_begin(fixture->store, STR("lab\n"), 1, &run, &fixture->err), 0);
    plan_mark_silent(&fixture->plan, 0);
    plan_mark_silent(&fixture->plan, 253);
    assert_int_equal(plan_write_silent(&fixture->plan, fixture->store, run, &fixture->err), 0);
    plan_done(&fixture->plan);
    make(fixture, "");
    assert_false(plan_was_silent(&fixture->plan, 0));
    assert_int_equal(plan_read_silent(&fixture->plan, fixture->store, run, &fixture->err), 0);
    assert_true(plan_was_silent(&fixture->plan, 0));
    assert_false(plan_was_silent(&fixture->plan, 1));
    assert_true(plan_was_silent(&fixture->plan, 253));
}

static void test_many_targets_take_little_memory(void **state)
{
    struct fixture *fixture = *state;
    assert_true(sizeof(struct plan_target) <= 24);
    put(fixture, "10.0.0.0/12");
    make(fixture, "");
    assert_int_equal(fixture->plan.count, (1 << 20) - 2);
}

static void test_silent_networks_are_gone_easy_on(void **state)
{
    struct networks networks = {0};
    struct resolved_address address = {.family = 4, .bytes = {10, 0, 0, 1}};
    struct network *network = networks_find(&networks, &address);
    unsigned most = network_most(network);
    network->silent = 100;
    address.bytes[3] = 200;
    assert_ptr_equal(networks_find(&networks, &address), network);
    assert_true(network_most(network) < most);
    for (unsigned i = 0; i < 5000; i++) {
        address.bytes[1] = (uint8_t)(i >> 8);
        address.bytes[2] = (uint8_t)i;
        networks_find(&networks, &address)->active++;
    }
    assert_int_equal(networks.count, 5000);
    networks_done(&networks);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(test_targets_are_taken_once),
        CASE(test_one_target_alone),
        CASE(test_first_all_then_those_that_are_due),
        CASE(test_silence_is_kept_with_the_run),
        CASE(test_many_targets_take_little_memory),
        cmocka_unit_test(test_silent_networks_are_gone_easy_on),
    };
    return cmocka_run_group_tests_name("engine/plan", tests, NULL, NULL);
}
