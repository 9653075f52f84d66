/* The tables of share/ and a small knowledge file, for the cases of one group. */
#ifndef ASSAY_TESTS_IDENTIFY_PLACE_H
#define ASSAY_TESTS_IDENTIFY_PLACE_H

#include "../knowledge_fixture.h"
#include "../unit.h"

#include "identify/identify.h"

/* Every version before 2 of it has a CVE. */
#define PRODUCT(vendor, product) "cpe:2.3:a:" vendor ":" product ":*:*:*:*:*:*:*:* <2"

struct place {
    struct identify_tables *tables;
    struct knowledge_fixture fixture;
    struct knowledge *knowledge;
    struct arena arena;
};

/* For cmocka's group set-up: fill says what the knowledge has. */
static inline int place_init(void **state, void (*fill)(struct knowledge_fixture *fixture))
{
    struct error err = ERROR_INIT;
    struct place *place = calloc(1, sizeof *place);
    if (identify_tables_load(SHARE_FOLDER, &place->tables, &err) < 0) {
        print_error("%s: %s\n", err.where, err.message);
        free(place);
        return -1;
    }
    fixture_init(&place->fixture);
    fill(&place->fixture);
    place->knowledge = fixture_open(&place->fixture);
    arena_init(&place->arena);
    *state = place;
    return 0;
}

static inline int place_done(void **state)
{
    struct place *place = *state;
    arena_done(&place->arena);
    fixture_done(&place->fixture);
    identify_tables_free(place->tables);
    free(place);
    return 0;
}

#endif
