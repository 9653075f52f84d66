/* Probe answers for tests: from a text or a fixture, and looking into what was read. */
#ifndef ASSAY_TESTS_COLLECTED_H
#define ASSAY_TESTS_COLLECTED_H

#include "../unit.h"

#include "base/file.h"
#include "base/limits.h"
#include "collect/collect.h"

#include <stdio.h>
#include <stdlib.h>

#define RS    "\036"
#define NONCE "5eed"
/* A whole section. */
#define SECTION_EXIT(name, text, exit)                                                             \
    RS NONCE " B " name "\n" text RS NONCE " E " name " " exit " 0.01\n"
#define SECTION(name, text) SECTION_EXIT(name, text, "0")
#define END                 RS NONCE " EOF\n"

/* assert_text compares a str with a literal and shows both. */
#define assert_text(got, expected) assert_text_at((got), (expected), __FILE__, __LINE__)
static inline void assert_text_at(struct str got, const char *expected, const char *file, int line)
{
    char text[4096];
    snprintf(text, sizeof text, "%.*s", STR_ARG(got));
    _assert_string_equal(text, expected, file, line);
}

static inline void collect_bytes(struct str output, struct inventory *inventory)
{
    struct error err = ERROR_INIT;
    inventory_init(inventory);
    if (collect_parse(output, STR(NONCE), inventory, &err) < 0) {
        fail_msg("%s", err.message);
    }
    /* Whatever came in must be a document that can be read again. */
    struct buf json;
    struct inventory again;
    buf_init(&json, LIMIT_INVENTORY * 2);
    inventory_init(&again);
    inventory_write(inventory, &json);
    if (inventory_read(buf_view(&json), &again, &err) < 0) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(again.software_count, inventory->software_count);
    assert_int_equal(again.updates.count, inventory->updates.count);
    assert_int_equal(again.connection_count, inventory->connection_count);
    inventory_done(&again);
    buf_done(&json);
}

static inline void collect_text(const char *output, struct inventory *inventory)
{
    collect_bytes(str_from(output), inventory);
}

static inline void collect_fixture(const char *name, struct inventory *inventory)
{
    char path[512];
    struct buf file;
    struct error err = ERROR_INIT;
    buf_init(&file, LIMIT_PROBE_OUTPUT);
    snprintf(path, sizeof path, "%s/probe/%s", getenv("ASSAY_FIXTURES"), name);
    if (file_read(path, &file, &err) < 0) {
        fail_msg("%s: %s", path, err.message);
    }
    collect_bytes(buf_view(&file), inventory);
    buf_done(&file);
}

static inline const struct inventory_software *software_named(const struct inventory *inventory,
                                                              const char *name)
{
    for (uint32_t i = 0; i < inventory->software_count; i++) {
        if (str_eq_text(inventory->software[i].name, name)) {
            return &inventory->software[i];
        }
    }
    fail_msg("no software %s", name);
    return NULL;
}

static inline const struct inventory_update *update_named(const struct inventory *inventory,
                                                          const char *name)
{
    for (uint32_t i = 0; i < inventory->updates.count; i++) {
        if (str_eq_text(inventory->updates.items[i].name, name)) {
            return &inventory->updates.items[i];
        }
    }
    fail_msg("no update %s", name);
    return NULL;
}

static inline enum section_state section_state_of(const struct inventory *inventory,
                                                  const char *name)
{
    for (uint32_t i = 0; i < inventory->section_count; i++) {
        if (str_eq_text(inventory->sections[i].name, name)) {
            return inventory->sections[i].state;
        }
    }
    fail_msg("no section %s", name);
    return SECTION_FAILED;
}

#endif
