#include "../unit.h"

#include "base/file.h"
#include "base/limits.h"
#include "collect/collect.h"

#include <stdio.h>
#include <stdlib.h>

static void carries_the_script(void **state)
{
    struct buf file;
    struct error err = ERROR_INIT;
    (void)state;
    buf_init(&file, LIMIT_SHARE_TABLE);
    assert_int_equal(file_read(getenv("ASSAY_SCRIPT"), &file, &err), 0);
    assert_true(str_eq(buf_view(&file), collect_linux_script()));
    buf_done(&file);
}

/* The script's cap on a section is the reader's ceiling. */
static void agrees_on_the_cap(void **state)
{
    char line[64];
    (void)state;
    snprintf(line, sizeof line, "\nCAP=%zu\n", LIMIT_PROBE_SECTION);
    assert_true(str_find(collect_linux_script(), str_from(line)) != SIZE_MAX);
}

struct steps {
    unsigned count, last_done, last_total;
};

static void count_step(void *context, struct str section, unsigned done, unsigned total)
{
    struct steps *steps = context;
    assert_true(section.len > 0);
    assert_int_equal(done, steps->last_done + 1);
    assert_true(done <= total);
    *steps = (struct steps){steps->count + 1, done, total};
}

static void probes_this_machine(void **state)
{
    struct inventory inventory;
    struct error err = ERROR_INIT;
    struct steps steps = {0};
    struct collect_progress progress = {&steps, count_step};
    const struct collect_options options = {.deep = true};
    (void)state;
    inventory_init(&inventory);
    assert_int_equal(collect_local(&options, &progress, &inventory, &err), 0);
    assert_int_equal(inventory.os.family, OS_FAMILY_LINUX);
    assert_true(inventory.name.len > 0);
    assert_true(inventory.kernel.running.len > 0);
    assert_true(inventory.machine.memory_bytes > 0);
    assert_true(inventory.collected != TIME_NONE);
    assert_true(steps.count >= 10 && steps.count == inventory.section_count);
    for (uint32_t i = 0; i < inventory.section_count; i++) {
        if (inventory.sections[i].state == SECTION_PARTIAL) {
            print_message("%.*s: %.*s\n", STR_ARG(inventory.sections[i].name),
                          STR_ARG(inventory.sections[i].reason));
        }
    }
    inventory_done(&inventory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(carries_the_script),
        cmocka_unit_test(agrees_on_the_cap),
        cmocka_unit_test(probes_this_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
