#include "console/manager.h"

#include <stdlib.h>
#include <string.h>

static const struct failure *failure_of(const struct store_issue *issue)
{
    const struct failure *failure = failure_find(issue->code);
    return failure != NULL ? failure : failure_find(STR("INTERNAL"));
}

static const char *severity_of(const struct store_issue *issue)
{
    return failure_of(issue)->severity == FAILURE_WARNING ? "warning" : "error";
}

static void put_json(struct manager *manager, const struct store_issue *issues, uint32_t count)
{
    struct json_writer json;
    manager_json(manager, &json, "assay-issues");
    json_open_array(&json, "issues");
    for (uint32_t i = 0; i < count; i++) {
        const struct store_issue *issue = &issues[i];
        const struct failure *failure = failure_of(issue);
        json_open_object(&json, NULL);
        json_put_str(&json, "code", issue->code);
        json_put_text(&json, "severity", severity_of(issue));
        json_put_text(&json, "class", failure_class_name(failure->class));
        json_put_str(&json, "source", issue->source);
        json_put_str(&json, "target", issue->target);
        json_put_known(&json, "phase", issue->phase);
        json_put_known(&json, "message", issue->message);
        json_put_text(&json, "cause", failure->cause);
        json_put_text(&json, "remedy", failure->remedy);
        json_put_time(&json, "opened", issue->opened);
        json_put_time(&json, "seen", issue->seen);
        json_put_time(&json, "closed", issue->closed);
        json_put_uint(&json, "times", issue->times);
        json_close_object(&json);
    }
    json_close_array(&json);
    json_close_object(&json);
}

static void put_advice(struct manager *manager, const struct failure *failure)
{
    unsigned width = manager->width > 4 ? manager->width - 2 : 78;
    buf_put_text(&manager->out, "  ");
    text_put_wrapped(&manager->out, str_from(failure->cause), width, 2);
    buf_put_text(&manager->out, "\n  ");
    text_put_wrapped(&manager->out, str_from(failure->remedy), width, 2);
    buf_put_byte(&manager->out, '\n');
}

static void put_state(struct manager *manager, const struct store_issue *issue)
{
    buf_printf(&manager->out, "since %.*s", STR_ARG(manager_date(manager, issue->opened)));
    if (issue->times > 1) {
        buf_printf(&manager->out, ", %llu times", (unsigned long long)issue->times);
    }
    if (issue->closed != TIME_NONE) {
        buf_printf(&manager->out, ", closed %.*s", STR_ARG(manager_date(manager, issue->closed)));
    }
    buf_put_byte(&manager->out, '\n');
}

static void put_code(struct manager *manager, const struct store_issue *issue)
{
    bool warning = failure_of(issue)->severity == FAILURE_WARNING;
    layout_begin_style(&manager->out, manager->color, warning ? LAYOUT_BOLD : LAYOUT_ATTENTION);
    text_put_clean(&manager->out, issue->code);
    layout_end_style(&manager->out, manager->color, warning ? LAYOUT_BOLD : LAYOUT_ATTENTION);
    buf_printf(&manager->out, " (%s)", severity_of(issue));
}

/* What the target itself said of it. */
static void put_message(struct manager *manager, const struct store_issue *issue)
{
    buf_put_text(&manager->out, "  ");
    if (issue->phase.len > 0) {
        text_put_clean(&manager->out, issue->phase);
        buf_put_text(&manager->out, ": ");
    }
    text_put_clean(&manager->out, issue->message);
    buf_put_byte(&manager->out, '\n');
}

static void by_target(struct manager *manager, const struct store_issue *issues, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct store_issue *issue = &issues[i];
        buf_put_text(&manager->out, i > 0 ? "\n" : "");
        text_put_clean(&manager->out, issue->target);
        buf_printf(&manager->out, " of %.*s   ", STR_ARG(issue->source));
        put_code(manager, issue);
        buf_put_text(&manager->out, "   ");
        put_state(manager, issue);
        put_message(manager, issue);
        put_advice(manager, failure_of(issue));
    }
}

static int compare_codes(const void *left, const void *right)
{
    const struct store_issue *a = left, *b = right;
    int order = str_cmp(a->code, b->code);
    return order != 0 ? order : a->id < b->id ? -1 : 1;
}

static void by_code(struct manager *manager, struct store_issue *issues, uint32_t count)
{
    qsort(issues, count, sizeof *issues, compare_codes);
    for (uint32_t i = 0; i < count;) {
        uint32_t end = i;
        while (end < count && str_eq(issues[end].code, issues[i].code)) {
            end++;
        }
        buf_put_text(&manager->out, i > 0 ? "\n" : "");
        put_code(manager, &issues[i]);
        buf_put_text(&manager->out, "   ");
        text_put_count(&manager->out, end - i, "target", "targets");
        buf_put_byte(&manager->out, '\n');
        put_advice(manager, failure_of(&issues[i]));
        for (; i < end; i++) {
            buf_put_text(&manager->out, "    ");
            text_put_clean(&manager->out, issues[i].target);
            buf_printf(&manager->out, " of %.*s   ", STR_ARG(issues[i].source));
            put_state(manager, &issues[i]);
        }
    }
}

/* Credentials that are not tried any more stand apart: many targets may wait for one. */
static int put_accounts(struct manager *manager)
{
    struct error err = ERROR_INIT;
    struct store_account *accounts;
    uint32_t count;
    if (store_account_list(manager->store, &manager->arena, &accounts, &count, &err) < 0) {
        return cli_fail(&err);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (accounts[i].state == ACCOUNT_INVALID || accounts[i].state == ACCOUNT_LOCKED) {
            buf_put_text(&manager->out, "\nThe credential ");
            text_put_clean(&manager->out, accounts[i].name);
            buf_printf(&manager->out, " is %s since %.*s (%.*s)\n",
                       account_state_name(accounts[i].state),
                       STR_ARG(manager_date(manager, accounts[i].since)),
                       STR_ARG(accounts[i].last_target));
        }
    }
    return CLI_DONE;
}

static int list(struct manager *manager)
{
    struct error err = ERROR_INIT;
    struct store_source source = {0};
    struct store_issue *issues;
    uint32_t count;
    const char *by = cli_value(manager->args, "by"), *name = cli_value(manager->args, "source");
    if (by != NULL && strcmp(by, "target") != 0 && strcmp(by, "code") != 0) {
        return cli_usage("--by %s: one of target, code", by);
    }
    int status = name != NULL ? manager_source(manager, name, &source) : CLI_DONE;
    if (status != CLI_DONE) {
        return status;
    }
    if (store_issue_list(manager->store, source.id, cli_flag(manager->args, "all"), &manager->arena,
                         &issues, &count, &err) < 0) {
        return cli_fail(&err);
    }
    if (manager->json) {
        put_json(manager, issues, count);
        return CLI_DONE;
    }
    if (count == 0) {
        cli_warn("no issue is open");
    } else if (by != NULL && strcmp(by, "code") == 0) {
        by_code(manager, issues, count);
    } else {
        by_target(manager, issues, count);
    }
    return put_accounts(manager);
}

static int run(const struct cli_args *args)
{
    return manager_run(args, list);
}

static const struct cli_option options[] = {
    {"by", 0, "WHAT", "group by target (default) or by code"},
    {"source", 0, "NAME", "of that source only"},
    {"all", 'a', NULL, "closed ones too"},
    MANAGER_OPTION_FORMAT,
    CLI_OPTION_NO_COLOR,
    {0}};

const struct cli_command cmd_issues = {
    .name = issues_name,
    .usage = "[OPTION...]",
    .summary = issues_summary,
    .detail = "An issue closes when the next run collects its target.",
    .examples = "  assay issues\n"
                "  assay issues --by code --source web\n"
                "  assay issues --all --format json",
    .options = options,
    .run = run,
};
