#include "assess/engine.h"

struct rating rating_of_fix(const struct knowledge_fix *fix)
{
    static const struct str words[] = {[KNOWLEDGE_SEVERITY_UNKNOWN] = {"", 0},
                                       [KNOWLEDGE_SEVERITY_LOW] = {"Low", 3},
                                       [KNOWLEDGE_SEVERITY_MODERATE] = {"Moderate", 8},
                                       [KNOWLEDGE_SEVERITY_IMPORTANT] = {"Important", 9},
                                       [KNOWLEDGE_SEVERITY_CRITICAL] = {"Critical", 8}};
    static const enum level levels[] = {[KNOWLEDGE_SEVERITY_UNKNOWN] = LEVEL_UNKNOWN,
                                        [KNOWLEDGE_SEVERITY_LOW] = LEVEL_LOW,
                                        [KNOWLEDGE_SEVERITY_MODERATE] = LEVEL_MEDIUM,
                                        [KNOWLEDGE_SEVERITY_IMPORTANT] = LEVEL_HIGH,
                                        [KNOWLEDGE_SEVERITY_CRITICAL] = LEVEL_CRITICAL};
    return (struct rating){levels[fix->severity], STR("Microsoft"), words[fix->severity]};
}

/* "Important" of "Important: kernel security update", as AlmaLinux, Rocky Linux and Red Hat begin
 * their summaries. */
static struct str first_word(struct str summary)
{
    size_t colon = str_find_byte(summary, ':');
    return colon == SIZE_MAX ? STR("") : str_sub(summary, 0, colon);
}

struct rating rating_of_advisory(struct str by, struct str urgency,
                                 const struct knowledge_advisory *advisory)
{
    enum level level = level_of_word(urgency);
    if (level != LEVEL_UNKNOWN) {
        return (struct rating){level, by, urgency};
    }
    struct str word = first_word(advisory->summary);
    return (struct rating){level_of_word(word), by, word};
}

struct rating rating_of_cve(enum cve_rating rating)
{
    static const struct rating ratings[] = {
        [CVE_RATING_NONE] = {LEVEL_UNKNOWN, {"", 0}, {"", 0}},
        [CVE_RATING_LOW] = {LEVEL_LOW, {"Chromium", 8}, {"Low", 3}},
        [CVE_RATING_MEDIUM] = {LEVEL_MEDIUM, {"Chromium", 8}, {"Medium", 6}},
        [CVE_RATING_HIGH] = {LEVEL_HIGH, {"Chromium", 8}, {"High", 4}},
        [CVE_RATING_CRITICAL] = {LEVEL_CRITICAL, {"Chromium", 8}, {"Critical", 8}}};
    return ratings[rating];
}
