#include "console/discovery.h"
#include "console/servers.h"

#include "cli/assess_run.h"
#include "cli/kb.h"

#include <stdio.h>
#include <unistd.h>

struct failed_row {
    struct str source, target, phase, message;
    const struct failure *failure;
};

struct discover {
    struct manager *manager;
    struct discovery discovery;
    struct assess_run assess;
    struct servers servers;
    struct failed_row *failed;
    uint32_t failed_count, failed_capacity;
};

/* ---- while it runs ---- */

/* The engine's events know the discovery; it stands in the struct of the command. */
static struct discover *discover_of(void *context)
{
    return (struct discover *)(void *)((char *)context - offsetof(struct discover, discovery));
}

static void take_server(void *context, const struct engine_server *server)
{
    struct discover *discover = discover_of(context);
    struct assessment assessment;
    struct arena arena;
    arena_init(&arena);
    assess(server->inventory, discover->assess.tables, discover->assess.knowledge,
           &discover->assess.options, &arena, &assessment);
    servers_put(&discover->servers, server, &assessment);
    arena_done(&arena);
}

static void take_failure(void *context, const struct engine_failure *failure)
{
    struct discover *discover = discover_of(context);
    struct arena *arena = &discover->manager->arena;
    arena_reserve(arena, discover->failed, discover->failed_count, discover->failed_capacity);
    discover->failed[discover->failed_count++] = (struct failed_row){
        .source = arena_str(arena, failure->source),
        .target = arena_str(arena, failure->target),
        .phase = arena_str(arena, failure->phase),
        .message = arena_str(arena, failure->message),
        .failure = failure->failure,
    };
}

static void take_checked(void *context, struct str source, struct str target, struct str answer)
{
    (void)context, (void)source, (void)target, (void)answer;
}

/* ---- which sources ---- */

static int named_sources(struct manager *manager, struct store_source **ret, uint32_t *ret_count)
{
    const struct cli_args *args = manager->args;
    struct store_source *sources =
        arena_array(&manager->arena, args->argument_count + 1, struct store_source);
    uint32_t count = 0;
    for (unsigned i = 0; i < args->argument_count; i++) {
        int status = manager_source(manager, args->arguments[i], &sources[count]);
        if (status != CLI_DONE) {
            return status;
        }
        bool twice = false;
        for (uint32_t k = 0; k < count; k++) {
            twice = twice || sources[k].id == sources[count].id;
        }
        count += !twice;
    }
    *ret = sources;
    *ret_count = count;
    return CLI_DONE;
}

static int all_sources(struct manager *manager, struct store_source **ret, uint32_t *ret_count)
{
    struct error err = ERROR_INIT;
    if (store_source_list(manager->store, &manager->arena, ret, ret_count, &err) < 0) {
        return cli_fail(&err);
    }
    return *ret_count > 0 ? CLI_DONE
                          : cli_usage("there is no source; `assay source add` makes one");
}

static struct str source_lines(struct manager *manager, const struct store_source *sources,
                               uint32_t count)
{
    struct str text = {0};
    for (uint32_t i = 0; i < count; i++) {
        text = arena_printf(&manager->arena, "%.*s%.*s\n", (int)text.len,
                            text.len > 0 ? text.ptr : "", STR_ARG(sources[i].name));
    }
    return text;
}

/* The sources of the run that is gone on with, as far as they still exist. */
static int run_sources(struct manager *manager, const struct store_run *run,
                       struct store_source **ret, uint32_t *ret_count)
{
    struct store_source *all;
    uint32_t count, kept = 0;
    int status = all_sources(manager, &all, &count);
    for (uint32_t i = 0; status == CLI_DONE && i < count; i++) {
        struct str rest = run->sources, line;
        bool found = false;
        while (str_next_line(&rest, &line)) {
            found = found || str_eq(line, all[i].name);
        }
        if (found) {
            all[kept++] = all[i];
        }
    }
    *ret = all;
    *ret_count = kept;
    return status;
}

static int choose_sources(struct discover *discover)
{
    struct manager *manager = discover->manager;
    struct engine_options *options = &discover->discovery.options;
    struct store_source *sources = NULL;
    struct store_run run;
    struct error err = ERROR_INIT;
    bool named = manager->args->argument_count > 0;
    uint32_t count = 0;
    int status =
        named ? named_sources(manager, &sources, &count) : all_sources(manager, &sources, &count);
    if (status == CLI_DONE && cli_flag(manager->args, "resume")) {
        struct str asked = named ? source_lines(manager, sources, count) : STR("");
        if (store_run_last(manager->store, asked, &manager->arena, &run, &err) < 0) {
            return cli_fail(&err);
        }
        options->resume = run.id;
        status = run_sources(manager, &run, &sources, &count);
    }
    options->sources = sources;
    options->source_count = count;
    return status;
}

/* ---- the result ---- */

static void put_totals(struct discover *discover)
{
    const struct engine_counts *counts = &discover->discovery.counts;
    struct buf *out = &discover->manager->out;
    uint64_t risks = 0, exploited = 0;
    for (uint32_t i = 0; i < discover->servers.count; i++) {
        risks += discover->servers.rows[i].risks;
        exploited += discover->servers.rows[i].exploited;
    }
    if (discover->servers.count > 0) {
        buf_put_byte(out, '\n');
        text_put_count(out, discover->servers.count, "server", "servers");
        buf_put_text(out, " · ");
        text_put_count(out, risks, "risk", "risks");
        buf_put_text(out, " · ");
        text_put_number(out, exploited);
        buf_put_text(out, " known exploited\n");
    }
    text_put_count(out, counts->total, "target", "targets");
    buf_put_text(out, ": ");
    text_put_number(out, counts->done);
    buf_put_text(out, " collected");
    if (counts->earlier > 0) {
        buf_put_text(out, ", ");
        text_put_number(out, counts->earlier);
        buf_put_text(out, " before");
    }
    if (counts->silent > 0) {
        buf_put_text(out, ", ");
        text_put_number(out, counts->silent);
        buf_put_text(out, " without an answer");
    }
    buf_put_text(out, ", ");
    text_put_number(out, counts->failed);
    buf_put_text(out, " failed");
    uint64_t ended = counts->done + counts->earlier + counts->silent + counts->failed;
    if (ended < counts->total) {
        buf_put_text(out, ", ");
        text_put_number(out, counts->total - ended);
        buf_put_text(out, " not begun or not finished: assay discover --resume");
    }
    buf_put_byte(out, '\n');
}

static void put_failures(struct discover *discover)
{
    enum { MOST = 10 };
    struct manager *manager = discover->manager;
    static const struct layout_column columns[] = {
        {.title = "TARGET", .least = 12},
        {.title = "ISSUE", .least = 16},
        {.title = "WHY", .least = 20},
    };
    struct layout_table table;
    if (discover->failed_count == 0) {
        return;
    }
    layout_table_init(&table, &manager->arena, columns, sizeof columns / sizeof columns[0]);
    for (uint32_t i = 0; i < discover->failed_count && i < MOST; i++) {
        const struct failed_row *row = &discover->failed[i];
        layout_table_add(&table, row->target, LAYOUT_PLAIN);
        layout_table_add(&table, str_from(row->failure->code), LAYOUT_ATTENTION);
        layout_table_add(&table, row->message, LAYOUT_PLAIN);
    }
    buf_put_byte(&manager->out, '\n');
    layout_table_write(&table, manager->width, manager->color, &manager->out);
    if (discover->failed_count > MOST) {
        buf_printf(&manager->out, "... %u more", discover->failed_count - MOST);
        buf_put_text(&manager->out, "   ");
    }
    buf_put_text(&manager->out, "what to do about them: assay issues\n");
}

static void put_table(struct discover *discover)
{
    enum { MOST = 40 };
    struct manager *manager = discover->manager;
    uint32_t most = cli_flag(manager->args, "all") ? 0 : MOST;
    if (discover->servers.count > 0) {
        servers_table(&discover->servers, manager, most);
    }
    if (most > 0 && discover->servers.count > most) {
        buf_printf(&manager->out, "... %u more; --all lists every server\n",
                   discover->servers.count - most);
    }
    put_totals(discover);
    put_failures(discover);
    if (discover->servers.count > 0) {
        buf_printf(&manager->out, "\nassay assess %.*s shows one of them\n",
                   STR_ARG(discover->servers.rows[0].name));
        report_write_notice(report_nvd_notice(discover->assess.knowledge), manager->width,
                            manager->color, &manager->out);
    }
}

static void put_json(struct discover *discover, int status)
{
    const struct engine_counts *counts = &discover->discovery.counts;
    struct json_writer json;
    manager_json(discover->manager, &json, "assay-discovery");
    json_put_int(&json, "status", status);
    json_put_known(&json, "reason", str_from(discover->assess.reason));
    json_put_date(&json, "as_of", discover->assess.options.as_of);
    json_put_bool(&json, "knowledge", discover->assess.knowledge != NULL);
    json_put_bool(&json, "stopped", counts->stopped);
    json_open_object(&json, "targets");
    json_put_uint(&json, "total", counts->total);
    json_put_uint(&json, "collected", counts->done);
    json_put_uint(&json, "earlier", counts->earlier);
    json_put_uint(&json, "partial", counts->partial);
    json_put_uint(&json, "silent", counts->silent);
    json_put_uint(&json, "failed", counts->failed);
    json_close_object(&json);
    servers_json(&discover->servers, &json);
    json_open_array(&json, "issues");
    for (uint32_t i = 0; i < discover->failed_count; i++) {
        const struct failed_row *row = &discover->failed[i];
        json_open_object(&json, NULL);
        json_put_str(&json, "source", row->source);
        json_put_str(&json, "target", row->target);
        json_put_text(&json, "code", row->failure->code);
        json_put_text(&json, "class", failure_class_name(row->failure->class));
        json_put_known(&json, "phase", row->phase);
        json_put_known(&json, "message", row->message);
        json_close_object(&json);
    }
    json_close_array(&json);
    report_json_sources(&json, discover->assess.knowledge, discover->assess.options.as_of);
    json_close_object(&json);
}

static int show(struct discover *discover, int status)
{
    const struct engine_counts *counts = &discover->discovery.counts;
    if (status == CLI_DONE && (counts->failed > 0 || counts->partial > 0)) {
        status = CLI_PARTLY;
    }
    status = discover->assess.status > status ? discover->assess.status : status;
    servers_sort(&discover->servers);
    if (discover->manager->json) {
        put_json(discover, status);
    } else {
        put_table(discover);
    }
    if (discover->assess.knowledge != NULL) {
        kb_warn_stale(discover->assess.knowledge, discover->assess.options.as_of, NULL);
    }
    if (discover->assess.reason[0] != '\0') {
        cli_warn("done in part: %s", discover->assess.reason);
    }
    return status;
}

static int work(struct manager *manager)
{
    struct discover discover = {.manager = manager};
    servers_init(&discover.servers, &manager->arena);
    int status = assess_run_begin(&discover.assess, manager->args);
    if (status == CLI_DONE) {
        status = discovery_begin(&discover.discovery, manager);
    }
    if (status == CLI_DONE) {
        status = choose_sources(&discover);
    }
    if (status == CLI_DONE) {
        discover.discovery.options.deep = cli_flag(manager->args, "deep");
        discover.discovery.events.server = take_server;
        discover.discovery.events.failed = take_failure;
        discover.discovery.events.checked = take_checked;
        status = discovery_run(&discover.discovery);
        if (status == CLI_DONE || status == CLI_PARTLY) {
            status = show(&discover, status);
        }
    }
    discovery_end(&discover.discovery);
    servers_done(&discover.servers);
    assess_run_end(&discover.assess);
    return status;
}

static int run(const struct cli_args *args)
{
    return manager_run(args, work);
}

static const struct cli_option options[] = {
    {"resume", 0, NULL, "go on with what the last run did not finish"},
    DISCOVERY_OPTION_CONCURRENCY,
    {"deep", 0, NULL, "read what packages' changelogs name as fixed"},
    {"all", 'a', NULL, "list every server"},
    DISCOVERY_OPTION_SANDBOX,
    DISCOVERY_OPTION_PASSPHRASE,
    MANAGER_OPTION_FORMAT,
    CLI_OPTION_OUTPUT,
    ASSESS_RUN_ACCEPT,
    CLI_OPTION_AS_OF,
    CLI_OPTION_KNOWLEDGE,
    CLI_OPTION_QUIET,
    CLI_OPTION_NO_COLOR,
    {0}};

const struct cli_command cmd_discover = {
    .name = discover_name,
    .usage = "[OPTION...] [SOURCE...]",
    .summary = discover_summary,
    .detail = "Without SOURCE, of all sources. Each target is spoken to by a process of its own.\n"
              "Inventories are kept under the servers' names, so that `assay assess` and `assay\n"
              "explain` find them. Ctrl-C ends the run; what was collected stays.",
    .examples = "  assay discover\n"
                "  assay discover web --concurrency 128\n"
                "  assay discover --resume\n"
                "  assay discover --format json --output fleet.json",
    .options = options,
    .max_arguments = CLI_MAX_ARGUMENTS,
    .run = run,
};
