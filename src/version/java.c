/*
 * Java, whose releases before 9 have two names: 8 update 201 is 8, 8.0.201, 8u201, 1.8.0_201 and
 * "1.8.0 update_201", 5.0 is 1.5.0, 4.2.20 is 1.4.2_20; 9 was 1.9 for a while. All are read as
 * 1.N.M_UPDATE, or as plain numbers from 9 on, in the loose order of CPE versions.
 */
#include "version/key.h"

#include <stdio.h>

enum { FIRST_PLAIN = 9, NUMBERS = 3, MAX_DIGITS = 9 };

/* What a version begins with: up to three numbers with dots between, then anything. */
struct beginning {
    uint64_t numbers[NUMBERS];
    struct str after[NUMBERS]; /* the text behind each */
    unsigned count;
};

static struct beginning read_beginning(struct str text)
{
    struct beginning ret = {0};
    while (ret.count < NUMBERS) {
        struct str digits = key_take_digits(&text);
        if (digits.len == 0 || digits.len > MAX_DIGITS) {
            break;
        }
        str_to_u64(digits, &ret.numbers[ret.count]);
        ret.after[ret.count++] = text;
        if (text.len < 2 || text.ptr[0] != '.' || !str_is_digit(text.ptr[1])) {
            break;
        }
        text = str_skip(text, 1);
    }
    return ret;
}

static struct str print(char *out, size_t size, const struct beginning *from, struct str rest)
{
    int len = snprintf(out, size, "1.%u.%u", (unsigned)from->numbers[0],
                       (unsigned)(from->count > 1 ? from->numbers[1] : 0));
    if (from->count == NUMBERS && from->numbers[2] > 0) {
        len += snprintf(out + len, size - (size_t)len, "_%u", (unsigned)from->numbers[2]);
    }
    len += snprintf(out + len, size - (size_t)len, "%.*s", STR_ARG(rest));
    return str_make(out, (size_t)len);
}

/* 1.9 and later are 9 and later; "1.3_02" lacks the number of the maintenance release, and the
 * fourth number of "1.6.0.200" is the update once more. */
static struct str read_old(const struct beginning *from, struct str text, struct str update,
                           char *out, size_t size)
{
    if (from->count > 1 && from->numbers[1] >= FIRST_PLAIN) {
        return str_skip(text, (size_t)(from->after[0].ptr + 1 - text.ptr));
    }
    if (from->count == 2 && from->after[1].len > 0 && from->after[1].ptr[0] == '_') {
        struct beginning shorter = {.numbers = {from->numbers[1]}, .count = 1};
        return print(out, size, &shorter, from->after[1]);
    }
    if (from->count == NUMBERS && update.len > 0 && from->after[2].len > 0 &&
        from->after[2].ptr[0] == '.') {
        return str_sub(text, 0, (size_t)(from->after[2].ptr - text.ptr));
    }
    return text;
}

int version_java_make(struct str text, struct str update, struct key_draft *draft,
                      struct error *err)
{
    char storage[LIMIT_VERSION + 64], attribute[LIMIT_VERSION + 8];
    text = str_trim(text);
    update = str_trim(update);
    struct beginning from = read_beginning(text);
    if (from.count > 0 && from.numbers[0] == 1) {
        text = read_old(&from, text, update, storage, sizeof storage);
    } else if (from.count > 0 && from.numbers[0] > 1 && from.numbers[0] < FIRST_PLAIN) {
        text = print(storage, sizeof storage, &from, from.after[from.count - 1]);
    }
    /* An update that is a number alone counts updates. */
    if (update.len > 0 && str_is_digit(update.ptr[0])) {
        int len = snprintf(attribute, sizeof attribute, "update%.*s", STR_ARG(update));
        update = str_make(attribute, (size_t)len);
    }
    return version_nvd_make(text, update, draft, err);
}
