#include "../unit.h"

#include "process/message.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void make_pair(int pair[2])
{
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
}

static void test_messages_come_in_order(void **state)
{
    int pair[2];
    struct error err = ERROR_INIT;
    struct message_reader reader;
    struct message message;
    make_pair(pair);
    assert_int_equal(message_send(pair[0], 7, STR("first"), NULL, 0, &err), 0);
    assert_int_equal(message_send(pair[0], 8, STR(""), NULL, 0, &err), 0);
    close(pair[0]);
    message_reader_init(&reader, 100);
    assert_int_equal(message_receive(&reader, pair[1], &message, &err), 0);
    assert_int_equal(message.type, 7);
    assert_true(str_eq_text(message.body, "first"));
    assert_int_equal(message_receive(&reader, pair[1], &message, &err), 0);
    assert_int_equal(message.type, 8);
    assert_int_equal(message.body.len, 0);
    assert_int_equal(message_receive(&reader, pair[1], &message, &err), ERR_NETWORK);
    message_reader_done(&reader);
    close(pair[1]);
}

static void test_a_message_comes_in_parts(void **state)
{
    int ends[2];
    struct error err = ERROR_INIT;
    struct message_reader reader;
    struct message message;
    bool again;
    static const char bytes[] = {3, 0, 0, 0, 1, 0, 0, 0, 'a', 'b', 'c'};
    assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
    message_reader_init(&reader, 100);
    assert_int_equal(message_reader_fill(&reader, ends[0], &again, &err), 0);
    assert_true(again);
    for (size_t i = 0; i < sizeof bytes; i++) {
        assert_int_equal(message_reader_next(&reader, &message, &err), 0);
        assert_int_equal(write(ends[1], bytes + i, 1), 1);
        assert_int_equal(message_reader_fill(&reader, ends[0], &again, &err), 1);
    }
    assert_int_equal(message_reader_next(&reader, &message, &err), 1);
    assert_true(str_eq_text(message.body, "abc"));
    message_reader_done(&reader);
    close(ends[0]);
    close(ends[1]);
}

static void test_descriptors_travel(void **state)
{
    int pair[2], ends[2];
    char byte = 0;
    struct error err = ERROR_INIT;
    struct message_reader reader;
    struct message message;
    make_pair(pair);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(message_send(pair[0], 1, STR("x"), &ends[1], 1, &err), 0);
    close(ends[1]);
    message_reader_init(&reader, 100);
    assert_int_equal(message_receive(&reader, pair[1], &message, &err), 0);
    int fd = message_reader_take_fd(&reader);
    assert_true(fd >= 0);
    assert_int_equal(message_reader_take_fd(&reader), -1);
    assert_int_equal(write(fd, "y", 1), 1);
    assert_int_equal(read(ends[0], &byte, 1), 1);
    assert_int_equal(byte, 'y');
    close(fd);
    message_reader_done(&reader);
    close(pair[0]);
    close(pair[1]);
    close(ends[0]);
}

static void test_what_is_too_large_is_refused(void **state)
{
    int pair[2];
    struct error err = ERROR_INIT;
    struct message_reader reader;
    struct message message;
    make_pair(pair);
    assert_int_equal(message_send(pair[0], 1, STR("12345"), NULL, 0, &err), 0);
    message_reader_init(&reader, 4);
    assert_int_equal(message_receive(&reader, pair[1], &message, &err), ERR_LIMIT);
    message_reader_done(&reader);
    assert_int_equal(write(pair[0], "noise...", 8), 8);
    close(pair[0]);
    message_reader_init(&reader, 4);
    assert_int_equal(message_receive(&reader, pair[1], &message, &err), ERR_FORMAT);
    message_reader_done(&reader);
    close(pair[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages_come_in_order),
        cmocka_unit_test(test_a_message_comes_in_parts),
        cmocka_unit_test(test_descriptors_travel),
        cmocka_unit_test(test_what_is_too_large_is_refused),
    };
    return cmocka_run_group_tests_name("process/message", tests, NULL, NULL);
}
