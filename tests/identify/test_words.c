#include "../unit.h"

#include "identify/words.h"

static const char *const rows[] = {
    "word:driver|word:firmware", /* 0 */
    "word:backup",               /* 1 */
    "word:web server",           /* 2 */
    "word:file sync",            /* 3 */
    "word:php",                  /* 4 */
    "word:überwachung",          /* 5 */
    "ending:db",                 /* 6 */
    "word:server",               /* 7 */
};

static bool not_last(const void *context, uint32_t row)
{
    (void)context;
    return row != 7;
}

static uint32_t find(const struct pattern_index *index, const char *name)
{
    return words_find(index, str_from(name), not_last, NULL);
}

static void finds_rows_by_words(void **state)
{
    static const struct {
        const char *name;
        uint32_t row;
    } cases[] = {
        {"Example Backup 7", 1},
        {"example-backup_agent", 1},
        {"Backups", PATTERN_NONE},
        {"Backup Network Driver", 0}, /* the first row, not the first word */
        {"Abyss Web Server X2", 2},
        {"Abyss Web-Server", 2},
        {"Server Web", PATTERN_NONE},
        {"FreeFileSync", 3},
        {"FreeFilesync", PATTERN_NONE},
        {"ea-php82", 4},
        {"php8.2", 4},
        {"Beispiel überwachung", 5},
        {"questdb", 6},
        {"questdb2", 6},
        {"mydb", PATTERN_NONE},           /* too short to tell */
        {"Example Server", PATTERN_NONE}, /* its row is not allowed */
        {"82 7.1", PATTERN_NONE},
        {"--", PATTERN_NONE},
        {"", PATTERN_NONE},
    };
    struct pattern_index index = {0};
    for (uint32_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        pattern_index_add(&index, str_from(rows[i]), i);
    }
    pattern_index_freeze(&index);
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (find(&index, cases[i].name) != cases[i].row) {
            fail_msg("%s: row %u, not %u", cases[i].name, find(&index, cases[i].name),
                     cases[i].row);
        }
    }
    pattern_index_done(&index);
}

/* Names come from other machines: neither length nor bytes may do harm. */
static void takes_long_names(void **state)
{
    static char name[70000];
    struct pattern_index index = {0};
    memset(name, 'a', sizeof name);
    pattern_index_add(&index, STR("word:a"), 0);
    pattern_index_freeze(&index);
    assert_int_equal(words_find(&index, str_make(name, sizeof name), NULL, NULL), PATTERN_NONE);
    for (size_t i = 1; i < sizeof name; i += 2) {
        name[i] = ' ';
    }
    assert_int_equal(words_find(&index, str_make(name, sizeof name), NULL, NULL), 0);
    pattern_index_done(&index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_rows_by_words),
        cmocka_unit_test(takes_long_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
