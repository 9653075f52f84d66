/*
 * The job of a worker: what one child process is asked to collect from one target. It travels as a
 * JSON document without secrets; docs/formats/job.md describes it and the worker's descriptors.
 */
#ifndef ASSAY_COLLECT_JOB_H
#define ASSAY_COLLECT_JOB_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

/* The worker's descriptors. Standard output carries its messages (enum worker_message). */
enum worker_fd {
    WORKER_FD_JOB = 3,    /* pipe: one job document */
    WORKER_FD_SOCKET = 4, /* connected TCP socket: to the target, or to its jump host */
    WORKER_FD_CREDENTIAL =
        5,              /* pipe: credentials (vault/credential.h), target's then jump host's */
    WORKER_FD_AGENT = 6 /* connected socket of an SSH agent; only when the job names it */
};

/* What a worker says, as messages (process/message.h) on its standard output. Every body but
 * WORKER_INVENTORY is a JSON object. */
enum worker_message {
    /* {"phase": "greeting" | "key exchange" | "host key" | "authentication" | "probe" | "reading"}
     */
    WORKER_PHASE = 1,
    /* {"hop": "target" | "jump", "type": "ssh-ed25519", "fingerprint": "SHA256:...",
     *  "state": "known" | "new" | "changed"}; "new" is to be kept when the job allows first use */
    WORKER_HOST_KEY = 2,
    /* {"method": "publickey", "hop": ...}: what the target accepted */
    WORKER_AUTHENTICATED = 3,
    /* the inventory document */
    WORKER_INVENTORY = 4,
    /* the answer of a check of rights (`assay source test`):
     * {"checks": [{"name": ..., "state": "ok" | "missing", "what": ..., "cost": ...}]} */
    WORKER_CHECKS = 5,
    /* {"code": "SSH-AUTH-DENIED", "phase": ..., "message": ...}; code is of collect/failure.h */
    WORKER_FAILURE = 6,
    /* {"seconds": 1.25, "read": BYTES, "memory": BYTES}; the last message */
    WORKER_DONE = 7
};

enum job_purpose {
    JOB_INVENTORY, /* the probe */
    JOB_CHECK,     /* what the account may do, nothing else */
    JOB_LOGIN      /* only authenticate: tells whether a credential is valid */
};

/* One SSH server: the target or the jump host before it. */
struct job_hop {
    struct str name; /* as the source names it */
    uint16_t port;
    struct str user; /* for ways without a credential; a credential's own user counts first */
    const struct str *host_keys; /* pinned: "SHA256:..." */
    uint32_t host_key_count;
    bool first_use;  /* an unknown host key is taken and reported as new; else it is refused */
    bool credential; /* one comes on WORKER_FD_CREDENTIAL */
    bool agent;      /* the agent's keys may be used */
    bool ticket; /* Kerberos (GSSAPI) may be used: with the credential, or the caller's tickets */
};

struct job {
    enum job_purpose purpose;
    struct job_hop target;
    bool has_jump;
    struct job_hop jump;
    bool legacy;      /* algorithms of old servers too (SHA-1 key exchange and host keys, CBC) */
    bool sudo;        /* use the documented sudo rules where they are in place */
    bool deep;        /* read changelogs */
    unsigned seconds; /* ceiling for the whole job, 1..3600 */
    unsigned silence_seconds; /* ceiling for waiting on one answer */
    uint64_t memory;          /* bytes of RLIMIT_DATA */
    bool sandbox_optional;    /* go on where the kernel has neither seccomp nor landlock */
    uint32_t uid, gid;        /* become these; 0: stay */
};

/* job_write appends the document. */
void job_write(const struct job *job, struct buf *out);
/* job_read reads one; texts are put in arena. ERR_FORMAT, ERR_VERSION, ERR_LIMIT with the path. */
int job_read(struct str document, struct arena *arena, struct job *ret, struct error *err);

#endif
