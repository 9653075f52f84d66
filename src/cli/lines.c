#include "cli/lines.h"

#include "cli/cli.h"

struct answers {
    bool (*answer)(void *context, struct str line);
    void *context;
    unsigned long long lines, invalid;
};

static int answer_line(void *context, struct str line)
{
    struct answers *answers = context;
    answers->lines++;
    answers->invalid += !answers->answer(answers->context, line);
    return 0;
}

int cli_answer_lines(bool (*answer)(void *context, struct str line), void *context)
{
    struct answers answers = {.answer = answer, .context = context};
    struct error err = ERROR_INIT;
    if (cli_read_lines(answer_line, &answers, &err) < 0) {
        error_add_where(&err, "standard input");
        return cli_fail(&err);
    }
    if (answers.invalid > 0) {
        cli_warn("%llu of %llu lines are not valid", answers.invalid, answers.lines);
        return CLI_PARTLY;
    }
    return CLI_DONE;
}

bool cli_split_pair(struct str line, struct str *ret_first, struct str *ret_second)
{
    size_t tab = str_find_byte(line, '\t');
    if (tab == SIZE_MAX) {
        return false;
    }
    *ret_first = str_sub(line, 0, tab);
    *ret_second = str_skip(line, tab + 1);
    return str_find_byte(*ret_second, '\t') == SIZE_MAX;
}
