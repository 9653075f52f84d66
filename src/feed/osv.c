/*
 * OSV: one advisory (ossf.github.io/osv-schema, 1.x), as each member of an all.zip is.
 */
#include "feed/field.h"
#include "feed/reader.h"

#include <stdlib.h>

struct osv_record {
    struct str schema, id, summary;
    int64_t published, modified, withdrawn;
    struct tape_value aliases, upstream, related, affected;
};

static const struct field record_fields[] = {
    FIELD(struct osv_record, schema, "schema_version", FIELD_TEXT),
    FIELD_NEEDED(struct osv_record, id, "id", FIELD_TEXT),
    FIELD_LONG(struct osv_record, summary, "summary", LIMIT_RECORD_TEXT),
    FIELD(struct osv_record, published, "published", FIELD_TIME),
    FIELD(struct osv_record, modified, "modified", FIELD_TIME),
    FIELD(struct osv_record, withdrawn, "withdrawn", FIELD_TIME),
    FIELD(struct osv_record, aliases, "aliases", FIELD_ARRAY),
    FIELD(struct osv_record, upstream, "upstream", FIELD_ARRAY),
    FIELD(struct osv_record, related, "related", FIELD_ARRAY),
    FIELD(struct osv_record, affected, "affected", FIELD_ARRAY),
};

struct osv_affected {
    struct tape_value package, ranges, versions, ecosystem_specific, database_specific;
};

static const struct field affected_fields[] = {
    FIELD_NEEDED(struct osv_affected, package, "package", FIELD_OBJECT),
    FIELD(struct osv_affected, ranges, "ranges", FIELD_ARRAY),
    FIELD(struct osv_affected, versions, "versions", FIELD_ARRAY),
    FIELD(struct osv_affected, ecosystem_specific, "ecosystem_specific", FIELD_OBJECT),
    FIELD(struct osv_affected, database_specific, "database_specific", FIELD_OBJECT),
};

struct osv_package {
    struct str ecosystem, name;
};

static const struct field package_fields[] = {
    FIELD_NEEDED(struct osv_package, ecosystem, "ecosystem", FIELD_TEXT),
    FIELD_NEEDED(struct osv_package, name, "name", FIELD_TEXT),
};

struct osv_range {
    struct str kind;
    struct tape_value events;
};

static const struct field range_fields[] = {
    FIELD_NEEDED(struct osv_range, kind, "type", FIELD_TEXT),
    FIELD_NEEDED(struct osv_range, events, "events", FIELD_ARRAY),
};

struct osv_event {
    struct str versions[FEED_LIMIT + 1]; /* by enum feed_event_kind */
};

static const struct field event_fields[] = {
    FIELD_LONG(struct osv_event, versions[FEED_INTRODUCED], "introduced", LIMIT_VERSION),
    FIELD_LONG(struct osv_event, versions[FEED_FIXED], "fixed", LIMIT_VERSION),
    FIELD_LONG(struct osv_event, versions[FEED_LAST_AFFECTED], "last_affected", LIMIT_VERSION),
    FIELD_LONG(struct osv_event, versions[FEED_LIMIT], "limit", LIMIT_VERSION),
};

/* ---- ranges ---- */

/* False when an event cannot be read: the range would then say too much or too little. */
static bool read_events(struct feed_run *run, struct tape_value list, struct feed_event *events,
                        struct feed_range *range)
{
    struct tape_walk walk = tape_begin(list);
    struct tape_value item;
    while (tape_next_item(&walk, &item)) {
        struct osv_event event;
        if (!feed_fields_read_part(run, item, event_fields, FIELD_COUNT(event_fields), &event)) {
            return false;
        }
        for (unsigned kind = FEED_INTRODUCED; kind <= FEED_LIMIT; kind++) {
            if (event.versions[kind].len > 0) {
                events[range->event_count++] =
                    (struct feed_event){(enum feed_event_kind)kind, event.versions[kind]};
            }
        }
    }
    return true;
}

static bool has_beginning(const struct feed_range *range)
{
    for (uint32_t i = 0; i < range->event_count; i++) {
        if (range->events[i].kind == FEED_INTRODUCED) {
            return true;
        }
    }
    return false;
}

/* Reads one range into room for its events, and says how much it took. */
static size_t read_range(struct feed_run *run, struct tape_value item, struct feed_event *room,
                         struct feed_range *range)
{
    struct osv_range fields;
    *range = (struct feed_range){.events = room};
    if (!feed_fields_read_part(run, item, range_fields, FIELD_COUNT(range_fields), &fields) ||
        (!str_eq(fields.kind, STR("ECOSYSTEM")) && !str_eq(fields.kind, STR("SEMVER")))) {
        return 0; /* GIT ranges name commits, which no inventory knows */
    }
    if (!read_events(run, fields.events, room, range)) {
        range->event_count = 0;
    } else if (!has_beginning(range)) {
        feed_field_skip(run, FEED_SKIP_MISSING, STR("introduced"));
        range->event_count = 0;
    }
    return range->event_count;
}

/* Each event takes at least two places of the tape: its key and its version. */
static size_t count_events(struct tape_value ranges)
{
    struct tape_walk walk = tape_begin(ranges);
    struct tape_value item;
    size_t count = 0;
    while (tape_next_item(&walk, &item)) {
        count += (tape_after(item) - item.at) / 2;
    }
    return count;
}

static void read_ranges(struct feed_run *run, struct tape_value list,
                        struct feed_affected *affected)
{
    struct arena *arena = &run->reader->arena;
    struct feed_event *room = arena_array(arena, count_events(list), struct feed_event);
    struct feed_range *ranges = arena_array(arena, tape_count(list), struct feed_range);
    struct tape_walk walk = tape_begin(list);
    struct tape_value item;
    while (tape_next_item(&walk, &item)) {
        size_t taken = read_range(run, item, room, &ranges[affected->range_count]);
        room += taken;
        affected->range_count += taken > 0;
    }
    affected->ranges = ranges;
}

/* ---- affected packages ---- */

/* The rating of a package, which each database keeps where it likes. */
static struct str read_urgency(struct tape_value ecosystem_specific,
                               struct tape_value database_specific)
{
    static const struct str keys[] = {{"urgency", 7}, {"severity", 8}};
    const struct tape_value places[] = {ecosystem_specific, database_specific};
    for (size_t i = 0; i < 4; i++) {
        struct tape_value place = places[i / 2], value;
        struct str key;
        if (place.document == NULL) {
            continue;
        }
        struct tape_walk walk = tape_begin(place);
        while (tape_next_member(&walk, &key, &value)) {
            if (str_eq(key, keys[i % 2]) && tape_type(value) == TAPE_TEXT &&
                tape_text(value).len <= LIMIT_NAME) {
                return tape_text(value);
            }
        }
    }
    return STR("");
}

/* The word of a list of severities: {"type": "Ubuntu", "score": "medium"}. Vectors are none. */
static struct str read_severities(struct tape_value list)
{
    struct tape_walk walk = tape_begin(list);
    struct tape_value item, value;
    struct str key;
    while (tape_next_item(&walk, &item)) {
        struct str kind = STR(""), word = STR("");
        if (tape_type(item) != TAPE_OBJECT) {
            continue;
        }
        struct tape_walk members = tape_begin(item);
        while (tape_next_member(&members, &key, &value)) {
            bool text = tape_type(value) == TAPE_TEXT;
            kind = text && str_eq(key, STR("type")) ? tape_text(value) : kind;
            word = text && str_eq(key, STR("score")) ? tape_text(value) : word;
        }
        if (word.len <= LIMIT_NAME && !str_starts(kind, STR("CVSS"))) {
            return word;
        }
    }
    return STR("");
}

/* The rating that stands beside what is affected: of the record, or of one package. */
static struct str read_rating(struct tape_value object)
{
    static const struct tape_value none = {0};
    struct tape_walk walk = tape_begin(object);
    struct tape_value value;
    struct str key, word = STR("");
    while (word.len == 0 && tape_next_member(&walk, &key, &value)) {
        if (str_eq(key, STR("severity")) && tape_type(value) == TAPE_ARRAY) {
            word = read_severities(value);
        } else if (str_eq(key, STR("database_specific")) && tape_type(value) == TAPE_OBJECT) {
            word = read_urgency(none, value);
        }
    }
    return word;
}

static bool read_affected(struct feed_run *run, struct tape_value item,
                          struct feed_affected *affected)
{
    struct osv_affected fields;
    struct osv_package package;
    if (!feed_fields_read_part(run, item, affected_fields, FIELD_COUNT(affected_fields), &fields) ||
        !feed_fields_read_part(run, fields.package, package_fields, FIELD_COUNT(package_fields),
                               &package)) {
        return false;
    }
    *affected = (struct feed_affected){
        .ecosystem = package.ecosystem,
        .package = package.name,
        .urgency = read_urgency(fields.ecosystem_specific, fields.database_specific)};
    if (affected->urgency.len == 0) {
        affected->urgency = read_rating(item);
    }
    if (fields.ranges.document != NULL) {
        read_ranges(run, fields.ranges, affected);
    }
    if (fields.versions.document != NULL) {
        affected->versions = feed_field_read_texts(run, fields.versions, LIMIT_VERSION,
                                                   STR("versions"), &affected->version_count);
    }
    return true;
}

/* Packages without a rating of their own have that of the record. */
static void read_affected_list(struct feed_run *run, struct tape_value list, struct str rating,
                               struct feed_advisory *advisory)
{
    struct feed_affected *affected =
        arena_array(&run->reader->arena, tape_count(list), struct feed_affected);
    struct tape_walk walk = tape_begin(list);
    struct tape_value item;
    while (tape_next_item(&walk, &item)) {
        struct feed_affected *package = &affected[advisory->affected_count];
        if (read_affected(run, item, package)) {
            package->urgency = package->urgency.len > 0 ? package->urgency : rating;
            advisory->affected_count++;
        }
    }
    advisory->affected = affected;
}

/* ---- module streams ---- */

/* ".module_el8", ".module+el8", ".module_f40" */
static bool is_modular_build(struct str version)
{
    return str_find(version, STR(".module")) != SIZE_MAX;
}

static bool names_module(const struct feed_affected *affected)
{
    for (uint32_t r = 0; r < affected->range_count; r++) {
        const struct feed_range *range = &affected->ranges[r];
        for (uint32_t i = 0; i < range->event_count; i++) {
            if (is_modular_build(range->events[i].version)) {
                return true;
            }
        }
    }
    for (uint32_t i = 0; i < affected->version_count; i++) {
        if (is_modular_build(affected->versions[i])) {
            return true;
        }
    }
    return false;
}

static bool is_modular(const struct feed_advisory *advisory)
{
    for (uint32_t i = 0; i < advisory->affected_count; i++) {
        if (names_module(&advisory->affected[i])) {
            return true;
        }
    }
    return false;
}

static bool is_stream_byte(char c)
{
    return str_is_alpha(c) || str_is_digit(c) || c == '.' || c == '_' || c == '+' || c == '-';
}

/* "nodejs:14": one colon within. "Important:" and "ALSA-2022:5468:" end in one. */
static bool is_stream(struct str word)
{
    size_t colon = str_find_byte(word, ':');
    if (colon == SIZE_MAX || colon == 0 || colon + 1 == word.len) {
        return false;
    }
    for (size_t i = 0; i < word.len; i++) {
        if (i != colon && !is_stream_byte(word.ptr[i])) {
            return false;
        }
    }
    return true;
}

/* AlmaLinux has no field for the stream; the summary of a modular record names it: "Moderate:
 * python39:3.9 and python39-devel:3.9 security update". Summaries of other records hold words
 * of the same form ("kernel:4.18.0 security update"), so only modular ones are asked. */
static struct str read_module(struct arena *arena, const struct feed_advisory *advisory)
{
    struct str rest = advisory->summary, word;
    if (!is_modular(advisory)) {
        return STR("");
    }
    char *streams = arena_alloc(arena, LIMIT_NAME);
    size_t len = 0;
    while (str_next_word(&rest, &word)) {
        size_t end = str_find_byte(word, '/'); /* "httpd:2.4/mod_http2" */
        word = str_sub(word, 0, end);
        word.len -= word.len > 1 && word.ptr[word.len - 1] == ',';
        if (!is_stream(word) || len + 1 + word.len > LIMIT_NAME) {
            continue;
        }
        if (len > 0) {
            streams[len++] = ' ';
        }
        memcpy(streams + len, word.ptr, word.len);
        len += word.len;
    }
    return (struct str){streams, len};
}

/* ---- CVEs ---- */

struct cve_list {
    uint64_t *ids;
    uint32_t count;
};

static void add_cve(struct cve_list *list, struct str text)
{
    list->count += cve_id_parse(text, &list->ids[list->count]);
}

/* Names that are no CVE (GHSA, another advisory) are no fault. */
static void add_cves(struct feed_run *run, struct cve_list *list, struct tape_value names,
                     struct str key)
{
    struct tape_value item;
    if (names.document == NULL) {
        return;
    }
    struct tape_walk walk = tape_begin(names);
    while (tape_next_item(&walk, &item)) {
        if (tape_type(item) == TAPE_TEXT) {
            add_cve(list, tape_text(item));
        } else {
            feed_field_skip(run, FEED_SKIP_TYPE, key);
        }
    }
}

static int compare_ids(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

static size_t count_names(struct tape_value names)
{
    return names.document ? tape_count(names) : 0;
}

static void read_cves(struct feed_run *run, const struct osv_record *fields,
                      struct feed_advisory *advisory)
{
    size_t room = 1 + count_names(fields->aliases) + count_names(fields->upstream) +
                  count_names(fields->related);
    /* One more: add_cve parses into the next free place. */
    struct cve_list list = {arena_array(&run->reader->arena, room + 1, uint64_t), 0};
    add_cve(&list, fields->id);
    add_cves(run, &list, fields->aliases, STR("aliases"));
    add_cves(run, &list, fields->upstream, STR("upstream"));
    add_cves(run, &list, fields->related, STR("related"));
    qsort(list.ids, list.count, sizeof *list.ids, compare_ids);
    for (uint32_t i = 0; i < list.count; i++) {
        if (i == 0 || list.ids[i] != list.ids[i - 1]) {
            list.ids[advisory->cve_count++] = list.ids[i];
        }
    }
    advisory->cves = list.ids;
}

/* ---- the record ---- */

static bool within_limits(const struct osv_record *fields)
{
    return count_names(fields->aliases) <= LIMIT_RECORD_ITEMS &&
           count_names(fields->upstream) <= LIMIT_RECORD_ITEMS &&
           count_names(fields->related) <= LIMIT_RECORD_ITEMS &&
           count_names(fields->affected) <= LIMIT_RECORD_ITEMS;
}

static bool read_record(struct tape_value root, struct osv_record *fields,
                        struct field_problem *ret_problem)
{
    if (!feed_fields_read(root, record_fields, FIELD_COUNT(record_fields), fields, ret_problem)) {
        return false;
    }
    if (fields->schema.len > 0 && !str_starts(fields->schema, STR("1."))) {
        *ret_problem = (struct field_problem){FEED_SKIP_VALUE, record_fields[0].key};
        return false;
    }
    if (!within_limits(fields)) {
        *ret_problem = (struct field_problem){FEED_SKIP_LIMIT, {"", 0}};
        return false;
    }
    return true;
}

static void fill_advisory(struct feed_run *run, struct tape_value root,
                          const struct osv_record *fields, struct feed_advisory *ret_advisory)
{
    struct feed_advisory advisory = {.id = fields->id,
                                     .published = fields->published,
                                     .modified = fields->modified,
                                     .withdrawn = fields->withdrawn,
                                     .summary = fields->summary};
    read_cves(run, fields, &advisory);
    if (fields->affected.document != NULL) {
        read_affected_list(run, fields->affected, read_rating(root), &advisory);
    }
    advisory.module = read_module(&run->reader->arena, &advisory);
    *ret_advisory = advisory;
}

int feed_parse_osv(struct feed_run *run, struct str bytes, struct error *err)
{
    struct tape_value root;
    struct osv_record fields = {.id = STR("")};
    struct field_problem problem;
    struct feed_advisory advisory;
    if (!feed_parse_member(run, bytes, &root)) {
        return 0;
    }
    bool usable = read_record(root, &fields, &problem);
    run->record = fields.id.len > 0 ? fields.id : run->record;
    feed_field_report(run->report, problem, run->record);
    if (!usable) {
        return 0;
    }
    fill_advisory(run, root, &fields, &advisory);
    run->report->records++;
    feed_report_date(run->report, advisory.modified);
    return run->sink->advisory ? run->sink->advisory(run->sink->context, &advisory, err) : 0;
}
