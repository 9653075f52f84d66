#include "assess/assess.h"

static const char *const level_names[LEVELS] = {"unknown", "low", "medium", "high", "critical"};

const char *level_name(enum level level)
{
    return (unsigned)level < LEVELS ? level_names[level] : level_names[LEVEL_UNKNOWN];
}

bool level_parse(struct str text, enum level *ret)
{
    for (unsigned i = 0; i < LEVELS; i++) {
        if (str_eq_nocase(text, str_from(level_names[i]))) {
            *ret = (enum level)i;
            return true;
        }
    }
    return false;
}

enum level level_of_score(enum cvss_version version, int score)
{
    if (score < 0 || version == CVSS_NONE) {
        return LEVEL_UNKNOWN;
    }
    if (score >= 90) {
        return version == CVSS_2_0 ? LEVEL_HIGH : LEVEL_CRITICAL;
    }
    if (score >= 70) {
        return LEVEL_HIGH;
    }
    return score >= 40 ? LEVEL_MEDIUM : LEVEL_LOW;
}

/* The scales of Microsoft, Red Hat (and who follows it), SUSE, Debian and Ubuntu. */
enum level level_of_word(struct str word)
{
    static const struct {
        struct str word;
        enum level level;
    } words[] = {{{"critical", 8}, LEVEL_CRITICAL}, {{"important", 9}, LEVEL_HIGH},
                 {{"high", 4}, LEVEL_HIGH},         {{"moderate", 8}, LEVEL_MEDIUM},
                 {{"medium", 6}, LEVEL_MEDIUM},     {{"low", 3}, LEVEL_LOW},
                 {{"negligible", 10}, LEVEL_LOW},   {{"unimportant", 11}, LEVEL_LOW}};
    for (size_t i = 0; word.len > 0 && i < sizeof words / sizeof *words; i++) {
        if (str_eq_nocase(word, words[i].word)) {
            return words[i].level;
        }
    }
    return LEVEL_UNKNOWN;
}

const char *support_state_name(enum support_state state)
{
    static const char *const names[] = {"unknown", "mainstream", "extended", "ended"};
    return (unsigned)state < sizeof names / sizeof *names ? names[state] : names[0];
}

const char *verdict_name(enum verdict verdict)
{
    static const char *const names[] = {"VULNERABLE", "FIXED", "NOT AFFECTED", "UNCONFIRMED",
                                        "UNKNOWN"};
    return (unsigned)verdict < sizeof names / sizeof *names ? names[verdict]
                                                            : names[VERDICT_UNKNOWN];
}
