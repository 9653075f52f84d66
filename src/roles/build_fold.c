#include "base/order.h"
#include "roles/build_job.h"

#include <stdlib.h>
#include <string.h>

/* The members of a zip that were read for the old file, by the hash of their names; index is a
 * member's number there. */
struct old_members {
    struct order_key *items;
    uint32_t count;
    bool *seen; /* by place in items */
};

static struct old_members list_old(const struct job *job, const struct input *input)
{
    struct old_members list = {NULL, 0, NULL};
    struct knowledge_input known;
    struct knowledge_member member;
    if (input->old == NO_OLD || !knowledge_input(job->old, (uint32_t)input->old, &known)) {
        return list;
    }
    list.items = mem_alloc_zero((size_t)known.member_count + 1, sizeof *list.items);
    list.seen = mem_alloc_zero((size_t)known.member_count + 1, sizeof *list.seen);
    for (uint32_t i = 0; i < known.member_count; i++) {
        if (knowledge_member(job->old, known.first_member + i, &member)) {
            list.items[list.count++] = (struct order_key){member.name, known.first_member + i};
        }
    }
    order_sort(list.items, list.count);
    return list;
}

static void free_old(struct old_members *list)
{
    free(list->items);
    free(list->seen);
}

/* The place of the member of that name; list->count: it was not there. */
static uint32_t find_named(const struct old_members *list, uint64_t name)
{
    uint32_t low = 0, high = list->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (list->items[middle].key < name) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < list->count && list->items[low].key == name ? low : list->count;
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
struct looking {
    struct job *job;
    struct old_members members;
    struct look *look;
};

void build_look_free(struct look *look)
{
    if (look != NULL) {
        free(look->same);
        free(look);
    }
}

static void note_member(struct look *look, uint32_t place, uint32_t same)
{
    while (look->count <= place) {
        mem_reserve(look->same, look->count, look->capacity);
        look->same[look->count++] = LOOK_NOTHING;
    }
    look->same[place] = same;
}

/* Whether the member is as it was; *ret_old is its number then. */
static bool is_same(const struct job *job, const struct old_members *members,
                    const struct feed_member *member, struct knowledge_member *ret_old,
                    uint32_t *ret_number)
{
    uint32_t found = find_named(members, knowledge_member_name(member->name));
    if (found == members->count ||
        !knowledge_member(job->old, members->items[found].index, ret_old)) {
        return false;
    }
    members->seen[found] = true;
    *ret_number = members->items[found].index;
    return ret_old->crc == member->crc && member->crc != 0;
}

static bool look_at_member(void *context, const struct feed_member *member)
{
    struct looking *looking = context;
    struct knowledge_fold *fold = looking->job->fold;
    struct knowledge_member old = {.key = 0};
    uint32_t number;
    bool same = is_same(looking->job, &looking->members, member, &old, &number);
    if (!same) {
        knowledge_fold_touch(fold, key_of_name(member->name));
        knowledge_fold_touch(fold, old.key);
    }
    note_member(looking->look, member->place, same ? number : LOOK_CHANGED);
    return false;
}

/* Touches the records of a zip that have changed or gone. What is wrong with it is said when it
 * is read. */
static void look_at_input(struct job *job, struct feed_reader *reader, struct input *input)
{
    struct looking looking = {job, list_old(job, input), mem_alloc_zero(1, sizeof(struct look))};
    struct feed_members members = {.context = &looking, .some = true, .want = look_at_member};
    struct feed_sink sink = {0};
    struct feed_report report;
    struct knowledge_member old;
    feed_report_init(&report);
    input->look = looking.look;
    feed_reader_read_members(reader, input->feed, input->path, &members, &sink, &report, NULL);
    for (uint32_t i = 0; i < looking.members.count; i++) {
        if (!looking.members.seen[i] &&
            knowledge_member(job->old, looking.members.items[i].index, &old)) {
            knowledge_fold_touch(job->fold, old.key);
        }
    }
    free_old(&looking.members);
}

void build_fold_prepare(struct job *job)
{
    struct feed_reader *reader = feed_reader_new();
    for (unsigned i = 0; i < job->plan.count; i++) {
        struct input *input = &job->plan.items[i];
        if (input->old != NO_OLD) {
            knowledge_fold_number(job->fold, (uint32_t)input->old, i, input->same);
        }
        if (input->feed->grain == FEED_GRAIN_MEMBER && !input->same) {
            look_at_input(job, reader, input);
        }
    }
    feed_reader_free(reader);
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
    const struct look *look;    /* NULL: the members have not been looked at */
    struct old_members members; /* for that case */
    struct feed_report known;   /* of what is not read again */
};

/* Takes a member over that is as it was. False: its record must be read again. */
static bool keep_member(struct pick *pick, uint32_t number, uint32_t place)
{
    struct job *job = pick->reading->job;
    struct knowledge_member old = {.key = 0};
    if (!knowledge_member(job->old, number, &old) || knowledge_fold_touched(job->fold, old.key)) {
        return false;
    }
    knowledge_fold_keep_member(job->fold, number, place);
    knowledge_member_count(job->old, number, &pick->known);
    return true;
}

static bool pass_member(void *context, uint32_t place)
{
    struct pick *pick = context;
    const struct look *look = pick->look;
    uint32_t same = place < look->count ? look->same[place] : LOOK_CHANGED;
    return same == LOOK_NOTHING || (same != LOOK_CHANGED && keep_member(pick, same, place));
}

static bool pick_member(void *context, const struct feed_member *member)
{
    struct pick *pick = context;
    struct job *job = pick->reading->job;
    struct knowledge_member old = {.key = 0};
    uint32_t number = UINT32_MAX;
    if (pick->look == NULL && is_same(job, &pick->members, member, &old, &number) &&
        keep_member(pick, number, member->place)) {
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
    struct pick pick = {.reading = reading, .look = input->look};
    struct feed_members members = {
        .context = &pick, .some = input->old != NO_OLD, .want = pick_member, .done = end_pick};
    struct knowledge_input known;
    feed_report_init(&pick.known);
    if (pick.look != NULL) {
        members.pass = pass_member;
    } else {
        pick.members = list_old(job, input);
    }
    if (input->old != NO_OLD && knowledge_input(job->old, (uint32_t)input->old, &known)) {
        knowledge_input_samples(job->old, (uint32_t)input->old, &pick.known);
        pick.known.newest = known.report.newest;
    }
    build_read_file(reading, input, &members, &pick.known);
    free_old(&pick.members);
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
