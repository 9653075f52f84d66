#include "process/message.h"

#include "base/file.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { FILL = 65536 };

static void write_header(unsigned char out[MESSAGE_HEADER], uint32_t len, uint16_t type)
{
    for (int i = 0; i < 4; i++) {
        out[i] = (unsigned char)(len >> (8 * i));
    }
    out[4] = (unsigned char)type;
    out[5] = (unsigned char)(type >> 8);
    out[6] = out[7] = 0;
}

static int gone(struct error *err)
{
    return errno == EPIPE || errno == ECONNRESET
               ? error_set(err, ERR_NETWORK, "the other process is gone")
               : error_set_errno(err, "message to another process");
}

/* Sends the header with the descriptors; they travel with its first byte. */
static int send_header(int fd, const unsigned char header[MESSAGE_HEADER], const int *fds,
                       unsigned fd_count, struct error *err)
{
    union {
        char bytes[CMSG_SPACE(MESSAGE_MAX_FDS * sizeof(int))];
        struct cmsghdr align;
    } control = {0};
    struct iovec part = {.iov_base = (void *)header, .iov_len = MESSAGE_HEADER};
    struct msghdr packet = {.msg_iov = &part, .msg_iovlen = 1};
    packet.msg_control = control.bytes;
    packet.msg_controllen = CMSG_SPACE(fd_count * sizeof(int));
    struct cmsghdr *cmsg = CMSG_FIRSTHDR(&packet);
    cmsg->cmsg_level = SOL_SOCKET;
    cmsg->cmsg_type = SCM_RIGHTS;
    cmsg->cmsg_len = CMSG_LEN(fd_count * sizeof(int));
    memcpy(CMSG_DATA(cmsg), fds, fd_count * sizeof(int));
    ssize_t sent;
    do {
        sent = sendmsg(fd, &packet, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    if (sent < 0) {
        return gone(err);
    }
    return file_write_all(fd, header + sent, MESSAGE_HEADER - (size_t)sent, err);
}

int message_send(int fd, uint16_t type, struct str body, const int *fds, unsigned fd_count,
                 struct error *err)
{
    unsigned char header[MESSAGE_HEADER];
    if (body.len > UINT32_MAX || fd_count > MESSAGE_MAX_FDS) {
        return error_set(err, ERR_LIMIT, "a message of %zu bytes and %u descriptors is too large",
                         body.len, fd_count);
    }
    write_header(header, (uint32_t)body.len, type);
    int result = fd_count > 0 ? send_header(fd, header, fds, fd_count, err)
                              : file_write_all(fd, header, sizeof header, err);
    if (result == 0) {
        result = file_write_all(fd, body.ptr, body.len, err);
    }
    return result < 0 && (errno == EPIPE || errno == ECONNRESET) ? gone(err) : result;
}

void message_reader_init(struct message_reader *reader, size_t ceiling)
{
    *reader = (struct message_reader){.ceiling = ceiling};
    buf_init(&reader->pending, ceiling + MESSAGE_HEADER + FILL);
}

void message_reader_done(struct message_reader *reader)
{
    for (unsigned i = 0; i < reader->fd_count; i++) {
        close(reader->fds[i]);
    }
    reader->fd_count = 0;
    buf_done(&reader->pending);
}

int message_reader_take_fd(struct message_reader *reader)
{
    if (reader->fd_count == 0) {
        return -1;
    }
    int fd = reader->fds[0];
    reader->fd_count--;
    memmove(reader->fds, reader->fds + 1, reader->fd_count * sizeof *reader->fds);
    return fd;
}

static void keep_fds(struct message_reader *reader, struct msghdr *packet)
{
    for (struct cmsghdr *cmsg = CMSG_FIRSTHDR(packet); cmsg != NULL;
         cmsg = CMSG_NXTHDR(packet, cmsg)) {
        if (cmsg->cmsg_level != SOL_SOCKET || cmsg->cmsg_type != SCM_RIGHTS) {
            continue;
        }
        size_t count = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(cmsg) + i * sizeof fd, sizeof fd);
            if (reader->fd_count < MESSAGE_MAX_FDS) {
                reader->fds[reader->fd_count++] = fd;
            } else {
                close(fd);
            }
        }
    }
}

/* Drops the message that was given last. */
static void drop_taken(struct message_reader *reader)
{
    struct buf *pending = &reader->pending;
    if (reader->taken > 0) {
        pending->len -= reader->taken;
        memmove(pending->data, pending->data + reader->taken, pending->len);
        reader->taken = 0;
    }
}

/* Like read, but takes descriptors where fd is a socket. */
static ssize_t receive(struct message_reader *reader, int fd, char *room)
{
    union {
        char bytes[CMSG_SPACE(MESSAGE_MAX_FDS * sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec part = {.iov_base = room, .iov_len = FILL};
    struct msghdr packet = {.msg_iov = &part,
                            .msg_iovlen = 1,
                            .msg_control = control.bytes,
                            .msg_controllen = sizeof control.bytes};
    ssize_t got = recvmsg(fd, &packet, MSG_CMSG_CLOEXEC);
    if (got < 0 && errno == ENOTSOCK) {
        return read(fd, room, FILL);
    }
    if (got >= 0) {
        keep_fds(reader, &packet);
    }
    return got;
}

int message_reader_fill(struct message_reader *reader, int fd, bool *ret_again, struct error *err)
{
    ssize_t got;
    drop_taken(reader);
    *ret_again = false;
    char *room = buf_reserve(&reader->pending, FILL);
    if (room == NULL) {
        return error_set(err, ERR_LIMIT, "messages come faster than they are read");
    }
    do {
        got = receive(reader, fd, room);
    } while (got < 0 && errno == EINTR);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        *ret_again = true;
        return 0;
    }
    if (got < 0) {
        return errno == ECONNRESET ? 0 : error_set_errno(err, "message of another process");
    }
    reader->pending.len += (size_t)got;
    return (int)got;
}

int message_reader_next(struct message_reader *reader, struct message *ret, struct error *err)
{
    drop_taken(reader);
    const unsigned char *bytes = (const unsigned char *)reader->pending.data;
    if (reader->pending.len < MESSAGE_HEADER) {
        return 0;
    }
    size_t len = bytes[0] | (size_t)bytes[1] << 8 | (size_t)bytes[2] << 16 | (size_t)bytes[3] << 24;
    if (bytes[6] != 0 || bytes[7] != 0) {
        return error_set(err, ERR_FORMAT, "what came is not a message");
    }
    if (len > reader->ceiling) {
        return error_set(err, ERR_LIMIT, "a message of %zu bytes; at most %zu are taken", len,
                         reader->ceiling);
    }
    if (reader->pending.len < MESSAGE_HEADER + len) {
        return 0;
    }
    reader->taken = MESSAGE_HEADER + len;
    *ret = (struct message){
        .type = (uint16_t)(bytes[4] | bytes[5] << 8),
        .body = str_make(reader->pending.data + MESSAGE_HEADER, len),
    };
    return 1;
}

int message_receive(struct message_reader *reader, int fd, struct message *ret, struct error *err)
{
    for (;;) {
        bool again;
        int result = message_reader_next(reader, ret, err);
        if (result != 0) {
            return result < 0 ? result : 0;
        }
        result = message_reader_fill(reader, fd, &again, err);
        if (result < 0) {
            return result;
        }
        if (result == 0 && !again) {
            return error_set(err, ERR_NETWORK, "the other process is gone");
        }
    }
}
