#include "knowledge/fold.h"

#include "base/task.h"
#include "knowledge/restore.h"

#include <stdlib.h>
#include <string.h>

/* What happens to the records of an input of the old file. */
struct fold_input {
    uint16_t number; /* new one + 1; 0: gone */
    bool kept;
};

/* A set of keys; 0 is never one. */
struct key_set {
    uint64_t *slots;
    uint32_t mask, count;
};

/* What happens to a CVE of the old file. */
enum {
    CVE_TOUCHED = 1,    /* its records are read again */
    CVE_RENEWED = 2,    /* NVD's too, and it is not older */
    CVE_OVERRIDDEN = 4, /* its configurations come from an override that was read */
    CVE_REJECTED = 8    /* the CVE List rejects it, as was read */
};

struct fold_sink {
    struct fold_sink *next;
    struct knowledge_fold *fold;
    struct feed_sink inner;
};

struct knowledge_fold {
    struct knowledge_builder *builder;
    const struct knowledge *old;
    struct restore restore;
    struct fold_input *inputs;
    struct key_set touched;
    unsigned char *cves; /* flags of the old file's CVEs */
    const char *impossible;
    bool settled;
    struct fold_sink *sinks;
};

enum { FIRST_SLOTS = 1024 };

/* Texts that are no longer said stay where they are: a quarter of them is enough, or a little. */
enum { OLD_TEXT_MOST = 1 << 20 };

static bool has_room(const struct knowledge *old)
{
    uint64_t size = old->sections[SECTION_TEXT].size;
    uint64_t added = size > old->text_built ? size - old->text_built : 0;
    return added <= OLD_TEXT_MOST || added <= old->text_built / 4;
}

struct knowledge_fold *knowledge_fold_new(struct knowledge_builder *builder,
                                          const struct knowledge *old)
{
    struct knowledge_fold *fold = mem_alloc_zero(1, sizeof *fold);
    *fold = (struct knowledge_fold){.builder = builder, .old = old};
    fold->inputs = mem_alloc_zero((size_t)knowledge_input_count(old) + 1, sizeof *fold->inputs);
    fold->cves = mem_alloc_zero((size_t)knowledge_cve_count(old) + 1, 1);
    return fold;
}

static void restore_texts(struct knowledge_fold *fold)
{
    struct knowledge_builder *builder = fold->builder;
    const struct section *text = &fold->old->sections[SECTION_TEXT];
    const struct section *blocks = &fold->old->sections[SECTION_TEXT_BLOCKS];
    packer_keep(builder->packer, str_make((const char *)text->bytes, text->size), blocks->bytes,
                blocks->count);
    builder->block_count = blocks->count;
    builder->text_built = fold->old->text_built;
}

int knowledge_fold_restore(struct knowledge_fold *fold, struct error *err)
{
    int result = knowledge_verify_checksums(fold->old, err);
    if (result < 0) {
        return result;
    }
    if (!has_room(fold->old)) {
        return error_set(err, ERR_FORMAT, "changes have been folded in too often");
    }
    restore_init(&fold->restore, fold->builder, fold->old);
    restore_criteria(&fold->restore);
    if (fold->restore.damaged) {
        return error_set(err, ERR_FORMAT, "it is damaged");
    }
    restore_texts(fold); /* last, for they are copied beside what comes next */
    return 0;
}

void knowledge_fold_free(struct knowledge_fold *fold)
{
    if (fold == NULL) {
        return;
    }
    while (fold->sinks != NULL) {
        struct fold_sink *next = fold->sinks->next;
        free(fold->sinks);
        fold->sinks = next;
    }
    restore_done(&fold->restore);
    free(fold->inputs);
    free(fold->touched.slots);
    free(fold->cves);
    free(fold);
}

void knowledge_fold_number(struct knowledge_fold *fold, uint32_t old, uint32_t new, bool kept)
{
    if (old < knowledge_input_count(fold->old) && new < UINT16_MAX) {
        fold->inputs[old] = (struct fold_input){(uint16_t)(new + 1), kept};
    }
}

/* ---- touched records ---- */

static uint64_t *find_key(const struct key_set *set, uint64_t key)
{
    uint32_t at = (uint32_t)(key * 0x9e3779b97f4a7c15ULL >> 32) & set->mask;
    while (set->slots[at] != 0 && set->slots[at] != key) {
        at = (at + 1) & set->mask;
    }
    return &set->slots[at];
}

static void grow_keys(struct key_set *set)
{
    struct key_set old = *set;
    uint32_t size = old.slots ? (old.mask + 1) * 2 : FIRST_SLOTS;
    *set = (struct key_set){mem_alloc_zero(size, sizeof *set->slots), size - 1, old.count};
    for (uint32_t i = 0; old.slots != NULL && i <= old.mask; i++) {
        if (old.slots[i] != 0) {
            *find_key(set, old.slots[i]) = old.slots[i];
        }
    }
    free(old.slots);
}

void knowledge_fold_touch(struct knowledge_fold *fold, uint64_t key)
{
    if (fold->touched.slots == NULL || fold->touched.count > fold->touched.mask / 2) {
        grow_keys(&fold->touched);
    }
    uint64_t *slot = key != 0 ? find_key(&fold->touched, key) : NULL;
    if (slot != NULL && *slot == 0) {
        *slot = key;
        fold->touched.count++;
    }
}

bool knowledge_fold_touched(const struct knowledge_fold *fold, uint64_t key)
{
    return fold->touched.slots != NULL && key != 0 && *find_key(&fold->touched, key) != 0;
}

/* ---- records of NVD ---- */

static bool find_old(const struct knowledge_fold *fold, uint64_t id, struct record_cve *ret,
                     uint32_t *ret_index)
{
    uint32_t low = 0, count = knowledge_cve_count(fold->old), high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        knowledge_record(fold->old, SECTION_CVES, middle, ret);
        if (ret->id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *ret_index = low;
    return low < count && knowledge_record(fold->old, SECTION_CVES, low, ret) && ret->id == id;
}

/* The input of NVD's record of an old CVE; NULL: NVD has none. */
static const struct fold_input *input_of(const struct knowledge_fold *fold,
                                         const struct record_cve *record)
{
    if (record->input == 0 || record->input > knowledge_input_count(fold->old)) {
        return NULL;
    }
    return &fold->inputs[record->input - 1];
}

/* Whether a record is not older than the one that the old file has. Of equally old ones the last
 * read counts. */
static bool is_newer(const struct knowledge_fold *fold, const struct feed_cve *cve,
                     const struct record_cve *record, const struct fold_input *input)
{
    int64_t modified =
        (record->joined & JOINED_MODIFIED) ? TIME_NONE : time_checked(record->modified);
    return cve->modified > modified ||
           (cve->modified == modified && fold->builder->inputs.count + 1 >= input->number);
}

/* An older record of a CVE counts in the report and in nothing else. */
static int count_record(struct fold_sink *sink, const struct feed_cve *cve, struct error *err)
{
    struct knowledge_builder *builder = sink->fold->builder;
    uint32_t cves = builder->cves.count, configurations = builder->configurations.count;
    uint32_t nodes = builder->nodes.count, terms = builder->terms.count;
    struct feed_cve silent = *cve;
    silent.record = CVE_RECORD_OVERRIDE; /* which has no text */
    int result = sink->inner.cve(sink->inner.context, &silent, err);
    builder->cves.count = cves;
    builder->configurations.count = configurations;
    builder->nodes.count = nodes;
    builder->terms.count = terms;
    return result;
}

static int take_cve(void *context, const struct feed_cve *cve, struct error *err)
{
    struct fold_sink *sink = context;
    struct knowledge_fold *fold = sink->fold;
    struct record_cve record;
    uint32_t index;
    if (cve->record != CVE_RECORD_NVD) {
        return sink->inner.cve(sink->inner.context, cve, err);
    }
    bool known = find_old(fold, cve->id, &record, &index);
    const struct fold_input *input = known ? input_of(fold, &record) : NULL;
    bool newer = input == NULL || is_newer(fold, cve, &record, input);
    if (input != NULL && input->kept && !newer) {
        return count_record(sink, cve, err);
    }
    if (known) {
        fold->cves[index] |= CVE_TOUCHED | (newer ? CVE_RENEWED : 0);
    }
    knowledge_fold_touch(fold, cve->id);
    return sink->inner.cve(sink->inner.context, cve, err);
}

struct feed_sink knowledge_fold_sink(struct knowledge_fold *fold, struct feed_report *report)
{
    struct fold_sink *sink = mem_alloc(sizeof *sink);
    *sink = (struct fold_sink){fold->sinks, fold, knowledge_builder_sink(fold->builder, report)};
    fold->sinks = sink;
    return (struct feed_sink){.context = sink, .cve = take_cve};
}

void knowledge_fold_settle(struct knowledge_fold *fold)
{
    const struct key_set *set = &fold->touched;
    if (fold->settled) {
        return;
    }
    fold->settled = true;
    for (uint32_t i = 0; set->slots != NULL && i <= set->mask; i++) {
        struct record_cve record;
        uint32_t index;
        if (set->slots[i] == 0 || !find_old(fold, set->slots[i], &record, &index)) {
            continue;
        }
        const struct fold_input *input = input_of(fold, &record);
        fold->cves[index] |= CVE_TOUCHED;
        if (input != NULL && input->kept && !(fold->cves[index] & CVE_RENEWED)) {
            restore_nvd(&fold->restore, index, &record, input->number);
        }
    }
}

/* ---- inputs ---- */

void knowledge_fold_keep_member(struct knowledge_fold *fold, uint32_t old, uint32_t place)
{
    struct knowledge_builder *builder = fold->builder;
    uint32_t count = fold->old->sections[SECTION_MEMBER_SKIPS].count;
    struct record_member record;
    struct record_member_skip skip;
    if (!knowledge_record(fold->old, SECTION_MEMBERS, old, &record)) {
        fold->restore.damaged = true;
        return;
    }
    for (uint32_t at = knowledge_member_skips(fold->old, old); at < count; at++) {
        knowledge_record(fold->old, SECTION_MEMBER_SKIPS, at, &skip);
        if (skip.member != old) {
            break;
        }
        skip.member = builder->members.count;
        *list_add(&builder->member_skips) = skip;
    }
    record.place_record = place << 1 | (record.place_record & 1);
    *list_add(&builder->members) = record;
}

void knowledge_fold_keep_input(struct knowledge_fold *fold, uint32_t old)
{
    struct knowledge_builder *builder = fold->builder;
    struct record_input record;
    struct record_member member;
    struct knowledge_input input;
    if (!knowledge_input(fold->old, old, &input) ||
        !knowledge_record(fold->old, SECTION_INPUTS, old, &record)) {
        fold->restore.damaged = true;
        return;
    }
    record.path = restore_string(&fold->restore, record.path);
    record.feed = restore_string(&fold->restore, record.feed);
    record.samples = restore_string(&fold->restore, record.samples);
    record.first_member = builder->members.count;
    for (uint32_t i = 0; i < input.member_count; i++) {
        knowledge_record(fold->old, SECTION_MEMBERS, input.first_member + i, &member);
        knowledge_fold_keep_member(fold, input.first_member + i, member.place_record >> 1);
    }
    *list_add(&builder->inputs) = record;
}

void knowledge_fold_check_member(struct knowledge_fold *fold)
{
    const struct knowledge_builder *builder = fold->builder;
    uint64_t key = builder->members.items[builder->members.count - 1].key;
    if (key != 0 && !knowledge_fold_touched(fold, key)) {
        fold->impossible = "a record is not named as its file is";
    }
}

void knowledge_fold_keep_feed(struct knowledge_fold *fold, const struct feed *feed)
{
    static const struct {
        const char *feed;
        void (*restore)(struct restore *restore);
    } whole[] = {
        {"kev", restore_kev},
        {"epss", restore_epss},
        {"endoflife", restore_lifecycles},
        {"microsoft", restore_bulletins},
    };
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++) {
        if (strcmp(whole[i].feed, feed->name) == 0) {
            whole[i].restore(&fold->restore);
            return;
        }
    }
    fold->impossible = "a feed cannot be taken over";
}

/* ---- the rest ---- */

/* Notes what the records that were read say of CVEs that the old file knows. */
static void note_read(struct knowledge_fold *fold)
{
    const struct knowledge_builder *builder = fold->builder;
    for (uint32_t i = 0; i < builder->cves.count; i++) {
        const struct builder_cve *cve = &builder->cves.items[i];
        bool overridden = cve->record == CVE_RECORD_OVERRIDE && cve->configuration_count > 0;
        bool rejected = cve->record == CVE_RECORD_LIST && cve->status == CVE_STATUS_REJECTED;
        struct record_cve record;
        uint32_t index;
        if ((overridden || rejected) && find_old(fold, cve->id, &record, &index)) {
            fold->cves[index] |= (overridden ? CVE_OVERRIDDEN : 0) | (rejected ? CVE_REJECTED : 0);
        }
    }
}

/* Whether what NVD says of an old CVE is known, as far as it matters. */
static bool is_known(const struct record_cve *record, unsigned flags)
{
    if (record->joined & JOINED_REJECTION) {
        return flags & CVE_REJECTED;
    }
    return !(record->joined & JOINED_OVERRIDE) || (flags & CVE_OVERRIDDEN);
}

static void finish_cves(struct knowledge_fold *fold)
{
    uint32_t count = knowledge_cve_count(fold->old);
    note_read(fold);
    list_reserve(&fold->builder->cves, count);
    for (uint32_t i = 0; i < count; i++) {
        struct record_cve record;
        unsigned flags = fold->cves[i];
        knowledge_record(fold->old, SECTION_CVES, i, &record);
        const struct fold_input *input = input_of(fold, &record);
        if (flags & CVE_TOUCHED) {
            restore_gone(&fold->restore, i, &record);
        }
        if (input != NULL && !input->kept && !(flags & CVE_RENEWED)) {
            fold->impossible = "a record is gone from NVD's feed, or older than it was";
        } else if (!(flags & CVE_TOUCHED)) {
            restore_cve(&fold->restore, i, &record, input ? input->number : 0);
        } else if (input != NULL && !(flags & CVE_RENEWED) && !is_known(&record, flags)) {
            fold->impossible = "what replaced a record of NVD is gone";
        }
    }
}

/* Advisories share with CVEs only what is not changed any more. */
struct advisories {
    struct knowledge_fold *fold;
    struct restore restore; /* of its own: a fault must not be noted by two at once */
};

static void finish_advisories(void *context)
{
    struct advisories *advisories = context;
    const struct knowledge_fold *fold = advisories->fold;
    list_reserve(&fold->builder->affected, fold->old->sections[SECTION_AFFECTED].count);
    for (uint32_t i = 0; i < knowledge_advisory_count(fold->old); i++) {
        struct knowledge_advisory advisory;
        if (!knowledge_advisory(fold->old, i, &advisory)) {
            advisories->restore.damaged = true;
        } else if (!knowledge_fold_touched(fold, knowledge_advisory_key(advisory.id))) {
            restore_advisory(&advisories->restore, i);
        }
    }
}

const char *knowledge_fold_finish(struct knowledge_fold *fold)
{
    struct task task;
    knowledge_fold_settle(fold);

    struct advisories advisories = {fold, fold->restore};
    task_start(&task, finish_advisories, &advisories);
    finish_cves(fold);
    task_join(&task);

    return fold->restore.damaged || advisories.restore.damaged ? "it is damaged" : fold->impossible;
}
