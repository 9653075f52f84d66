/*
 * A discovery run: which targets, in which order, with which credential, how often again; and what
 * becomes of the answers. docs/discovery.md tells it to people. One process and one thread; targets
 * are spoken to by workers (collect/job.h), names resolved by the resolver, secrets handed out by
 * the vault.
 */
#ifndef ASSAY_ENGINE_ENGINE_H
#define ASSAY_ENGINE_ENGINE_H

#include "collect/job.h"
#include "inventory/inventory.h"
#include "store/store.h"
#include "vault/credential.h"

/* Where credentials come from; send, ask, answer and fd are those of vault/client.h, with
 * ERR_NETWORK when the vault is gone (what was asked is not answered then); fd -1: none.
 * credentials lives as long as the run. */
struct engine_vault {
    const struct credential *credentials;
    uint32_t count;
    void *context;
    int (*send)(void *context, const uint64_t *ids, uint32_t id_count, struct str for_target,
                int fd, struct error *err);
    int (*ask)(void *context, uint32_t number, const uint64_t *ids, uint32_t id_count,
               struct str for_target, int fd, struct error *err);
    int (*answer)(void *context, uint32_t *ret_number, int *ret_result, struct error *cause,
                  struct error *err);
    int (*fd)(void *context);
};

struct engine_options {
    const char *state; /* folder: inventories go below */
    const struct store_source *sources;
    uint32_t source_count;
    enum job_purpose purpose; /* JOB_INVENTORY writes the store and inventories; the others only
                                 what a credential did and host keys */
    struct str only;          /* key of the one target to take, "" all */
    uint64_t only_credential; /* 0: as found out */
    unsigned concurrency;     /* workers at once, 1..ENGINE_MOST_WORKERS */
    bool deep, without_sandbox;
    int64_t resume; /* a run to go on with, 0: a new one */
};

enum { ENGINE_WORKERS = 64, ENGINE_MOST_WORKERS = 512 };

/* What is counted; a target is in one of done, failed, silent, or still to do. */
struct engine_counts {
    uint64_t total, done, failed, silent;
    uint64_t earlier; /* of total: finished by the run that is gone on with */
    uint64_t running; /* workers now */
    uint64_t partial; /* of done: with parts missing */
    uint64_t servers; /* distinct */
    bool stopped;     /* asked to, before everything was done */
};

/* A server that was collected. It may be told more than once in a run: by each of its targets. */
struct engine_server {
    int64_t id;
    struct str name; /* of its inventory */
    struct str target, source;
    const struct inventory *inventory;
    bool is_new;
};

struct engine_failure {
    struct str source, target, phase, message;
    const struct failure *failure;
};

struct engine_events {
    void *context;
    void (*server)(void *context, const struct engine_server *server);
    void (*failed)(void *context, const struct engine_failure *failure);
    /* The answer of JOB_CHECK: a JSON object (WORKER_CHECKS), and of JOB_LOGIN: the method. */
    void (*checked)(void *context, struct str source, struct str target, struct str answer);
    /* A note that is no failure of a target: "the vault is gone". */
    void (*warn)(void *context, const char *text);
    /* About ten times a second. False stops the run cleanly. */
    bool (*progress)(void *context, const struct engine_counts *counts);
};

/* engine_run does the run and fills *ret_counts, also when it fails on the way; what was collected
 * is kept. Failures of targets are events, not an error of the run. */
int engine_run(struct store *store, const struct engine_options *options,
               const struct engine_vault *vault, const struct engine_events *events,
               struct engine_counts *ret_counts, struct error *err);

#endif
