#include "knowledge/writer.h"

#include <stdlib.h>
#include <string.h>

/* Microsoft's updates are sorted by product, number and CVE; the same row stands there once
 * for each title and restriction, so that of equal ones the last severity counts. */

struct bulletin_writer {
    struct writer *writer;
    uint32_t *product_index; /* builder's product to the file's */
    uint32_t *product_order; /* the file's product to the builder's */
    uint32_t product_count;
    uint32_t *cve_index;       /* builder's CVE to the file's */
    uint32_t *component_rank;  /* builder's component to its place, the last one first */
    uint32_t *component_order; /* place to string */
    struct order_key *posted;  /* kb << 32 | day: the day that most rows of an update have */
    uint32_t posted_count;
};

/* ---- orders ---- */

static int order_rows(const void *left, const void *right)
{
    const struct builder_bulletin *a = left, *b = right;
    if (a->product != b->product) {
        return a->product < b->product ? -1 : 1;
    }
    if (a->kb != b->kb) {
        return a->kb < b->kb ? -1 : 1;
    }
    if (a->cve != b->cve) {
        return a->cve < b->cve ? -1 : 1;
    }
    if (a->severity != b->severity) {
        return a->severity < b->severity ? -1 : 1;
    }
    return (a->component > b->component) - (a->component < b->component);
}

static int order_superseded(const void *left, const void *right)
{
    const struct builder_superseded *a = left, *b = right;
    if (a->product != b->product) {
        return a->product < b->product ? -1 : 1;
    }
    if (a->kb != b->kb) {
        return a->kb < b->kb ? -1 : 1;
    }
    return (a->superseded > b->superseded) - (a->superseded < b->superseded);
}

static int order_superseders(const void *left, const void *right)
{
    const struct record_superseder *a = left, *b = right;
    if (a->kb != b->kb) {
        return a->kb < b->kb ? -1 : 1;
    }
    return (a->update > b->update) - (a->update < b->update);
}

struct named {
    struct str name; /* folded */
    uint32_t number;
};

static int order_named(const void *left, const void *right)
{
    return str_cmp(((const struct named *)left)->name, ((const struct named *)right)->name);
}

/* ---- numbers of the file ---- */

static void number_products(struct bulletin_writer *to)
{
    const struct knowledge_builder *builder = to->writer->builder;
    uint32_t all = builder->bulletin_names.count;
    struct named *named = mem_grow(NULL, all + 1, sizeof *named);
    to->product_index = mem_grow(NULL, all + 1, sizeof *to->product_index);
    to->product_order = mem_grow(NULL, all + 1, sizeof *to->product_order);
    memset(to->product_index, 0xff, (all + 1) * sizeof *to->product_index);
    for (uint32_t i = 0; i < builder->bulletins.count; i++) {
        to->product_index[builder->bulletins.items[i].product] = 0;
    }
    for (uint32_t i = 0; i < all; i++) {
        if (to->product_index[i] != UNPLACED) {
            named[to->product_count++] =
                (struct named){intern_text(&builder->bulletin_products, i), i};
        }
    }
    qsort(named, to->product_count, sizeof *named, order_named);
    for (uint32_t i = 0; i < to->product_count; i++) {
        to->product_index[named[i].number] = i;
        to->product_order[i] = named[i].number;
    }
    free(named);
}

static void number_cves(struct bulletin_writer *to)
{
    const struct knowledge_builder *builder = to->writer->builder;
    uint32_t count = builder->bulletin_cves.count;
    struct order_key *keys = mem_grow(NULL, count + 1, sizeof *keys);
    to->cve_index = mem_grow(NULL, count + 1, sizeof *to->cve_index);
    for (uint32_t i = 0; i < count; i++) {
        memcpy(&keys[i].key, intern_text(&builder->bulletin_cves, i).ptr, sizeof keys[i].key);
        keys[i].index = i;
    }
    order_sort(keys, count);
    for (uint32_t i = 0; i < count; i++) {
        to->cve_index[keys[i].index] = i;
        writer_put(to->writer, SECTION_BULLETIN_CVES, &keys[i].key);
    }
    free(keys);
}

/* Rows are added to an update years later, when a CVE gets a number late: the day that most
 * rows have is the day of the update, of equally many the first. */
static void date_updates(struct bulletin_writer *to)
{
    const struct knowledge_builder *builder = to->writer->builder;
    uint32_t all = builder->bulletins.count, count = 0;
    struct order_key *days = mem_grow(NULL, (size_t)all + 1, sizeof *days);
    for (uint32_t i = 0; i < all; i++) {
        const struct builder_bulletin *row = &builder->bulletins.items[i];
        /* Days before 1970 come first too. */
        uint32_t day = (uint32_t)row->posted ^ 0x80000000u;
        days[i].key = (uint64_t)row->kb << 32 | day;
    }
    order_sort(days, all);
    for (uint32_t first = 0; first < all;) {
        uint32_t kb = (uint32_t)(days[first].key >> 32), best = 0;
        uint64_t chosen = days[first].key;
        while (first < all && days[first].key >> 32 == kb) {
            uint32_t end = first;
            while (end < all && days[end].key == days[first].key) {
                end++;
            }
            if (end - first > best) {
                best = end - first;
                chosen = days[first].key;
            }
            first = end;
        }
        days[count++].key = chosen;
    }
    to->posted = days;
    to->posted_count = count;
}

static int32_t posted_of(const struct bulletin_writer *to, uint32_t kb)
{
    uint32_t low = 0, high = to->posted_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (to->posted[middle].key >> 32 < kb) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return (int32_t)((uint32_t)to->posted[low].key ^ 0x80000000u);
}

static int order_last_first(const void *left, const void *right)
{
    return str_cmp(((const struct named *)right)->name, ((const struct named *)left)->name);
}

/* Of equal rows the last counts, so the first name comes last; none at all is the worst one. */
static void rank_components(struct bulletin_writer *to)
{
    struct knowledge_builder *builder = to->writer->builder;
    uint32_t count = builder->bulletin_components.count;
    struct named *named = mem_grow(NULL, (size_t)count + 1, sizeof *named);
    to->component_rank = writer_map(count);
    to->component_order = writer_map(count);
    for (uint32_t i = 0; i < count; i++) {
        named[i] = (struct named){intern_text(&builder->bulletin_components, i), i};
    }
    qsort(named, count, sizeof *named, order_last_first);
    bool blank = count > 0 && named[count - 1].name.len == 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t rank = !blank ? i : i == count - 1 ? 0 : i + 1;
        to->component_rank[named[i].number] = rank;
        to->component_order[rank] = builder->component_names.items[named[i].number];
    }
    free(named);
}

static bool are_sorted(const struct builder_bulletin *rows, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        if (order_rows(&rows[i - 1], &rows[i]) > 0) {
            return false;
        }
    }
    return true;
}

/* Rows get the file's numbers and are sorted by them. */
static void renumber(struct bulletin_writer *to)
{
    struct knowledge_builder *builder = to->writer->builder;
    for (uint32_t i = 0; i < builder->bulletins.count; i++) {
        struct builder_bulletin *row = &builder->bulletins.items[i];
        row->product = to->product_index[row->product];
        row->cve = row->cve == BULLETIN_NO_CVE ? row->cve : to->cve_index[row->cve];
        row->component = to->component_rank[row->component];
    }
    for (uint32_t i = 0; i < builder->superseded.count; i++) {
        builder->superseded.items[i].product =
            to->product_index[builder->superseded.items[i].product];
    }
    if (!are_sorted(builder->bulletins.items, builder->bulletins.count)) {
        qsort(builder->bulletins.items, builder->bulletins.count, sizeof(struct builder_bulletin),
              order_rows);
    }
    if (builder->superseded.count > 0) {
        qsort(builder->superseded.items, builder->superseded.count,
              sizeof(struct builder_superseded), order_superseded);
    }
}

/* ---- sections ---- */

/* rows[0 .. count) are those of one update. */
static void write_fixes(struct bulletin_writer *to, const struct builder_bulletin *rows,
                        uint32_t count)
{
    struct writer *writer = to->writer;
    for (uint32_t i = 0; i < count; i++) {
        bool last = i + 1 == count || rows[i + 1].cve != rows[i].cve;
        if (!last || rows[i].cve == BULLETIN_NO_CVE) {
            continue;
        }
        uint32_t component = to->component_order[rows[i].component];
        struct record_bulletin_fix fix = {rows[i].cve << SEVERITY_BITS | rows[i].severity,
                                          writer_string(writer, component)};
        writer_put(writer, SECTION_BULLETIN_FIXES, &fix);
    }
}

static void write_superseded(struct writer *writer, const struct record_update *update,
                             uint32_t *at)
{
    const struct knowledge_builder *builder = writer->builder;
    uint32_t previous = 0;
    for (; *at < builder->superseded.count; ++*at) {
        const struct builder_superseded *item = &builder->superseded.items[*at];
        if (item->product != update->product || item->kb != update->kb) {
            break;
        }
        if (item->superseded != previous) {
            writer_put_u32(writer, SECTION_SUPERSEDED, item->superseded);
        }
        previous = item->superseded;
    }
}

static void write_updates(struct bulletin_writer *to)
{
    struct writer *writer = to->writer;
    const struct knowledge_builder *builder = writer->builder;
    uint32_t edge = 0;
    for (uint32_t first = 0; first < builder->bulletins.count;) {
        const struct builder_bulletin *rows = &builder->bulletins.items[first];
        uint32_t count = 1;
        while (first + count < builder->bulletins.count && rows[count].product == rows->product &&
               rows[count].kb == rows->kb) {
            count++;
        }
        struct record_update update = {
            .product = rows->product,
            .kb = rows->kb,
            .posted = posted_of(to, rows->kb),
            .first_fix = writer_count(writer, SECTION_BULLETIN_FIXES),
            .first_superseded = writer_count(writer, SECTION_SUPERSEDED),
        };
        writer_put(writer, SECTION_UPDATES, &update);
        write_fixes(to, rows, count);
        write_superseded(writer, &update, &edge);
        first += count;
    }
    struct record_update last = {.first_fix = writer_count(writer, SECTION_BULLETIN_FIXES),
                                 .first_superseded = writer_count(writer, SECTION_SUPERSEDED)};
    writer_put(writer, SECTION_UPDATES, &last);
}

static struct record_update update_at(const struct writer *writer, uint32_t index)
{
    struct record_update update;
    memcpy(&update, writer->sections[SECTION_UPDATES].data + (size_t)index * sizeof update,
           sizeof update);
    return update;
}

/* The superseded updates of a product turned round: which update replaces them. */
static void write_superseders(struct writer *writer, uint32_t first, uint32_t count)
{
    uint32_t edges = update_at(writer, first + count).first_superseded -
                     update_at(writer, first).first_superseded;
    struct record_superseder *list = mem_grow(NULL, edges + 1, sizeof *list);
    uint32_t total = 0;
    for (uint32_t u = first; u < first + count; u++) {
        uint32_t from = update_at(writer, u).first_superseded;
        uint32_t end = update_at(writer, u + 1).first_superseded;
        for (uint32_t i = from; i < end; i++) {
            memcpy(&list[total].kb,
                   writer->sections[SECTION_SUPERSEDED].data + (size_t)i * sizeof(uint32_t),
                   sizeof(uint32_t));
            list[total++].update = u;
        }
    }
    qsort(list, total, sizeof *list, order_superseders);
    for (uint32_t i = 0; i < total; i++) {
        writer_put(writer, SECTION_SUPERSEDERS, &list[i]);
    }
    free(list);
}

static void write_products(struct bulletin_writer *to)
{
    struct writer *writer = to->writer;
    uint32_t updates = writer_count(writer, SECTION_UPDATES) - 1, first = 0;
    for (uint32_t i = 0; i < to->product_count; i++) {
        uint32_t name = writer->builder->bulletin_names.items[to->product_order[i]];
        struct record_bulletin_product record = {
            .name = writer_string(writer, name),
            .first_update = first,
            .first_superseder = writer_count(writer, SECTION_SUPERSEDERS),
        };
        uint32_t end = first;
        while (end < updates && update_at(writer, end).product == i) {
            end++;
        }
        writer_put(writer, SECTION_BULLETIN_PRODUCTS, &record);
        write_superseders(writer, first, end - first);
        first = end;
    }
    struct record_bulletin_product last = {
        .first_update = first, .first_superseder = writer_count(writer, SECTION_SUPERSEDERS)};
    writer_put(writer, SECTION_BULLETIN_PRODUCTS, &last);
}

/* Sections of the old file, whose strings are placed in the order that writing them anew has. */
static void copy_bulletins(struct writer *writer)
{
    struct buf *old = writer->builder->old.bulletins;
    for (unsigned id = SECTION_BULLETIN_PRODUCTS; id <= SECTION_SUPERSEDERS; id++) {
        buf_put_str(&writer->sections[id], buf_view(&old[id]));
    }
    struct buf *fixes = &writer->sections[SECTION_BULLETIN_FIXES];
    for (size_t at = 0; at < fixes->len; at += sizeof(struct record_bulletin_fix)) {
        struct record_bulletin_fix fix;
        memcpy(&fix, fixes->data + at, sizeof fix);
        fix.component = writer_string(writer, fix.component);
        memcpy(fixes->data + at, &fix, sizeof fix);
    }
    struct buf *products = &writer->sections[SECTION_BULLETIN_PRODUCTS];
    for (size_t at = 0; at + sizeof(struct record_bulletin_product) < products->len;
         at += sizeof(struct record_bulletin_product)) {
        struct record_bulletin_product product;
        memcpy(&product, products->data + at, sizeof product);
        product.name = writer_string(writer, product.name);
        memcpy(products->data + at, &product, sizeof product);
    }
}

void writer_write_bulletins(struct writer *writer)
{
    struct bulletin_writer to = {.writer = writer};
    if (writer->builder->old.has_bulletins) {
        copy_bulletins(writer);
        return;
    }
    number_products(&to);
    number_cves(&to);
    date_updates(&to);
    rank_components(&to);
    renumber(&to);
    write_updates(&to);
    write_products(&to);
    free(to.product_index);
    free(to.product_order);
    free(to.cve_index);
    free(to.component_rank);
    free(to.component_order);
    free(to.posted);
}
