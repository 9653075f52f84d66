/*
 * resolver: names to addresses, for the manager, which asks over the socket at descriptor 3
 * (process/resolving.h). A process of its own because name service loads plug-ins and reads what
 * any server on the way answers. It ends with its manager.
 */
#include "base/limits.h"
#include "base/memory.h"
#include "process/message.h"
#include "process/resolving.h"

#include <arpa/inet.h>
#include <grp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* The account, without an entry in /etc/passwd: of the numbers that systemd leaves to nobody. */
enum { THREADS = 8, QUEUE = 64, ACCOUNT = 60599 };

struct question {
    uint32_t number;
    char name[256];
};

/* Asked and not yet taken by a thread. */
struct pool {
    pthread_mutex_t lock;
    pthread_cond_t more, room;
    struct question waiting[QUEUE];
    unsigned first, count;
};

static struct pool pool = {.lock = PTHREAD_MUTEX_INITIALIZER,
                           .more = PTHREAD_COND_INITIALIZER,
                           .room = PTHREAD_COND_INITIALIZER};

static void put(const struct question *question)
{
    pthread_mutex_lock(&pool.lock);
    while (pool.count == QUEUE) {
        pthread_cond_wait(&pool.room, &pool.lock);
    }
    pool.waiting[(pool.first + pool.count++) % QUEUE] = *question;
    pthread_cond_signal(&pool.more);
    pthread_mutex_unlock(&pool.lock);
}

static void take(struct question *ret)
{
    pthread_mutex_lock(&pool.lock);
    while (pool.count == 0) {
        pthread_cond_wait(&pool.more, &pool.lock);
    }
    *ret = pool.waiting[pool.first];
    pool.first = (pool.first + 1) % QUEUE;
    pool.count--;
    pthread_cond_signal(&pool.room);
    pthread_mutex_unlock(&pool.lock);
}

static void add_address(const struct sockaddr *from, struct resolved *answer)
{
    struct resolved_address address = {0};
    if (from->sa_family == AF_INET) {
        address.family = 4;
        memcpy(address.bytes, &((const struct sockaddr_in *)(const void *)from)->sin_addr, 4);
    } else if (from->sa_family == AF_INET6) {
        address.family = 6;
        memcpy(address.bytes, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, 16);
    } else {
        return;
    }
    if (answer->count < RESOLVED_MAX) {
        answer->addresses[answer->count++] = address;
    }
}

static bool is_unknown(int failed)
{
    return failed == EAI_NONAME || failed == EAI_NODATA || failed == EAI_ADDRFAMILY;
}

/* In the order of RFC 6724, which getaddrinfo does. */
static void resolve(const struct question *question, struct resolved *answer)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    struct addrinfo *found = NULL;
    int failed = getaddrinfo(question->name, NULL, &hints, &found);
    *answer = (struct resolved){.number = question->number};
    for (const struct addrinfo *each = found; failed == 0 && each != NULL; each = each->ai_next) {
        add_address(each->ai_addr, answer);
    }
    if (failed == 0) {
        freeaddrinfo(found);
    }
    answer->state = answer->count > 0                   ? RESOLVED_OK
                    : failed == 0 || is_unknown(failed) ? RESOLVED_UNKNOWN
                                                        : RESOLVED_FAILED;
}

static void *work(void *unused)
{
    static pthread_mutex_t sending = PTHREAD_MUTEX_INITIALIZER;
    struct question question;
    struct resolved answer;
    struct buf body;
    buf_init(&body, 1024);
    for (;;) {
        take(&question);
        resolve(&question, &answer);
        buf_clear(&body);
        resolving_write_answer(&answer, &body);
        pthread_mutex_lock(&sending);
        int result = message_send(RESOLVER_FD, RESOLVER_ANSWER, buf_view(&body), NULL, 0, NULL);
        pthread_mutex_unlock(&sending);
        if (result < 0) {
            _exit(0);
        }
    }
    return unused;
}

static void drop_rights(void)
{
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (geteuid() == 0 && (setgroups(0, NULL) < 0 || setresgid(ACCOUNT, ACCOUNT, ACCOUNT) < 0 ||
                           setresuid(ACCOUNT, ACCOUNT, ACCOUNT) < 0)) {
        fprintf(stderr, "resolver: cannot become user %d\n", ACCOUNT);
        exit(4);
    }
}

static bool read_question(const struct message *message, struct question *ret)
{
    struct str name;
    if (message->type != RESOLVER_QUESTION ||
        !resolving_read_question(message->body, &ret->number, &name) ||
        name.len >= sizeof ret->name || memchr(name.ptr, '\0', name.len) != NULL) {
        return false;
    }
    memcpy(ret->name, name.ptr, name.len);
    ret->name[name.len] = '\0';
    return true;
}

int main(void)
{
    struct message_reader reader;
    struct message message;
    struct question question;
    pthread_t thread;
    signal(SIGPIPE, SIG_IGN);
    drop_rights();
    for (int i = 0; i < THREADS; i++) {
        if (pthread_create(&thread, NULL, work, NULL) != 0) {
            return 4;
        }
    }
    message_reader_init(&reader, 1024);
    while (message_receive(&reader, RESOLVER_FD, &message, NULL) == 0 &&
           read_question(&message, &question)) {
        put(&question);
    }
    _exit(0);
}
