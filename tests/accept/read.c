/* Prints how many rules a document has and what is wrong with it. usage: accept_read FILE */
#include "accept/accept.h"
#include "base/file.h"
#include "base/limits.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    struct error err = ERROR_INIT;
    struct accept_rules rules = {0};
    struct arena arena;
    struct buf bytes;
    char text[1024];
    arena_init(&arena);
    buf_init(&bytes, LIMIT_ACCEPT);
    int result = argc == 2 ? file_read(argv[1], &bytes, &err) : ERR_USAGE;
    if (result == 0) {
        result = accept_read(buf_view(&bytes), STR("rules"), &arena, &rules, &err);
    }
    printf("%u rules, %u problems\n", rules.count, rules.problem_count);
    if (result < 0) {
        printf("%s\n", error_text(&err, text, sizeof text));
    }
    buf_done(&bytes);
    arena_done(&arena);
    return result < 0;
}
