#include "../unit.h"

#include "base/file.h"
#include "base/memory.h"
#include "store/store.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct fixture {
    char folder[64];
    struct arena arena;
    struct store *store;
    struct error err;
};

static int set_up(void **state)
{
    struct fixture *fixture = mem_alloc_zero(1, sizeof *fixture);
    strcpy(fixture->folder, "/tmp/assay-store-XXXXXX");
    arena_init(&fixture->arena);
    *state = fixture;
    return mkdtemp(fixture->folder) == NULL ||
           store_open(fixture->folder, &fixture->store, &fixture->err) < 0;
}

static int tear_down(void **state)
{
    static const char *const names[] = {"store.db", "store.db-wal", "store.db-shm"};
    struct fixture *fixture = *state;
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

static void reopen(struct fixture *fixture)
{
    store_close(fixture->store);
    fixture->store = NULL;
    assert_int_equal(store_open(fixture->folder, &fixture->store, &fixture->err), 0);
}

static int64_t add_source(struct fixture *fixture, const char *name)
{
    int64_t id = 0;
    assert_int_equal(
        store_source_add(fixture->store, str_from(name), STR("ssh"), 1000, &id, &fixture->err), 0);
    return id;
}

static void put_entry(struct fixture *fixture, int64_t source, const char *text)
{
    struct target_entry entry;
    bool is_new;
    assert_int_equal(target_entry_make(str_from(text), &fixture->arena, &entry, NULL), 0);
    assert_int_equal(store_entry_put(fixture->store, source, &entry, &is_new, &fixture->err), 0);
}

static int64_t make_target(struct fixture *fixture, int64_t source, const char *key)
{
    struct store_target target;
    assert_int_equal(
        store_target_make(fixture->store, source, str_from(key), &target, &fixture->err), 0);
    return target.id;
}

static void test_the_file_is_for_its_owner_alone(void **state)
{
    struct fixture *fixture = *state;
    struct stat status;
    _cleanup_free_ char *path = file_join(fixture->folder, "store.db");
    _cleanup_free_ char *wal = file_join(fixture->folder, "store.db-wal");
    add_source(fixture, "web");
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(stat(wal, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static void test_sources_keep_their_settings(void **state)
{
    struct fixture *fixture = *state;
    struct store_source source;
    struct source_settings settings;
    int64_t id = add_source(fixture, "web"), other = 0;
    source_settings_init(&settings);
    settings.port = 2222;
    settings.jump = STR("ops@bastion");
    settings.agent = 1;
    assert_int_equal(store_source_save(fixture->store, id, &settings, 2000, &fixture->err), 0);
    reopen(fixture);
    assert_int_equal(
        store_source_find(fixture->store, STR("web"), &fixture->arena, &source, &fixture->err), 0);
    assert_int_equal(source.settings.port, 2222);
    assert_int_equal(source.settings.agent, 1);
    assert_int_equal(source.settings.seconds, 180);
    assert_true(str_eq_text(source.settings.jump, "ops@bastion"));
    assert_int_equal(source.changed, 2000);
    assert_int_equal(
        store_source_add(fixture->store, STR("web"), STR("ssh"), 1, &other, &fixture->err),
        ERR_USAGE);
    assert_int_equal(
        store_source_find(fixture->store, STR("db"), &fixture->arena, &source, &fixture->err),
        ERR_NOT_FOUND);
    assert_non_null(strstr(fixture->err.message, "there are web"));
}

static void test_removing_a_source_takes_what_is_its_own(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->store;
    struct error *err = &fixture->err;
    struct store_source_contents contents;
    struct str *names;
    uint32_t count;
    int64_t web = add_source(fixture, "web"), db = add_source(fixture, "db"), only, shared, id;
    const struct server_identity mark = {MARK_MACHINE_ID, STR("abc")};
    const struct store_server one = {.name = STR("one")}, two = {.name = STR("two")};
    put_entry(fixture, web, "10.0.0.0/24");
    put_entry(fixture, web, "web01");
    assert_int_equal(store_server_save(store, &one, &mark, 1, &only, err), 0);
    assert_int_equal(store_server_save(store, &two, &mark, 1, &shared, err), 0);
    id = make_target(fixture, web, "web01:22");
    assert_int_equal(store_target_worked(store, id, 7, only, 5000, err), 0);
    assert_int_equal(
        store_issue_open(store, id, STR("NET-REFUSED"), STR("connect"), STR("x"), 1, err), 0);
    id = make_target(fixture, web, "10.0.0.1:22");
    assert_int_equal(store_target_worked(store, id, 7, shared, 5000, err), 0);
    id = make_target(fixture, db, "10.0.0.1:22");
    assert_int_equal(store_target_worked(store, id, 7, shared, 5000, err), 0);
    const struct store_host_key key = {.host = STR("web01:22"), .fingerprint = STR("SHA256:x")};
    assert_int_equal(store_host_key_put(store, web, &key, err), 0);

    assert_int_equal(store_source_contents(store, web, &contents, err), 0);
    assert_int_equal(contents.entries, 2);
    assert_int_equal(contents.targets, 2);
    assert_int_equal(contents.host_keys, 1);
    assert_int_equal(contents.issues, 1);
    assert_int_equal(contents.servers, 1);
    assert_int_equal(store_source_servers(store, web, &fixture->arena, &names, &count, err), 0);
    assert_int_equal(count, 1);
    assert_true(str_eq_text(names[0], "one"));

    assert_int_equal(store_source_remove(store, web, err), 0);
    assert_int_equal(store_server_named(store, STR("one"), &id, err), 0);
    assert_int_equal(id, 0);
    assert_int_equal(store_server_named(store, STR("two"), &id, err), 0);
    assert_int_equal(id, shared);
}

static void test_entries_are_put_once(void **state)
{
    struct fixture *fixture = *state;
    struct store_entry *entries;
    uint32_t count;
    uint64_t addresses;
    int64_t id = add_source(fixture, "web");
    put_entry(fixture, id, "10.0.0.0/24");
    put_entry(fixture, id, "WEB01:2222");
    put_entry(fixture, id, "web01:2222");
    assert_int_equal(
        store_entry_list(fixture->store, id, &fixture->arena, &entries, &count, &fixture->err), 0);
    assert_int_equal(count, 2);
    assert_int_equal(entries[1].entry.spec.port, 2222);
    assert_int_equal(store_entry_addresses(fixture->store, id, &addresses, &fixture->err), 0);
    assert_int_equal(addresses, 255);
    assert_int_equal(store_entry_remove(fixture->store, id, STR("web01:2222"), &fixture->err), 0);
    assert_int_equal(store_entry_remove(fixture->store, id, STR("web01:2222"), &fixture->err),
                     ERR_NOT_FOUND);
}

static void test_issues_open_and_close(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->store;
    struct error *err = &fixture->err;
    struct store_issue *issues;
    uint32_t count;
    int64_t source = add_source(fixture, "web"), target = make_target(fixture, source, "a:22");
    store_issue_open(store, target, STR("NET-TIMEOUT"), STR("connect"), STR("m"), 100, err);
    store_issue_open(store, target, STR("NET-TIMEOUT"), STR("connect"), STR("n"), 200, err);
    assert_int_equal(store_issue_list(store, 0, false, &fixture->arena, &issues, &count, err), 0);
    assert_int_equal(count, 1);
    assert_int_equal(issues[0].times, 2);
    assert_int_equal(issues[0].opened, 100);
    assert_int_equal(issues[0].seen, 200);
    assert_true(str_eq_text(issues[0].message, "n"));
    store_issue_open(store, target, STR("SSH-CLOSED"), STR("greeting"), STR("m"), 300, err);
    assert_int_equal(store_issue_list(store, source, false, &fixture->arena, &issues, &count, err),
                     0);
    assert_int_equal(count, 1);
    assert_true(str_eq_text(issues[0].code, "SSH-CLOSED"));
    store_issue_close(store, target, STR(""), 400, err);
    assert_int_equal(store_issue_list(store, 0, false, &fixture->arena, &issues, &count, err), 0);
    assert_int_equal(count, 0);
    assert_int_equal(store_issue_list(store, 0, true, &fixture->arena, &issues, &count, err), 0);
    assert_int_equal(count, 2);
    assert_int_equal(issues[1].closed, 400);
}

static void test_accounts_and_their_use(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->store;
    struct error *err = &fixture->err;
    struct store_account account;
    uint64_t worked;
    int64_t denied, source = add_source(fixture, "web");
    int64_t target = make_target(fixture, source, "a:22");
    assert_int_equal(store_account_find(store, 9, &fixture->arena, &account, err), 0);
    assert_int_equal(account.state, ACCOUNT_UNTRIED);
    store_account_put(store, 9, STR("nine"), ACCOUNT_INVALID, STR("a:22"), 100, err);
    store_account_put(store, 9, STR("nine"), ACCOUNT_INVALID, STR("b:22"), 200, err);
    store_use_put(store, target, 9, false, 100, err);
    assert_int_equal(store_account_find(store, 9, &fixture->arena, &account, err), 0);
    assert_int_equal(account.state, ACCOUNT_INVALID);
    assert_int_equal(account.since, 100);
    assert_int_equal(account.denied, 1);
    assert_true(str_eq_text(account.name, "nine"));
    assert_true(str_eq_text(account.last_target, "b:22"));
    assert_int_equal(store_use_denied(store, target, 9, &denied, err), 0);
    assert_int_equal(denied, 100);
    store_use_put(store, target, 9, true, 300, err);
    assert_int_equal(store_use_denied(store, target, 9, &denied, err), 0);
    assert_true(denied == TIME_NONE);
    assert_int_equal(store_use_worked(store, source, 9, &worked, err), 0);
    assert_int_equal(worked, 1);
}

static void test_runs_remember_what_is_done(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->store;
    struct error *err = &fixture->err;
    struct store_run run;
    struct store_entry *entries;
    struct str bits;
    uint32_t count;
    bool done;
    int64_t id, source = add_source(fixture, "web"), target = make_target(fixture, source, "a:22");
    put_entry(fixture, source, "10.0.0.0/24");
    assert_int_equal(store_entry_list(store, source, &fixture->arena, &entries, &count, err), 0);
    assert_int_equal(store_run_begin(store, STR("web"), 100, &id, err), 0);
    assert_int_equal(store_run_put(store, id, target, STR("SSH-CLOSED"), 1.5, 110, err), 0);
    assert_int_equal(store_run_done(store, id, target, &done, err), 0);
    assert_false(done);
    assert_int_equal(store_run_put(store, id, target, STR(""), 1.5, 110, err), 0);
    assert_int_equal(store_run_silent_put(store, id, entries[0].id, str_make("\x01\0\x80", 3), err),
                     0);
    reopen(fixture);
    store = fixture->store;
    assert_int_equal(store_run_last(store, STR(""), &fixture->arena, &run, err), 0);
    assert_int_equal(run.id, id);
    assert_int_equal(run.state, RUN_RUNNING);
    assert_true(run.ended == TIME_NONE);
    assert_int_equal(store_run_done(store, id, target, &done, err), 0);
    assert_true(done);
    assert_int_equal(store_run_silent(store, id, entries[0].id, &fixture->arena, &bits, err), 0);
    assert_int_equal(bits.len, 3);
    assert_memory_equal(bits.ptr, "\x01\0\x80", 3);
    assert_int_equal(store_run_last(store, STR("db"), &fixture->arena, &run, err), ERR_NOT_FOUND);
    assert_int_equal(store_run_end(store, id, RUN_FINISHED, 200, err), 0);
}

static void test_the_newest_run_counts(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->store;
    struct error *err = &fixture->err;
    struct store_target_row *rows;
    uint32_t count;
    bool done;
    int64_t first, second, source = add_source(fixture, "web");
    int64_t target = make_target(fixture, source, "a:22");
    assert_int_equal(store_run_begin(store, STR("web"), 100, &first, err), 0);
    assert_int_equal(store_run_put(store, first, target, STR(""), 1, 110, err), 0);
    assert_int_equal(store_run_begin(store, STR("web"), 200, &second, err), 0);
    assert_int_equal(store_run_done(store, second, target, &done, err), 0);
    assert_false(done);
    assert_int_equal(store_run_put(store, second, target, STR("NET-TIMEOUT"), 1, 210, err), 0);
    assert_int_equal(store_run_done(store, first, target, &done, err), 0);
    assert_false(done);
    assert_int_equal(store_target_list(store, source, &fixture->arena, &rows, &count, err), 0);
    assert_int_equal(count, 1);
    assert_true(str_eq_text(rows[0].code, "NET-TIMEOUT"));
    assert_int_equal(rows[0].seen, 210);
}

static void test_candidates_share_an_identity(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->store;
    struct error *err = &fixture->err;
    const struct server_identity first[] = {{MARK_MACHINE_ID, STR("aaa")},
                                            {MARK_ADDRESS, STR("10.0.0.1")}};
    const struct server_identity second[] = {{MARK_MACHINE_ID, STR("bbb")},
                                             {MARK_HOST_KEY, STR("SHA256:k")},
                                             {MARK_ADDRESS, STR("10.0.0.1")}};
    const struct server_identity asked[] = {
        {MARK_HOST_KEY, STR("SHA256:k")}, {MARK_MAC, STR("aaa")}, {MARK_ADDRESS, STR("10.0.0.1")}};
    const struct store_server one = {.name = STR("one")}, two = {.name = STR("two")};
    struct store_server *found;
    struct server_identity *identities;
    uint32_t count;
    int64_t id;
    assert_int_equal(store_server_save(store, &one, first, 2, &id, err), 0);
    assert_int_equal(store_server_save(store, &two, second, 3, &id, err), 0);
    assert_int_equal(store_server_candidates(store, asked, 3, &fixture->arena, &found, &count, err),
                     0);
    assert_int_equal(count, 1);
    assert_true(str_eq_text(found[0].name, "two"));
    assert_int_equal(store_server_identities(store, id, &fixture->arena, &identities, &count, err),
                     0);
    assert_int_equal(count, 3);
}

static void test_a_transaction_is_whole(void **state)
{
    struct fixture *fixture = *state;
    struct store_source *sources;
    uint32_t count;
    assert_int_equal(store_begin(fixture->store, &fixture->err), 0);
    add_source(fixture, "web");
    reopen(fixture);
    assert_int_equal(
        store_source_list(fixture->store, &fixture->arena, &sources, &count, &fixture->err), 0);
    assert_int_equal(count, 0);
}

/* "unable to open database file" alone tells nobody what to do. */
static void test_what_the_system_refuses_is_named(void **state)
{
    struct fixture *fixture = *state;
    store_close(fixture->store);
    fixture->store = NULL;
    _cleanup_free_ char *path = file_join(fixture->folder, "store.db-wal");
    unlink(path);
    assert_int_equal(mkdir(path, 0700), 0);
    int result = store_open(fixture->folder, &fixture->store, &fixture->err);
    rmdir(path);
    assert_int_equal(result, ERR_IO);
    assert_non_null(strstr(fixture->err.message, "Is a directory"));
}

static void damage(struct fixture *fixture, off_t at, const char *bytes, size_t len)
{
    _cleanup_free_ char *path = file_join(fixture->folder, "store.db");
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, bytes, len, at), (ssize_t)len);
    close(fd);
}

static void test_a_damaged_database_is_named(void **state)
{
    struct fixture *fixture = *state;
    add_source(fixture, "web");
    store_close(fixture->store);
    fixture->store = NULL;
    damage(fixture, 0, "This is not a database", 22);
    assert_int_equal(store_open(fixture->folder, &fixture->store, &fixture->err), ERR_FORMAT);
    assert_non_null(strstr(fixture->err.message, "store.db is damaged"));
    assert_null(fixture->store);
}

static void test_a_newer_database_is_refused(void **state)
{
    struct fixture *fixture = *state;
    store_close(fixture->store);
    fixture->store = NULL;
    /* user_version, big-endian, at byte 60 of the header (SQLite file format, 1.3). */
    damage(fixture, 60, "\0\0\x03\xe7", 4);
    assert_int_equal(store_open(fixture->folder, &fixture->store, &fixture->err), ERR_VERSION);
    assert_non_null(strstr(fixture->err.message, "newer assay"));
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(test_the_file_is_for_its_owner_alone),
        CASE(test_sources_keep_their_settings),
        CASE(test_removing_a_source_takes_what_is_its_own),
        CASE(test_entries_are_put_once),
        CASE(test_issues_open_and_close),
        CASE(test_accounts_and_their_use),
        CASE(test_runs_remember_what_is_done),
        CASE(test_the_newest_run_counts),
        CASE(test_candidates_share_an_identity),
        CASE(test_a_transaction_is_whole),
        CASE(test_what_the_system_refuses_is_named),
        CASE(test_a_damaged_database_is_named),
        CASE(test_a_newer_database_is_refused),
    };
    return cmocka_run_group_tests_name("store/store", tests, NULL, NULL);
}
