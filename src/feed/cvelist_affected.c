/*
 * affected[] of CVE records (CVE Record Format 5.1) as CPE criteria. Where the publisher gives
 * CPE names they say which product it is and the versions beside them say which versions;
 * where there is none, a name is made of vendor and product.
 */
#include "feed/cvelist.h"

#include <string.h>

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

/* Commits, which no inventory knows, and versions of a distribution's packages. Some publishers
 * call their releases "git" too, but commits have no dots. */
static enum feed_skip foreign_type(const struct version *version)
{
    if (str_glob(STR("git|*commit*"), version->type) &&
        str_find_byte(version->version, '.') == SIZE_MAX) {
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

/* ---- names ---- */

/* Vendors and products whose CPE name is not what publishers write. An empty product is any. */
static const struct {
    const char *vendor, *product; /* as globs */
    char part;
    const char *cpe_vendor, *cpe_product;
} renamed[] = {
    {"linux|kernel.org", "linux|kernel|linux kernel", 'o', "linux", "linux_kernel"},
    {"vmware*|n/a", "esxi|vmware esxi|vmware esxi*", 'o', "vmware", "esxi"},
    {"palo alto networks", "pan-os", 'o', "paloaltonetworks", "pan-os"},
    {"fortinet", "fortios", 'o', "fortinet", "fortios"},
    {"*apache software foundation", "", 'a', "apache", ""},
    {"*python software foundation", "cpython", 'a', "python", "python"},
    {"*python software foundation", "", 'a', "python", ""},
    {"php group|the php group", "", 'a', "php", ""},
    {"red hat*", "", 'a', "redhat", ""},
    {"cisco systems*", "", 'a', "cisco", ""},
    {"palo alto networks", "", 'a', "paloaltonetworks", ""},
    {"trend micro*", "", 'a', "trendmicro", ""},
    {"check point*", "", 'a', "checkpoint", ""},
    {"zoho*|manageengine", "", 'a', "zohocorp", ""},
    {"progress software*", "", 'a', "progress", ""},
    {"hashicorp*", "", 'a', "hashicorp", ""},
    {"the document foundation", "", 'a', "libreoffice", ""},
    {"internet systems consortium|isc", "bind 9|bind", 'a', "isc", "bind"},
    {"f5*|nginx*", "nginx|nginx open source", 'a', "f5", "nginx"},
    {"node|nodejs|node.js", "node|nodejs|node.js", 'a', "nodejs", "node.js"},
};

/* Where a library lives, for target_sw: it is not the system's package of that name. */
static const struct {
    const char *collection, *target;
} collections[] = {
    {"*wordpress.org*", "wordpress"},
    {"*npm*", "node.js"},
    {"*pypi*", "python"},
    {"*rubygems*", "ruby"},
};

static bool is_nameless(struct str text)
{
    return text.len == 0 || str_eq(text, STR("*")) ||
           str_glob(STR("n/a|na|unspecified|unknown|-|none"), text);
}

static size_t quote(char *out, char c)
{
    size_t len = 0;
    if (!str_is_alpha(c) && !str_is_digit(c) && c != '.' && c != '_' && c != '-') {
        out[len++] = '\\';
    }
    out[len++] = str_lower_byte(c);
    return len;
}

/* A name as CPE writes it: lower case, `_` for blanks, signs like (R) left out. */
static void put_name(struct buf *out, struct str name)
{
    struct str word;
    bool first = true;
    while (str_next_word(&name, &word)) {
        if (!first) {
            buf_put_byte(out, '_');
        }
        for (size_t i = 0; i < word.len; i++) {
            char quoted[2];
            if (word.ptr[i] > ' ' && word.ptr[i] < 0x7f) {
                buf_put(out, quoted, quote(quoted, word.ptr[i]));
            }
        }
        first = false;
    }
}

/* What stands before and behind the version of a criterion. */
struct head {
    struct str before, behind;
    struct str any;   /* with `*` for the version */
    struct str whole; /* the name as it was given, "" when it says no version of its own */
};

/* Sets `any`, which most criteria of an entry share. */
static void put_any(struct arena *arena, struct head *head)
{
    size_t len = head->before.len + 1 + head->behind.len;
    char *text = arena_alloc(arena, len);
    memcpy(text, head->before.ptr, head->before.len);
    text[head->before.len] = '*';
    memcpy(text + head->before.len + 1, head->behind.ptr, head->behind.len);
    head->any = (struct str){text, len};
}

static struct str keep(struct arena *arena, struct buf *text)
{
    struct str kept = arena_str(arena, buf_view(text));
    buf_clear(text);
    return kept;
}

static struct str target_of(struct str collection)
{
    for (size_t i = 0; i < sizeof collections / sizeof collections[0]; i++) {
        if (str_glob(str_from(collections[i].collection), collection)) {
            return str_from(collections[i].target);
        }
    }
    return STR("*");
}

/* "Example, Inc." is "example". */
static struct str strip_form(struct str vendor)
{
    size_t blank = vendor.len;
    while (blank > 0 && vendor.ptr[blank - 1] != ' ') {
        blank--;
    }
    if (blank > 1 &&
        str_glob(STR("inc|inc.|llc|ltd|ltd.|corp|corp.|corporation|gmbh|co.|limited|b.v.|s.r.l."),
                 str_skip(vendor, blank))) {
        vendor = str_trim(str_sub(vendor, 0, blank - 1));
        vendor.len -= vendor.len > 0 && vendor.ptr[vendor.len - 1] == ',';
    }
    return vendor;
}

/* "Apache Tomcat" of Apache is "tomcat". */
static struct str strip_vendor(struct str product, struct str vendor)
{
    bool repeats = product.len > vendor.len + 1 &&
                   str_eq_nocase(str_sub(product, 0, vendor.len), vendor) &&
                   product.ptr[vendor.len] == ' ';
    return repeats ? str_trim(str_skip(product, vendor.len)) : product;
}

static struct head head_of_names(struct arena *arena, const struct entry *entry)
{
    struct str vendor = strip_form(str_trim(entry->vendor)), product = str_trim(entry->product);
    char kind = 'a';
    for (size_t i = 0; i < sizeof renamed / sizeof renamed[0]; i++) {
        const char *pattern = renamed[i].product;
        if (str_glob(str_from(renamed[i].vendor), vendor) &&
            (pattern[0] == '\0' || str_glob(str_from(pattern), product))) {
            kind = renamed[i].part;
            vendor = str_from(renamed[i].cpe_vendor);
            product = pattern[0] == '\0' ? product : str_from(renamed[i].cpe_product);
            break;
        }
    }
    struct buf text;
    buf_init(&text, LIMIT_CPE * 4);
    buf_printf(&text, "cpe:2.3:%c:", kind);
    put_name(&text, vendor);
    buf_put_byte(&text, ':');
    put_name(&text, strip_vendor(product, vendor));
    buf_put_byte(&text, ':');
    struct head head = {.whole = STR("")};
    head.before = keep(arena, &text);
    buf_printf(&text, ":*:*:*:*:");
    buf_put_str(&text, target_of(entry->collection));
    buf_printf(&text, ":*:*");
    head.behind = keep(arena, &text);
    buf_done(&text);
    put_any(arena, &head);
    return head;
}

/* ---- CPE names that are given ---- */

/* The end of the attribute that begins at `at`: an unquoted colon or the end of the text. */
static size_t field_end(struct str text, size_t at)
{
    while (at < text.len && text.ptr[at] != ':') {
        at += text.ptr[at] == '\\' ? 2 : 1;
    }
    return at < text.len ? at : text.len;
}

/* A formatted string around its version; an update goes with the version it belongs to. */
static bool head_of_string(struct arena *arena, struct str cpe, struct head *ret)
{
    size_t at = 8, version = 0, update = 0;
    for (unsigned field = 0; field < 5 && at < cpe.len; field++) {
        version = field == 3 ? at : version;
        update = field == 4 ? at : update;
        at = field_end(cpe, at) + 1;
    }
    if (update == 0 || at > cpe.len) {
        return false;
    }
    struct str text = str_sub(cpe, version, update - 1 - version);
    bool own = !str_eq(text, STR("*")) && !str_eq(text, STR("-"));
    struct buf behind;
    buf_init(&behind, LIMIT_CPE * 2);
    buf_put_text(&behind, own ? ":*" : "");
    buf_put_str(&behind, str_skip(cpe, own ? at - 1 : update - 1));
    *ret = (struct head){.before = str_sub(cpe, 0, version),
                         .behind = keep(arena, &behind),
                         .whole = own ? cpe : STR("")};
    buf_done(&behind);
    put_any(arena, ret);
    return true;
}

/* A URI ("cpe:/a:vendor:product:1.0") as far as its product. */
static bool head_of_uri(struct str cpe, struct head *ret)
{
    size_t at = 5;
    for (unsigned field = 0; field < 3 && at <= cpe.len; field++) {
        at = field_end(cpe, at) + 1;
    }
    *ret = (struct head){.before = str_sub(cpe, 0, at - 1),
                         .behind = STR(""),
                         .any = STR(""),
                         .whole = at < cpe.len ? cpe : STR("")};
    return true;
}

static bool head_of_cpe(struct arena *arena, struct str cpe, struct head *ret)
{
    if (cpe.len > LIMIT_CPE) {
        return false;
    }
    return str_starts(cpe, STR("cpe:2.3:"))
               ? head_of_string(arena, cpe, ret)
               : str_starts(cpe, STR("cpe:/")) && head_of_uri(cpe, ret);
}

/* ---- criteria ---- */

static struct str join(struct arena *arena, const struct head *head, struct str version)
{
    char *text = arena_alloc(arena, head->before.len + 2 * version.len + head->behind.len);
    size_t len = head->before.len;
    memcpy(text, head->before.ptr, len);
    for (size_t i = 0; i < version.len; i++) {
        len += quote(text + len, version.ptr[i]);
    }
    memcpy(text + len, head->behind.ptr, head->behind.len);
    return (struct str){text, len + head->behind.len};
}

static struct feed_match make_match(struct arena *arena, const struct head *head,
                                    const struct stretch *stretch)
{
    bool uri = head->behind.len == 0; /* which ends before the version */
    struct feed_match match = {.vulnerable = true, .start = STR(""), .end = STR("")};
    if (stretch->exact && !uri) {
        match.criteria = join(arena, head, stretch->start);
        return match;
    }
    match.criteria = uri ? head->before : head->any;
    match.start = stretch->start;
    match.end = stretch->exact ? stretch->start : stretch->end;
    match.start_excluding = stretch->start_excluding;
    match.end_including = stretch->end_including || stretch->exact;
    return match;
}

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

static void add_head(struct feed_run *run, const struct head *head,
                     const struct stretches *stretches, struct criteria_list *into)
{
    for (uint32_t i = 0; i < stretches->count; i++) {
        if (!add_match(run, into, make_match(&run->reader->arena, head, &stretches->items[i]))) {
            return;
        }
    }
}

/* Publishers list a CPE for each version, beside a list of versions: products count once. */
static bool seen_before(const struct head *heads, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (str_eq(heads[i].before, heads[count].before) &&
            str_eq(heads[i].behind, heads[count].behind)) {
            return true;
        }
    }
    return false;
}

enum { HEADS_MAX = 64 }; /* products of one entry; publishers give one to five */

static void add_cpes(struct feed_run *run, const struct entry *entry,
                     const struct stretches *stretches, struct criteria_list *into)
{
    struct arena *arena = &run->reader->arena;
    struct head heads[HEADS_MAX + 1];
    struct tape_walk walk = tape_begin(entry->cpes);
    struct tape_value item;
    uint32_t count = 0;
    bool stated = entry->versions.document != NULL && tape_count(entry->versions) > 0;
    while (tape_next_item(&walk, &item)) {
        struct str cpe = tape_type(item) == TAPE_TEXT ? tape_text(item) : STR("");
        if (!head_of_cpe(arena, cpe, &heads[count])) {
            feed_cve_skip(run, FEED_SKIP_CPE, "cpes", cpe);
        } else if (stretches->count == 0 && (heads[count].whole.len > 0 || !stated)) {
            add_match(run, into,
                      (struct feed_match){
                          .criteria = cpe, .vulnerable = true, .start = STR(""), .end = STR("")});
        } else if (!seen_before(heads, count)) {
            add_head(run, &heads[count], stretches, into);
            count += count < HEADS_MAX;
        }
    }
}

/* Distributions list what of theirs is affected under their own product: a version of "kernel"
 * would be read as one of the release. */
static bool is_distribution_package(const struct entry *entry)
{
    return entry->package.len > 0 &&
           str_glob(STR("red hat*|suse*|opensuse*|canonical*|ubuntu*|fedora*|debian*|gentoo*|"
                        "alpine*|almalinux*|rocky*"),
                    entry->vendor);
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
    bool has_cpes = entry.cpes.document != NULL && tape_count(entry.cpes) > 0;
    if (!has_cpes && (is_nameless(entry.product) || is_nameless(entry.vendor))) {
        feed_cve_skip(run, FEED_SKIP_NAME, "affected",
                      is_nameless(entry.product) ? entry.vendor : entry.product);
        return false;
    }
    read_affected(run, &entry, &stretches);
    if (has_cpes) {
        add_cpes(run, &entry, &stretches, given);
    } else if (entry.product.len <= LIMIT_NAME) {
        struct head head = head_of_names(arena, &entry);
        add_head(run, &head, &stretches, named);
    }
    return true;
}
