#include "oracle.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int sign(long long n)
{
    return n < 0 ? -1 : n > 0;
}

/* compare_numbers compares the digits at *a and *b as numbers and steps over them. */
static int compare_numbers(const char **a, const char **b)
{
    while (**a == '0') {
        ++*a;
    }
    while (**b == '0') {
        ++*b;
    }
    int first = 0;
    while (digit(**a) && digit(**b)) {
        first = first ? first : **a - **b;
        ++*a, ++*b;
    }
    if (digit(**a) || digit(**b)) {
        first = digit(**a) ? 1 : -1;
    }
    while (digit(**a)) {
        ++*a;
    }
    while (digit(**b)) {
        ++*b;
    }
    return first;
}

/* deb-version(7), "Sorting algorithm". */
static int weigh(char c)
{
    if (c == '~') {
        return -1;
    }
    return c == '\0' || digit(c) ? 0 : letter(c) ? c : c + 256;
}

static int compare_part(const char *a, const char *b)
{
    while (*a || *b) {
        while ((*a && !digit(*a)) || (*b && !digit(*b))) {
            int order = weigh(*a) - weigh(*b);
            if (order) {
                return order;
            }
            a++, b++;
        }
        int order = compare_numbers(&a, &b);
        if (order) {
            return order;
        }
    }
    return 0;
}

/* cut splits off what follows the last hyphen; NULL when there is none. */
static const char *cut(char *text)
{
    char *hyphen = strrchr(text, '-');
    if (hyphen == NULL) {
        return NULL;
    }
    *hyphen = '\0';
    return hyphen + 1;
}

static const char *skip_epoch(const char *text, long *epoch)
{
    size_t n = strspn(text, "0123456789");
    *epoch = text[n] == ':' ? atol(text) : 0;
    return text[n] == ':' ? text + n + 1 : text;
}

static int compare_labels(const char *a, const char *b, int (*compare)(const char *, const char *),
                          bool missing_is_less)
{
    long epoch_a, epoch_b;
    char text_a[512], text_b[512];
    snprintf(text_a, sizeof text_a, "%s", skip_epoch(a, &epoch_a));
    snprintf(text_b, sizeof text_b, "%s", skip_epoch(b, &epoch_b));
    if (epoch_a != epoch_b) {
        return sign(epoch_a - epoch_b);
    }
    const char *release_a = cut(text_a), *release_b = cut(text_b);
    int order = compare(text_a, text_b);
    if (order == 0 && missing_is_less && (!release_a || !release_b)) {
        return !!release_a - !!release_b;
    }
    return order ? order : compare(release_a ? release_a : "", release_b ? release_b : "");
}

int oracle_dpkg(const char *a, const char *b)
{
    return sign(compare_labels(a, b, compare_part, false));
}

/* rpm: what stands at a text after separators: '~', '\0', '^', a letter or a digit. */
static int rank_rpm(const char **text)
{
    while (**text && !digit(**text) && !letter(**text) && **text != '~' && **text != '^') {
        ++*text;
    }
    char c = **text;
    return c == '~' ? 0 : c == '\0' ? 1 : c == '^' ? 2 : letter(c) ? 3 : 4;
}

static int compare_letters(const char **a, const char **b)
{
    while (letter(**a) && **a == **b) {
        ++*a, ++*b;
    }
    int first = (letter(**a) ? **a : 0) - (letter(**b) ? **b : 0);
    while (letter(**a)) {
        ++*a;
    }
    while (letter(**b)) {
        ++*b;
    }
    return first;
}

static int compare_rpm(const char *a, const char *b)
{
    for (;;) {
        int rank = rank_rpm(&a), other = rank_rpm(&b);
        if (rank != other) {
            return rank - other;
        }
        int order = 0;
        if (rank == 1) {
            return 0;
        } else if (rank == 3) {
            order = compare_letters(&a, &b);
        } else if (rank == 4) {
            order = compare_numbers(&a, &b);
        } else {
            a++, b++;
        }
        if (order) {
            return order;
        }
    }
}

int oracle_rpm(const char *a, const char *b)
{
    return sign(compare_labels(a, b, compare_rpm, true));
}

/* apk: a version as values and the kinds of the tokens between them. */
struct apk {
    int kinds[600];
    long long values[600];
    int count;
};

enum { APK_WRONG = -2, APK_SUFFIX = 3, APK_END = 6 };

static const char *const apk_words[] = {"alpha", "beta", "pre", "rc", "cvs",
                                        "svn",   "git",  "hg",  "p"};

static void add(struct apk *apk, int kind, long long value)
{
    apk->kinds[apk->count] = kind;
    apk->values[apk->count++] = value;
}

static long long take_number(const char **text)
{
    long long number = digit(**text) ? atoll(*text) : 0;
    *text += strspn(*text, "0123456789");
    return number;
}

static int take_dotted(struct apk *apk, const char **text)
{
    if (!digit(**text)) {
        add(apk, -1, 0);
        return 0;
    }
    if (**text != '0') {
        add(apk, 0, take_number(text));
        return 0;
    }
    size_t zeros = strspn(*text, "0");
    *text += zeros;
    add(apk, 0, -(long long)zeros);
    add(apk, 1, take_number(text));
    return 1;
}

static bool take_suffix(struct apk *apk, const char **text)
{
    for (int i = 0; i < 9; i++) {
        if (strncmp(*text, apk_words[i], strlen(apk_words[i])) == 0) {
            *text += strlen(apk_words[i]);
            add(apk, APK_SUFFIX, i - 4);
            return true;
        }
    }
    add(apk, APK_SUFFIX, -1);
    return false;
}

static void read_apk(const char *text, struct apk *apk)
{
    int last = 1;
    apk->count = 0;
    add(apk, 1, take_number(&text));
    while (*text) {
        if (last <= 1 && *text >= 'a' && *text <= 'z') {
            add(apk, last = 2, *text++);
        } else if (last == 2 && digit(*text)) {
            add(apk, last = 1, take_number(&text));
        } else if (last == 3 && digit(*text)) {
            add(apk, last = 4, take_number(&text));
        } else if (last <= 1 && *text == '.') {
            text++;
            last = take_dotted(apk, &text);
        } else if (last <= 4 && *text == '_' && (text++, take_suffix(apk, &text))) {
            last = APK_SUFFIX;
        } else if (last < 5 && text[0] == '-' && text[1] == 'r' && !letter(text[2])) {
            text += 2;
            add(apk, last = 5, take_number(&text));
        } else {
            add(apk, APK_WRONG, 0);
            break;
        }
    }
    add(apk, APK_END, 0);
}

/* From the least: pre-release suffixes, wrong, end, then the further back the kind stands in
 * the grammar the less. */
static int place_apk(int kind, long long value)
{
    if (kind == APK_SUFFIX && value < 0) {
        return -4;
    }
    return kind == -1 ? -3 : kind == APK_WRONG ? -2 : kind == APK_END ? -1 : 10 - kind;
}

int oracle_apk(const char *a, const char *b)
{
    struct apk x, y;
    read_apk(a, &x);
    read_apk(b, &y);
    for (int i = 0; i < x.count && i < y.count; i++) {
        int order = place_apk(x.kinds[i], x.values[i]) - place_apk(y.kinds[i], y.values[i]);
        if (order || x.values[i] != y.values[i]) {
            return sign(order ? order : x.values[i] - y.values[i]);
        }
    }
    return 0;
}

/* Semantic Versioning 2.0.0, section 11. */
static int compare_identifier(const char **a, const char **b)
{
    size_t n = strcspn(*a, "."), m = strcspn(*b, ".");
    bool number_a = strspn(*a, "0123456789") == n, number_b = strspn(*b, "0123456789") == m;
    if (number_a && number_b) {
        return compare_numbers(a, b);
    }
    if (number_a != number_b) {
        return number_a ? -1 : 1;
    }
    int order = strncmp(*a, *b, n < m ? n : m);
    order = order ? order : (int)n - (int)m;
    *a += n, *b += m;
    return order;
}

int oracle_semver(const char *a, const char *b)
{
    for (int i = 0; i < 4; i++) {
        int order = compare_numbers(&a, &b);
        if (order) {
            return sign(order);
        }
        a += *a == '.', b += *b == '.';
    }
    if (*a != *b) {
        return *a == '-' ? -1 : 1;
    }
    while (*a && *b) {
        a++, b++;
        int order = compare_identifier(&a, &b);
        if (order) {
            return sign(order);
        }
    }
    return !!*a - !!*b;
}

int oracle_windows(const char *a, const char *b)
{
    for (int i = 0; i < 3; i++) {
        if (compare_numbers(&a, &b)) {
            return 2;
        }
        a += i < 2, b += i < 2;
    }
    if (!*a != !*b) {
        return 2;
    }
    a += *a == '.', b += *b == '.';
    return sign(compare_numbers(&a, &b));
}

/* NVD: a version as numbers and words. Words before a release have places below the end. */
struct nvd_token {
    int place; /* 1-7 word before a release, 8 end, 9 other word, 10 number */
    long long number;
    char word[40];
};

static const char *const nvd_pre[] = {"",          "dev", "alpha", "beta",
                                      "milestone", "pre", "rc",    "snapshot"};

static int read_nvd(const char *text, struct nvd_token *tokens)
{
    int count = 0;
    const char *begin = text;
    while (*text) {
        size_t n = strspn(text, "0123456789");
        struct nvd_token token = {.place = 10};
        int parts[3], used = 0;
        if (*text == '_' && digit(text[1]) &&
            sscanf(begin, "%d.%d.%d%n", &parts[0], &parts[1], &parts[2], &used) == 3 &&
            begin + used == text) {
            token = (struct nvd_token){.place = 9, .word = "u"};
            while (count > 0 && tokens[count - 1].number == 0) {
                count--;
            }
            tokens[count++] = token;
            text++;
            continue;
        }
        if (n > 0) {
            token.number = atoll(text);
            tokens[count++] = token;
            text += n;
            continue;
        }
        for (n = 0; letter(text[n]); n++) {
            token.word[n] = (char)(text[n] | 0x20);
        }
        if (n == 0) {
            text++;
            continue;
        }
        token.place = n == 1 && token.word[0] == 'm' && digit(text[1]) ? 4 : 9;
        for (int i = 1; i < 8; i++) {
            token.place = strcmp(token.word, nvd_pre[i]) == 0 ? i : token.place;
        }
        while (count > 0 && tokens[count - 1].place == 10 && tokens[count - 1].number == 0) {
            count--;
        }
        tokens[count++] = token;
        text += n;
    }
    while (count > 0 && tokens[count - 1].place == 10 && tokens[count - 1].number == 0) {
        count--;
    }
    tokens[count++] = (struct nvd_token){.place = 8};
    return count;
}

int oracle_nvd(const char *a, const char *b)
{
    static struct nvd_token x[300], y[300];
    int n = read_nvd(a, x), m = read_nvd(b, y);
    for (int i = 0; i < n && i < m; i++) {
        if (x[i].place != y[i].place) {
            return sign(x[i].place - y[i].place);
        }
        int order = x[i].place == 9 ? strcmp(x[i].word, y[i].word) : 0;
        if (order || x[i].number != y[i].number) {
            return sign(order ? order : x[i].number - y[i].number);
        }
    }
    return 0;
}
