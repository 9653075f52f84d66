/*
 * affected[] of CVE records (CVE Record Format 5.1) as CPE criteria. Where the publisher gives
 * CPE names they say which product it is and the versions beside them say which versions;
 * where there is none, a name is made of vendor and product.
 */
#include "feed/cvelist.h"

struct entry {
    struct str vendor, product, package, collection, default_status;
    struct tape_value cpes, versions;
};

static const struct field entry_fields[] = {
    FIELD(struct entry, vendor, "vendor", FIELD_TEXT),
    FIELD_LONG(struct entry, product, "product", LIMIT_RECORD_TEXT),
    FIELD_LONG(struct entry, package, "packageName", LIMIT_RECORD_TEXT),
    FIELD_LONG(struct entry, collection, "collectionURL", LIMIT_RECORD_TEXT),
    FIELD(struct entry, default_status, "defaultStatus", FIELD_TEXT),
    FIELD(struct entry, cpes, "cpes", FIELD_ARRAY),
    FIELD(struct entry, versions, "versions", FIELD_ARRAY),
};

struct version {
    struct str version, status, type, less_than, less_or_equal;
    struct tape_value changes;
};

static const struct field version_fields[] = {
    FIELD_LONG(struct version, version, "version", LIMIT_RECORD_TEXT),
    FIELD_NEEDED(struct version, status, "status", FIELD_TEXT),
    FIELD(struct version, type, "versionType", FIELD_TEXT),
    FIELD_LONG(struct version, less_than, "lessThan", LIMIT_RECORD_TEXT),
    FIELD_LONG(struct version, less_or_equal, "lessThanOrEqual", LIMIT_RECORD_TEXT),
    FIELD(struct version, changes, "changes", FIELD_ARRAY),
};

struct change {
    struct str at, status;
};

static const struct field change_fields[] = {
    FIELD_NEEDED(struct change, at, "at", FIELD_TEXT),
    FIELD_NEEDED(struct change, status, "status", FIELD_TEXT),
};

/* ---- versions ---- */

/* A range whose status changes on the way: what of it is affected. */
static bool add_changing(struct feed_run *run, const struct version *version,
                         struct stretches *into)
{
    bool including = version->less_or_equal.len > 0;
    struct str start = version->version,
               end = including ? version->less_or_equal : version->less_than;
    struct tape_walk walk = tape_begin(version->changes);
    struct tape_value item;
    bool affected = true, good = true;
    while (tape_next_item(&walk, &item)) {
        struct change change;
        if (!feed_fields_read_part(run, item, change_fields, FIELD_COUNT(change_fields), &change)) {
            return false;
        }
        bool now = str_eq(change.status, STR("affected"));
        if (affected && !now) {
            good = stretches_add_range(into, start, change.at, false) && good;
        }
        start = now && !affected ? change.at : start;
        affected = now;
    }
    return (!affected || stretches_add_range(into, start, end, including)) && good;
}

static bool add_version(struct feed_run *run, const struct version *version, struct stretches *into)
{
    if (version->less_than.len + version->less_or_equal.len == 0) {
        return stretches_add_text(into, version->version);
    }
    if (version->changes.document != NULL && str_eq(version->status, STR("affected"))) {
        return add_changing(run, version, into);
    }
    return version->less_or_equal.len > 0
               ? stretches_add_range(into, version->version, version->less_or_equal, true)
               : stretches_add_range(into, version->version, version->less_than, false);
}

/* Numbers alone, which a commit is too long to be: "0", "v20240731". */
static bool is_numbered(struct str text)
{
    enum { LONGEST_DATE = 9 };
    text = text.len > 0 && text.ptr[0] == 'v' ? str_skip(text, 1) : text;
    bool digits = text.len > 0 && text.len <= LONGEST_DATE;
    for (size_t i = 0; i < text.len; i++) {
        digits = digits && str_is_digit(text.ptr[i]);
    }
    return digits;
}

static bool is_release(struct str text)
{
    return text.len == 0 || str_eq(text, STR("*")) || str_find_byte(text, '.') != SIZE_MAX ||
           is_numbered(text);
}

/* Commits, which no inventory knows, and versions of a distribution's packages. Some publishers
 * call their releases "git" too, but commits have no dots and are no numbers. */
static enum feed_skip foreign_type(const struct version *version)
{
    if (str_glob(STR("git|*commit*"), version->type) &&
        (!is_release(version->version) || !is_release(version->less_than) ||
         !is_release(version->less_or_equal))) {
        return FEED_SKIP_VERSION;
    }
    return str_glob(STR("rpm|deb|dpkg|apk"), version->type) ? FEED_SKIP_PACKAGE : FEED_SKIP_REASONS;
}

/* Adds what is stated with one status. False when the statement cannot be used, counted. */
static bool read_version(struct feed_run *run, struct tape_value item, struct str status,
                         struct stretches *into)
{
    struct version version;
    if (!feed_fields_read_part(run, item, version_fields, FIELD_COUNT(version_fields), &version)) {
        return false;
    }
    if (!str_eq(version.status, status)) {
        return true;
    }
    enum feed_skip reason = foreign_type(&version);
    if (reason == FEED_SKIP_REASONS && add_version(run, &version, into)) {
        return true;
    }
    feed_cve_skip(run, reason == FEED_SKIP_REASONS ? FEED_SKIP_VERSION : reason, "version",
                  version.version);
    return false;
}

/* False when not every statement of that status can be used. */
static bool read_versions(struct feed_run *run, struct tape_value list, const char *status,
                          struct stretches *into)
{
    struct tape_walk walk = tape_begin(list);
    struct tape_value item;
    bool whole = true;
    while (tape_next_item(&walk, &item)) {
        whole = read_version(run, item, str_from(status), into) && whole;
    }
    return whole;
}

/* What of an entry is affected. Where everything is that is not said to be unaffected, one
 * such statement that is not understood makes the rest unsafe. */
static void read_affected(struct feed_run *run, const struct entry *entry, struct stretches *into)
{
    struct stretches safe = {.arena = into->arena};
    if (entry->versions.document == NULL) {
        return;
    }
    if (str_eq(entry->default_status, STR("affected"))) {
        if (!read_versions(run, entry->versions, "unaffected", &safe)) {
            return;
        }
        if (safe.count > 0) {
            stretches_invert(&safe);
            *into = safe;
            return;
        }
    }
    read_versions(run, entry->versions, "affected", into);
}

/* ---- criteria ---- */

static bool add_match(struct feed_run *run, struct criteria_list *into, struct feed_match match)
{
    if (into->count == LIMIT_CVE_CRITERIA) {
        feed_cve_skip(run, FEED_SKIP_LIMIT, "affected", match.criteria);
        return false;
    }
    arena_reserve(&run->reader->arena, into->items, into->count, into->capacity);
    into->items[into->count++] = match;
    return true;
}

static void add_criteria(struct feed_run *run, const struct cvelist_name *name,
                         const struct stretches *stretches, struct criteria_list *into)
{
    for (uint32_t i = 0; i < stretches->count; i++) {
        if (!add_match(run, into,
                       cvelist_name_match(&run->reader->arena, name, &stretches->items[i]))) {
            return;
        }
    }
}

/* Publishers list a CPE for each version, beside a list of versions: products count once. */
static bool seen_before(const struct cvelist_name *names, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (str_eq(names[i].before, names[count].before) &&
            str_eq(names[i].behind, names[count].behind)) {
            return true;
        }
    }
    return false;
}

static bool is_stated(struct tape_value list)
{
    return list.document != NULL && tape_count(list) > 0;
}

enum { NAMES_MAX = 64 }; /* products of one entry; publishers give one to five */

static void add_cpes(struct feed_run *run, const struct entry *entry,
                     const struct stretches *stretches, struct criteria_list *into)
{
    struct arena *arena = &run->reader->arena;
    struct cvelist_name names[NAMES_MAX + 1];
    struct tape_walk walk = tape_begin(entry->cpes);
    struct tape_value item;
    uint32_t count = 0;
    bool stated = is_stated(entry->versions);
    while (tape_next_item(&walk, &item)) {
        struct str cpe = tape_type(item) == TAPE_TEXT ? tape_text(item) : STR("");
        struct str mended = cvelist_mend_cpe(arena, entry->product, cpe);
        if (mended.len == 0 || !cvelist_name_read(arena, mended, &names[count])) {
            feed_cve_skip(run, FEED_SKIP_CPE, "cpes", cpe);
        } else if (stretches->count == 0 && (names[count].whole.len > 0 || !stated)) {
            add_match(
                run, into,
                (struct feed_match){
                    .criteria = mended, .vulnerable = true, .start = STR(""), .end = STR("")});
        } else if (!seen_before(names, count)) {
            add_criteria(run, &names[count], stretches, into);
            count += count < NAMES_MAX;
        }
    }
}

/* Distributions list what of theirs is affected under their own product: a version of "kernel"
 * would be read as one of the release. */
static bool is_distribution_package(const struct entry *entry)
{
    /* What a distributor makes itself: Juju, LXD. */
    bool own = str_eq_nocase(entry->package, entry->product);
    return entry->package.len > 0 && !own &&
           str_glob(STR("red hat*|suse*|opensuse*|canonical*|ubuntu*|fedora*|debian*|gentoo*|"
                        "alpine*|almalinux*|rocky*"),
                    entry->vendor);
}

/* Fills in what an entry leaves out of its names: a package for the product, whom it is from by
 * where it lies, or a vendor that the product is named after. */
static void complete_names(struct entry *entry)
{
    if (cvelist_is_nameless(entry->product) && !cvelist_is_nameless(entry->package)) {
        entry->product = entry->package;
    }
    if (!cvelist_is_nameless(entry->vendor) || cvelist_is_nameless(entry->product)) {
        return;
    }
    struct str named =
        str_eq_nocase(entry->vendor, STR("n/a")) ? cvelist_name_vendor(entry->product) : STR("");
    entry->vendor =
        entry->collection.len > 0 ? cvelist_name_maker(entry->collection, entry->product) : named;
}

bool cvelist_add_entry(struct feed_run *run, struct tape_value item, struct criteria_list *given,
                       struct criteria_list *named)
{
    struct arena *arena = &run->reader->arena;
    struct stretches stretches = {.arena = arena};
    struct entry entry;
    if (!feed_fields_read_part(run, item, entry_fields, FIELD_COUNT(entry_fields), &entry)) {
        return false;
    }
    if (is_distribution_package(&entry)) {
        feed_cve_skip(run, FEED_SKIP_PACKAGE, "affected", entry.package);
        return false;
    }
    complete_names(&entry);
    bool has_cpes = is_stated(entry.cpes);
    if (!has_cpes && (cvelist_is_nameless(entry.product) || cvelist_is_nameless(entry.vendor))) {
        feed_cve_skip(run, FEED_SKIP_NAME, "affected",
                      cvelist_is_nameless(entry.product) ? entry.vendor : entry.product);
        return false;
    }
    read_affected(run, &entry, &stretches);
    cvelist_mend_line(entry.product, &stretches);
    if (has_cpes) {
        add_cpes(run, &entry, &stretches, given);
    } else if (entry.product.len <= LIMIT_NAME) {
        struct cvelist_name name =
            cvelist_name_product(arena, entry.vendor, entry.product, entry.collection);
        add_criteria(run, &name, &stretches, named);
    }
    return true;
}
