#include "roles/build_job.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

bool build_is_wanted(const struct job *job, const struct feed *feed)
{
    for (unsigned i = 0; i < job->only_count; i++) {
        if (strcmp(job->only[i], feed->name) == 0) {
            return true;
        }
    }
    return job->only_count == 0;
}

/* ---- the files ---- */

/* A file that cannot be read has no checksum; its reading says why. */
static void look_at(struct input *input)
{
    struct file_map map;
    struct stat info;
    if (stat(input->path, &info) == 0) {
        input->size = (uint64_t)info.st_size;
        input->written = info.st_mtime;
    }
    if (file_map(input->path, &map, NULL) == 0) {
        input->checksum = knowledge_input_checksum(str_make((const char *)map.bytes, map.len));
        file_unmap(&map);
    }
}

static const char *below(const char *path, const char *folder)
{
    const char *rest = path + strlen(folder);
    while (*rest == '/') {
        rest++;
    }
    return rest;
}

static int add_feed(struct job *job, const struct feed *feed, struct error *err)
{
    struct plan *plan = &job->plan;
    char **paths;
    unsigned count;
    int result = feed_files(feed, job->from, &paths, &count, err);
    for (unsigned i = 0; result == 0 && i < count; i++) {
        struct input input = {
            .feed = feed,
            .path = mem_dup_text(paths[i]),
            .written = TIME_NONE,
            .old = NO_OLD,
        };
        input.below = below(input.path, job->from);
        look_at(&input);
        mem_reserve(plan->items, plan->count, plan->capacity);
        plan->items[plan->count++] = input;
    }
    if (result == 0) {
        feed_files_free(paths, count);
    }
    return result;
}

void build_plan_done(struct plan *plan)
{
    for (unsigned i = 0; i < plan->count; i++) {
        build_look_free(plan->items[i].look);
        free(plan->items[i].path);
    }
    free(plan->items);
    *plan = (struct plan){0};
}

/* ---- against the old knowledge file ---- */

/* Inputs stand there in the order they were read in, as they do here. */
static void find_old(struct plan *plan, const struct knowledge *old)
{
    uint32_t count = knowledge_input_count(old), next = 0;
    struct knowledge_input known;
    for (unsigned i = 0; i < plan->count; i++) {
        struct input *input = &plan->items[i];
        for (uint32_t at = next; at < count && knowledge_input(old, at, &known); at++) {
            if (str_eq_text(known.path, input->below) &&
                str_eq_text(known.feed, input->feed->name)) {
                input->old = at;
                input->same = known.size == input->size && known.checksum == input->checksum;
                next = at + 1;
                break;
            }
        }
        plan->changed += !input->same;
    }
}

/* Whether a file that was read then is not there now. */
static bool lacks_input(const struct plan *plan, const struct knowledge *old)
{
    uint32_t found = 0;
    for (unsigned i = 0; i < plan->count; i++) {
        found += plan->items[i].old != NO_OLD;
    }
    return found < knowledge_input_count(old);
}

/* Whether the old file has the same feeds, each wholly read. */
static bool has_other_feeds(const struct job *job)
{
    uint32_t next = 0;
    for (unsigned i = 0; i < feed_count; i++) {
        struct knowledge_feed known;
        bool there = next < knowledge_feed_count(job->old) &&
                     knowledge_feed(job->old, next, &known) &&
                     str_eq_text(known.name, feeds[i].name);
        bool files = false;
        for (unsigned n = 0; n < job->plan.count; n++) {
            files = files || job->plan.items[n].feed == &feeds[i];
        }
        bool wanted =
            build_is_wanted(job, &feeds[i]) && (files || !feeds[i].optional || job->only_count > 0);
        if (there != wanted || (there && known.present && known.problem.len > 0)) {
            return true;
        }
        next += there;
    }
    return false;
}

/* How many bytes there are to read again, roughly, of how many. */
static bool has_much_changed(const struct plan *plan)
{
    uint64_t changed = 0, all = 0;
    for (unsigned i = 0; i < plan->count; i++) {
        const struct input *input = &plan->items[i];
        /* Of a zip with a record a member only what differs is read. */
        uint64_t weight = input->feed->grain == FEED_GRAIN_MEMBER && input->old != NO_OLD ? 4 : 1;
        all += input->size;
        changed += input->same ? 0 : input->size / weight;
    }
    return changed > all / 2;
}

static const char *find_refusal(const struct job *job, uint64_t maker)
{
    const struct plan *plan = &job->plan;
    if (maker == 0 || knowledge_maker(job->old) != maker) {
        return "another program wrote it";
    }
    if (lacks_input(plan, job->old)) {
        return "a file that it was built from is gone";
    }
    if (has_other_feeds(job)) {
        return "it has other feeds, or one that was refused";
    }
    return has_much_changed(plan) ? "too much has changed" : NULL;
}

/* The checksum of this program: what another has read may be read otherwise now. */
static uint64_t find_maker(void)
{
    struct file_map map;
    uint64_t checksum = 0;
    if (file_map("/proc/self/exe", &map, NULL) == 0) {
        checksum = knowledge_input_checksum(str_make((const char *)map.bytes, map.len));
        file_unmap(&map);
    }
    return checksum;
}

int build_plan_make(struct job *job, struct error *err)
{
    int result = 0;
    for (unsigned i = 0; result == 0 && i < feed_count; i++) {
        if (build_is_wanted(job, &feeds[i])) {
            result = add_feed(job, &feeds[i], err);
        }
    }
    uint64_t maker = find_maker();
    knowledge_builder_maker(job->builder, maker);
    if (result == 0 && job->old != NULL) {
        find_old(&job->plan, job->old);
        job->plan.refusal = find_refusal(job, maker);
    }
    return result;
}
