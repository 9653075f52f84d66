/* What only src/engine sees: a TCP connection to the first of some addresses that takes it, the
 * next one begun when the one before is slow (RFC 8305, section 5). Nothing waits. */
#ifndef ASSAY_ENGINE_CONNECT_H
#define ASSAY_ENGINE_CONNECT_H

#include "process/resolving.h"

enum { CONNECT_SOCKETS = 4 };

enum connect_state { CONNECT_BUSY, CONNECT_MADE, CONNECT_FAILED };

struct connect {
    struct resolved_address addresses[RESOLVED_MAX];
    unsigned count, next;
    uint16_t port;
    struct {
        int fd;
        unsigned address;
    } sockets[CONNECT_SOCKETS];
    unsigned open;
    double deadline, next_at; /* of time_monotonic() */
    int reason;               /* errno of what failed; ETIMEDOUT at the deadline */
};

void connect_begin(struct connect *connect, const struct resolved_address *addresses,
                   unsigned count, uint16_t port, double now, double seconds);
/* connect_step goes on; to be called when one of the sockets can be written or connect_due has
 * come. CONNECT_MADE gives the socket (blocking, close-on-exec) and its address. */
enum connect_state connect_step(struct connect *connect, double now, int *ret_fd,
                                struct resolved_address *ret_address);
double connect_due(const struct connect *connect);
/* connect_end closes what is open. */
void connect_end(struct connect *connect);

#endif
