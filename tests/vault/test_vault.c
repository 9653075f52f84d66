#include "folder.h"

#include "vault/details.h"
#include "vault/seal.h"

#include <fcntl.h>
#include <sys/stat.h>

static void read_whole(const char *path, struct buf *out)
{
    struct error err = ERROR_INIT;
    buf_init(out, 1 << 20);
    assert_int_equal(file_read(path, out, &err), 0);
}

/* Without waiting for the disk, as there are very many. */
static void write_whole(const char *path, struct str bytes)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
    assert_int_equal(fchmod(fileno(file), 0600), 0);
    assert_int_equal(fclose(file), 0);
}

static void test_keeps_credentials(void **state)
{
    struct folder folder;
    struct vault *vault;
    struct error err = ERROR_INIT;
    uint32_t count;
    folder_make(&folder);
    assert_int_equal(folder_open(&folder, &vault, &err), ERR_NOT_FOUND);
    vault = folder_create(&folder);
    assert_int_equal(folder_add(vault, "one", "first"), 1);
    assert_int_equal(folder_add(vault, "two", "second"), 2);
    vault_close(vault);
    assert_int_equal(folder_open(&folder, &vault, &err), 0);
    const struct credential *all = vault_credentials(vault, &count);
    assert_int_equal(count, 2);
    assert_true(str_eq_text(all[1].name, "two"));
    assert_true(str_eq_text(all[1].user, "root"));
    folder_check(vault, "one", "first");
    folder_check(vault, "two", "second");
    vault_close(vault);
    folder_remove(&folder);
}

static void test_scope_and_provider_stay(void **state)
{
    static const struct str sources[] = {{"web", 3}}, ranges[] = {{"10.0.0.0/8", 10}, {"::1", 3}};
    struct folder folder;
    struct error err = ERROR_INIT;
    struct credential credential = folder_credential("x");
    struct credential_secret none = {0};
    uint64_t id;
    folder_make(&folder);
    struct vault *vault = folder_create(&folder);
    credential.kind = CREDENTIAL_WINDOWS_DOMAIN;
    credential.domain = STR("EXAMPLE.ORG");
    credential.provider = STR("/bin/true");
    credential.scope_sources = sources;
    credential.scope_source_count = 1;
    credential.scope_ranges = ranges;
    credential.scope_range_count = 2;
    assert_int_equal(vault_add(vault, &credential, &none, &id, &err), 0);
    vault_close(vault);
    assert_int_equal(folder_open(&folder, &vault, &err), 0);
    const struct credential *found = vault_find_id(vault, id);
    assert_int_equal(found->kind, CREDENTIAL_WINDOWS_DOMAIN);
    assert_true(str_eq_text(found->domain, "EXAMPLE.ORG"));
    assert_true(str_eq_text(found->provider, "/bin/true"));
    assert_int_equal(found->scope_source_count, 1);
    assert_true(str_eq_text(found->scope_ranges[1], "::1"));
    assert_int_equal(found->scope_domain_count, 0);
    vault_close(vault);
    folder_remove(&folder);
}

static void test_names_are_unique_and_numbers_never_used_again(void **state)
{
    struct folder folder;
    struct error err = ERROR_INIT;
    struct credential again = folder_credential("one");
    struct credential_secret secret = folder_secret("x");
    uint64_t id;
    folder_make(&folder);
    struct vault *vault = folder_create(&folder);
    folder_add(vault, "one", "first");
    assert_int_equal(vault_add(vault, &again, &secret, &id, &err), ERR_USAGE);
    assert_int_equal(vault_remove(vault, 1, &err), 0);
    assert_int_equal(vault_remove(vault, 1, &err), ERR_NOT_FOUND);
    assert_int_equal(folder_add(vault, "one", "later"), 2);
    folder_check(vault, "one", "later");
    credential_secret_done(&secret);
    vault_close(vault);
    folder_remove(&folder);
}

static void test_a_change_keeps_the_secret_or_not(void **state)
{
    struct folder folder;
    struct arena arena;
    struct error err = ERROR_INIT;
    arena_init(&arena);
    folder_make(&folder);
    struct vault *vault = folder_create(&folder);
    folder_add(vault, "one", "first");
    struct credential now = details_dup(vault_find(vault, STR("one")), &arena);
    now.name = STR("uno");
    assert_int_equal(vault_change(vault, &now, NULL, &err), 0);
    folder_check(vault, "uno", "first");
    /* What was read before is no ground to change it again. */
    assert_int_equal(vault_change(vault, &now, NULL, &err), ERR_USAGE);
    struct credential_secret secret = folder_secret("second");
    now = *vault_find(vault, STR("uno"));
    assert_int_equal(vault_change(vault, &now, &secret, &err), 0);
    folder_check(vault, "uno", "second");
    credential_secret_done(&secret);
    vault_close(vault);
    arena_done(&arena);
    folder_remove(&folder);
}

static void test_changes_of_two_are_both_kept(void **state)
{
    struct folder folder;
    struct vault *other;
    struct error err = ERROR_INIT;
    uint32_t count;
    folder_make(&folder);
    struct vault *vault = folder_create(&folder);
    assert_int_equal(folder_open(&folder, &other, &err), 0);
    folder_add(vault, "one", "first");
    folder_add(other, "two", "second");
    folder_add(vault, "three", "third");
    vault_credentials(vault, &count);
    assert_int_equal(count, 3);
    assert_int_equal(vault_refresh(other, &err), 0);
    folder_check(other, "three", "third");
    vault_close(vault);
    vault_close(other);
    folder_remove(&folder);
}

/* No byte of the file can be another one, and no end of it missing. */
static void test_every_altered_byte_is_refused(void **state)
{
    struct folder folder;
    struct buf good;
    struct vault *vault;
    struct error err = ERROR_INIT;
    folder_make(&folder);
    vault = folder_create(&folder);
    folder_add(vault, "one", "first");
    vault_close(vault);
    const char *path = folder_file(&folder, "vault.assay");
    read_whole(path, &good);
    for (size_t i = 0; i < good.len; i++) {
        good.data[i] ^= 0x01;
        write_whole(path, buf_view(&good));
        good.data[i] ^= 0x01;
        int result = folder_open(&folder, &vault, &err);
        assert_true(result == ERR_FORMAT || result == ERR_VERSION || result == ERR_LIMIT);
        assert_true(result != ERR_FORMAT || strstr(err.message, "vault.assay.1") != NULL);
    }
    for (size_t len = 0; len < good.len; len++) {
        write_whole(path, str_sub(buf_view(&good), 0, len));
        assert_int_equal(folder_open(&folder, &vault, &err), ERR_FORMAT);
    }
    buf_put_byte(&good, 'x');
    write_whole(path, buf_view(&good));
    assert_int_equal(folder_open(&folder, &vault, &err), ERR_FORMAT);
    buf_done(&good);
    folder_remove(&folder);
}

/* The same by somebody who knows the format: the checksum is made right again. */
static void test_altered_with_a_right_checksum_is_refused(void **state)
{
    struct folder folder;
    struct buf good;
    struct vault *vault;
    struct error err = ERROR_INIT;
    unsigned char sum[VAULT_CHECKSUM];
    folder_make(&folder);
    vault = folder_create(&folder);
    folder_add(vault, "one", "first");
    vault_close(vault);
    const char *path = folder_file(&folder, "vault.assay");
    read_whole(path, &good);
    for (size_t i = 0; i + VAULT_TRAILER < good.len; i++) {
        struct buf bad;
        buf_init(&bad, good.ceiling);
        buf_put_str(&bad, buf_view(&good));
        bad.data[i] ^= 0x10;
        seal_checksum(format_checked(buf_view(&bad)), sum);
        memcpy(bad.data + bad.len - VAULT_TRAILER, sum, sizeof sum);
        write_whole(path, buf_view(&bad));
        int result = folder_open(&folder, &vault, &err);
        assert_true(result < 0);
        buf_done(&bad);
    }
    buf_done(&good);
    folder_remove(&folder);
}

/* A record of an older state, put into the file of now, by somebody without the key. */
static void test_an_older_record_is_refused(void **state)
{
    struct folder folder;
    struct buf old, now, forged;
    struct arena arena;
    struct vault_file old_file, now_file;
    struct vault *vault;
    struct error err = ERROR_INIT;
    unsigned char sum[VAULT_CHECKSUM];
    folder_make(&folder);
    arena_init(&arena);
    vault = folder_create(&folder);
    folder_add(vault, "one", "first");
    read_whole(folder_file(&folder, "vault.assay"), &old);
    struct credential changed = *vault_find(vault, STR("one"));
    assert_int_equal(vault_change(vault, &changed, NULL, &err), 0);
    vault_close(vault);
    read_whole(folder_file(&folder, "vault.assay"), &now);
    assert_int_equal(format_read(buf_view(&old), &arena, &old_file, &err), 0);
    assert_int_equal(format_read(buf_view(&now), &arena, &now_file, &err), 0);
    now_file.records[0] = old_file.records[0];
    buf_init(&forged, 1 << 20);
    format_write(&now_file, &forged);
    seal_checksum(buf_view(&forged), sum);
    buf_put(&forged, sum, sizeof sum);
    buf_put_str(&forged, format_mac(buf_view(&now)));
    write_whole(folder_file(&folder, "vault.assay"), buf_view(&forged));
    assert_int_equal(folder_open(&folder, &vault, &err), ERR_FORMAT);
    assert_non_null(strstr(err.message, "altered by somebody without its key"));
    buf_done(&old);
    buf_done(&now);
    buf_done(&forged);
    arena_done(&arena);
    folder_remove(&folder);
}

static void test_the_backup_is_the_version_before(void **state)
{
    struct folder folder;
    struct vault *vault;
    struct error err = ERROR_INIT;
    folder_make(&folder);
    vault = folder_create(&folder);
    folder_add(vault, "one", "first");
    assert_int_equal(vault_remove(vault, 1, &err), 0);
    vault_close(vault);
    assert_int_equal(
        rename(folder_file(&folder, "vault.assay.1"), folder_file(&folder, "vault.assay")), 0);
    assert_int_equal(folder_open(&folder, &vault, &err), ERR_VERSION);
    assert_int_equal(unlink(folder_file(&folder, "../vault.seen")), 0);
    assert_int_equal(folder_open(&folder, &vault, &err), 0);
    folder_check(vault, "one", "first");
    vault_close(vault);
    folder_remove(&folder);
}

static void put_back(const struct folder *folder, struct str bytes)
{
    write_whole(folder_file(folder, "vault.assay"), bytes);
}

/* Whole, with its key, and authentic: but a removed credential is in it again. */
static void test_an_older_file_is_noticed(void **state)
{
    struct folder folder;
    struct vault *vault, *running;
    struct error err = ERROR_INIT;
    struct buf old, now;
    folder_make(&folder);
    vault = folder_create(&folder);
    folder_add(vault, "one", "first");
    read_whole(folder_file(&folder, "vault.assay"), &old);
    assert_int_equal(vault_remove(vault, 1, &err), 0);
    vault_close(vault);
    read_whole(folder_file(&folder, "vault.assay"), &now);
    assert_int_equal(folder_open(&folder, &running, &err), 0);
    put_back(&folder, buf_view(&old));
    assert_int_equal(folder_open(&folder, &vault, &err), ERR_VERSION);
    assert_non_null(strstr(err.message, "change 2, seen was 3"));
    assert_non_null(strstr(err.message, "vault.seen"));
    /* A process that runs knows it without the note, which its sandbox keeps it from. */
    assert_int_equal(unlink(folder_file(&folder, "../vault.seen")), 0);
    assert_int_equal(vault_refresh(running, &err), ERR_VERSION);
    vault_close(running);
    put_back(&folder, buf_view(&now));
    assert_int_equal(folder_open(&folder, &vault, &err), 0);
    vault_close(vault);
    /* Taken as it is once the note is removed, and noted anew from then on. */
    put_back(&folder, buf_view(&old));
    assert_int_equal(folder_open(&folder, &vault, &err), ERR_VERSION);
    assert_int_equal(unlink(folder_file(&folder, "../vault.seen")), 0);
    assert_int_equal(folder_open(&folder, &vault, &err), 0);
    folder_add(vault, "two", "second");
    vault_close(vault);
    put_back(&folder, buf_view(&old));
    assert_int_equal(folder_open(&folder, &vault, &err), ERR_VERSION);
    /* A note of another vault, or a spoilt one, says nothing. */
    write_whole(folder_file(&folder, "../vault.seen"), STR("00 99\n"));
    assert_int_equal(folder_open(&folder, &vault, &err), 0);
    vault_close(vault);
    buf_done(&old);
    buf_done(&now);
    folder_remove(&folder);
}

static void test_a_missing_vault_with_a_backup_is_no_new_one(void **state)
{
    struct folder folder;
    struct vault *vault;
    struct error err = ERROR_INIT;
    const struct vault_lock lock = {.wrap = VAULT_WRAP_KEY_FILE};
    const struct vault_asker asker = {folder_ask, NULL};
    folder_make(&folder);
    vault = folder_create(&folder);
    folder_add(vault, "one", "first");
    vault_close(vault);
    assert_int_equal(unlink(folder_file(&folder, "vault.assay")), 0);
    assert_int_equal(folder_open(&folder, &vault, &err), ERR_IO);
    assert_non_null(strstr(err.message, "vault.assay.1"));
    assert_int_equal(vault_create(folder.path, &lock, &asker, &vault, &err), ERR_IO);
    folder_remove(&folder);
}

/* A folder that cannot be looked into is no empty one. */
static void test_a_vault_that_cannot_be_reached_is_not_absent(void **state)
{
    struct folder folder;
    struct vault *vault;
    struct error err = ERROR_INIT;
    folder_make(&folder);
    assert_false(vault_exists(folder.path));
    assert_int_equal(symlink("vault", folder.path), 0);
    assert_true(vault_exists(folder.path));
    assert_int_equal(folder_open(&folder, &vault, &err), ERR_IO);
    folder_remove(&folder);
}

static void test_a_key_file_that_others_can_read_is_refused(void **state)
{
    static const mode_t modes[] = {0640, 0604, 0620, 0602, 0610, 0644};
    struct folder folder;
    struct vault *vault;
    struct error err = ERROR_INIT;
    struct stat info;
    folder_make(&folder);
    vault_close(folder_create(&folder));
    const char *path = folder_file(&folder, "vault.key");
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0600);
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        assert_int_equal(chmod(path, modes[i]), 0);
        assert_int_equal(folder_open(&folder, &vault, &err), ERR_IO);
        assert_non_null(strstr(err.message, "chmod 600"));
    }
    assert_int_equal(chmod(path, 0400), 0);
    assert_int_equal(folder_open(&folder, &vault, &err), 0);
    vault_close(vault);
    if (geteuid() == 0) {
        assert_int_equal(chown(path, 65534, 65534), 0);
        assert_int_equal(folder_open(&folder, &vault, &err), ERR_IO);
        assert_non_null(strstr(err.message, "belongs to another user"));
    }
    folder_remove(&folder);
}

static void test_another_key_does_not_open_it(void **state)
{
    struct folder folder, other;
    struct vault *vault;
    struct error err = ERROR_INIT;
    struct buf key;
    folder_make(&folder);
    folder_make(&other);
    vault_close(folder_create(&folder));
    vault_close(folder_create(&other));
    read_whole(folder_file(&other, "vault.key"), &key);
    write_whole(folder_file(&folder, "vault.key"), buf_view(&key));
    assert_int_equal(folder_open(&folder, &vault, &err), ERR_IO);
    assert_non_null(strstr(err.message, "key of another vault"));
    for (size_t len = 0; len < key.len; len++) {
        write_whole(folder_file(&folder, "vault.key"), str_sub(buf_view(&key), 0, len));
        assert_int_equal(folder_open(&folder, &vault, &err), ERR_IO);
    }
    assert_int_equal(unlink(folder_file(&folder, "vault.key")), 0);
    assert_int_equal(folder_open(&folder, &vault, &err), ERR_IO);
    assert_non_null(strstr(err.message, "missing"));
    buf_done(&key);
    folder_remove(&folder);
    folder_remove(&other);
}

static void test_a_new_key_replaces_the_old_one(void **state)
{
    struct folder folder;
    struct vault *vault, *stale;
    struct error err = ERROR_INIT;
    struct buf old_key;
    const struct vault_lock lock = {.wrap = VAULT_WRAP_KEY_FILE};
    const struct vault_asker asker = {folder_ask, NULL};
    folder_make(&folder);
    vault = folder_create(&folder);
    folder_add(vault, "one", "first");
    read_whole(folder_file(&folder, "vault.key"), &old_key);
    assert_int_equal(folder_open(&folder, &stale, &err), 0);
    assert_int_equal(vault_rotate(vault, &lock, &asker, &err), 0);
    folder_check(vault, "one", "first");
    folder_add(vault, "two", "second");
    vault_close(vault);
    assert_int_equal(folder_open(&folder, &vault, &err), 0);
    folder_check(vault, "one", "first");
    folder_check(vault, "two", "second");
    vault_close(vault);
    /* A process that has the old key does not overwrite what is under the new one. */
    assert_int_equal(vault_refresh(stale, &err), ERR_IO);
    vault_close(stale);
    write_whole(folder_file(&folder, "vault.key"), buf_view(&old_key));
    assert_int_equal(folder_open(&folder, &vault, &err), ERR_IO);
    assert_int_equal(
        rename(folder_file(&folder, "vault.assay.1"), folder_file(&folder, "vault.assay")), 0);
    assert_int_equal(folder_open(&folder, &vault, &err), ERR_IO);
    buf_done(&old_key);
    folder_remove(&folder);
}

static void test_a_passphrase_and_back(void **state)
{
    struct folder folder;
    struct vault *vault;
    struct error err = ERROR_INIT;
    const struct vault_lock passphrase = {.wrap = VAULT_WRAP_PASSPHRASE},
                            key_file = {.wrap = VAULT_WRAP_KEY_FILE};
    const struct vault_asker right = {folder_ask, (void *)"open sesame"},
                             wrong = {folder_ask, (void *)"open rye"},
                             empty = {folder_ask, (void *)""};
    folder_make(&folder);
    vault = folder_create(&folder);
    folder_add(vault, "one", "first");
    assert_int_equal(vault_rotate(vault, &passphrase, &empty, &err), ERR_USAGE);
    assert_int_equal(vault_rotate(vault, &passphrase, &right, &err), 0);
    vault_close(vault);
    assert_false(file_exists(folder_file(&folder, "vault.key")));
    assert_int_equal(vault_open(folder.path, &wrong, &vault, &err), ERR_USAGE);
    assert_string_equal(err.message, "the passphrase is wrong");
    assert_int_equal(vault_open(folder.path, &right, &vault, &err), 0);
    assert_int_equal(vault_wrap_of(vault), VAULT_WRAP_PASSPHRASE);
    folder_check(vault, "one", "first");
    folder_add(vault, "two", "second");
    assert_int_equal(vault_rotate(vault, &key_file, &right, &err), 0);
    vault_close(vault);
    assert_int_equal(folder_open(&folder, &vault, &err), 0);
    folder_check(vault, "two", "second");
    vault_close(vault);
    folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keeps_credentials),
        cmocka_unit_test(test_scope_and_provider_stay),
        cmocka_unit_test(test_names_are_unique_and_numbers_never_used_again),
        cmocka_unit_test(test_a_change_keeps_the_secret_or_not),
        cmocka_unit_test(test_changes_of_two_are_both_kept),
        cmocka_unit_test(test_every_altered_byte_is_refused),
        cmocka_unit_test(test_altered_with_a_right_checksum_is_refused),
        cmocka_unit_test(test_an_older_record_is_refused),
        cmocka_unit_test(test_the_backup_is_the_version_before),
        cmocka_unit_test(test_an_older_file_is_noticed),
        cmocka_unit_test(test_a_missing_vault_with_a_backup_is_no_new_one),
        cmocka_unit_test(test_a_vault_that_cannot_be_reached_is_not_absent),
        cmocka_unit_test(test_a_key_file_that_others_can_read_is_refused),
        cmocka_unit_test(test_another_key_does_not_open_it),
        cmocka_unit_test(test_a_new_key_replaces_the_old_one),
        cmocka_unit_test(test_a_passphrase_and_back),
    };
    return cmocka_run_group_tests_name("vault/vault", tests, NULL, NULL);
}
