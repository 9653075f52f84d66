#include "assess/engine.h"
#include "base/limits.h"

/* Data older than this is said to be old, wherever it is used. */
enum { OLD_DAYS = 30 };

void coverage_count(struct engine *engine)
{
    struct coverage *coverage = &engine->coverage;
    const struct inventory *inventory = engine->inventory;
    coverage->until = engine->os.has_ecosystem ? engine->os.ecosystem.newest : TIME_NONE;
    coverage->has_ecosystem = engine->os.has_ecosystem;
    coverage->ecosystem = engine->os.ecosystem_name;
    coverage->by_changelog = evidence_count_settled(engine);
    for (uint32_t i = 0; i < inventory->software_count; i++) {
        const struct identity *identity = &engine->software[i].identity;
        bool maker = identity->supplier == SUPPLIER_MAKER ||
                     !unit_has_packager(inventory->software[i].ecosystem);
        bool covered = !maker && identity->has_ecosystem && identity->has_package;
        coverage->packages += !maker;
        coverage->from_makers += maker;
        coverage->covered += covered;
        coverage->identified += !covered && identity->product_count;
    }
}

static void note_ecosystem(struct engine *engine)
{
    const struct coverage *coverage = &engine->coverage;
    if (!coverage->packages) {
        return;
    }
    if (!coverage->has_ecosystem) {
        engine_note(engine,
                    "knowledge has no advisories for %.*s: its packages are compared by upstream "
                    "version, and such findings are unconfirmed",
                    STR_ARG(coverage->ecosystem.len ? coverage->ecosystem : STR("this release")));
    } else if (coverage->covered < coverage->packages) {
        engine_note(engine, "that the advisories of %.*s do not name a package does not clear it",
                    STR_ARG(coverage->ecosystem));
    }
    if (coverage->incomparable) {
        engine_note(engine, "%u comparisons had no defined order and were not guessed",
                    coverage->incomparable);
    }
    if (engine->kernels_not_running) {
        engine_note(engine, "%u installed kernel images do not run: their CVEs are not counted",
                    engine->kernels_not_running);
    }
}

/* Feeds without anything new are put into old. */
static void note_feed(struct engine *engine, const struct knowledge_feed *feed, struct buf *old)
{
    struct str label = feed->label.len ? feed->label : feed->name;
    char date[DATE_SIZE];
    if (!feed->present) {
        engine_note(engine, "knowledge was built without %.*s", STR_ARG(label));
        return;
    }
    if (feed->problem.len) {
        engine_note(engine, "%.*s was read in part: %.*s", STR_ARG(label), STR_ARG(feed->problem));
    }
    if (feed->newest == TIME_NONE) {
        return;
    }
    int32_t newest = time_to_date(feed->newest);
    if (engine->options->as_of - newest > OLD_DAYS) {
        buf_printf(old, "%s%.*s (%s)", old->len ? ", " : "", STR_ARG(label),
                   date_format(newest, date));
    }
}

static void note_feeds(struct engine *engine)
{
    struct buf old;
    buf_init(&old, LIMIT_LINE);
    for (uint32_t i = 0; i < knowledge_feed_count(engine->knowledge); i++) {
        struct knowledge_feed feed;
        if (knowledge_feed(engine->knowledge, i, &feed)) {
            note_feed(engine, &feed, &old);
        }
    }
    if (old.len) {
        engine_note(engine, "newest record older than %d days: %s", OLD_DAYS, buf_text(&old));
    }
    buf_done(&old);
}

static void note_inventory(struct engine *engine)
{
    const struct inventory *inventory = engine->inventory;
    if (inventory->software_known != TRUTH_YES) {
        engine_note(engine, "the list of software could not be taken: vulnerabilities, support "
                            "and missing software are not known");
    }
    if (inventory->updates.known != TRUTH_YES) {
        engine_note(engine, "pending updates are not known%s%.*s",
                    inventory->updates.reason.len ? ": " : "", STR_ARG(inventory->updates.reason));
    }
    if (inventory->collected != TIME_NONE) {
        int32_t age = engine->options->as_of - time_to_date(inventory->collected);
        if (age > OLD_DAYS) {
            engine_note(engine, "the inventory is %d days old", age);
        }
    }
}

void coverage_note(struct engine *engine)
{
    note_inventory(engine);
    if (!engine->knowledge) {
        engine_note(engine, "there is no knowledge: vulnerabilities and support by feeds are not "
                            "known; build it with `assay kb build`");
        return;
    }
    note_ecosystem(engine);
    note_feeds(engine);
}
