#include "folder.h"

#include "vault/client.h"

#include <fcntl.h>
#include <sys/stat.h>

struct fixture {
    struct folder folder;
    struct vault *vault;
    struct vault_client *client;
};

static void begin(struct fixture *fixture)
{
    struct error err = ERROR_INIT;
    folder_make(&fixture->folder);
    fixture->vault = folder_create(&fixture->folder);
    folder_add(fixture->vault, "one", "first");
    folder_add(fixture->vault, "two", "second");
    const struct vault_unlock unlock = {fixture->folder.path, -1};
    if (vault_client_start(&unlock, &fixture->client, &err) < 0) {
        fail_msg("%s", err.message);
    }
}

static void end(struct fixture *fixture)
{
    vault_client_stop(fixture->client);
    vault_close(fixture->vault);
    folder_remove(&fixture->folder);
}

static int send_into(struct fixture *fixture, const uint64_t *ids, uint32_t count,
                     struct str *ret_bytes, char *room, size_t size, struct error *err)
{
    int ends[2];
    *err = (struct error)ERROR_INIT;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    int result = vault_client_send(fixture->client, ids, count, STR("db01\nforged"), ends[1], err);
    close(ends[1]);
    ssize_t got = read(ends[0], room, size);
    assert_true(got >= 0);
    *ret_bytes = str_make(room, (size_t)got);
    close(ends[0]);
    return result;
}

static void test_lists_and_follows_changes(void **state)
{
    struct fixture fixture;
    struct arena arena;
    struct error err = ERROR_INIT;
    const struct credential *credentials;
    uint32_t count;
    arena_init(&arena);
    begin(&fixture);
    assert_int_equal(vault_client_list(fixture.client, &arena, &credentials, &count, &err), 0);
    assert_int_equal(count, 2);
    assert_true(str_eq_text(credentials[1].name, "two"));
    folder_add(fixture.vault, "three", "third");
    assert_int_equal(vault_client_list(fixture.client, &arena, &credentials, &count, &err), 0);
    assert_int_equal(count, 3);
    arena_done(&arena);
    end(&fixture);
}

static void test_writes_into_a_pipe(void **state)
{
    struct fixture fixture;
    struct arena arena;
    struct error err;
    struct str bytes;
    struct credential credential;
    struct credential_secret secret;
    char room[4096];
    const uint64_t ids[] = {2, 1}, gone[] = {7};
    arena_init(&arena);
    begin(&fixture);
    assert_int_equal(send_into(&fixture, ids, 2, &bytes, room, sizeof room, &err), 0);
    assert_int_equal(credential_decode(&bytes, &arena, &credential, &secret, &err), 0);
    assert_true(str_eq_text(secret_view(&secret.password), "second"));
    credential_secret_done(&secret);
    assert_int_equal(credential_decode(&bytes, &arena, &credential, &secret, &err), 0);
    assert_true(str_eq_text(secret_view(&secret.password), "first"));
    credential_secret_done(&secret);
    assert_int_equal(bytes.len, 0);
    assert_int_equal(send_into(&fixture, gone, 1, &bytes, room, sizeof room, &err), ERR_NOT_FOUND);
    assert_int_equal(bytes.len, 0);
    /* It goes on after a failure. */
    assert_int_equal(send_into(&fixture, ids, 1, &bytes, room, sizeof room, &err), 0);
    arena_done(&arena);
    end(&fixture);
}

static void test_keeps_a_record_of_use(void **state)
{
    struct fixture fixture;
    struct error err;
    struct str bytes;
    struct buf record;
    char room[4096];
    const uint64_t ids[] = {1};
    begin(&fixture);
    assert_int_equal(send_into(&fixture, ids, 1, &bytes, room, sizeof room, &err), 0);
    buf_init(&record, 4096);
    assert_int_equal(file_read(folder_file(&fixture.folder, "used.log"), &record, &err), 0);
    assert_true(str_ends(buf_view(&record), STR("\t1\tdb01?forged\n")));
    assert_int_equal(str_find(buf_view(&record), STR("first")), SIZE_MAX);
    buf_done(&record);
    end(&fixture);
}

/* Whatever is passed, only a pipe is written to. */
static void test_writes_into_nothing_else(void **state)
{
    struct fixture fixture;
    struct error err = ERROR_INIT;
    struct stat info;
    const uint64_t ids[] = {1};
    begin(&fixture);
    int fd = open(folder_file(&fixture.folder, "stolen"), O_CREAT | O_RDWR, 0600);
    assert_int_equal(vault_client_send(fixture.client, ids, 1, STR("x"), fd, &err), ERR_USAGE);
    assert_int_equal(fstat(fd, &info), 0);
    assert_int_equal(info.st_size, 0);
    close(fd);
    end(&fixture);
}

static void test_tells_why_it_cannot_be_opened(void **state)
{
    struct folder folder;
    struct vault_client *client;
    struct error err = ERROR_INIT;
    folder_make(&folder);
    const struct vault_unlock unlock = {folder.path, -1};
    assert_int_equal(vault_client_start(&unlock, &client, &err), ERR_NOT_FOUND);
    assert_non_null(strstr(err.message, "credential add"));
    vault_close(folder_create(&folder));
    assert_int_equal(chmod(folder_file(&folder, "vault.key"), 0644), 0);
    assert_int_equal(vault_client_start(&unlock, &client, &err), ERR_IO);
    assert_non_null(strstr(err.message, "others can read the vault's key"));
    vault_client_stop(NULL);
    folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists_and_follows_changes),
        cmocka_unit_test(test_writes_into_a_pipe),
        cmocka_unit_test(test_keeps_a_record_of_use),
        cmocka_unit_test(test_writes_into_nothing_else),
        cmocka_unit_test(test_tells_why_it_cannot_be_opened),
    };
    return cmocka_run_group_tests_name("vault/client", tests, NULL, NULL);
}
