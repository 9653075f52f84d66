#include "console/discovery.h"

#include "base/date.h"
#include "base/file.h"
#include "base/memory.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Without a terminal, a line of progress so often. */
enum { PLAIN_SECONDS = 10 };

static volatile sig_atomic_t asked_to_stop;

static void note_stop(int number)
{
    (void)number;
    asked_to_stop = 1;
}

/* Does the vault's process still answer? */
static bool is_alive(struct discovery *discovery)
{
    const struct credential *credentials;
    uint32_t count;
    struct arena arena;
    arena_init(&arena);
    int result = vault_client_list(discovery->client, &arena, &credentials, &count, NULL);
    arena_done(&arena);
    return result == 0;
}

static int start_vault(struct discovery *discovery, int passphrase_fd, struct error *err)
{
    _cleanup_free_ char *folder = file_join(discovery->manager->state, "vault");
    const struct vault_unlock unlock = {.folder = folder, .passphrase_fd = passphrase_fd};
    return vault_client_start(&unlock, &discovery->client, err);
}

/* After its end was noticed by nobody but an answer that did not come. */
static bool reopen(struct discovery *discovery, struct error *err)
{
    return discovery->vault.count > 0 && discovery->reopens && start_vault(discovery, -1, err) == 0;
}

/* A vault that was killed is started again; ERR_NETWORK when it cannot be. */
static int send_credentials(void *context, const uint64_t *ids, uint32_t count, struct str target,
                            int fd, struct error *err)
{
    struct discovery *discovery = context;
    int result = discovery->client == NULL && !reopen(discovery, err)
                     ? error_set(err, ERR_NETWORK, "the vault's process has ended")
                     : vault_client_send(discovery->client, ids, count, target, fd, err);
    if (result == 0 || result == ERR_NOT_FOUND ||
        (discovery->client != NULL && is_alive(discovery))) {
        return result;
    }
    vault_client_stop(discovery->client);
    discovery->client = NULL;
    discovery->was_restarted = true;
    if (!discovery->reopens || start_vault(discovery, -1, err) < 0) {
        return ERR_NETWORK;
    }
    return vault_client_send(discovery->client, ids, count, target, fd, err);
}

static int ask_credentials(void *context, uint32_t number, const uint64_t *ids, uint32_t count,
                           struct str target, int fd, struct error *err)
{
    struct discovery *discovery = context;
    if (discovery->client == NULL && !reopen(discovery, err)) {
        return error_set(err, ERR_NETWORK, "the vault's process has ended");
    }
    return vault_client_ask(discovery->client, number, ids, count, target, fd, err);
}

static int take_answer(void *context, uint32_t *ret_number, int *ret_result, struct error *cause,
                       struct error *err)
{
    struct discovery *discovery = context;
    bool gone = discovery->client == NULL || discovery->was_restarted;
    int result = gone ? ERR_NETWORK
                      : vault_client_answer(discovery->client, ret_number, ret_result, cause, err);
    if (result >= 0) {
        return result;
    }
    if (!gone) {
        vault_client_stop(discovery->client);
        discovery->client = NULL;
    }
    discovery->was_restarted = false;
    return error_set(err, ERR_NETWORK, "the vault's process has ended");
}

static int answers_fd(void *context)
{
    const struct discovery *discovery = context;
    return discovery->client != NULL ? vault_client_fd(discovery->client) : -1;
}

static int read_passphrase_fd(const struct manager *manager, int *ret)
{
    const char *word = cli_value(manager->args, "passphrase-fd");
    uint64_t number = 0;
    if (word != NULL && (!str_to_u64(str_from(word), &number) || number > 1000000)) {
        return cli_usage("--passphrase-fd %s: not the number of a descriptor", word);
    }
    *ret = word != NULL ? (int)number : -1;
    return CLI_DONE;
}

static int open_vault(struct discovery *discovery)
{
    struct error err = ERROR_INIT;
    int passphrase_fd = -1;
    int status = read_passphrase_fd(discovery->manager, &passphrase_fd);
    if (status != CLI_DONE) {
        return status;
    }
    discovery->reopens = passphrase_fd < 0;
    int result = start_vault(discovery, passphrase_fd, &err);
    if (result == ERR_NOT_FOUND) {
        return CLI_DONE;
    }
    if (result == 0) {
        result = vault_client_list(discovery->client, &discovery->manager->arena,
                                   &discovery->vault.credentials, &discovery->vault.count, &err);
    }
    discovery->vault.context = discovery;
    discovery->vault.send = send_credentials;
    discovery->vault.ask = ask_credentials;
    discovery->vault.answer = take_answer;
    discovery->vault.fd = answers_fd;
    return result < 0 ? cli_fail(&err) : CLI_DONE;
}

static int read_concurrency(struct discovery *discovery)
{
    const char *word = cli_value(discovery->manager->args, "concurrency");
    uint64_t number = ENGINE_WORKERS;
    if (word != NULL &&
        (!str_to_u64(str_from(word), &number) || number == 0 || number > ENGINE_MOST_WORKERS)) {
        return cli_usage("--concurrency %s: not a number from 1 to %d", word, ENGINE_MOST_WORKERS);
    }
    discovery->options.concurrency = (unsigned)number;
    return CLI_DONE;
}

/* "120 of 200 targets, 64 running, 3 failed" */
static void describe(const struct engine_counts *counts, char *out, size_t size)
{
    uint64_t ended = counts->done + counts->failed + counts->silent + counts->earlier;
    snprintf(out, size, "%llu of %llu targets, %llu running, %llu failed",
             (unsigned long long)ended, (unsigned long long)counts->total,
             (unsigned long long)counts->running, (unsigned long long)counts->failed);
}

static bool show_progress(void *context, const struct engine_counts *counts)
{
    struct discovery *discovery = context;
    uint64_t before = counts->earlier;
    double ended = (double)(counts->done + counts->failed + counts->silent);
    char text[160];
    double now = time_monotonic();
    if (discovery->progress.terminal) {
        snprintf(text, sizeof text, "done, %llu running, %llu failed",
                 (unsigned long long)counts->running, (unsigned long long)counts->failed);
        cli_progress_count(&discovery->progress, ended, (double)(counts->total - before), text);
    } else if (!discovery->quiet && now - discovery->plain_told >= PLAIN_SECONDS) {
        discovery->plain_told = now;
        describe(counts, text, sizeof text);
        fprintf(stderr, "Discover   %s\n", text);
    }
    return !asked_to_stop;
}

static void show_warning(void *context, const char *text)
{
    (void)context;
    cli_warn("%s", text);
}

int discovery_begin(struct discovery *discovery, struct manager *manager)
{
    *discovery = (struct discovery){.manager = manager};
    discovery->quiet = cli_flag(manager->args, "quiet");
    discovery->options.state = manager->state;
    discovery->options.without_sandbox = cli_flag(manager->args, "without-sandbox");
    discovery->events.warn = show_warning;
    discovery->events.progress = show_progress;
    int status = read_concurrency(discovery);
    return status != CLI_DONE ? status : open_vault(discovery);
}

void discovery_end(struct discovery *discovery)
{
    vault_client_stop(discovery->client);
    discovery->client = NULL;
}

int discovery_run(struct discovery *discovery)
{
    struct error err = ERROR_INIT;
    struct sigaction stop = {.sa_handler = note_stop}, old_int, old_term;
    char text[160];
    sigaction(SIGINT, &stop, &old_int);
    sigaction(SIGTERM, &stop, &old_term);
    cli_progress_begin(&discovery->progress, discovery->quiet, "Discover");
    discovery->plain_told = time_monotonic();
    discovery->events.context = discovery;
    int result = engine_run(discovery->manager->store, &discovery->options, &discovery->vault,
                            &discovery->events, &discovery->counts, &err);
    if (result == 0) {
        const struct engine_counts *counts = &discovery->counts;
        snprintf(text, sizeof text, "%llu done, %llu failed%s", (unsigned long long)counts->done,
                 (unsigned long long)counts->failed, counts->stopped ? ", stopped as asked" : "");
        cli_progress_end(&discovery->progress, text);
    }
    sigaction(SIGINT, &old_int, NULL);
    sigaction(SIGTERM, &old_term, NULL);
    if (result < 0) {
        return result == ERR_USAGE ? cli_usage("%s", err.message) : cli_fail(&err);
    }
    return discovery->counts.stopped ? CLI_PARTLY : CLI_DONE;
}

const struct credential *discovery_credential(const struct discovery *discovery, struct str name)
{
    for (uint32_t i = 0; i < discovery->vault.count; i++) {
        if (str_eq(discovery->vault.credentials[i].name, name)) {
            return &discovery->vault.credentials[i];
        }
    }
    return NULL;
}
