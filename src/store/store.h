/*
 * What assay remembers between runs, in one SQLite database (STATE/store.db, mode 0600): sources
 * and their targets, pinned host keys, servers and what they are known by, runs, what credentials
 * did, and issues. No secret is in it; inventories are files beside it. docs/formats/store.md.
 *
 * Every function returns 0 or ERR_IO, ERR_FORMAT (a damaged database), ERR_LIMIT (no room), and
 * what its comment names. Texts and arrays that are returned live in the given arena.
 */
#ifndef ASSAY_STORE_STORE_H
#define ASSAY_STORE_STORE_H

#include "base/date.h"
#include "collect/failure.h"
#include "source/settings.h"
#include "source/target.h"

struct store;

/* store_open opens the database in the state folder, making both when they are missing.
 * ERR_VERSION for one that a newer assay wrote. */
int store_open(const char *folder, struct store **ret, struct error *err);
void store_close(struct store *store);
/* What is written between the two is on disk whole or not at all; begin may be called again before
 * commit (it then does nothing). Without them every call is a transaction of its own. */
int store_begin(struct store *store, struct error *err);
int store_commit(struct store *store, struct error *err);
void store_rollback(struct store *store);

/* ---- sources ---- */

struct store_source {
    int64_t id;
    struct str name, kind; /* "ssh" */
    struct source_settings settings;
    int64_t created, changed;
};

/* What goes with a source when it is removed. */
struct store_source_contents {
    uint64_t entries, targets, host_keys, issues;
    uint64_t servers; /* that no other source has; their inventories stay */
};

/* ERR_USAGE when the name is taken. */
int store_source_add(struct store *store, struct str name, struct str kind, int64_t now,
                     int64_t *ret_id, struct error *err);
/* ERR_NOT_FOUND names the sources that there are. */
int store_source_find(struct store *store, struct str name, struct arena *arena,
                      struct store_source *ret, struct error *err);
int store_source_list(struct store *store, struct arena *arena, struct store_source **ret,
                      uint32_t *ret_count, struct error *err);
/* store_source_save replaces the settings. */
int store_source_save(struct store *store, int64_t id, const struct source_settings *settings,
                      int64_t now, struct error *err);
int store_source_rename(struct store *store, int64_t id, struct str name, struct error *err);
int store_source_contents(struct store *store, int64_t id, struct store_source_contents *ret,
                          struct error *err);
/* store_source_servers lists the names of the servers that only this source has. */
int store_source_servers(struct store *store, int64_t id, struct arena *arena, struct str **ret,
                         uint32_t *ret_count, struct error *err);
/* store_source_remove takes everything of struct store_source_contents with it. */
int store_source_remove(struct store *store, int64_t id, struct error *err);

/* ---- entries: targets as the source lists them ---- */

struct store_entry {
    int64_t id;
    struct target_entry entry;
};

/* An entry that is there already gets the new credential and tags. */
int store_entry_put(struct store *store, int64_t source, const struct target_entry *entry,
                    bool *ret_new, struct error *err);
/* ERR_NOT_FOUND. */
int store_entry_remove(struct store *store, int64_t source, struct str text, struct error *err);
int store_entry_list(struct store *store, int64_t source, struct arena *arena,
                     struct store_entry **ret, uint32_t *ret_count, struct error *err);
/* store_entry_addresses counts the targets that the source's entries stand for. */
int store_entry_addresses(struct store *store, int64_t source, uint64_t *ret, struct error *err);

/* ---- targets: what became of them ---- */

struct store_target {
    int64_t id;
    int64_t server;        /* 0: none */
    uint64_t credential;   /* that worked last, 0: none */
    int64_t credential_at; /* TIME_NONE */
};

/* store_target_find: ERR_NOT_FOUND without a message when nothing is known of it. */
int store_target_find(struct store *store, int64_t source, struct str key, struct store_target *ret,
                      struct error *err);
int store_target_get(struct store *store, int64_t id, struct store_target *ret, struct error *err);
/* store_target_make finds it or makes it. */
int store_target_make(struct store *store, int64_t source, struct str key, struct store_target *ret,
                      struct error *err);
int store_target_worked(struct store *store, int64_t target, uint64_t credential, int64_t server,
                        int64_t now, struct error *err);

/* store_target_remove takes its issues and pinned keys with it. */
int store_target_remove(struct store *store, int64_t source, struct str key, struct error *err);

/* A target in a list: with its state from the newest run. */
struct store_target_row {
    int64_t id;
    struct str key, server, state, code; /* state "done", "failed", "" */
    uint64_t credential;
    int64_t seen; /* TIME_NONE: never */
};
int store_target_list(struct store *store, int64_t source, struct arena *arena,
                      struct store_target_row **ret, uint32_t *ret_count, struct error *err);

/* ---- host keys ---- */

struct store_host_key {
    struct str host, type, fingerprint; /* "db01:22", "ssh-ed25519", "SHA256:..." */
    bool first_use;                     /* else a person pinned it */
    int64_t since;
};

/* host "" gives those of all hosts of the source. */
int store_host_key_list(struct store *store, int64_t source, struct str host, struct arena *arena,
                        struct store_host_key **ret, uint32_t *ret_count, struct error *err);
int store_host_key_put(struct store *store, int64_t source, const struct store_host_key *key,
                       struct error *err);
int store_host_key_forget(struct store *store, int64_t source, struct str host, uint64_t *ret_count,
                          struct error *err);

/* ---- servers ---- */

/* What a server is known by, the strongest first. */
enum server_mark {
    MARK_INSTANCE = 1, /* of the cloud */
    MARK_UUID,         /* SMBIOS, the smaller of both byte orders */
    MARK_MACHINE_ID,
    MARK_HOST_KEY,
    MARK_MAC,
    MARK_ADDRESS, /* tells clones apart, never joins */
    MARK_NAME     /* the same */
};

struct server_identity {
    enum server_mark mark;
    struct str value;
};

struct store_server {
    int64_t id;
    struct str name; /* of its inventory */
    int64_t first_seen, last_seen;
    struct str joined_by; /* what it was recognised by last: "machine-id, host key" */
    struct str confidence;
};

/* store_server_candidates gives the servers that share an identity (not MARK_ADDRESS, MARK_NAME)
 * with the given ones. */
int store_server_candidates(struct store *store, const struct server_identity *identities,
                            uint32_t count, struct arena *arena, struct store_server **ret,
                            uint32_t *ret_count, struct error *err);
int store_server_identities(struct store *store, int64_t server, struct arena *arena,
                            struct server_identity **ret, uint32_t *ret_count, struct error *err);
/* store_server_named: *ret_id is 0 when no server has the name. */
int store_server_named(struct store *store, struct str name, int64_t *ret_id, struct error *err);
/* store_server_save makes the server (id 0) or updates it, with exactly these identities. */
int store_server_save(struct store *store, const struct store_server *server,
                      const struct server_identity *identities, uint32_t count, int64_t *ret_id,
                      struct error *err);

/* ---- credentials ---- */

enum account_state {
    ACCOUNT_UNTRIED,
    ACCOUNT_CONFIRMED,
    ACCOUNT_INVALID, /* refused by a target; of a directory account: not tried again */
    ACCOUNT_LOCKED   /* a target said that the account is locked or expired */
};
const char *account_state_name(enum account_state state); /* "untried", "confirmed", ... */

/* What became of a credential, wherever it was tried. */
struct store_account {
    uint64_t credential;
    struct str name; /* that the credential had then, "" unknown */
    enum account_state state;
    int64_t since;           /* of the state */
    struct str last_target;  /* that the state comes from */
    uint64_t worked, denied; /* times */
};
/* An account that was never tried is ACCOUNT_UNTRIED. */
int store_account_find(struct store *store, uint64_t credential, struct arena *arena,
                       struct store_account *ret, struct error *err);
int store_account_list(struct store *store, struct arena *arena, struct store_account **ret,
                       uint32_t *ret_count, struct error *err);
int store_account_put(struct store *store, uint64_t credential, struct str name,
                      enum account_state state, struct str target, int64_t now, struct error *err);
/* What a credential did on one target: times, and when it was refused last (TIME_NONE never). */
int store_use_put(struct store *store, int64_t target, uint64_t credential, bool worked,
                  int64_t now, struct error *err);
int store_use_denied(struct store *store, int64_t target, uint64_t credential, int64_t *ret_time,
                     struct error *err);
/* When any credential was refused last, TIME_NONE never. */
int store_use_last_denied(struct store *store, int64_t *ret_time, struct error *err);
/* How often a credential worked on targets of the source. */
int store_use_worked(struct store *store, int64_t source, uint64_t credential, uint64_t *ret_times,
                     struct error *err);

/* ---- runs ---- */

enum run_state { RUN_RUNNING, RUN_FINISHED, RUN_STOPPED };

struct store_run {
    int64_t id;
    enum run_state state;
    int64_t started, ended; /* ended TIME_NONE while running */
    struct str sources;     /* names, one a line */
};

int store_run_begin(struct store *store, struct str sources, int64_t now, int64_t *ret_id,
                    struct error *err);
/* store_run_last: the newest run, of exactly these sources unless "". ERR_NOT_FOUND. */
int store_run_last(struct store *store, struct str sources, struct arena *arena,
                   struct store_run *ret, struct error *err);
int store_run_resume(struct store *store, int64_t run, struct error *err);
int store_run_end(struct store *store, int64_t run, enum run_state state, int64_t now,
                  struct error *err);
/* What became of a target in a run, which takes the place of what became of it before. code is ""
 * when it is done. */
int store_run_put(struct store *store, int64_t run, int64_t target, struct str code, double seconds,
                  int64_t now, struct error *err);
/* store_run_done: is the target finished in that run? */
int store_run_done(struct store *store, int64_t run, int64_t target, bool *ret, struct error *err);
/* Addresses of a range where nobody answered in its newest run: a bit each, by place in it. */
int store_run_silent_put(struct store *store, int64_t run, int64_t entry, struct str bits,
                         struct error *err);
/* *ret is "" when there are none. */
int store_run_silent(struct store *store, int64_t run, int64_t entry, struct arena *arena,
                     struct str *ret, struct error *err);

/* ---- issues ---- */

struct store_issue {
    int64_t id;
    struct str source, target, code, phase, message;
    int64_t opened, seen, closed; /* closed TIME_NONE while open */
    uint64_t times;
};

/* store_issue_open opens the issue, or counts it again; other open ones of the target close. */
int store_issue_open(struct store *store, int64_t target, struct str code, struct str phase,
                     struct str message, int64_t now, struct error *err);
/* store_issue_close closes all of the target but those of that code ("": all). */
int store_issue_close(struct store *store, int64_t target, struct str but, int64_t now,
                      struct error *err);
/* source 0: of all. all: closed ones too. By source, target and time. */
int store_issue_list(struct store *store, int64_t source, bool all, struct arena *arena,
                     struct store_issue **ret, uint32_t *ret_count, struct error *err);
int store_issue_count(struct store *store, int64_t source, uint64_t *ret, struct error *err);

#endif
