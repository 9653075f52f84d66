/* What only src/engine sees: which credential a target is tried with, and the breaker that keeps a
 * directory account from being locked out (docs/discovery.md, "Credentials"). */
#ifndef ASSAY_ENGINE_ACCOUNTS_H
#define ASSAY_ENGINE_ACCOUNTS_H

#include "engine/engine.h"

enum account_verdict {
    VERDICT_OPEN,     /* not tried in this run */
    VERDICT_CHECKING, /* a directory account, being tried on its first target */
    VERDICT_GOOD,
    VERDICT_BAD /* a directory account that was refused: not tried again */
};

struct account {
    const struct credential *credential;
    uint32_t leader; /* the first credential of the same directory account, or itself */
    bool directory;  /* or of a jump host: a refusal there is met by every target */
    enum account_verdict verdict; /* of the leader */
    unsigned unanswered; /* of the leader: targets that got its password and did not say what they
                            think of it, since one accepted it */
};

struct accounts {
    struct account *items;
    uint32_t count;
    uint64_t *worked; /* how often, by source and account */
    struct store *store;
    int64_t started; /* what was refused since is not tried again on that target */
};

/* What a target is to be tried with. */
enum candidate_kind {
    CANDIDATE_NONE,      /* no credential is in scope */
    CANDIDATE_NO_SECRET, /* agent or ticket alone */
    CANDIDATE_CREDENTIAL,
    CANDIDATE_WAIT,       /* for the check of the account on another target */
    CANDIDATE_LOCKED,     /* only accounts that were refused are left */
    CANDIDATE_UNANSWERED, /* only those whose password others got and did not answer */
    CANDIDATE_SPENT       /* all that are in scope were refused by this target */
};

struct candidate {
    enum candidate_kind kind;
    uint32_t account;
};

struct candidate_question {
    const struct store_source *source;
    uint32_t source_index;
    struct str wanted;  /* credential that the list names, "" */
    uint64_t only;      /* 0: any */
    struct str host;    /* "" for an address */
    struct str address; /* "" when not resolved */
    int64_t target;     /* in the store, 0: not known yet */
    bool spent_without; /* was tried without a credential already */
};

int accounts_init(struct accounts *accounts, struct store *store,
                  const struct engine_options *options, const struct engine_vault *vault,
                  int64_t now, struct error *err);
void accounts_done(struct accounts *accounts);

/* accounts_choose: in order of what worked on this target before, then elsewhere in the source;
 * accounts of a directory first where nothing is known. */
int accounts_choose(struct accounts *accounts, const struct candidate_question *question,
                    struct candidate *ret, struct error *err);
/* accounts_find returns the place of the credential of that name, or UINT32_MAX. */
uint32_t accounts_find(const struct accounts *accounts, struct str name);

/* accounts_begin is told before the account is used on a target. */
void accounts_begin(struct accounts *accounts, uint32_t account);
/* What came of it. locked: the target said that the account is locked or its password expired. */
int accounts_accepted(struct accounts *accounts, uint32_t account, uint32_t source_index,
                      struct str target, int64_t now, struct error *err);
int accounts_refused(struct accounts *accounts, uint32_t account, struct str target, bool locked,
                     int64_t now, struct error *err);
/* accounts_unused: it ended before the account was asked. accounts_unanswered: it was asked, and
 * may have been counted as a wrong password where accounts are locked for too many. */
void accounts_unused(struct accounts *accounts, uint32_t account);
void accounts_unanswered(struct accounts *accounts, uint32_t account);
/* accounts_is_exhausted says whether one try more could be one too many. proven: it has worked on
 * the target before; several: it has worked on others. */
bool accounts_is_exhausted(const struct accounts *accounts, uint32_t account, bool proven,
                           bool several);
/* accounts_now is the time to write of a refusal: never before the run's start. */
int64_t accounts_now(const struct accounts *accounts);
enum account_verdict accounts_verdict(const struct accounts *accounts, uint32_t account);

#endif
