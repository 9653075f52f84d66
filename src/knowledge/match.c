#include "knowledge/reader.h"

bool knowledge_match_qualify(const struct knowledge *knowledge, struct knowledge_match *match)
{
    struct record_qualifiers record;
    if (!knowledge_record(knowledge, SECTION_QUALIFIERS, match->qualifiers, &record)) {
        return false;
    }
    const struct string_field fields[] = {
        {record.update, &match->update_text},  {record.edition, &match->edition},
        {record.language, &match->language},   {record.sw_edition, &match->sw_edition},
        {record.target_sw, &match->target_sw}, {record.target_hw, &match->target_hw},
        {record.other, &match->other},
    };
    return knowledge_strings(knowledge, fields, sizeof fields / sizeof fields[0]);
}

/* A range's bounds, or the one version that the other kinds have. */
static bool view_versions(const struct knowledge *knowledge, const struct record_match *record,
                          struct knowledge_match *match)
{
    if (match->kind == KNOWLEDGE_MATCH_RANGE || (record->shape & MATCH_BOUNDED) != 0) {
        match->version_text = STR("*");
        return knowledge_version(knowledge, record->start, &match->start, &match->start_text) &&
               knowledge_version(knowledge, record->end, &match->end, &match->end_text);
    }
    return knowledge_version(knowledge, record->start, &match->version, &match->version_text);
}

/* Written where it is wanted, not copied there: it is large, and made for each criterion. */
bool knowledge_match_bounds(const struct knowledge *knowledge, uint32_t index,
                            struct knowledge_match *ret)
{
    struct record_match record, next;
    if (!knowledge_owner(knowledge, SECTION_MATCHES, index, &record) ||
        !knowledge_record(knowledge, SECTION_MATCHES, index + 1, &next)) {
        return false;
    }
    uint32_t kind = record.shape >> MATCH_KIND_SHIFT & MATCH_KIND_MASK;
    if (kind > KNOWLEDGE_MATCH_NEVER ||
        record.product >= knowledge->sections[SECTION_PRODUCTS].count) { /* K10, K20 */
        return knowledge_fault(knowledge);
    }
    *ret = (struct knowledge_match){
        .index = index,
        .product = record.product,
        .qualifiers = record.shape & MATCH_QUALIFIERS,
        .kind = kind,
        .start_excluding = (record.shape & MATCH_START_EXCLUDING) != 0,
        .end_including = (record.shape & MATCH_END_INCLUDING) != 0,
    };
    return knowledge_span(knowledge, SECTION_USES, record.first_use, next.first_use,
                          &ret->first_use, &ret->use_count) &&
           view_versions(knowledge, &record, ret);
}

bool knowledge_match(const struct knowledge *knowledge, uint32_t index, struct knowledge_match *ret)
{
    struct knowledge_match match;
    if (!knowledge_match_bounds(knowledge, index, &match) ||
        !knowledge_match_qualify(knowledge, &match)) {
        return false;
    }
    *ret = match;
    return true;
}

bool knowledge_use(const struct knowledge *knowledge, uint32_t index, struct knowledge_use *ret)
{
    uint32_t use;
    struct record_node node;
    struct record_configuration configuration;
    if (!knowledge_record(knowledge, SECTION_USES, index, &use) ||
        !knowledge_owner(knowledge, SECTION_NODES, use >> 1, &node)) {
        return false;
    }
    uint32_t owner = node.configuration_flags >> FLAG_BITS;
    if (!knowledge_owner(knowledge, SECTION_CONFIGURATIONS, owner, &configuration)) {
        return false;
    }
    *ret = (struct knowledge_use){
        .cve = configuration.cve_flags >> CONFIGURATION_BITS,
        .configuration = owner,
        .node = use >> 1,
        .vulnerable = (use & 1) != 0,
    };
    return true;
}

const char *knowledge_origin_name(enum cve_origin origin)
{
    static const char *const names[] = {
        [CVE_ORIGIN_NVD] = "NVD",
        [CVE_ORIGIN_OVERRIDE] = "NVD override",
        [CVE_ORIGIN_CNA] = "CVE List (CNA)",
        [CVE_ORIGIN_ADP] = "CVE List (ADP)",
    };
    return names[origin];
}

bool knowledge_configuration(const struct knowledge *knowledge, uint32_t index,
                             struct knowledge_configuration *ret)
{
    struct record_configuration record, next;
    struct knowledge_configuration configuration;
    if (index >= knowledge->sections[SECTION_CONFIGURATIONS].count) {
        return knowledge_fault(knowledge);
    }
    if (!knowledge_record(knowledge, SECTION_CONFIGURATIONS, index, &record) ||
        !knowledge_record(knowledge, SECTION_CONFIGURATIONS, index + 1, &next) ||
        !knowledge_span(knowledge, SECTION_NODES, record.first_node, next.first_node,
                        &configuration.first_node, &configuration.node_count)) {
        return false;
    }
    configuration.cve = record.cve_flags >> CONFIGURATION_BITS;
    configuration.origin = (enum cve_origin)(record.cve_flags >> CONFIGURATION_ORIGIN_SHIFT &
                                             CONFIGURATION_ORIGIN_MASK);
    configuration.named = (record.cve_flags & CONFIGURATION_NAMED) != 0;
    configuration.is_and = (record.cve_flags & FLAG_AND) != 0;
    configuration.negate = (record.cve_flags & FLAG_NEGATE) != 0;
    *ret = configuration;
    return true;
}

bool knowledge_node(const struct knowledge *knowledge, uint32_t index, struct knowledge_node *ret)
{
    struct record_node record, next;
    struct knowledge_node node;
    if (index >= knowledge->sections[SECTION_NODES].count) {
        return knowledge_fault(knowledge);
    }
    if (!knowledge_record(knowledge, SECTION_NODES, index, &record) ||
        !knowledge_record(knowledge, SECTION_NODES, index + 1, &next) ||
        !knowledge_span(knowledge, SECTION_TERMS, record.first_term, next.first_term,
                        &node.first_term, &node.term_count)) {
        return false;
    }
    node.configuration = record.configuration_flags >> FLAG_BITS;
    node.is_and = (record.configuration_flags & FLAG_AND) != 0;
    node.negate = (record.configuration_flags & FLAG_NEGATE) != 0;
    *ret = node;
    return true;
}

bool knowledge_term(const struct knowledge *knowledge, uint32_t index, struct knowledge_term *ret)
{
    uint32_t term;
    if (!knowledge_record(knowledge, SECTION_TERMS, index, &term)) {
        return false;
    }
    *ret = (struct knowledge_term){.match = term >> 1, .vulnerable = (term & 1) != 0};
    return true;
}

/* Plain text as an attribute of a formatted string (NISTIR 7695, 6.2.2.2). */
static void put_quoted(struct buf *out, struct str plain)
{
    buf_put_byte(out, ':');
    for (size_t i = 0; i < plain.len; i++) {
        char c = plain.ptr[i];
        bool free = str_is_alpha(c) || str_is_digit(c) || c == '_' || c == '.' || c == '-';
        if (!free && (c & 0x80) == 0) {
            buf_put_byte(out, '\\');
        }
        buf_put_byte(out, c);
    }
}

/* An attribute that may be a logical value. */
static void put_attribute(struct buf *out, struct str plain)
{
    if (str_eq(plain, STR("*")) || plain.len == 0) {
        buf_put_text(out, ":*");
    } else {
        put_quoted(out, plain);
    }
}

static void put_raw(struct buf *out, struct str text)
{
    buf_put_byte(out, ':');
    buf_put_str(out, text);
}

void knowledge_match_cpe(const struct knowledge *knowledge, const struct knowledge_match *match,
                         struct buf *out)
{
    struct knowledge_product product;
    if (!knowledge_product(knowledge, match->product, &product)) {
        return;
    }
    buf_put_text(out, "cpe:2.3:");
    buf_put_byte(out, product.part);
    put_quoted(out, product.vendor);
    put_quoted(out, product.product);
    put_attribute(out, match->version_text);
    put_attribute(out, match->update_text);
    put_raw(out, match->edition);
    put_raw(out, match->language);
    put_raw(out, match->sw_edition);
    put_raw(out, match->target_sw);
    put_raw(out, match->target_hw);
    put_raw(out, match->other);
}
