/* How long a distribution supports a module stream: share/streams.tsv. */
#include "identify/release.h"
#include "identify/tables.h"

struct module {
    struct str name, stream;     /* of MODULARITYLABEL, "" when it is not known */
    struct str product, version; /* what the package is, where it is built for a module */
};

/* "nodejs:18" of "nodejs:18:8090020231114...". */
static struct module cut_module(const struct inventory_software *software,
                                const struct identity *identity)
{
    struct module module = {.stream = STR("")};
    struct str label = software->module;
    if (label.len > 0) {
        str_split_byte(&label, ':', &module.name);
        str_split_byte(&label, ':', &module.stream);
    } else if (str_eq_text(software->ecosystem, "rpm") && named_as_module(software->version)) {
        module.product = identity->row_lifecycle;
        module.version = identity->upstream;
    }
    return module;
}

/* Stream 10 has 10.23; stream 1.2 does not have 1.20. */
static bool is_of_stream(struct str version, struct str stream)
{
    return str_starts(version, stream) &&
           (version.len == stream.len || version.ptr[stream.len] == '.');
}

static bool fits(const struct identify_tables *tables, uint32_t row, const struct module *module)
{
    struct str stream = tables_cell(tables, TABLE_STREAMS, row, STREAM_STREAM);
    if (module->name.len > 0) {
        return str_eq(tables_cell(tables, TABLE_STREAMS, row, STREAM_MODULE), module->name) &&
               str_eq(stream, module->stream);
    }
    return module->product.len > 0 &&
           str_eq(tables_cell(tables, TABLE_STREAMS, row, STREAM_PRODUCT), module->product) &&
           is_of_stream(module->version, stream);
}

bool identify_stream(const struct identify_tables *tables, const struct inventory_os *os,
                     const struct inventory_software *software, const struct identity *identity,
                     struct identify_stream *ret)
{
    struct module module = cut_module(software, identity);
    if (module.name.len == 0 && module.product.len == 0) {
        return false;
    }
    struct str major = release_cut(os->version_id).major;
    for (uint32_t row = 0; row < tables->tables[TABLE_STREAMS].count; row++) {
        if (str_eq(tables_cell(tables, TABLE_STREAMS, row, STREAM_RELEASE), major) &&
            pattern_match(tables_cell(tables, TABLE_STREAMS, row, STREAM_ID), os->id) &&
            fits(tables, row, &module) &&
            date_parse(tables_cell(tables, TABLE_STREAMS, row, STREAM_UNTIL), &ret->until)) {
            ret->module = tables_cell(tables, TABLE_STREAMS, row, STREAM_MODULE);
            ret->stream = tables_cell(tables, TABLE_STREAMS, row, STREAM_STREAM);
            return true;
        }
    }
    return false;
}
