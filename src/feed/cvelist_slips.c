/*
 * Slips that records of Microsoft make by the hundred: a CPE of another product than the one that
 * the entry names, a range that begins before the line of versions that it names.
 */
#include "feed/cvelist.h"

/* ".NET 8.0", "Microsoft Visual Studio 2022 version 17.9": the line of versions, "" for none. */
static struct str line_of(struct str product)
{
    size_t at = product.len;
    while (at > 0 && product.ptr[at - 1] != ' ') {
        at--;
    }
    struct str line = str_skip(product, at);
    size_t dots = 0;
    for (size_t i = 0; i < line.len; i++) {
        dots += line.ptr[i] == '.';
        if (!str_is_digit(line.ptr[i]) && line.ptr[i] != '.') {
            return STR("");
        }
    }
    return dots == 1 && str_is_digit(line.ptr[0]) && line.ptr[line.len - 1] != '.' ? line : STR("");
}

void cvelist_mend_line(struct str product, struct stretches *stretches)
{
    struct str line = line_of(product);
    for (uint32_t i = 0; line.len > 0 && i < stretches->count; i++) {
        struct stretch *stretch = &stretches->items[i];
        if (!stretch->exact && stretch->end.len > line.len && str_starts(stretch->end, line) &&
            stretch->end.ptr[line.len] == '.' && !str_starts(stretch->start, line)) {
            stretch->start = line;
            stretch->start_excluding = false;
        }
    }
}

struct str cvelist_mend_cpe(struct arena *arena, struct str product, struct str cpe)
{
    struct str year = STR("cpe:2.3:a:microsoft:visual_studio:20");
    struct str net = STR("cpe:2.3:a:microsoft:.net:");
    if (str_starts(cpe, net) && str_find_nocase(product, STR(".NET Framework")) != SIZE_MAX) {
        return STR("");
    }
    if (str_starts(cpe, year) && cpe.len > year.len + 2 && cpe.ptr[year.len + 2] == ':' &&
        str_find_nocase(product, STR("Visual Studio 2015")) == SIZE_MAX) {
        struct str behind = str_skip(cpe, year.len - 2);
        return arena_printf(arena, "cpe:2.3:a:microsoft:visual_studio_%.*s:-%.*s",
                            STR_ARG(str_sub(behind, 0, 4)), STR_ARG(str_skip(behind, 4)));
    }
    return cpe;
}
