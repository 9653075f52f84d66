/*
 * One search for a name that Windows shows: what index_windows.c, which tries its words, shares
 * with index_vendor.c, which says whether a vendor is the publisher. Only for this folder.
 */
#ifndef ASSAY_IDENTIFY_INDEX_SEARCH_H
#define ASSAY_IDENTIFY_INDEX_SEARCH_H

#include "identify/phrase.h"
#include "identify/publisher.h"
#include "identify/tables.h"

enum { SHORTEST_NAME = 3 };

/* How well a vendor is the one that Windows shows, best last. */
enum agreement { AGREES_NOT, AGREES_NAMESAKE, AGREES_PREFIX, AGREES_LISTED, AGREES_PUBLISHER };

struct search {
    const struct identify_tables *tables;
    const struct knowledge *knowledge;
    const struct inventory_software *software;
    struct publisher publisher;
    struct str vendors; /* what publishers.tsv knows it by in CPE names */
    struct phrase phrase;
    struct index_answer *answer;
    /* The words tried now. */
    struct str words[PHRASE_WORDS];
    unsigned count, start;
    unsigned without; /* kinds of words left out of what was found */
    /* The best product of this name so far, by how well its vendor agrees. */
    struct knowledge_product best;
    enum agreement agreement;
    bool written;
    /* All that agree: NVD has many a product under several vendors. */
    struct knowledge_product agreeing[INDEX_CANDIDATES];
    uint32_t agreeing_count;
};

/* How well the vendor of a product of that name is the publisher, or stands in the name before it.
 */
enum agreement search_agree(const struct search *search, const struct knowledge_product *product,
                            struct str name);
/* Words that any maker may call a program by. */
bool search_is_general(struct str name);
/* The words before the name stand for the publisher, so that what follows is the product. */
bool search_leading_is_maker(const struct search *search);

#endif
