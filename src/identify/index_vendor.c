/* Whether a vendor of CPE names is the publisher that Windows shows. */
#include "identify/index_search.h"

#include <string.h>

static bool is_listed(struct str vendors, struct str vendor)
{
    struct str one;
    while (str_next_word(&vendors, &one)) {
        if (str_eq(one, vendor)) {
            return true;
        }
    }
    return false;
}

/* Words that any maker may call a program by. */
bool search_is_general(struct str name)
{
    static const char *const names[] = {"agent",
                                        "client",
                                        "server",
                                        "monitor",
                                        "update",
                                        "updater",
                                        "setup",
                                        "manager",
                                        "viewer",
                                        "reader",
                                        "tools",
                                        "launcher",
                                        "service",
                                        "player",
                                        "driver",
                                        "drivers",
                                        "assistant",
                                        "helper",
                                        "backup",
                                        "mail",
                                        "chat",
                                        "browser",
                                        "security",
                                        "desktop",
                                        "remote",
                                        "control",
                                        "connect",
                                        "studio",
                                        "console",
                                        "support",
                                        "system",
                                        "runtime",
                                        "utility",
                                        "utilities",
                                        "installer",
                                        "help",
                                        "portal",
                                        "access",
                                        "office",
                                        "notes",
                                        "calendar",
                                        "core",
                                        "tool",
                                        "editor",
                                        "messenger",
                                        "gateway",
                                        "scanner",
                                        "dashboard",
                                        "workspace",
                                        "connector",
                                        "login",
                                        "project",
                                        "application",
                                        "app",
                                        "database",
                                        "firewall",
                                        "antivirus",
                                        "internet_security",
                                        "total_security",
                                        "endpoint_security",
                                        NULL};
    for (unsigned i = 0; names[i] != NULL; i++) {
        if (str_eq_text(name, names[i])) {
            return true;
        }
    }
    return false;
}

/* The words before the name, as the vendor is written: "pulse secure" of pulsesecure. */
static bool leads(const struct search *search, struct str vendor)
{
    char leading[LIMIT_NAME], own[LIMIT_NAME];
    struct str left =
        phrase_join(search->phrase.words, search->start, '\0', leading, sizeof leading);
    return left.len >= SHORTEST_NAME && str_eq(left, index_squash(vendor, own, sizeof own));
}

/* The words before the name stand for the publisher, so that what follows is the product. */
bool search_leading_is_maker(const struct search *search)
{
    char leading[LIMIT_NAME];
    struct str left =
        phrase_join(search->phrase.words, search->start, '\0', leading, sizeof leading);
    if (str_starts(search->publisher.core, left) || str_starts(search->publisher.whole, left)) {
        return true;
    }
    for (unsigned i = 0; i < search->start; i++) {
        struct str word = search->phrase.words[i];
        if (!is_listed(search->vendors, word) && !publisher_has_word(&search->publisher, word)) {
            return false;
        }
    }
    return true;
}

static enum agreement agree_by_publisher(const struct search *search, struct str vendor)
{
    bool itself = publisher_is(&search->publisher, vendor);
    if (!itself && !is_listed(search->vendors, vendor)) {
        return AGREES_NOT;
    }
    if (search->start > 0 && !search_leading_is_maker(search) && !leads(search, vendor)) {
        return AGREES_NOT;
    }
    return itself ? AGREES_PUBLISHER : AGREES_LISTED;
}

/* "palemoon" for "pale_moon", "winscp" for "winscp". */
static bool is_namesake(struct str vendor, struct str name)
{
    char left[LIMIT_NAME], right[LIMIT_NAME];
    return index_is_namesake(vendor, name) ||
           str_eq(index_squash(vendor, left, sizeof left), index_squash(name, right, sizeof right));
}

enum agreement search_agree(const struct search *search, const struct knowledge_product *product,
                            struct str name)
{
    enum agreement agreement = agree_by_publisher(search, product->vendor);
    if (agreement > AGREES_NOT || search_is_general(name) || product->part != 'a') {
        return agreement;
    }
    if (search->start > 0) {
        return leads(search, product->vendor) ? AGREES_PREFIX : AGREES_NOT;
    }
    return is_namesake(product->vendor, name) ? AGREES_NAMESAKE : AGREES_NOT;
}

uint32_t index_find_publisher(const struct identify_tables *tables, struct str publisher)
{
    uint32_t row = pattern_index_exact(&tables->publishers, publisher, NULL, NULL);
    return row != PATTERN_NONE ? row
                               : pattern_index_glob(&tables->publishers, publisher, NULL, NULL);
}

bool index_is_publisher(const struct identify_tables *tables, struct str name, struct str vendor)
{
    struct publisher publisher;
    uint32_t row = index_find_publisher(tables, name);
    publisher_cut(name, &publisher);
    return publisher_is(&publisher, vendor) ||
           (row != PATTERN_NONE &&
            is_listed(tables_cell(tables, TABLE_PUBLISHERS, row, PUB_VENDORS), vendor));
}
