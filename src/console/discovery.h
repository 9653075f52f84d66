/* What `discover`, `source test` and `credential test` share: a run of the engine with the vault,
 * and its progress. */
#ifndef ASSAY_CONSOLE_DISCOVERY_H
#define ASSAY_CONSOLE_DISCOVERY_H

#include "console/manager.h"
#include "engine/engine.h"
#include "vault/client.h"

#define DISCOVERY_OPTION_CONCURRENCY                                                               \
    {                                                                                              \
        "concurrency", 'c', "N", "targets at once (default 64, at most 512)"                       \
    }
#define DISCOVERY_OPTION_SANDBOX                                                                   \
    {                                                                                              \
        "without-sandbox", 0, NULL,                                                                \
            "go on where the kernel has neither seccomp nor landlock: a hostile target is then "   \
            "not contained"                                                                        \
    }
#define DISCOVERY_OPTION_PASSPHRASE                                                                \
    {                                                                                              \
        "passphrase-fd", 0, "N", "read the vault's passphrase from that descriptor"                \
    }

struct discovery {
    struct manager *manager;
    struct engine_options options;
    struct engine_vault vault;
    struct vault_client *client; /* NULL: there is no vault */
    bool was_restarted;          /* what was asked before is not answered */
    bool reopens;                /* the vault needs no passphrase: it can be started again */
    struct engine_events events;
    struct engine_counts counts;
    struct cli_progress progress;
    double plain_told; /* without a terminal: when the last line was printed */
    bool quiet;
};

/* discovery_begin reads the options and opens the vault; CLI_DONE, else the status after a message.
 * The caller sets sources and events. discovery_end is to be called either way. */
int discovery_begin(struct discovery *discovery, struct manager *manager);
void discovery_end(struct discovery *discovery);
/* discovery_run does the run: SIGINT and SIGTERM end it cleanly. CLI_DONE, CLI_PARTLY when it was
 * stopped, CLI_FAILED after a message. */
int discovery_run(struct discovery *discovery);

/* discovery_credential finds a credential of the vault by name, NULL when there is none. */
const struct credential *discovery_credential(const struct discovery *discovery, struct str name);

#endif
