/*
 * Accepted risk: rules that people wrote (docs/formats/accepted.md) and OpenVEX documents
 * (OpenVEX specification 0.2.0), read into one list. What they apply to is decided by the
 * assessment.
 */
#ifndef ASSAY_ACCEPT_ACCEPT_H
#define ASSAY_ACCEPT_ACCEPT_H

#include "base/arena.h"
#include "base/cve_id.h"
#include "base/date.h"
#include "base/error.h"
#include "purl/purl.h"

#define ACCEPT_FORMAT_NAME "assay-accepted"
enum { ACCEPT_FORMAT_VERSION = 1 };

enum accept_status {
    ACCEPT_RISK,         /* a rule: the risk is accepted */
    ACCEPT_NOT_AFFECTED, /* the others are of VEX statements */
    ACCEPT_FIXED,
    ACCEPT_AFFECTED, /* takes back what an earlier statement said */
    ACCEPT_INVESTIGATED
};

/* A product that a VEX statement names, by purl or by CPE. */
struct accept_product {
    bool is_cpe;
    struct str type;          /* of the purl; part of the CPE, "" any */
    struct str namespace;     /* vendor of the CPE */
    struct str name, version; /* version "" is any */
    const struct purl_qualifier *qualifiers;
    unsigned qualifier_count;
};

/* Of the conditions all must hold; "" and 0 hold always. */
struct accept_rule {
    enum accept_status status;
    struct str document;                   /* as the caller named it */
    uint32_t number;                       /* in its document, from 1 */
    uint64_t cve;                          /* 0: any; a statement always has one */
    struct str software, product, server;  /* patterns of str_glob */
    struct str reason, author;             /* never "" */
    int32_t until;                         /* the last day, DATE_NONE: never expires */
    int64_t stated;                        /* when a statement was made; TIME_NONE of a rule */
    const struct accept_product *products; /* of a statement: any of them */
    uint32_t product_count;
};

/* The rules of any number of documents, in the order read; all of it lives in one arena. */
struct accept_rules {
    struct accept_rule *items;
    uint32_t count, capacity;
    uint32_t products;    /* of all statements together */
    struct str *problems; /* "accepted.json: rules[2].until: not a date; left out" */
    uint32_t problem_count, problem_capacity;
};

/* accept_read adds the rules of a document, told apart by content, to *rules (zero-initialised
 * before the first). Texts are in arena; document is kept as it is. A bad rule or statement is
 * left out and becomes a problem. ERR_FORMAT, ERR_VERSION, ERR_LIMIT when nothing of the document
 * can be used: then *rules is as before. */
int accept_read(struct str bytes, struct str document, struct arena *arena,
                struct accept_rules *rules, struct error *err);

/* accept_is_vex says whether a rule is a VEX statement. */
bool accept_is_vex(const struct accept_rule *rule);
/* accept_words says what a rule makes of a finding: "accepted as risk", "not affected by VEX". */
const char *accept_words(const struct accept_rule *rule);
/* accept_expired: past its last day. */
bool accept_expired(const struct accept_rule *rule, int32_t as_of);

#endif
