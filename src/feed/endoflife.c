/*
 * endoflife.date, API v1: /products/full (endoflife.date/docs/api/v1/).
 */
#include "feed/field.h"
#include "feed/reader.h"

struct eol_root {
    struct str version;
    int64_t generated;
    struct tape_value result;
};

static const struct field root_fields[] = {
    FIELD(struct eol_root, version, "schema_version", FIELD_TEXT),
    FIELD(struct eol_root, generated, "generated_at", FIELD_TIME),
    FIELD(struct eol_root, result, "result", FIELD_ARRAY),
};

struct eol_product {
    struct str name, label, category;
    struct tape_value aliases, identifiers, links, releases;
};

static const struct field product_fields[] = {
    FIELD_NEEDED(struct eol_product, name, "name", FIELD_TEXT),
    FIELD(struct eol_product, aliases, "aliases", FIELD_ARRAY),
    FIELD(struct eol_product, label, "label", FIELD_TEXT),
    FIELD(struct eol_product, category, "category", FIELD_TEXT),
    FIELD(struct eol_product, identifiers, "identifiers", FIELD_ARRAY),
    FIELD(struct eol_product, links, "links", FIELD_OBJECT),
    FIELD_NEEDED(struct eol_product, releases, "releases", FIELD_ARRAY),
};

struct eol_links {
    struct str html;
};

static const struct field link_fields[] = {
    FIELD_LONG(struct eol_links, html, "html", LIMIT_URL),
};

struct eol_identifier {
    struct str kind, id;
};

static const struct field identifier_fields[] = {
    FIELD_NEEDED(struct eol_identifier, kind, "type", FIELD_TEXT),
    FIELD_NEEDED(struct eol_identifier, id, "id", FIELD_TEXT),
};

struct eol_release {
    struct feed_release record;
    struct tape_value latest;
};

#define RELEASE(member, name, kind) FIELD(struct eol_release, record.member, name, kind)

static const struct field release_fields[] = {
    FIELD_NEEDED(struct eol_release, record.name, "name", FIELD_TEXT),
    RELEASE(codename, "codename", FIELD_TEXT),
    RELEASE(released, "releaseDate", FIELD_DATE),
    RELEASE(lts, "isLts", FIELD_BOOL),
    RELEASE(lts_from, "ltsFrom", FIELD_DATE),
    RELEASE(label, "label", FIELD_TEXT),
    RELEASE(ended_active, "isEoas", FIELD_FLAG),
    RELEASE(active_until, "eoasFrom", FIELD_DATE),
    RELEASE(ended, "isEol", FIELD_FLAG),
    RELEASE(supported_until, "eolFrom", FIELD_DATE),
    RELEASE(ended_extended, "isEoes", FIELD_FLAG),
    RELEASE(extended_until, "eoesFrom", FIELD_DATE),
    RELEASE(discontinued, "discontinuedFrom", FIELD_DATE),
    FIELD(struct eol_release, latest, "latest", FIELD_OBJECT),
};

struct eol_latest {
    struct str name;
    int32_t date;
};

static const struct field latest_fields[] = {
    FIELD(struct eol_latest, name, "name", FIELD_TEXT),
    FIELD(struct eol_latest, date, "date", FIELD_DATE),
};

/* False for a kind that is not known here, which is no fault. */
static bool read_kind(struct str word, enum lifecycle_identifier *ret_kind)
{
    static const char *const words[] = {
        [LIFECYCLE_PURL] = "purl", [LIFECYCLE_CPE] = "cpe", [LIFECYCLE_REPOLOGY] = "repology"};
    for (unsigned kind = 0; kind < sizeof words / sizeof words[0]; kind++) {
        if (str_eq_text(word, words[kind])) {
            *ret_kind = (enum lifecycle_identifier)kind;
            return true;
        }
    }
    return false;
}

static void read_identifiers(struct feed_run *run, struct tape_value list,
                             struct feed_lifecycle *lifecycle)
{
    struct feed_lifecycle_identifier *identifiers =
        arena_array(&run->reader->arena, tape_count(list), struct feed_lifecycle_identifier);
    struct tape_walk walk = tape_begin(list);
    struct tape_value item;
    while (tape_next_item(&walk, &item)) {
        struct eol_identifier fields;
        struct feed_lifecycle_identifier *next = &identifiers[lifecycle->identifier_count];
        if (feed_fields_read_part(run, item, identifier_fields, FIELD_COUNT(identifier_fields),
                                  &fields) &&
            read_kind(fields.kind, &next->kind)) {
            next->id = fields.id;
            lifecycle->identifier_count++;
        }
    }
    lifecycle->identifiers = identifiers;
}

static bool read_release(struct feed_run *run, struct tape_value item,
                         struct feed_release *ret_release)
{
    struct eol_release fields;
    struct eol_latest latest;
    if (!feed_fields_read_part(run, item, release_fields, FIELD_COUNT(release_fields), &fields)) {
        return false;
    }
    *ret_release = fields.record;
    ret_release->latest = STR("");
    ret_release->latest_date = DATE_NONE;
    if (fields.latest.document != NULL &&
        feed_fields_read_part(run, fields.latest, latest_fields, FIELD_COUNT(latest_fields),
                              &latest)) {
        ret_release->latest = latest.name;
        ret_release->latest_date = latest.date;
    }
    return true;
}

static void read_releases(struct feed_run *run, struct tape_value list,
                          struct feed_lifecycle *lifecycle)
{
    struct feed_release *releases =
        arena_array(&run->reader->arena, tape_count(list), struct feed_release);
    struct tape_walk walk = tape_begin(list);
    struct tape_value item;
    while (tape_next_item(&walk, &item)) {
        lifecycle->release_count += read_release(run, item, &releases[lifecycle->release_count]);
    }
    lifecycle->releases = releases;
}

static void read_lists(struct feed_run *run, const struct eol_product *fields,
                       struct feed_lifecycle *lifecycle)
{
    struct eol_links links;
    if (fields->aliases.document != NULL) {
        lifecycle->aliases = feed_field_read_texts(run, fields->aliases, LIMIT_NAME, STR("aliases"),
                                                   &lifecycle->alias_count);
    }
    if (fields->identifiers.document != NULL) {
        read_identifiers(run, fields->identifiers, lifecycle);
    }
    if (fields->links.document != NULL &&
        feed_fields_read_part(run, fields->links, link_fields, FIELD_COUNT(link_fields), &links)) {
        lifecycle->link = links.html;
    }
    read_releases(run, fields->releases, lifecycle);
}

static int read_product(struct feed_run *run, struct tape_value item, uint32_t index,
                        struct error *err)
{
    struct eol_product fields;
    struct field_problem problem;
    bool usable =
        feed_fields_read(item, product_fields, FIELD_COUNT(product_fields), &fields, &problem);
    if (usable && tape_count(fields.releases) > LIMIT_RECORD_ITEMS) {
        problem = (struct field_problem){FEED_SKIP_LIMIT, STR("releases")};
        usable = false;
    }
    feed_field_report_item(run->report, problem, fields.name, index);
    run->record = fields.name;
    if (!usable) {
        return 0;
    }
    struct feed_lifecycle lifecycle = {
        .name = fields.name, .label = fields.label, .category = fields.category, .link = STR("")};
    read_lists(run, &fields, &lifecycle);
    run->report->records++;
    return run->sink->lifecycle ? run->sink->lifecycle(run->sink->context, &lifecycle, err) : 0;
}

static int check_root(const struct eol_root *root, struct error *err)
{
    if (!str_starts(root->version, STR("1."))) {
        return error_set(err, ERR_VERSION, "not endoflife.date API v1 (schema_version \"%.*s\")",
                         STR_ARG(root->version));
    }
    if (root->result.document == NULL) {
        return error_set(err, ERR_FORMAT, "not an endoflife.date answer: no list of products");
    }
    return 0;
}

int feed_parse_endoflife(struct feed_run *run, struct str bytes, struct error *err)
{
    struct eol_root root;
    int result = feed_parse_root(run, bytes, root_fields, FIELD_COUNT(root_fields), &root, err);
    if (result == 0) {
        result = check_root(&root, err);
    }
    if (result < 0) {
        return result;
    }
    result = feed_read_items(run, root.result, read_product, err);
    feed_report_date(run->report, root.generated);
    return result;
}
