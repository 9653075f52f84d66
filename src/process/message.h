/*
 * Typed messages between the programs of this tree, over pipes and socket pairs: a header of eight
 * bytes (length of the body, type, zero; little-endian), then the body. Over a socket pair a
 * message may carry open descriptors.
 */
#ifndef ASSAY_PROCESS_MESSAGE_H
#define ASSAY_PROCESS_MESSAGE_H

#include "base/buf.h"
#include "base/error.h"

enum { MESSAGE_HEADER = 8, MESSAGE_MAX_FDS = 4 };

struct message {
    uint16_t type;
    struct str body; /* a view into the reader's buffer, gone with its next call */
};

/* message_send writes a whole message, waiting as long as it takes. fds (count of them, 0 for a
 * pipe) are duplicated into the receiver. ERR_NETWORK when the other side is gone. */
int message_send(int fd, uint16_t type, struct str body, const int *fds, unsigned fd_count,
                 struct error *err);

/* Reading: what came is collected until a message is whole. The ceiling is the longest body that
 * is taken; a longer one is refused when its header is seen. */
struct message_reader {
    struct buf pending;
    size_t ceiling;
    size_t taken; /* bytes of pending that the last message had */
    int fds[MESSAGE_MAX_FDS];
    unsigned fd_count; /* descriptors that came and were not taken yet */
};

void message_reader_init(struct message_reader *reader, size_t ceiling);
/* message_reader_done frees; it closes descriptors that nobody took. */
void message_reader_done(struct message_reader *reader);

/* message_reader_fill reads what is there now (at most 64 kB; waits when fd is blocking). Returns
 * the number of bytes, 0 at the end of the stream (and for EAGAIN, with *ret_again set), or an
 * error. */
int message_reader_fill(struct message_reader *reader, int fd, bool *ret_again, struct error *err);
/* message_reader_next gives the next whole message: 1 with *ret set, 0 when more bytes are needed,
 * ERR_LIMIT or ERR_FORMAT for a header that is not taken. */
int message_reader_next(struct message_reader *reader, struct message *ret, struct error *err);
/* message_reader_take_fd gives the oldest descriptor that came (caller closes), or -1. */
int message_reader_take_fd(struct message_reader *reader);

/* message_receive waits for the next message. ERR_NETWORK at the end of the stream. */
int message_receive(struct message_reader *reader, int fd, struct message *ret, struct error *err);

#endif
