#include "../unit.h"

#include "base/file.h"
#include "base/memory.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int make_folder(void **state)
{
    char *folder = mem_dup_text("/tmp/assay-test-XXXXXX");
    *state = mkdtemp(folder);
    return *state == NULL;
}

static int drop_folder(void **state)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", (char *)*state);
    int result = system(command);
    free(*state);
    return result;
}

static unsigned count_entries(const char *folder)
{
    unsigned count = 0;
    DIR *dir = opendir(folder);
    while (readdir(dir) != NULL) {
        count++;
    }
    closedir(dir);
    return count - 2;
}

static void replaces_whole_or_not_at_all(void **state)
{
    struct error err = ERROR_INIT;
    _cleanup_free_ char *path = file_join(*state, "file");
    assert_int_equal(file_write(path, 0644, STR("old"), &err), 0);
    struct file_replace replace;
    assert_int_equal(file_replace_begin(&replace, path, 0644, &err), 0);
    assert_int_equal(file_write_all(replace.fd, "half", 4, &err), 0);
    file_replace_abort(&replace);
    struct buf out;
    buf_init(&out, 100);
    assert_int_equal(file_read(path, &out, &err), 0);
    assert_string_equal(buf_text(&out), "old");
    assert_int_equal(count_entries(*state), 1);
    assert_int_equal(file_write(path, 0644, STR("new"), &err), 0);
    struct file_map map;
    assert_int_equal(file_map(path, &map, &err), 0);
    assert_int_equal(map.len, 3);
    assert_memory_equal(map.bytes, "new", 3);
    file_unmap(&map);
    buf_done(&out);
}

static void keeps_to_ceilings(void **state)
{
    struct error err = ERROR_INIT;
    _cleanup_free_ char *path = file_join(*state, "file");
    struct buf out;
    assert_int_equal(file_write(path, 0644, STR("12345"), &err), 0);
    buf_init(&out, 5);
    assert_int_equal(file_read(path, &out, &err), 0);
    buf_done(&out);
    buf_init(&out, 4);
    assert_int_equal(file_read(path, &out, &err), ERR_LIMIT);
    buf_done(&out);
}

static void says_what_is_not_there(void **state)
{
    struct error err = ERROR_INIT;
    struct file_map map;
    _cleanup_free_ char *path = file_join(*state, "none");
    assert_int_equal(file_map(path, &map, &err), ERR_NOT_FOUND);
    assert_int_equal(file_map(*state, &map, &err), ERR_IO);
    _cleanup_free_ char *deep = file_join(*state, "a/b/c");
    assert_int_equal(file_make_folders(deep, &err), 0);
    assert_int_equal(file_make_folders(deep, &err), 0);
    assert_true(file_exists(deep));
}

static void keeps_links_and_refuses_folders(void **state)
{
    struct error err = ERROR_INIT;
    struct stat info;
    char text[1024];
    _cleanup_free_ char *path = file_join(*state, "file"), *link = file_join(*state, "link");
    assert_int_equal(file_write(path, 0644, STR("old"), &err), 0);
    assert_int_equal(symlink("file", link), 0);
    assert_int_equal(file_write(link, 0644, STR("longer"), &err), 0);
    assert_int_equal(lstat(link, &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_size, 6);
    assert_int_equal(file_write(*state, 0644, STR("x"), &err), ERR_IO);
    assert_non_null(strstr(error_text(&err, text, sizeof text), "not a regular file"));
    assert_int_equal(count_entries(*state), 2);
}

/* None of them makes anybody wait, or takes what is no file for one. */
static void waits_for_nobody(void **state)
{
    struct file_map map;
    struct buf out;
    _cleanup_free_ char *pipe_path = file_join(*state, "pipe"), *loop = file_join(*state, "loop");
    const char *const wrong[] = {pipe_path, loop, *state, "/dev/zero"};
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    assert_int_equal(symlink(loop, loop), 0);
    buf_init(&out, 100);
    alarm(5); /* ends a test that waits */
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct error err = ERROR_INIT;
        assert_int_equal(file_read(wrong[i], &out, &err), ERR_IO);
        assert_int_equal(file_map(wrong[i], &map, &err), ERR_IO);
        assert_true(file_open(wrong[i], &err) < 0);
        assert_int_equal(out.len, 0);
    }
    alarm(0);
    buf_done(&out);
}

/* What the user names may be a pipe, whose writer may come later and be slow. */
static void reads_given_pipes(void **state)
{
    struct error err = ERROR_INIT;
    struct buf out;
    int ends[2], status;
    char path[64];
    _cleanup_free_ char *named = file_join(*state, "pipe");
    assert_int_equal(mkfifo(named, 0600), 0);
    pid_t child = fork();
    if (child == 0) {
        usleep(200000);
        int fd = open(named, O_WRONLY);
        usleep(200000);
        _exit(write(fd, "later", 5) == 5 ? 0 : 1);
    }
    buf_init(&out, 100);
    assert_int_equal(file_read_given(named, &out, &err), 0);
    assert_string_equal(buf_text(&out), "later");
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    /* As a shell gives what a command prints. */
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "piped", 5), 5);
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    buf_clear(&out);
    assert_int_equal(file_read_given(path, &out, &err), 0);
    assert_string_equal(buf_text(&out), "piped");
    close(ends[0]);
    buf_done(&out);
}

static void gives_up_on_a_pipe_without_writer(void **state)
{
    struct error err = ERROR_INIT;
    _cleanup_free_ char *named = file_join(*state, "pipe");
    assert_int_equal(mkfifo(named, 0600), 0);
    alarm(30);
    assert_int_equal(file_open_given(named, &err), ERR_TIMEOUT);
    alarm(0);
}

/* A reader at the other end gets the bytes, and what was a pipe stays one. */
static void writes_into_pipes(void **state)
{
    struct error err = ERROR_INIT;
    struct stat info;
    char got[8] = "";
    _cleanup_free_ char *path = file_join(*state, "pipe");
    assert_int_equal(mkfifo(path, 0600), 0);
    int reader = open(path, O_RDONLY | O_NONBLOCK);
    assert_int_equal(file_write(path, 0644, STR("bytes"), &err), ERR_IO);
    assert_int_equal(file_write_given(path, 0644, STR("bytes"), &err), 0);
    assert_int_equal(read(reader, got, sizeof got), 5);
    assert_string_equal(got, "bytes");
    close(reader);
    assert_int_equal(stat(path, &info), 0);
    assert_true(S_ISFIFO(info.st_mode));
    struct file_replace replace;
    assert_int_equal(file_replace_begin(&replace, path, 0644, &err), ERR_IO);
}

static void obeys_the_mask(void **state)
{
    struct error err = ERROR_INIT;
    struct stat info;
    _cleanup_free_ char *path = file_join(*state, "file");
    mode_t mask = umask(077);
    assert_int_equal(file_write(path, 0644, STR("x"), &err), 0);
    umask(mask);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
}

static void renames_in_the_place_of_another(void **state)
{
    struct error err = ERROR_INIT;
    struct buf out;
    _cleanup_free_ char *from = file_join(*state, "from");
    _cleanup_free_ char *to = file_join(*state, "to");
    assert_int_equal(file_write(from, 0644, STR("new"), &err), 0);
    assert_int_equal(file_write(to, 0644, STR("old"), &err), 0);
    assert_int_equal(file_rename(from, to, &err), 0);
    buf_init(&out, 10);
    assert_int_equal(file_read(to, &out, &err), 0);
    assert_string_equal(buf_text(&out), "new");
    buf_done(&out);
    assert_int_equal(count_entries(*state), 1);
    assert_int_equal(file_rename(from, to, &err), ERR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(replaces_whole_or_not_at_all, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(keeps_to_ceilings, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(keeps_links_and_refuses_folders, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(waits_for_nobody, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(reads_given_pipes, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(gives_up_on_a_pipe_without_writer, make_folder,
                                        drop_folder),
        cmocka_unit_test_setup_teardown(writes_into_pipes, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(obeys_the_mask, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(renames_in_the_place_of_another, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(says_what_is_not_there, make_folder, drop_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
