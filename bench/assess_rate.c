/*
 * Assesses one inventory over and over and prints how many pieces of its software are identified
 * and assessed in a second of one core. usage: assess_rate SHARE KNOWLEDGE INVENTORY
 */
#include "assess/assess.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"

#include <stdio.h>
#include <time.h>

enum { ROUNDS = 20 };

static double cpu_seconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double assess_once(const struct inventory *inventory, const struct identify_tables *tables,
                          const struct knowledge *knowledge)
{
    struct assess_options options = {.as_of = 20779}; /* 2026-11-22 */
    struct assessment assessment;
    struct arena arena;
    double start = cpu_seconds();
    arena_init(&arena);
    assess(inventory, tables, knowledge, &options, &arena, &assessment);
    arena_done(&arena);
    return cpu_seconds() - start;
}

static int read_inventory(const char *path, struct inventory *inventory, struct error *err)
{
    struct buf bytes;
    buf_init(&bytes, LIMIT_INVENTORY);
    int result = file_read(path, &bytes, err);
    result = result < 0 ? result : inventory_read(buf_view(&bytes), inventory, err);
    buf_done(&bytes);
    return result;
}

int main(int argc, char **argv)
{
    struct error err = ERROR_INIT;
    struct identify_tables *tables;
    struct knowledge *knowledge;
    struct inventory inventory;
    char text[512];
    mem_expect_much();
    inventory_init(&inventory);
    if (argc != 4 || identify_tables_load(argv[1], &tables, &err) < 0 ||
        knowledge_open(argv[2], &knowledge, &err) < 0 ||
        read_inventory(argv[3], &inventory, &err) < 0) {
        fprintf(stderr, "assess_rate: %s\n",
                argc != 4 ? "usage: assess_rate SHARE KNOWLEDGE INVENTORY"
                          : error_text(&err, text, sizeof text));
        return 2;
    }
    double best = assess_once(&inventory, tables, knowledge);
    for (unsigned i = 1; i < ROUNDS; i++) {
        double seconds = assess_once(&inventory, tables, knowledge);
        best = seconds < best ? seconds : best;
    }
    printf("%.0f\n", inventory.software_count / best);
    inventory_done(&inventory);
    knowledge_close(knowledge);
    identify_tables_free(tables);
    return 0;
}
