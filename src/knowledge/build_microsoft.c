#include "knowledge/builder.h"

#include <string.h>

/* Names are told apart without regard to case: "(Server Core installation)" is also written
 * "(server core installation)". */
static uint32_t add_product(struct knowledge_builder *builder, struct str name)
{
    uint32_t last = builder->last_bulletin_product;
    if (last != INTERN_NONE &&
        str_eq(intern_text(&builder->strings, builder->bulletin_names.items[last]), name)) {
        return last;
    }
    buf_clear(&builder->scratch);
    for (size_t i = 0; i < name.len; i++) {
        buf_put_byte(&builder->scratch, str_lower_byte(name.ptr[i]));
    }
    uint32_t product = intern_add(&builder->bulletin_products, buf_view(&builder->scratch));
    if (product == builder->bulletin_names.count) {
        *list_add(&builder->bulletin_names) = builder_string(builder, name);
    }
    builder->last_bulletin_product = product;
    return product;
}

static uint32_t add_component(struct knowledge_builder *builder, struct str name)
{
    uint32_t string = builder_string(builder, name);
    uint32_t number =
        intern_add(&builder->bulletin_components, intern_text(&builder->strings, string));
    if (number == builder->component_names.count) {
        *list_add(&builder->component_names) = string;
    }
    return number;
}

static enum knowledge_severity severity_of(struct str word)
{
    static const char *const names[] = {[KNOWLEDGE_SEVERITY_UNKNOWN] = "",
                                        [KNOWLEDGE_SEVERITY_LOW] = "low",
                                        [KNOWLEDGE_SEVERITY_MODERATE] = "moderate",
                                        [KNOWLEDGE_SEVERITY_IMPORTANT] = "important",
                                        [KNOWLEDGE_SEVERITY_CRITICAL] = "critical"};
    for (unsigned i = KNOWLEDGE_SEVERITY_LOW; i < sizeof names / sizeof names[0]; i++) {
        if (str_eq_nocase(word, str_from(names[i]))) {
            return (enum knowledge_severity)i;
        }
    }
    return KNOWLEDGE_SEVERITY_UNKNOWN;
}

/* An update without a number cannot be looked for on a server: the row says nothing then. */
int builder_take_bulletin(void *context, const struct feed_bulletin *published, struct error *err)
{
    struct builder_sink *sink = context;
    struct knowledge_builder *builder = sink->builder;
    if (published->kb == 0) {
        return 0;
    }
    builder_criteria_forget(builder);
    uint32_t product = add_product(builder, published->product);
    struct builder_bulletin row = {
        .product = product,
        .kb = published->kb,
        .cve = BULLETIN_NO_CVE,
        .component = add_component(builder, published->component),
        .posted = published->posted,
        .severity = severity_of(published->severity),
    };
    if (published->cve != 0) {
        row.cve = intern_add(&builder->bulletin_cves,
                             str_make((const char *)&published->cve, sizeof published->cve));
    }
    *list_add(&builder->bulletins) = row;
    for (uint32_t i = 0; i < published->superseded_count; i++) {
        if (published->superseded[i] != published->kb) {
            *list_add(&builder->superseded) =
                (struct builder_superseded){product, published->kb, published->superseded[i]};
        }
    }
    return 0;
}
