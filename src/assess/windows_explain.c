#include "assess/windows.h"

static void trace_updates(const struct windows *windows, const struct windows_remedy *remedies,
                          uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct windows_update *update = &windows->updates[remedies[i].update];
        struct str aside = update->state == UPDATE_INSTALLED ? STR("-> installed")
                           : update->state == UPDATE_MISSING ? STR("-> missing")
                                                             : STR("-> cannot be told");
        char day[DATE_SIZE];
        struct buf text;
        buf_init(&text, 1024);
        windows_reason(windows, update, &text);
        trace_step(windows->engine, "criterion", STR("Microsoft"), "KB%u of %s fixes it in %.*s",
                   update->update.kb, date_format(update->posted, day),
                   STR_ARG(windows->product.name));
        trace_step(windows->engine, "compare", aside, "%s", buf_text(&text));
        buf_done(&text);
    }
}

static void trace_claim(const struct windows *windows, const struct windows_answer *answer)
{
    const struct windows_claim *claim = answer->claim;
    struct knowledge_match match;
    struct buf text;
    if (!claim || !knowledge_match(windows->engine->knowledge, claim->match, &match)) {
        return;
    }
    buf_init(&text, 2048);
    match_text(windows->engine->knowledge, &match, &text);
    trace_step(windows->engine, "criterion", STR("NVD"), "%s", buf_text(&text));
    buf_done(&text);
    if (answer->by_revision) {
        trace_step(windows->engine, "compare",
                   answer->outcome == OUTCOME_FIXED ? STR("-> fixed") : STR("-> vulnerable"),
                   "found 10.0.%u.%u   (the build is equal, the revision decides)",
                   windows->release.build, windows->release.revision);
    } else if (claim->revision) {
        trace_step(windows->engine, "compare", STR("-> unconfirmed"),
                   "the revision of build %u is not known", windows->release.build);
    }
}

/* The system where it says anything of the CVE, else the first part that does. */
static const struct windows *find_speaker(const struct windows *windows,
                                          const struct windows *parts, uint32_t part_count,
                                          uint64_t cve)
{
    uint32_t count;
    windows_remedies(windows, cve, &count);
    for (uint32_t i = 0; !count && !windows_find_claim(windows, cve) && i < part_count; i++) {
        uint32_t fixes;
        windows_remedies(&parts[i], cve, &fixes);
        if (fixes) {
            return &parts[i];
        }
    }
    return windows;
}

static enum outcome explain_by(const struct windows *windows, struct str *ret_title,
                               enum confidence *ret_confidence)
{
    struct engine *engine = windows->engine;
    uint32_t count;
    const struct windows_remedy *remedies = windows_remedies(windows, engine->only, &count);
    struct windows_answer answer = windows_answer(windows, engine->only, remedies, count);
    *ret_title = windows->base
                     ? windows->name
                     : arena_printf(engine->arena, "%.*s build %.*s", STR_ARG(windows->name),
                                    STR_ARG(engine->inventory->os.build));
    *ret_confidence = answer.confidence;
    trace_step(engine, "identity", STR("build, edition, processor"), "%.*s",
               STR_ARG(windows->base ? windows->product.name : windows->release.bulletin));
    trace_claim(windows, &answer);
    trace_updates(windows, remedies, count);
    return answer.outcome;
}

enum outcome windows_explain(struct engine *engine, struct str *ret_title,
                             enum confidence *ret_confidence)
{
    struct windows windows, parts[WINDOWS_PARTS];
    if (!windows_open(engine, &windows)) {
        return OUTCOME_SILENT;
    }
    uint32_t count = windows_parts(&windows, parts);
    enum outcome outcome =
        explain_by(find_speaker(&windows, parts, count, engine->only), ret_title, ret_confidence);
    for (uint32_t i = 0; i < count; i++) {
        windows_close(&parts[i]);
    }
    windows_close(&windows);
    return outcome;
}
