#include "knowledge/builder.h"

#include "base/limits.h"
#include "cpe/cpe.h"

#include <stdlib.h>
#include <string.h>

/* The attributes of a formatted string as they stand in it: "*", "-" or quoted text. */
struct criterion {
    char part;
    struct str fields[CPE_ATTRIBUTES];
};

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || str_is_digit(c) || c == '.' || c == '_' || c == '-';
}

/* The length of the attribute that text begins with: lower-case text whose other characters
 * are quoted, or a logical value. SIZE_MAX: anything else (NISTIR 7695, 6.2.3). */
static size_t field_length(struct str text)
{
    size_t at = 0;
    if (text.len > 0 && text.ptr[0] == '*') {
        at = 1;
    } else {
        while (at < text.len && text.ptr[at] != ':') {
            if (text.ptr[at] == '\\' && at + 1 < text.len && text.ptr[at + 1] > ' ') {
                at++;
            } else if (!is_plain(text.ptr[at])) {
                return SIZE_MAX;
            }
            at++;
        }
    }
    return at > 0 && (at == text.len || text.ptr[at] == ':') ? at : SIZE_MAX;
}

/* Takes a well-formed lower-case formatted string apart; cpe_parse has the others. */
static bool split_criterion(struct str text, struct criterion *ret)
{
    struct str rest = str_skip(text, 8);
    if (!str_starts(text, STR("cpe:2.3:")) || text.len > LIMIT_CPE) {
        return false;
    }
    for (unsigned i = 0; i < CPE_ATTRIBUTES; i++) {
        size_t len = field_length(rest);
        bool last = i == CPE_ATTRIBUTES - 1;
        if (len == SIZE_MAX || (len == rest.len) != last) {
            return false;
        }
        ret->fields[i] = str_sub(rest, 0, len);
        rest = str_skip(rest, len + 1);
    }
    ret->part = ret->fields[CPE_PART].ptr[0];
    return ret->fields[CPE_PART].len == 1 &&
           (ret->part == 'a' || ret->part == 'o' || ret->part == 'h');
}

/* Takes the next attribute off *rest, whatever it holds: as far as an unquoted colon. */
static struct str take_field(struct str *rest)
{
    size_t at = 0;
    while (at < rest->len && rest->ptr[at] != ':') {
        at += rest->ptr[at] == '\\' ? 2 : 1;
    }
    struct str field = str_sub(*rest, 0, at);
    *rest = str_skip(*rest, at + 1);
    return field;
}

/* The slow way: parsed and formatted again. Fields live in builder->parse. A wildcard within
 * a text stays in its field unquoted. */
static bool parse_criterion(struct knowledge_builder *builder, struct str text,
                            struct criterion *ret)
{
    struct cpe_name name;
    struct buf out;
    arena_done(&builder->parse);
    if (cpe_parse(text, &builder->parse, &name, NULL) < 0 ||
        name.values[CPE_PART].kind != CPE_TEXT) {
        return false;
    }
    buf_init(&out, LIMIT_CPE * 4);
    cpe_format_fs(&name, &out);
    struct str rest = str_skip(arena_str(&builder->parse, buf_view(&out)), 8);
    bool whole = !out.overflow;
    buf_done(&out);
    for (unsigned i = 0; i < CPE_ATTRIBUTES; i++) {
        ret->fields[i] = take_field(&rest);
        whole = whole && ret->fields[i].len > 0;
    }
    ret->part = whole ? ret->fields[CPE_PART].ptr[0] : '\0';
    return whole;
}

static bool is_logical(struct str field)
{
    return field.len == 1 && (field.ptr[0] == '*' || field.ptr[0] == '-');
}

/* A field's text without quoting, in scratch when there is any. */
static struct str unquote(struct buf *scratch, struct str field)
{
    if (str_find_byte(field, '\\') == SIZE_MAX) {
        return field;
    }
    buf_clear(scratch);
    for (size_t i = 0; i < field.len; i++) {
        i += field.ptr[i] == '\\' && i + 1 < field.len;
        buf_put_byte(scratch, field.ptr[i]);
    }
    return buf_view(scratch);
}

static uint32_t add_unquoted(struct knowledge_builder *builder, struct str field)
{
    return builder_string(builder, unquote(&builder->scratch, field));
}

/* The text from one attribute to another: fields are parts of one string. */
static struct str span_fields(const struct criterion *criterion, unsigned first, unsigned last)
{
    const struct str *begin = &criterion->fields[first], *end = &criterion->fields[last];
    return str_make(begin->ptr, (size_t)(end->ptr + end->len - begin->ptr));
}

static uint32_t make_product(struct knowledge_builder *builder, const struct criterion *criterion)
{
    struct builder_product product = {
        .part = (unsigned char)criterion->part,
        .vendor = add_unquoted(builder, criterion->fields[CPE_VENDOR]),
        .product = add_unquoted(builder, criterion->fields[CPE_PRODUCT]),
    };
    uint32_t number =
        intern_add(&builder->product_names, str_make((const char *)&product, sizeof product));
    if (number == builder->products.count) {
        *list_add(&builder->products) = product;
    }
    return number;
}

static uint32_t make_qualifiers(struct knowledge_builder *builder,
                                const struct criterion *criterion)
{
    struct record_qualifiers record = {
        .update = add_unquoted(builder, criterion->fields[CPE_UPDATE]),
        .edition = builder_string(builder, criterion->fields[CPE_EDITION]),
        .language = builder_string(builder, criterion->fields[CPE_LANGUAGE]),
        .sw_edition = builder_string(builder, criterion->fields[CPE_SW_EDITION]),
        .target_sw = builder_string(builder, criterion->fields[CPE_TARGET_SW]),
        .target_hw = builder_string(builder, criterion->fields[CPE_TARGET_HW]),
        .other = builder_string(builder, criterion->fields[CPE_OTHER]),
    };
    return intern_add(&builder->qualifiers, str_make((const char *)&record, sizeof record));
}

/* Most criteria differ from one seen before in their version alone: what stands before and
 * behind it is looked up whole. */
static uint32_t add_product(struct knowledge_builder *builder, const struct criterion *criterion)
{
    struct str head = span_fields(criterion, CPE_PART, CPE_PRODUCT);
    if (builder->last_head != INTERN_NONE &&
        str_eq(intern_text(&builder->heads, builder->last_head), head)) {
        return builder->head_products.items[builder->last_head];
    }
    uint32_t number = intern_add(&builder->heads, head);
    builder->last_head = number;
    if (number == builder->head_products.count) {
        uint32_t product = make_product(builder, criterion);
        *list_add(&builder->head_products) = product;
    }
    return builder->head_products.items[number];
}

static uint32_t add_qualifiers(struct knowledge_builder *builder, const struct criterion *criterion)
{
    struct str tail = span_fields(criterion, CPE_UPDATE, CPE_OTHER);
    uint32_t number = intern_add(&builder->tails, tail);
    if (number == builder->tail_qualifiers.count) {
        uint32_t qualifiers = make_qualifiers(builder, criterion);
        *list_add(&builder->tail_qualifiers) = qualifiers;
    }
    return builder->tail_qualifiers.items[number];
}

/* Interns a version with an update folded in; both fields are quoted. */
static uint32_t add_version(struct knowledge_builder *builder, enum version_scheme scheme,
                            struct str version, struct str update, bool *ret_keyed)
{
    struct buf first, second;
    buf_init(&first, LIMIT_CPE);
    buf_init(&second, LIMIT_CPE);
    struct str text = unquote(&first, version);
    struct str fold = is_logical(update) ? STR("") : unquote(&second, update);
    uint32_t number = builder_version_add(builder, scheme, text, fold, ret_keyed);
    buf_done(&first);
    buf_done(&second);
    return number;
}

static void never(struct builder_criterion *criterion, enum knowledge_match_kind *kind,
                  enum feed_skip reason)
{
    *kind = KNOWLEDGE_MATCH_NEVER;
    criterion->skipped = true;
    criterion->skip = reason;
}

/* A range's two ends. An update attribute belongs to the end that is included: `*:p2` up to
 * and including 1.9.17 means up to 1.9.17p2. */
static enum knowledge_match_kind set_bounds(struct knowledge_builder *builder,
                                            enum version_scheme scheme,
                                            const struct feed_match *published, struct str update,
                                            struct builder_match *match,
                                            struct builder_criterion *criterion)
{
    enum knowledge_match_kind kind = KNOWLEDGE_MATCH_RANGE;
    bool start_keyed = true, end_keyed = true, open = false;
    struct str fold = published->end_including ? update : STR("*");
    match->shape |= (published->start_excluding ? MATCH_START_EXCLUDING : 0) |
                    (published->end_including ? MATCH_END_INCLUDING : 0) | MATCH_BOUNDED;
    if (published->start.len > 0) {
        match->start = add_version(builder, scheme, published->start, STR("*"), &start_keyed);
    }
    if (published->end.len > 0) {
        match->end = add_version(builder, scheme, published->end, fold, &end_keyed);
    }
    open = match->start == 0 || match->end == 0;
    if (!start_keyed || !end_keyed) {
        never(criterion, &kind, FEED_SKIP_VERSION);
    } else if (!open) {
        enum version_order order = builder_version_order(builder, match->start, match->end);
        bool closed = !published->start_excluding && published->end_including;
        if (order == VERSION_INCOMPARABLE) {
            never(criterion, &kind, FEED_SKIP_VERSION);
        } else if (order == VERSION_GREATER || (order == VERSION_EQUAL && !closed)) {
            never(criterion, &kind, FEED_SKIP_RANGE);
        }
    }
    return kind;
}

static enum knowledge_match_kind set_versions(struct knowledge_builder *builder,
                                              const struct feed_match *published,
                                              const struct criterion *parts,
                                              struct builder_match *match,
                                              struct builder_criterion *criterion)
{
    struct str version = parts->fields[CPE_VERSION], update = parts->fields[CPE_UPDATE];
    enum knowledge_match_kind kind = KNOWLEDGE_MATCH_EXACT;
    enum version_scheme scheme =
        version_of_product(parts->fields[CPE_VENDOR], parts->fields[CPE_PRODUCT]);
    bool keyed = true, ignored;
    if (is_logical(version) && published->start.len + published->end.len > 0) {
        return set_bounds(builder, scheme, published, update, match, criterion);
    }
    if (is_logical(version)) {
        /* The text alone: there is nothing to compare. */
        match->start = builder_version_add(builder, VERSION_NONE, version, STR(""), &ignored);
        return version.ptr[0] == '*' ? KNOWLEDGE_MATCH_ANY : KNOWLEDGE_MATCH_NA;
    }
    match->start = add_version(builder, scheme, version, update, &keyed);
    if (!keyed) {
        never(criterion, &kind, FEED_SKIP_VERSION);
    }
    return kind;
}

static uint64_t hash_match(const struct knowledge_builder *builder, uint32_t number)
{
    const struct builder_match *match = &builder->matches.items[number];
    return str_hash_bytes(match, sizeof *match, 0);
}

static bool same_match(const struct knowledge_builder *builder, uint32_t a, uint32_t b)
{
    return memcmp(&builder->matches.items[a], &builder->matches.items[b],
                  sizeof(struct builder_match)) == 0;
}

void builder_matches_fill(struct knowledge_builder *builder, uint32_t known)
{
    builder_set_fill(builder, &builder->match_set, known, builder->matches.count - known,
                     hash_match);
}

static uint32_t put_match(struct knowledge_builder *builder, const struct builder_match *match)
{
    uint32_t number = builder->matches.count;
    *list_add(&builder->matches) = *match;
    uint32_t found = builder_set_add(builder, &builder->match_set, number, hash_match, same_match);
    if (found != number) {
        builder->matches.count = number;
    }
    return found;
}

static struct builder_criterion make_criterion(struct knowledge_builder *builder,
                                               const struct feed_match *published)
{
    struct builder_criterion criterion = {.match = MATCH_NONE};
    struct builder_match match = {0};
    struct criterion parts;
    if (!split_criterion(published->criteria, &parts) &&
        !parse_criterion(builder, published->criteria, &parts)) {
        criterion.skip = FEED_SKIP_CPE;
        criterion.skipped = true;
        return criterion;
    }
    match.product = add_product(builder, &parts);
    match.shape = add_qualifiers(builder, &parts) & MATCH_QUALIFIERS;
    match.shape |= (uint32_t)set_versions(builder, published, &parts, &match, &criterion)
                   << MATCH_KIND_SHIFT;
    criterion.match = put_match(builder, &match);
    return criterion;
}

/* ---- criteria seen before ---- */

enum { FIRST_SLOTS = 4096 };

static struct builder_criterion *find_slot(struct criterion_table *table, const uint64_t hash[2])
{
    uint64_t at = hash[0] & table->mask;
    while (table->slots[at].used &&
           (table->slots[at].hash[0] != hash[0] || table->slots[at].hash[1] != hash[1])) {
        at = (at + 1) & table->mask;
    }
    return &table->slots[at];
}

static void grow_table(struct criterion_table *table)
{
    uint64_t old_count = table->slots ? table->mask + 1 : 0;
    uint64_t count = old_count ? old_count * 2 : FIRST_SLOTS;
    struct builder_criterion *old = table->slots;
    table->slots = mem_alloc_zero(count, sizeof *table->slots);
    table->mask = count - 1;
    for (uint64_t i = 0; i < old_count; i++) {
        if (old[i].used) {
            *find_slot(table, old[i].hash) = old[i];
        }
    }
    free(old);
}

void builder_criterion_hash(const struct feed_match *match, uint64_t ret_hash[2])
{
    uint64_t flags = match->start_excluding | match->end_including << 1;
    for (unsigned i = 0; i < 2; i++) {
        uint64_t hash = str_hash_bytes(match->criteria.ptr, match->criteria.len, flags + 4 * i);
        if (match->start.len > 0) {
            hash = str_hash_bytes(match->start.ptr, match->start.len, hash + 1);
        }
        if (match->end.len > 0) {
            hash = str_hash_bytes(match->end.ptr, match->end.len, hash + 2);
        }
        ret_hash[i] = hash;
    }
}

void builder_criterion_prefetch(const struct knowledge_builder *builder, const uint64_t hash[2])
{
    if (builder->criteria.slots != NULL) {
        __builtin_prefetch(&builder->criteria.slots[hash[0] & builder->criteria.mask]);
    }
}

const struct builder_criterion *builder_criterion_add(struct knowledge_builder *builder,
                                                      const struct feed_match *match,
                                                      const uint64_t hash[2])
{
    struct criterion_table *table = &builder->criteria;
    if (table->slots == NULL || table->count > table->mask / 2) {
        grow_table(table);
    }
    struct builder_criterion *slot = find_slot(table, hash);
    if (!slot->used) {
        *slot = make_criterion(builder, match);
        slot->hash[0] = hash[0];
        slot->hash[1] = hash[1];
        slot->used = true;
        table->count++;
    }
    return slot;
}

void builder_criteria_forget(struct knowledge_builder *builder)
{
    free(builder->criteria.slots);
    builder->criteria = (struct criterion_table){0};
}
