/*
 * OpenVEX 0.2.0 and its predecessor 0.0.1, which wrote vulnerability and products as texts. A
 * statement speaks of its products; the subcomponents say where in them the fault is and do not
 * clear the same component elsewhere.
 */
#include "accept/reader.h"

#include "base/buf.h"
#include "base/limits.h"
#include "cpe/cpe.h"

#include <string.h>

/* Products, identifiers and aliases of one statement that are looked at. */
enum { CVES = 16 };

struct statement {
    struct accept_rule rule;
    uint64_t cves[CVES];
    uint32_t cve_count;
    struct accept_product *products;
    uint32_t product_count, product_capacity;
};

/* ---- vulnerability ---- */

static void add_cve(struct statement *statement, struct str text)
{
    uint64_t cve;
    if (!cve_id_parse(text, &cve)) {
        return;
    }
    for (uint32_t i = 0; i < statement->cve_count; i++) {
        if (statement->cves[i] == cve) {
            return;
        }
    }
    if (statement->cve_count < CVES) {
        statement->cves[statement->cve_count++] = cve;
    }
}

/* The name decides; aliases only where it is no CVE. */
static int read_vulnerability(struct json item, struct statement *statement, struct error *err)
{
    struct json value = json_get(item, "vulnerability"), alias;
    add_cve(statement, json_str(value));
    add_cve(statement, json_str(json_get(value, "name")));
    struct json_each each = json_each(json_get(value, "aliases"));
    while (statement->cve_count == 0 && json_next(&each, &alias)) {
        add_cve(statement, json_str(alias));
    }
    if (statement->cve_count == 0) {
        return json_fail(item, ERR_FORMAT, err, "vulnerability names no CVE");
    }
    return 0;
}

/* ---- products ---- */

static void add_product(struct accept_reader *reader, struct statement *statement,
                        const struct accept_product *product)
{
    arena_reserve(reader->arena, statement->products, statement->product_count,
                  statement->product_capacity);
    statement->products[statement->product_count++] = *product;
}

static void add_purl(struct accept_reader *reader, struct statement *statement, struct str text)
{
    struct purl purl;
    if (text.len > LIMIT_INVENTORY_TEXT || purl_parse(text, reader->arena, &purl, NULL) < 0) {
        return;
    }
    struct accept_product product = {.type = purl.type,
                                     .namespace = purl.namespace,
                                     .name = purl.name,
                                     .version = purl.version,
                                     .qualifier_count = purl.qualifier_count};
    struct purl_qualifier *qualifiers =
        arena_array(reader->arena, purl.qualifier_count, struct purl_qualifier);
    if (purl.qualifier_count > 0) {
        memcpy(qualifiers, purl.qualifiers, purl.qualifier_count * sizeof *qualifiers);
    }
    product.qualifiers = qualifiers;
    add_product(reader, statement, &product);
}

/* The text of an attribute; false for what is not one plain text. */
static bool plain_value(const struct cpe_value *value, struct arena *arena, struct str *ret)
{
    struct buf text;
    if (value->kind == CPE_ANY) {
        *ret = STR("");
        return true;
    }
    for (size_t i = 0; i < value->text.len; i++) {
        bool quoted = i > 0 && value->text.ptr[i - 1] == '\\';
        if (!quoted && (value->text.ptr[i] == '*' || value->text.ptr[i] == '?')) {
            return false;
        }
    }
    buf_init(&text, LIMIT_CPE);
    cpe_value_plain(value, &text);
    *ret = arena_str(arena, buf_view(&text));
    buf_done(&text);
    return value->kind == CPE_TEXT;
}

/* A name that says more than part, vendor, product and version is not used: what the rest means
 * for installed software is not known. */
static bool says_more(const struct cpe_name *name)
{
    for (int i = CPE_UPDATE; i < CPE_ATTRIBUTES; i++) {
        bool none =
            name->values[i].kind == CPE_ANY || (i == CPE_UPDATE && name->values[i].kind == CPE_NA);
        if (!none) {
            return true;
        }
    }
    return false;
}

/* Systems are named without a version ("windows_server_2019:-"): all of them are meant. */
static bool any_version(const struct cpe_name *name, const struct accept_product *product)
{
    return name->values[CPE_VERSION].kind == CPE_NA && str_eq_text(product->type, "o");
}

static void add_cpe(struct accept_reader *reader, struct statement *statement, struct str text)
{
    struct cpe_name name;
    struct accept_product product = {.is_cpe = true};
    struct arena *arena = reader->arena;
    if (cpe_parse(text, arena, &name, NULL) == 0 && !says_more(&name) &&
        plain_value(&name.values[CPE_PART], arena, &product.type) &&
        plain_value(&name.values[CPE_VENDOR], arena, &product.namespace) &&
        plain_value(&name.values[CPE_PRODUCT], arena, &product.name) &&
        (any_version(&name, &product) ||
         plain_value(&name.values[CPE_VERSION], arena, &product.version)) &&
        product.namespace.len > 0 && product.name.len > 0) {
        add_product(reader, statement, &product);
    }
}

static void add_identifier(struct accept_reader *reader, struct statement *statement,
                           struct str text)
{
    if (str_starts(text, STR("pkg:"))) {
        add_purl(reader, statement, text);
    } else if (str_starts(text, STR("cpe:"))) {
        add_cpe(reader, statement, text);
    }
}

static int read_products(struct accept_reader *reader, struct json item,
                         struct statement *statement, struct error *err)
{
    struct json list = json_get(item, "products"), product;
    struct json_each each = json_each(list);
    while (json_type(list) == JSON_ARRAY && json_next(&each, &product)) {
        struct json identifiers = json_get(product, "identifiers");
        struct str id = json_str(json_get(product, "@id"));
        struct str purl = json_str(json_get(identifiers, "purl"));
        add_identifier(reader, statement, json_str(product));
        add_identifier(reader, statement, id);
        if (!str_eq(id, purl)) {
            add_identifier(reader, statement, purl);
        }
        add_identifier(reader, statement, json_str(json_get(identifiers, "cpe23")));
        add_identifier(reader, statement, json_str(json_get(identifiers, "cpe22")));
        if (reader->rules->products + statement->product_count > LIMIT_ACCEPT_PRODUCTS) {
            return json_fail(item, ERR_LIMIT, err, "more than %u products in all",
                             LIMIT_ACCEPT_PRODUCTS);
        }
    }
    if (statement->product_count == 0) {
        return json_fail(item, ERR_FORMAT, err, "products has no purl and no CPE that can be used");
    }
    return 0;
}

/* ---- status, time ---- */

static int read_status(struct json item, struct accept_rule *rule, struct error *err)
{
    static const struct {
        const char *word;
        enum accept_status status;
    } statuses[] = {{"not_affected", ACCEPT_NOT_AFFECTED},
                    {"fixed", ACCEPT_FIXED},
                    {"affected", ACCEPT_AFFECTED},
                    {"under_investigation", ACCEPT_INVESTIGATED}};
    struct str text;
    int r = accept_text(item, "status", LIMIT_NAME, &text, err);
    for (size_t i = 0; r == 0 && i < sizeof statuses / sizeof statuses[0]; i++) {
        if (str_eq_text(text, statuses[i].word)) {
            rule->status = statuses[i].status;
            return 0;
        }
    }
    return r < 0 ? r
                 : json_fail(json_get(item, "status"), ERR_FORMAT, err,
                             "not a status; one of not_affected, affected, fixed, "
                             "under_investigation");
}

static bool is_justification(struct str text)
{
    static const char *const words[] = {"component_not_present", "vulnerable_code_not_present",
                                        "vulnerable_code_not_in_execute_path",
                                        "vulnerable_code_cannot_be_controlled_by_adversary",
                                        "inline_mitigations_already_exist"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (str_eq_text(text, words[i])) {
            return true;
        }
    }
    return false;
}

/* "vulnerable code not present" */
static void put_words(struct buf *out, struct str label)
{
    for (size_t i = 0; i < label.len; i++) {
        buf_put_byte(out, label.ptr[i] == '_' ? ' ' : label.ptr[i]);
    }
}

static void put_part(struct buf *out, struct str text)
{
    text = str_cut_utf8(str_trim(text), LIMIT_INVENTORY_TEXT / 4);
    if (text.len > 0) {
        buf_put_text(out, ": ");
        buf_put_str(out, text);
    }
}

/* not_affected must say why: by a label of the specification or in words. */
static int read_reason(struct json item, struct arena *arena, struct accept_rule *rule,
                       struct error *err)
{
    static const char *const words[] = {
        [ACCEPT_NOT_AFFECTED] = "not affected",
        [ACCEPT_FIXED] = "fixed",
        [ACCEPT_AFFECTED] = "affected",
        [ACCEPT_INVESTIGATED] = "under investigation",
    };
    struct str justification = json_str(json_get(item, "justification"));
    struct str impact = str_trim(json_str(json_get(item, "impact_statement")));
    struct buf text;
    if (justification.len > 0 && !is_justification(justification)) {
        return json_fail(json_get(item, "justification"), ERR_FORMAT, err,
                         "not a justification of the OpenVEX specification");
    }
    if (rule->status == ACCEPT_NOT_AFFECTED && justification.len == 0 && impact.len == 0) {
        return json_fail(item, ERR_FORMAT, err,
                         "not_affected needs a justification or an impact_statement");
    }
    buf_init(&text, LIMIT_INVENTORY_TEXT);
    buf_put_text(&text, words[rule->status]);
    if (justification.len > 0) {
        buf_put_text(&text, ", ");
        put_words(&text, justification);
    }
    put_part(&text, impact);
    put_part(&text, json_str(json_get(item, "status_notes")));
    rule->reason = arena_str(arena, buf_view(&text));
    buf_done(&text);
    return 0;
}

/* The statement's own time goes before the document's (OpenVEX, "Inheritance Flow"). */
static int read_time(struct json root, struct json item, struct accept_rule *rule,
                     struct error *err)
{
    const struct json sources[] = {json_get(item, "last_updated"), json_get(item, "timestamp"),
                                   json_get(root, "timestamp")};
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
        if (json_type(sources[i]) == JSON_ABSENT) {
            continue;
        }
        if (!time_parse(json_str(sources[i]), &rule->stated)) {
            return json_fail(sources[i], ERR_FORMAT, err, "not a time");
        }
        return 0;
    }
    return json_fail(item, ERR_FORMAT, err, "timestamp is missing, here and in the document");
}

static int read_statement(struct accept_reader *reader, struct json root, struct json item,
                          struct statement *statement, struct error *err)
{
    struct accept_rule *rule = &statement->rule;
    int r = json_type(item) == JSON_OBJECT
                ? read_vulnerability(item, statement, err)
                : json_fail(item, ERR_FORMAT, err, "must be an object, not %s",
                            json_type_name(json_type(item)));
    r = r < 0 ? r : read_status(item, rule, err);
    r = r < 0 ? r : read_reason(item, reader->arena, rule, err);
    r = r < 0 ? r : read_time(root, item, rule, err);
    r = r < 0 ? r : read_products(reader, item, statement, err);
    rule->products = statement->products;
    rule->product_count = statement->product_count;
    return r;
}

static int add_statement(struct accept_reader *reader, struct statement *statement,
                         struct error *err)
{
    int r = 0;
    reader->rules->products += statement->product_count;
    for (uint32_t i = 0; r == 0 && i < statement->cve_count; i++) {
        statement->rule.cve = statement->cves[i];
        r = accept_add(reader, &statement->rule, err);
    }
    return r;
}

int accept_read_vex(struct accept_reader *reader, struct json root, struct error *err)
{
    struct json list = json_get(root, "statements"), item;
    struct str author;
    int r = accept_text(root, "author", LIMIT_INVENTORY_TEXT, &author, err);
    if (r == 0 && json_type(list) != JSON_ARRAY) {
        r = error_set(err, ERR_FORMAT, "statements must be an array, not %s",
                      json_type_name(json_type(list)));
    }
    struct json_each each = json_each(list);
    for (uint32_t number = 1; r == 0 && json_next(&each, &item); number++) {
        struct error why = ERROR_INIT;
        struct statement statement = {
            .rule = {.number = number, .author = author, .until = DATE_NONE}};
        if (read_statement(reader, root, item, &statement,
                           reader->bad < ACCEPT_NAMED ? &why : NULL) < 0) {
            accept_bad(reader, &why);
        } else {
            r = add_statement(reader, &statement, err);
        }
    }
    return r;
}
