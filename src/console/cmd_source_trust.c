#include "console/manager.h"

#include <string.h>

/* "SHA256:" and 32 bytes in base64 without padding, as ssh-keygen -l prints it. */
static bool is_fingerprint(struct str text)
{
    enum { PREFIX = 7, DIGITS = 43 };
    if (!str_starts(text, STR("SHA256:")) || text.len != PREFIX + DIGITS) {
        return false;
    }
    for (size_t i = PREFIX; i < text.len; i++) {
        char c = text.ptr[i];
        if (!str_is_alpha(c) && !str_is_digit(c) && c != '+' && c != '/') {
            return false;
        }
    }
    return true;
}

/* The host as keys are kept under: with its port. */
static int read_host(struct manager *manager, const struct store_source *source, const char *word,
                     struct str *ret)
{
    struct error err = ERROR_INIT;
    struct target_spec spec;
    char key[TARGET_KEY_SIZE];
    if (target_spec_parse(str_from(word), &manager->arena, &spec, &err) < 0) {
        return cli_usage("%s", err.message);
    }
    if (target_spec_is_range(&spec)) {
        return cli_usage("%s: a host key belongs to one target", word);
    }
    target_spec_key(&spec, 0, (uint16_t)source->settings.port, key);
    *ret = arena_str(&manager->arena, str_from(key));
    return CLI_DONE;
}

static void put_table(struct manager *manager, const struct store_host_key *keys, uint32_t count)
{
    static const struct layout_column columns[] = {
        {.title = "HOST", .least = 10},
        {.title = "TYPE", .least = 8, .expend = 2},
        {.title = "FINGERPRINT", .least = 50},
        {.title = "HOW", .least = 9},
        {.title = "SINCE", .least = 16, .expend = 1},
    };
    struct layout_table table;
    layout_table_init(&table, &manager->arena, columns, sizeof columns / sizeof columns[0]);
    for (uint32_t i = 0; i < count; i++) {
        layout_table_add(&table, keys[i].host, LAYOUT_PLAIN);
        layout_table_add(&table, keys[i].type, LAYOUT_PLAIN);
        layout_table_add(&table, keys[i].fingerprint, LAYOUT_PLAIN);
        layout_table_add(&table, keys[i].first_use ? STR("first use") : STR("pinned"),
                         LAYOUT_PLAIN);
        layout_table_add(&table, manager_date(manager, keys[i].since), LAYOUT_PLAIN);
    }
    layout_table_write(&table, manager->width, manager->color, &manager->out);
}

static int list(struct manager *manager, const struct store_source *source, struct str host)
{
    struct error err = ERROR_INIT;
    struct store_host_key *keys;
    uint32_t count;
    if (store_host_key_list(manager->store, source->id, host, &manager->arena, &keys, &count,
                            &err) < 0) {
        return cli_fail(&err);
    }
    if (count == 0) {
        cli_warn("no host key is pinned there");
    } else {
        put_table(manager, keys, count);
    }
    return CLI_DONE;
}

static int pin(struct manager *manager, const struct store_source *source, struct str host)
{
    struct error err = ERROR_INIT;
    const char *text;
    for (unsigned i = 0; (text = cli_value_at(manager->args, "host-key", i)) != NULL; i++) {
        if (!is_fingerprint(str_from(text))) {
            return cli_usage("--host-key %s: not a fingerprint as `ssh-keygen -lf` prints it, "
                             "SHA256:...",
                             text);
        }
        const struct store_host_key key = {
            .host = host, .fingerprint = str_from(text), .since = time_now()};
        if (store_host_key_put(manager->store, source->id, &key, &err) < 0) {
            return cli_fail(&err);
        }
    }
    return CLI_DONE;
}

static int trust(struct manager *manager)
{
    struct store_source source;
    struct str host = {0};
    const struct cli_args *args = manager->args;
    bool pins = cli_flag(args, "host-key");
    int status = manager_source(manager, args->arguments[0], &source);
    if (status == CLI_DONE && args->argument_count > 1) {
        status = read_host(manager, &source, args->arguments[1], &host);
    }
    if (status == CLI_DONE && pins && host.len == 0) {
        status = cli_usage("--host-key needs the target that it belongs to");
    }
    if (status != CLI_DONE) {
        return status;
    }
    return pins ? pin(manager, &source, host) : list(manager, &source, host);
}

static int run_trust(const struct cli_args *args)
{
    return manager_run(args, trust);
}

static int forget(struct manager *manager)
{
    struct error err = ERROR_INIT;
    struct store_source source;
    struct str host;
    uint64_t count;
    int status = manager_source(manager, manager->args->arguments[0], &source);
    if (status == CLI_DONE) {
        status = read_host(manager, &source, manager->args->arguments[1], &host);
    }
    if (status != CLI_DONE) {
        return status;
    }
    if (store_host_key_forget(manager->store, source.id, host, &count, &err) < 0) {
        return cli_fail(&err);
    }
    if (count == 0) {
        error_set(&err, ERR_NOT_FOUND, "no host key of %.*s is pinned", STR_ARG(host));
        return cli_fail(&err);
    }
    cli_warn("%llu host key%s of %.*s forgotten", (unsigned long long)count, count == 1 ? "" : "s",
             STR_ARG(host));
    return CLI_DONE;
}

static int run_forget(const struct cli_args *args)
{
    return manager_run(args, forget);
}

static const struct cli_option trust_options[] = {
    {"host-key", 0, "SHA256:...", "pin that fingerprint; may be given several times"},
    CLI_OPTION_NO_COLOR,
    {0}};

const struct cli_command cmd_source_trust = {
    .name = source_trust_name,
    .usage = "[OPTION...] SOURCE [TARGET]",
    .summary = source_trust_summary,
    .detail = "TARGET is HOST, HOST:PORT or a jump host. Take the fingerprint from the target's\n"
              "console: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub",
    .examples = "  assay source trust web\n"
                "  assay source trust web db01 --host-key "
                "SHA256:uNiVztksCsDhcc0u9e8BgrqV4u3xNxTMvcqsZkBqeZs",
    .options = trust_options,
    .min_arguments = 1,
    .max_arguments = 2,
    .run = run_trust,
};

static const struct cli_option forget_options[] = {{0}};

const struct cli_command cmd_source_forget = {
    .name = source_forget_name,
    .usage = "SOURCE TARGET",
    .summary = source_forget_summary,
    .detail = "For a target that was installed anew. Find out first that it was: another key can\n"
              "also mean that somebody stands in between.",
    .examples = "  assay source forget web db01",
    .options = forget_options,
    .min_arguments = 2,
    .max_arguments = 2,
    .run = run_forget,
};
