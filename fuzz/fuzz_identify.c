/* The first line describes a system, each other one a piece of software, in cells separated by
 * tabs: names and versions from a hostile machine meet every table. */
#include "../tests/knowledge_fixture.h"

#include "identify/identify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CELLS = 9, LINES = 16 };

static struct identify_tables *tables;
static struct knowledge_fixture fixture;

static void set_up(void)
{
    struct error err = ERROR_INIT;
    static const char *const products[] = {"cpe:2.3:a:f5:nginx:*:*:*:*:*:*:*:* <2",
                                           "cpe:2.3:a:acme:rocket:*:*:*:*:*:*:*:* <2", NULL};
    if (identify_tables_load(SOURCE_ROOT "/share", &tables, &err) < 0) {
        fixture_fail("tables", err.message);
    }
    fixture_init(&fixture);
    fixture_cve(&fixture, "CVE-2024-0001", "2024-01-01", 70, products);
    fixture_advisory(&fixture, "DSA-1", "Debian:12", "nginx", "0", "2", "CVE-2024-0001", "");
    fixture_lifecycle(&fixture, "nginx", "cpe:2.3:a:f5:nginx", NULL, 0);
    fixture_open(&fixture);
}

static void clean_up(void)
{
    fixture_done(&fixture);
    identify_tables_free(tables);
}

static void cut_line(struct str line, struct str cells[CELLS])
{
    for (unsigned i = 0; i < CELLS; i++) {
        cells[i] = STR("");
    }
    for (unsigned i = 0; i < CELLS && str_split_byte(&line, '\t', &cells[i]); i++) {
    }
    for (unsigned i = 0; i < CELLS; i++) {
        cells[i] = cells[i].ptr == NULL ? STR("") : cells[i];
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = {(const char *)data, size}, line, cells[CELLS];
    struct inventory inventory;
    struct identity_os os;
    struct arena arena;
    if (tables == NULL) {
        set_up();
        atexit(clean_up);
    }
    arena_init(&arena);
    inventory_init(&inventory);
    cut_line(str_next_line(&rest, &line) ? line : STR(""), cells);
    inventory.os = (struct inventory_os){.id = cells[0],
                                         .name = cells[1],
                                         .version_id = cells[2],
                                         .codename = cells[3],
                                         .edition = cells[4],
                                         .build = cells[5],
                                         .version = cells[6]};
    identify_os(tables, fixture.knowledge, &inventory, &arena, &os);
    for (unsigned i = 0; i < LINES && str_next_line(&rest, &line); i++) {
        struct identity identity;
        struct identify_unsupported unsupported;
        cut_line(line, cells);
        const struct inventory_software software = {.ecosystem = cells[0],
                                                    .name = cells[1],
                                                    .version = cells[2],
                                                    .source = cells[3],
                                                    .source_version = cells[4],
                                                    .vendor = cells[5],
                                                    .origin = cells[6],
                                                    .cpe = cells[7],
                                                    .purl = cells[8]};
        identify_software(tables, fixture.knowledge, &inventory, &os, &software, &arena, &identity);
        identify_unsupported(tables, os.ecosystem_name, cells[3], &unsupported);
    }
    inventory_done(&inventory);
    arena_done(&arena);
    return 0;
}
