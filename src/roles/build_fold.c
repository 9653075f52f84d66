#include "roles/build_job.h"

#include <stdlib.h>
#include <string.h>

/* Members of zips by name: of those that were read for the old file. */
struct named_member {
    uint64_t name;
    uint32_t number; /* in the old file */
    bool seen;
};

struct old_members {
    struct named_member *items;
    uint32_t count;
};

static int order_names(const void *a, const void *b)
{
    const struct named_member *left = a, *right = b;
    return (left->name > right->name) - (left->name < right->name);
}

static struct old_members list_old(const struct job *job, const struct input *input)
{
    struct old_members list = {NULL, 0};
    struct knowledge_input known;
    struct knowledge_member member;
    if (input->old == NO_OLD || !knowledge_input(job->old, (uint32_t)input->old, &known)) {
        return list;
    }
    list.items = mem_alloc_zero((size_t)known.member_count + 1, sizeof *list.items);
    for (uint32_t i = 0; i < known.member_count; i++) {
        if (knowledge_member(job->old, known.first_member + i, &member)) {
            list.items[list.count++] =
                (struct named_member){member.name, known.first_member + i, false};
        }
    }
    qsort(list.items, list.count, sizeof *list.items, order_names);
    return list;
}

static struct named_member *find_named(const struct old_members *list, uint64_t name)
{
    struct named_member wanted = {.name = name};
    return list->count > 0 ? bsearch(&wanted, list->items, list->count, sizeof wanted, order_names)
                           : NULL;
}

/* ---- what has changed ---- */

/* The key of the record that a member is named after. */
static uint64_t key_of_name(const char *name)
{
    const char *slash = strrchr(name, '/');
    struct str last = str_from(slash ? slash + 1 : name);
    uint64_t id;
    if (str_ends(last, STR(".json"))) {
        last.len -= strlen(".json");
    }
    return cve_id_parse(last, &id) ? id : knowledge_advisory_key(last);
}

/* Looking at the members of a zip, or at a file that stands for one, before any is read. */
struct look {
    struct job *job;
    struct old_members members;
};

/* Whether the member is as it was; *ret_old is its number then. */
static bool is_same(const struct job *job, const struct old_members *members,
                    const struct feed_member *member, struct knowledge_member *ret_old,
                    uint32_t *ret_number)
{
    struct named_member *found = find_named(members, knowledge_member_name(member->name));
    if (found == NULL || !knowledge_member(job->old, found->number, ret_old)) {
        return false;
    }
    found->seen = true;
    *ret_number = found->number;
    return ret_old->crc == member->crc && member->crc != 0;
}

static bool look_at_member(void *context, const struct feed_member *member)
{
    struct look *look = context;
    struct knowledge_member old = {.key = 0};
    uint32_t number;
    if (!is_same(look->job, &look->members, member, &old, &number)) {
        knowledge_fold_touch(look->job->fold, key_of_name(member->name));
        knowledge_fold_touch(look->job->fold, old.key);
    }
    return false;
}

/* Touches the records of a zip that have changed or gone. What is wrong with it is said when it
 * is read. */
static void look_at_input(struct job *job, const struct input *input)
{
    struct look look = {job, list_old(job, input)};
    struct feed_members members = {&look, true, look_at_member, NULL};
    struct feed_sink sink = {0};
    struct feed_report report;
    struct knowledge_member old;
    feed_report_init(&report);
    struct feed_reader *reader = feed_reader_new();
    feed_reader_read_members(reader, input->feed, input->path, &members, &sink, &report, NULL);
    feed_reader_free(reader);
    for (uint32_t i = 0; i < look.members.count; i++) {
        if (!look.members.items[i].seen &&
            knowledge_member(job->old, look.members.items[i].number, &old)) {
            knowledge_fold_touch(job->fold, old.key);
        }
    }
    free(look.members.items);
}

void build_fold_prepare(struct job *job)
{
    for (unsigned i = 0; i < job->plan.count; i++) {
        const struct input *input = &job->plan.items[i];
        if (input->old != NO_OLD) {
            knowledge_fold_number(job->fold, (uint32_t)input->old, i, input->same);
        }
        if (input->feed->grain == FEED_GRAIN_MEMBER && !input->same) {
            look_at_input(job, input);
        }
    }
}

/* ---- taking over ---- */

static void keep_input(struct reading *reading, const struct input *input)
{
    struct job *job = reading->job;
    struct knowledge_input known;
    if (knowledge_input(job->old, (uint32_t)input->old, &known)) {
        knowledge_input_samples(job->old, (uint32_t)input->old, &known.report);
        knowledge_fold_keep_input(job->fold, (uint32_t)input->old);
        feed_report_merge(&reading->report, &known.report);
    }
}

/* Reading the members of a zip that have changed or are joined with what has. */
struct pick {
    struct reading *reading;
    struct old_members members;
    struct feed_report known; /* of what is not read again */
};

static bool pick_member(void *context, const struct feed_member *member)
{
    struct pick *pick = context;
    struct job *job = pick->reading->job;
    struct knowledge_member old = {.key = 0};
    uint32_t number = UINT32_MAX;
    bool same = is_same(job, &pick->members, member, &old, &number);
    if (same && !knowledge_fold_touched(job->fold, old.key)) {
        knowledge_fold_keep_member(job->fold, number, member->place);
        knowledge_member_count(job->old, number, &pick->known);
        return false;
    }
    knowledge_builder_member(job->builder, member, &pick->reading->file);
    return true;
}

static void end_pick(void *context)
{
    struct pick *pick = context;
    knowledge_builder_member_end(pick->reading->job->builder);
    knowledge_fold_check_member(pick->reading->job->fold);
}

/* Whether a record of a zip that is as it was must be read again. */
static bool has_touched(const struct job *job, const struct input *input)
{
    struct knowledge_input known;
    struct knowledge_member member;
    if (!knowledge_input(job->old, (uint32_t)input->old, &known)) {
        return false;
    }
    for (uint32_t i = 0; i < known.member_count; i++) {
        if (knowledge_member(job->old, known.first_member + i, &member) &&
            knowledge_fold_touched(job->fold, member.key)) {
            return true;
        }
    }
    return false;
}

/* Samples that are known already come again from members that are read again. */
static void drop_known_samples(struct feed_report *report, const struct feed_report *known)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < report->sample_count; i++) {
        bool again = false;
        for (uint32_t k = 0; k < known->sample_count; k++) {
            again = again || strcmp(report->samples[i], known->samples[k]) == 0;
        }
        if (!again) {
            memmove(report->samples[kept++], report->samples[i], FEED_SAMPLE_SIZE);
        }
    }
    report->sample_count = kept;
}

void build_fold_add_known(struct feed_report *report, const struct feed_report *known)
{
    struct feed_report both = *known;
    drop_known_samples(report, known);
    feed_report_merge(&both, report);
    *report = both;
}

static void read_members(struct reading *reading, const struct input *input)
{
    struct job *job = reading->job;
    struct pick pick = {.reading = reading, .members = list_old(job, input)};
    struct feed_members members = {&pick, true, pick_member, end_pick};
    struct knowledge_input known;
    feed_report_init(&pick.known);
    if (input->old != NO_OLD && knowledge_input(job->old, (uint32_t)input->old, &known)) {
        knowledge_input_samples(job->old, (uint32_t)input->old, &pick.known);
        pick.known.newest = known.report.newest;
    }
    members.some = input->old != NO_OLD;
    build_read_file(reading, input, &members, &pick.known);
    free(pick.members.items);
}

static void fold_members(struct reading *reading, const struct input *input)
{
    knowledge_fold_settle(reading->job->fold);
    if (input->same && !has_touched(reading->job, input)) {
        keep_input(reading, input);
    } else {
        read_members(reading, input);
    }
}

static void fold_file(struct reading *reading, const struct input *input)
{
    if (input->same) {
        keep_input(reading, input);
    } else {
        build_read_file(reading, input, &(struct feed_members){0}, NULL);
    }
}

static bool has_feed_changed(const struct reading *reading)
{
    for (unsigned i = 0; i < reading->count; i++) {
        if (!reading->inputs[i].same) {
            return true;
        }
    }
    return false;
}

void build_fold_files(struct reading *reading)
{
    struct job *job = reading->job;
    bool whole = reading->feed->grain == FEED_GRAIN_FEED;
    bool changed = has_feed_changed(reading);
    reading->sink = reading->feed->grain == FEED_GRAIN_FILE
                        ? knowledge_fold_sink(job->fold, &reading->file)
                        : knowledge_builder_sink(job->builder, &reading->file);
    if (whole && !changed) {
        knowledge_fold_keep_feed(job->fold, reading->feed);
    }
    for (unsigned i = 0; i < reading->count; i++) {
        const struct input *input = &reading->inputs[i];
        if (reading->feed->grain == FEED_GRAIN_MEMBER) {
            fold_members(reading, input);
        } else if (whole && changed) {
            build_read_file(reading, input, &(struct feed_members){0}, NULL);
        } else {
            fold_file(reading, input);
        }
        reading->done += input->size;
        build_say_progress(reading);
    }
}
