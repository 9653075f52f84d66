#include "cli/commands.h"
#include "cli/kb.h"

#include "base/memory.h"
#include "report/layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct status {
    const struct knowledge *knowledge;
    const char *path;
    int32_t day;
    unsigned width;
    bool color;
    struct arena arena;
    struct buf out;
};

static uint64_t count_skipped(const struct knowledge_feed *feed)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < FEED_SKIP_REASONS; i++) {
        sum += feed->skipped[i];
    }
    return sum;
}

enum feed_state { FEED_WHOLE, FEED_PART, FEED_REFUSED, FEED_MISSING };

static const char *const state_names[] = {"whole", "part", "refused", "missing"};

/* A feed is refused when an update found what came of it unusable and kept what it had. */
static enum feed_state feed_state(const struct knowledge_feed *feed)
{
    if (str_starts(feed->problem, STR("refused: "))) {
        return FEED_REFUSED;
    }
    if (!feed->present) {
        return FEED_MISSING;
    }
    return feed->problem.len > 0 ? FEED_PART : FEED_WHOLE;
}

static struct str number_text(struct status *status, uint64_t number)
{
    struct buf text;
    buf_init(&text, 64);
    text_put_number(&text, number);
    struct str copy = arena_str(&status->arena, buf_view(&text));
    buf_done(&text);
    return copy;
}

static struct str date_text(struct status *status, int64_t time)
{
    char date[DATE_SIZE];
    return arena_printf(&status->arena, "%s", date_format(time_to_date(time), date));
}

static void add_row(struct status *status, struct layout_table *table,
                    const struct knowledge_feed *feed)
{
    int64_t age = kb_age(feed, status->day);
    bool stale = age > KB_STALE_DAYS;
    struct str age_text =
        age < 0 ? STR("-")
                : arena_printf(&status->arena, "%lld d%s", (long long)age, stale ? " !" : "");
    layout_table_add(table, feed->label, LAYOUT_PLAIN);
    layout_table_add(table, number_text(status, feed->records), LAYOUT_PLAIN);
    layout_table_add(table, date_text(status, feed->newest), LAYOUT_PLAIN);
    layout_table_add(table, age_text, stale ? LAYOUT_ATTENTION : LAYOUT_PLAIN);
    layout_table_add(table, date_text(status, feed->read), LAYOUT_PLAIN);
    layout_table_add(table, number_text(status, feed->files), LAYOUT_PLAIN);
    layout_table_add(table, number_text(status, count_skipped(feed)), LAYOUT_PLAIN);
    enum feed_state state = feed_state(feed);
    layout_table_add(table, state == FEED_WHOLE ? STR("") : str_from(state_names[state]),
                     LAYOUT_ATTENTION);
}

static void put_table(struct status *status)
{
    static const struct layout_column columns[] = {
        {.title = "FEED", .least = 8},
        {.title = "RECORDS", .least = 7, .right = true},
        {.title = "NEWEST", .least = 10},
        {.title = "AGE", .least = 5, .right = true},
        {.title = "FETCHED", .least = 10, .expend = 2},
        {.title = "FILES", .least = 5, .right = true, .expend = 3},
        {.title = "SKIPPED", .least = 7, .right = true, .expend = 1},
        {.title = "", .least = 7},
    };
    struct layout_table table;
    layout_table_init(&table, &status->arena, columns, sizeof columns / sizeof columns[0]);
    for (uint32_t i = 0; i < knowledge_feed_count(status->knowledge); i++) {
        struct knowledge_feed feed;
        if (knowledge_feed(status->knowledge, i, &feed)) {
            add_row(status, &table, &feed);
        }
    }
    layout_table_write(&table, status->width, status->color, &status->out);
}

/* Why parts of a feed were left out, with the first of them. */
static void put_skipped(struct status *status, const struct knowledge_feed *feed)
{
    struct str rest = feed->samples, line;
    buf_put_byte(&status->out, '\n');
    text_put_clean(&status->out, feed->label);
    buf_put_text(&status->out, " left out");
    for (unsigned i = 0, n = 0; i < FEED_SKIP_REASONS; i++) {
        if (feed->skipped[i] > 0) {
            buf_put_text(&status->out, n++ > 0 ? ", " : ": ");
            text_put_number(&status->out, feed->skipped[i]);
            buf_printf(&status->out, " %s", feed_skip_name(i));
        }
    }
    buf_put_text(&status->out, "; the first:\n");
    while (rest.len > 0 && str_next_line(&rest, &line)) {
        buf_put_text(&status->out, "  ");
        text_put_fit(&status->out, line, status->width - 2);
        buf_put_byte(&status->out, '\n');
    }
}

static void put_notes(struct status *status)
{
    for (uint32_t i = 0; i < knowledge_feed_count(status->knowledge); i++) {
        struct knowledge_feed feed;
        if (knowledge_feed(status->knowledge, i, &feed)) {
            if (feed.problem.len > 0) {
                buf_put_byte(&status->out, '\n');
                text_put_clean(&status->out, feed.label);
                static const char *const words[] = {": ", " was not read whole: ", " ",
                                                    " is missing: "};
                buf_put_text(&status->out, words[feed_state(&feed)]);
                text_put_clean(&status->out, feed.problem);
                buf_put_byte(&status->out, '\n');
            }
            if (count_skipped(&feed) > 0) {
                put_skipped(status, &feed);
            }
        }
    }
    buf_put_byte(&status->out, '\n');
    for (uint32_t i = 0; i < knowledge_feed_count(status->knowledge); i++) {
        struct knowledge_feed feed;
        if (knowledge_feed(status->knowledge, i, &feed) && feed.attribution.len > 0) {
            text_put_clean(&status->out, feed.attribution);
            buf_put_byte(&status->out, '\n');
        }
    }
}

static void write_table(struct status *status)
{
    char built[TIME_SIZE];
    const struct knowledge *knowledge = status->knowledge;
    buf_printf(&status->out, "%s   built %s\n", status->path,
               time_format(knowledge_built(knowledge), built));
    text_put_count(&status->out, knowledge_cve_count(knowledge), "CVE", "CVEs");
    buf_put_text(&status->out, " · ");
    text_put_count(&status->out, knowledge_product_count(knowledge), "product", "products");
    buf_put_text(&status->out, " · ");
    text_put_count(&status->out, knowledge_advisory_count(knowledge), "advisory", "advisories");
    buf_put_text(&status->out, " · ");
    text_put_count(&status->out, knowledge_lifecycle_count(knowledge), "lifecycle", "lifecycles");
    buf_put_text(&status->out, "\n\n");
    put_table(status);
    put_notes(status);
}

static void put_json_feed(struct json_writer *writer, const struct knowledge_feed *feed,
                          int32_t day)
{
    int64_t age = kb_age(feed, day);
    struct str rest = feed->samples, line;
    json_open_object(writer, NULL);
    json_put_str(writer, "name", feed->name);
    json_put_str(writer, "label", feed->label);
    json_put_bool(writer, "present", feed->present);
    json_put_text(writer, "state", state_names[feed_state(feed)]);
    json_put_uint(writer, "records", feed->records);
    json_put_uint(writer, "files", feed->files);
    json_put_time(writer, "newest", feed->newest);
    if (age < 0) {
        json_put_null(writer, "age_days");
    } else {
        json_put_int(writer, "age_days", age);
    }
    json_put_bool(writer, "stale", age > KB_STALE_DAYS);
    json_put_time(writer, "fetched", feed->read);
    json_put_int(writer, "cadence_days", feed->cadence_days);
    json_open_object(writer, "skipped");
    for (unsigned i = 0; i < FEED_SKIP_REASONS; i++) {
        if (feed->skipped[i] > 0) {
            json_put_uint(writer, feed_skip_name(i), feed->skipped[i]);
        }
    }
    json_close_object(writer);
    json_open_array(writer, "samples");
    while (rest.len > 0 && str_next_line(&rest, &line)) {
        json_put_str(writer, NULL, line);
    }
    json_close_array(writer);
    json_put_known(writer, "problem", feed->problem);
    json_put_known(writer, "attribution", feed->attribution);
    json_close_object(writer);
}

static void write_json(struct status *status)
{
    const struct knowledge *knowledge = status->knowledge;
    struct json_writer writer;
    json_writer_init(&writer, &status->out);
    json_open_object(&writer, NULL);
    json_put_text(&writer, "file", status->path);
    json_put_time(&writer, "built", knowledge_built(knowledge));
    json_put_uint(&writer, "cves", knowledge_cve_count(knowledge));
    json_put_uint(&writer, "products", knowledge_product_count(knowledge));
    json_put_uint(&writer, "advisories", knowledge_advisory_count(knowledge));
    json_put_uint(&writer, "lifecycles", knowledge_lifecycle_count(knowledge));
    json_open_array(&writer, "feeds");
    for (uint32_t i = 0; i < knowledge_feed_count(knowledge); i++) {
        struct knowledge_feed feed;
        if (knowledge_feed(knowledge, i, &feed)) {
            put_json_feed(&writer, &feed, status->day);
        }
    }
    json_close_array(&writer);
    json_close_object(&writer);
}

static int run(const struct cli_args *args)
{
    struct status status = {0};
    bool json;
    if (!kb_json(args, &json) || !cli_as_of(args, &status.day)) {
        return CLI_USAGE;
    }
    _cleanup_free_ char *path = NULL;
    struct knowledge *knowledge =
        kb_open(args, args->argument_count > 0 ? args->arguments[0] : NULL, &path);
    if (knowledge == NULL) {
        return CLI_FAILED;
    }
    status.knowledge = knowledge;
    status.path = path;
    status.width = cli_width(STDOUT_FILENO) ? cli_width(STDOUT_FILENO) : 100;
    status.color = cli_color(args, STDOUT_FILENO);
    arena_init(&status.arena);
    buf_init(&status.out, (size_t)4 << 20);
    (json ? write_json : write_table)(&status);
    int result = cli_write(args, buf_view(&status.out));
    kb_warn_stale(knowledge, status.day, NULL);
    buf_done(&status.out);
    arena_done(&status.arena);
    knowledge_close(knowledge);
    return result;
}

static const struct cli_option options[] = {
    {"format", 0, "FORMAT", "table (default) or json"},
    CLI_OPTION_AS_OF,
    CLI_OPTION_KNOWLEDGE,
    CLI_OPTION_OUTPUT,
    CLI_OPTION_NO_COLOR,
    {0},
};

const struct cli_command cmd_kb_status = {
    .name = "kb status",
    .usage = "[OPTION...] [FILE]",
    .summary = "What the knowledge file holds: feeds, their age, what was left out",
    .examples = "  assay kb status\n  assay kb status --format json",
    .options = options,
    .max_arguments = 1,
    .run = run,
};
