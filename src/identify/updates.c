#include "identify/tables.h"

#include "base/date.h"

uint32_t identify_updates_of(const struct identify_tables *tables, struct str product,
                             uint32_t *ret_first)
{
    uint32_t count = tables == NULL ? 0 : tables->tables[TABLE_UPDATES].count, first = 0, of = 0;
    while (first < count &&
           !str_eq(tables_cell(tables, TABLE_UPDATES, first, UPD_PRODUCT), product)) {
        first++;
    }
    while (first + of < count &&
           str_eq(tables_cell(tables, TABLE_UPDATES, first + of, UPD_PRODUCT), product)) {
        of++;
    }
    *ret_first = first;
    return of;
}

/* The bulletin is left out where it is that of the row above. */
static struct str bulletin_of(const struct identify_tables *tables, uint32_t index)
{
    struct str bulletin = tables_cell(tables, TABLE_UPDATES, index, UPD_BULLETIN);
    while (bulletin.len == 0 && index > 0) {
        bulletin = tables_cell(tables, TABLE_UPDATES, --index, UPD_BULLETIN);
    }
    return bulletin;
}

void identify_update(const struct identify_tables *tables, uint32_t index,
                     struct identify_update *ret)
{
    uint64_t kb = 0;
    struct str number = tables_cell(tables, TABLE_UPDATES, index, UPD_KB);
    *ret = (struct identify_update){
        .product = tables_cell(tables, TABLE_UPDATES, index, UPD_PRODUCT),
        .line = tables_cell(tables, TABLE_UPDATES, index, UPD_LINE),
        .bulletin = bulletin_of(tables, index),
        .build = tables_cell(tables, TABLE_UPDATES, index, UPD_BUILD),
        .day = DATE_NONE,
    };
    if (str_to_u64(number, &kb) && kb < UINT32_MAX) {
        ret->kb = (uint32_t)kb;
    }
    date_parse(tables_cell(tables, TABLE_UPDATES, index, UPD_DAY), &ret->day);
}

bool identify_setup(const struct identify_tables *tables, struct str product, struct str version,
                    struct identify_setup *ret)
{
    uint32_t count = tables == NULL ? 0 : tables->tables[TABLE_SETUPS].count;
    for (uint32_t row = 0; row < count; row++) {
        if (str_eq(tables_cell(tables, TABLE_SETUPS, row, SETUP_PRODUCT), product) &&
            str_glob(tables_cell(tables, TABLE_SETUPS, row, SETUP_BUILD), version)) {
            *ret = (struct identify_setup){
                .bulletin = tables_cell(tables, TABLE_SETUPS, row, SETUP_BULLETIN),
                .cumulative =
                    str_eq_text(tables_cell(tables, TABLE_SETUPS, row, SETUP_KIND), "cumulative")};
            return true;
        }
    }
    return false;
}
