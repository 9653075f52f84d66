/* What only src/engine sees: a run and the targets that are being worked on. */
#ifndef ASSAY_ENGINE_RUN_H
#define ASSAY_ENGINE_RUN_H

#include "engine/accounts.h"
#include "engine/answer.h"
#include "engine/connect.h"
#include "engine/network.h"
#include "engine/plan.h"

#include <sys/types.h>

/* Connections that are only waited for, beside those that have a worker's place. */
enum { EXTRA_SLOTS = 256 };

enum slot_state {
    SLOT_FREE,
    SLOT_RESOLVING,
    SLOT_CONNECTING,
    SLOT_READY, /* connected; waits for a place among the workers, or for an account's check */
    SLOT_WORKING
};

/* A target that is being worked on. */
struct slot {
    enum slot_state state;
    uint32_t target;
    char key[TARGET_KEY_SIZE];
    int64_t stored;      /* the target in the store, 0: none yet */
    bool quiet;          /* of a range, and never seen: that nobody answers is no failure */
    double begun, since; /* since: of the state */
    struct resolved_address addresses[RESOLVED_MAX];
    unsigned address_count;
    struct connect connect;
    struct resolved_address address; /* that is connected to */
    bool in_network;                 /* counted there */
    int socket;
    bool spent_without, has_account, has_jump_account;
    bool was_working, authenticated, jump_authenticated; /* the last worker */
    uint32_t account, jump_account;
    /* while SLOT_WORKING */
    unsigned place; /* among the workers */
    pid_t pid;
    int output;
    uint32_t asked; /* number of the question for its credential while a provider is waited for */
    double deadline;
    struct message_reader reader;
    struct answer answer;
    /* of the last try: told when nothing else is left to try */
    const struct failure *failure;
    struct buf phase, message;
};

struct run {
    struct store *store;
    const struct engine_options *options;
    const struct engine_vault *vault;
    const struct engine_events *events;
    struct engine_counts counts;
    int64_t id;   /* in the store; 0 when nothing is recorded */
    char *folder; /* of inventories */
    struct plan plan;
    struct accounts accounts;
    struct networks networks;
    struct jump_host *jumps; /* by source; host "" for none */
    uint32_t *active;        /* by source */
    struct slot *slots;
    unsigned slot_count;
    unsigned resolving, connecting, ready, working;
    unsigned waiting; /* of those that work: for a provider of their credential */
    uint32_t questions;
    bool places[ENGINE_MOST_WORKERS];
    uint8_t *seen; /* a bit for each server */
    size_t seen_size;
    double started, committed, told;
    uint64_t random;
    bool stopping;
    bool more; /* others can be begun at once */
    int resolver;
    pid_t resolver_pid;
    struct message_reader resolver_reader;
};

/* slot.c: what every step needs. run_milliseconds is the time of the run at now, which is
 * time_monotonic()'s. */
uint32_t run_milliseconds(const struct run *run, double now);
struct plan_entry *run_entry(const struct run *run, const struct slot *slot);
const struct source_settings *run_settings(const struct run *run, const struct slot *slot);
/* run_remember makes the target known to the store. */
int run_remember(struct run *run, struct slot *slot, struct error *err);
void run_free_slot(struct run *run, struct slot *slot);
/* run_write begins what is written together, run_commit puts it on disk. */
int run_write(struct run *run, struct error *err);
int run_commit(struct run *run, struct error *err);

/* host_keys.c. run_read_keys fills the pinned keys of a hop in; host is as keys are kept:
 * "bastion:22", which run_jump_key writes for a jump host. */
int run_read_keys(struct run *run, const struct slot *slot, const char *host, struct arena *arena,
                  struct job_hop *hop, struct error *err);
void run_jump_key(const struct jump_host *jump, char out[TARGET_KEY_SIZE]);
/* run_keep_keys pins the keys that were taken on first use. *ret_other: one of them is not what is
 * pinned by now. */
int run_keep_keys(struct run *run, const struct slot *slot, const struct answer *answer,
                  bool *ret_other, struct error *err);

/* resolver.c */
void run_stop_resolver(struct run *run);
int run_ask_resolver(struct run *run, struct slot *slot, struct str name, struct error *err);
/* run_read_resolver takes what has come. */
int run_read_resolver(struct run *run, struct error *err);

/* begin.c: from a target to a connected socket. */
int run_begin_targets(struct run *run, double now, struct error *err);
int run_resolved(struct run *run, struct slot *slot, const struct resolved *answer,
                 struct error *err);
int run_connect(struct run *run, struct slot *slot, double now, struct error *err);
int run_step_connect(struct run *run, struct slot *slot, double now, struct error *err);

/* launch.c: run_launch starts the worker of a slot with what the slot says, and makes its output
 * slot->output. *ret_code names what failed. */
int run_launch(struct run *run, struct slot *slot, const char **ret_code, struct error *err);

/* work.c: from a connected socket to an answer. */
int run_ready(struct run *run, struct slot *slot, double now, struct error *err);
int run_read_worker(struct run *run, struct slot *slot, struct error *err);
int run_check_deadline(struct run *run, struct slot *slot, double now, struct error *err);
/* run_end_worker ends it, whatever it was doing. */
void run_end_worker(struct run *run, struct slot *slot);

/* secrets.c: credentials that a provider has, which are waited for beside the run. */
bool run_has_provider(const struct run *run, const struct candidate *candidate);
bool run_may_wait(const struct run *run);
int run_ask_vault(struct run *run, struct slot *slot, const uint64_t *ids, unsigned id_count,
                  int fd, struct error *err);
/* run_read_vault takes what has come: a worker whose credential cannot be had is ended. */
int run_read_vault(struct run *run, struct error *err);
/* run_answered: the slot's question is not waited for any more. */
void run_answered(struct run *run, struct slot *slot);

/* outcome.c: what becomes of it. The slot has neither a socket nor a worker any more. */
int run_worked(struct run *run, struct slot *slot, struct answer *answer, struct error *err);
/* run_failed ends the try: the target is tried again later, with another credential at once, or not
 * any more. code is one of collect/failure.h. */
int run_failed(struct run *run, struct slot *slot, const char *code, struct str phase,
               struct str message, struct error *err);

#endif
