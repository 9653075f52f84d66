#include "console/discovery.h"

#include "base/limits.h"
#include "json/json_reader.h"

struct test {
    struct manager *manager;
    struct discovery discovery;
    uint64_t missing;
};

static struct test *test_of(void *context)
{
    return (struct test *)(void *)((char *)context - offsetof(struct test, discovery));
}

static void ignore_server(void *context, const struct engine_server *server)
{
    (void)context, (void)server;
}

static void show_failure(void *context, const struct engine_failure *failure)
{
    struct buf *out = &test_of(context)->manager->out;
    text_put_clean(out, failure->target);
    buf_printf(out, "   %s (", failure->failure->code);
    text_put_clean(out, failure->phase);
    buf_put_text(out, ")\n  ");
    text_put_clean(out, failure->message);
    buf_printf(out, "\n  %s\n  %s\n", failure->failure->cause, failure->failure->remedy);
}

static void put_text(struct buf *out, struct json object, const char *key)
{
    text_put_clean(out, json_str(json_get(object, key)));
}

/* A right that is missing, and what is not seen without it. */
static void show_check(struct test *test, struct json check)
{
    struct buf *out = &test->manager->out;
    bool fine = str_eq_text(json_str(json_get(check, "state")), "ok");
    test->missing += !fine;
    buf_put_text(out, fine ? "  ok       " : "  missing  ");
    put_text(out, check, "name");
    buf_put_text(out, ": ");
    put_text(out, check, "what");
    if (!fine) {
        buf_put_text(out, "\n           without it: ");
        put_text(out, check, "cost");
    }
    buf_put_byte(out, '\n');
}

static void show_checks(void *context, struct str source, struct str target, struct str answer)
{
    struct test *test = test_of(context);
    struct json_document document;
    struct json check;
    struct arena arena;
    (void)source;
    arena_init(&arena);
    text_put_clean(&test->manager->out, target);
    buf_put_text(&test->manager->out, "   login works\n");
    if (json_parse(answer, LIMIT_JOB, &arena, &document, NULL) == 0) {
        struct json_each each = json_each(json_get(json_root(&document), "checks"));
        while (json_next(&each, &check)) {
            show_check(test, check);
        }
        json_done(&document);
    }
    arena_done(&arena);
}

/* TARGET as the plan names it: with its port. */
static int read_target(struct test *test, const struct store_source *source)
{
    struct error err = ERROR_INIT;
    struct target_spec spec;
    char key[TARGET_KEY_SIZE];
    struct manager *manager = test->manager;
    if (manager->args->argument_count < 2) {
        return CLI_DONE;
    }
    if (target_spec_parse(str_from(manager->args->arguments[1]), &manager->arena, &spec, &err) <
        0) {
        return cli_usage("%s", err.message);
    }
    if (target_spec_is_range(&spec)) {
        return cli_usage("%s: one target, please", manager->args->arguments[1]);
    }
    target_spec_key(&spec, 0, (uint16_t)source->settings.port, key);
    test->discovery.options.only = arena_str(&manager->arena, str_from(key));
    return CLI_DONE;
}

static int read_credential(struct test *test)
{
    struct error err = ERROR_INIT;
    const char *name = cli_value(test->manager->args, "credential");
    if (name == NULL) {
        return CLI_DONE;
    }
    if (test->discovery.options.only.len == 0) {
        return cli_usage("--credential needs a target: it is tried on one");
    }
    const struct credential *found = discovery_credential(&test->discovery, str_from(name));
    if (found == NULL) {
        error_set(&err, ERR_NOT_FOUND, "there is no credential %s", name);
        return cli_fail(&err);
    }
    test->discovery.options.only_credential = found->id;
    return CLI_DONE;
}

static int test_all(struct test *test, const struct store_source *source)
{
    struct discovery *discovery = &test->discovery;
    discovery->options.sources = source;
    discovery->options.source_count = 1;
    discovery->options.purpose = JOB_CHECK;
    discovery->events.server = ignore_server;
    discovery->events.failed = show_failure;
    discovery->events.checked = show_checks;
    int status = discovery_run(discovery);
    if (status == CLI_DONE && discovery->counts.total == 0) {
        return cli_usage("%s is no target of the source", test->manager->args->arguments[1]);
    }
    return status == CLI_DONE && discovery->counts.failed > 0 ? CLI_PARTLY : status;
}

static int work(struct manager *manager)
{
    struct test test = {.manager = manager};
    struct store_source source;
    int status = manager_source(manager, manager->args->arguments[0], &source);
    if (status == CLI_DONE) {
        status = discovery_begin(&test.discovery, manager);
    }
    if (status == CLI_DONE) {
        status = read_target(&test, &source);
    }
    if (status == CLI_DONE) {
        status = read_credential(&test);
    }
    if (status == CLI_DONE) {
        status = test_all(&test, &source);
    }
    discovery_end(&test.discovery);
    return status;
}

static int run(const struct cli_args *args)
{
    return manager_run(args, work);
}

static const struct cli_option options[] = {
    {"credential", 0, "NAME", "try that credential and no other, also one that was refused"},
    DISCOVERY_OPTION_CONCURRENCY,
    DISCOVERY_OPTION_SANDBOX,
    DISCOVERY_OPTION_PASSPHRASE,
    CLI_OPTION_QUIET,
    CLI_OPTION_NO_COLOR,
    {0}};

const struct cli_command cmd_source_test = {
    .name = source_test_name,
    .usage = "[OPTION...] SOURCE [TARGET]",
    .summary = source_test_summary,
    .detail = "Logs in and asks what the account may do, nothing else; names each right that is\n"
              "missing and what is not seen without it. Opens no issue. An account that was "
              "refused and is\n"
              "not tried any more is used again when --credential shows that it works.",
    .examples = "  assay source test web\n"
                "  assay source test web db01\n"
                "  assay source test web db01 --credential linux-scan",
    .options = options,
    .min_arguments = 1,
    .max_arguments = 2,
    .run = run,
};
