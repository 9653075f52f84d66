#include "engine/accounts.h"

#include "base/date.h"
#include "base/memory.h"
#include "vault/scope.h"

#include <stdlib.h>

/* Tries of a password in one run that nobody has confirmed: a directory locks an account at three
 * wrong ones at the earliest that is in use. Where the account has worked before, one of them is
 * kept for a target on which it did: targets that hang would else stop all others. */
enum { UNANSWERED_MOST = 2 };

static bool has_at(struct str user)
{
    return str_find_byte(user, '@') != SIZE_MAX || str_find_byte(user, '\\') != SIZE_MAX;
}

/* An account that one refusal more brings nearer to being locked everywhere. A key locks nothing.
 */
static bool is_directory(const struct credential *credential)
{
    return credential->kind == CREDENTIAL_WINDOWS_DOMAIN ||
           (credential->kind == CREDENTIAL_SSH_PASSWORD &&
            (credential->domain.len > 0 || has_at(credential->user)));
}

static bool is_for_ssh(const struct credential *credential)
{
    return credential->kind == CREDENTIAL_SSH_PASSWORD || credential->kind == CREDENTIAL_SSH_KEY ||
           credential->kind == CREDENTIAL_WINDOWS_DOMAIN;
}

/* "scan" of a domain and "scan@DOMAIN" are one account. */
static struct str account_domain(const struct credential *credential, struct str *ret_user)
{
    size_t at = str_find_byte(credential->user, '@');
    bool within = credential->domain.len == 0 && at != SIZE_MAX;
    *ret_user = within ? str_sub(credential->user, 0, at) : credential->user;
    return within ? str_skip(credential->user, at + 1) : credential->domain;
}

static bool is_same_account(const struct credential *a, const struct credential *b)
{
    struct str user_a, user_b;
    struct str domain_a = account_domain(a, &user_a), domain_b = account_domain(b, &user_b);
    return str_eq_nocase(user_a, user_b) && str_eq_nocase(domain_a, domain_b);
}

static uint32_t find_leader(const struct accounts *accounts, uint32_t n)
{
    for (uint32_t i = 0; accounts->items[n].directory && i < n; i++) {
        if (accounts->items[i].directory &&
            is_same_account(accounts->items[i].credential, accounts->items[n].credential)) {
            return i;
        }
    }
    return n;
}

/* One that was refused before, and was not changed since, stays refused. */
static int read_verdict(struct accounts *accounts, uint32_t n, struct error *err)
{
    struct account *account = &accounts->items[n];
    struct store_account known;
    struct arena arena;
    arena_init(&arena);
    int result = store_account_find(accounts->store, account->credential->id, &arena, &known, err);
    bool bad = result == 0 && account->directory &&
               (known.state == ACCOUNT_INVALID || known.state == ACCOUNT_LOCKED) &&
               known.since >= account->credential->changed;
    if (bad) {
        accounts->items[account->leader].verdict = VERDICT_BAD;
    }
    arena_done(&arena);
    return result;
}

static void mark_jump_accounts(struct accounts *accounts, const struct engine_options *options)
{
    for (uint32_t s = 0; s < options->source_count; s++) {
        uint32_t found = accounts_find(accounts, options->sources[s].settings.jump_credential);
        if (found != UINT32_MAX) {
            accounts->items[found].directory = true;
        }
    }
}

static int read_worked(struct accounts *accounts, const struct engine_options *options,
                       struct error *err)
{
    int result = 0;
    accounts->worked = mem_alloc_zero((size_t)accounts->count * options->source_count + 1,
                                      sizeof *accounts->worked);
    for (uint32_t s = 0; result == 0 && s < options->source_count; s++) {
        for (uint32_t i = 0; result == 0 && i < accounts->count; i++) {
            result = store_use_worked(accounts->store, options->sources[s].id,
                                      accounts->items[i].credential->id,
                                      &accounts->worked[(size_t)s * accounts->count + i], err);
        }
    }
    return result;
}

int accounts_init(struct accounts *accounts, struct store *store,
                  const struct engine_options *options, const struct engine_vault *vault,
                  int64_t now, struct error *err)
{
    int64_t denied;
    int result = store_use_last_denied(store, &denied, err);
    /* Times have seconds; a refusal of the run before must not look like one of this run. */
    *accounts = (struct accounts){.store = store, .started = denied >= now ? denied + 1 : now};
    accounts->items = mem_alloc_zero(vault->count + 1, sizeof *accounts->items);
    for (uint32_t i = 0; i < vault->count; i++) {
        if (is_for_ssh(&vault->credentials[i])) {
            accounts->items[accounts->count++] =
                (struct account){.credential = &vault->credentials[i],
                                 .directory = is_directory(&vault->credentials[i])};
        }
    }
    mark_jump_accounts(accounts, options);
    for (uint32_t i = 0; result == 0 && i < accounts->count; i++) {
        accounts->items[i].leader = find_leader(accounts, i);
        result = read_verdict(accounts, i, err);
    }
    return result < 0 ? result : read_worked(accounts, options, err);
}

void accounts_done(struct accounts *accounts)
{
    free(accounts->items);
    free(accounts->worked);
    accounts->items = NULL;
    accounts->worked = NULL;
}

uint32_t accounts_find(const struct accounts *accounts, struct str name)
{
    for (uint32_t i = 0; i < accounts->count; i++) {
        if (str_eq(accounts->items[i].credential->name, name)) {
            return i;
        }
    }
    return UINT32_MAX;
}

enum account_verdict accounts_verdict(const struct accounts *accounts, uint32_t account)
{
    return accounts->items[accounts->items[account].leader].verdict;
}

static bool is_in_scope(const struct candidate_question *question,
                        const struct credential *credential)
{
    if (question->only != 0) {
        return credential->id == question->only;
    }
    if (question->wanted.len > 0) {
        return str_eq(credential->name, question->wanted);
    }
    return scope_allows(credential, question->source->name, question->host, question->address);
}

/* How good a candidate is, the higher the better. */
struct rank {
    bool here;
    uint64_t elsewhere;
    bool directory;
};

static struct rank rank_of(const struct accounts *accounts, uint32_t n,
                           const struct candidate_question *question,
                           const struct store_target *known)
{
    const struct account *account = &accounts->items[n];
    return (struct rank){
        .here = known->credential == account->credential->id,
        .elsewhere = accounts->worked[(size_t)question->source_index * accounts->count + n],
        .directory = account->directory,
    };
}

static bool is_better(const struct rank *a, const struct rank *b)
{
    if (a->here != b->here) {
        return a->here > b->here;
    }
    if (a->elsewhere != b->elsewhere) {
        return a->elsewhere > b->elsewhere;
    }
    return a->directory && !b->directory;
}

struct choosing {
    struct candidate best;
    struct rank rank;
    bool any, spent, locked, unanswered;
};

/* Weighs one account that is in scope. */
static int weigh(struct accounts *accounts, uint32_t n, const struct candidate_question *question,
                 const struct store_target *known, struct choosing *choosing, struct error *err)
{
    int64_t denied = TIME_NONE;
    uint64_t id = accounts->items[n].credential->id;
    int result = question->target != 0
                     ? store_use_denied(accounts->store, question->target, id, &denied, err)
                     : 0;
    if (result < 0) {
        return result;
    }
    if (denied != TIME_NONE && denied >= accounts->started) {
        choosing->spent = true;
        return 0;
    }
    /* A check that was asked for is made whatever was. */
    if (accounts_verdict(accounts, n) == VERDICT_BAD && question->only == 0) {
        choosing->locked = true;
        return 0;
    }
    struct rank rank = rank_of(accounts, n, question, known);
    if (accounts_verdict(accounts, n) == VERDICT_OPEN && question->only == 0 &&
        accounts_is_exhausted(accounts, n, rank.here, rank.elsewhere > 0)) {
        choosing->unanswered = true;
        return 0;
    }
    if (!choosing->any || is_better(&rank, &choosing->rank)) {
        bool wait = accounts_verdict(accounts, n) == VERDICT_CHECKING;
        choosing->any = true;
        choosing->rank = rank;
        choosing->best = (struct candidate){wait ? CANDIDATE_WAIT : CANDIDATE_CREDENTIAL, n};
    }
    return 0;
}

int accounts_choose(struct accounts *accounts, const struct candidate_question *question,
                    struct candidate *ret, struct error *err)
{
    struct choosing choosing = {0};
    const struct source_settings *settings = &question->source->settings;
    struct store_target known = {0};
    int result = 0;
    if (question->target != 0) {
        result = store_target_get(accounts->store, question->target, &known, err);
    }
    for (uint32_t i = 0; result == 0 && i < accounts->count; i++) {
        if (is_in_scope(question, accounts->items[i].credential)) {
            result = weigh(accounts, i, question, &known, &choosing, err);
        }
    }
    if (result < 0) {
        return result;
    }
    bool without = (settings->agent || settings->kerberos) && question->only == 0 &&
                   question->wanted.len == 0 && !question->spent_without;
    if (choosing.any) {
        *ret = choosing.best;
    } else if (without) {
        *ret = (struct candidate){.kind = CANDIDATE_NO_SECRET};
    } else {
        ret->kind = choosing.locked                             ? CANDIDATE_LOCKED
                    : choosing.unanswered                       ? CANDIDATE_UNANSWERED
                    : choosing.spent || question->spent_without ? CANDIDATE_SPENT
                                                                : CANDIDATE_NONE;
    }
    return 0;
}

int64_t accounts_now(const struct accounts *accounts)
{
    int64_t now = time_now();
    return now > accounts->started ? now : accounts->started;
}

void accounts_begin(struct accounts *accounts, uint32_t account)
{
    struct account *leader = &accounts->items[accounts->items[account].leader];
    if (leader->directory && leader->verdict != VERDICT_GOOD) {
        leader->verdict = VERDICT_CHECKING;
    }
}

int accounts_accepted(struct accounts *accounts, uint32_t account, uint32_t source_index,
                      struct str target, int64_t now, struct error *err)
{
    struct account *leader = &accounts->items[accounts->items[account].leader];
    leader->verdict = VERDICT_GOOD;
    leader->unanswered = 0;
    accounts->worked[(size_t)source_index * accounts->count + account]++;
    const struct credential *credential = accounts->items[account].credential;
    return store_account_put(accounts->store, credential->id, credential->name, ACCOUNT_CONFIRMED,
                             target, now, err);
}

/* An account of one machine is invalid as long as no machine took it. */
static int refuse_local(struct accounts *accounts, const struct credential *credential,
                        struct str target, bool locked, int64_t now, struct error *err)
{
    struct store_account known;
    struct arena arena;
    arena_init(&arena);
    int result = store_account_find(accounts->store, credential->id, &arena, &known, err);
    if (result == 0 && known.state != ACCOUNT_CONFIRMED) {
        result = store_account_put(accounts->store, credential->id, credential->name,
                                   locked ? ACCOUNT_LOCKED : ACCOUNT_INVALID, target, now, err);
    }
    arena_done(&arena);
    return result;
}

int accounts_refused(struct accounts *accounts, uint32_t account, struct str target, bool locked,
                     int64_t now, struct error *err)
{
    struct account *leader = &accounts->items[accounts->items[account].leader];
    const struct credential *credential = accounts->items[account].credential;
    /* Right elsewhere, refused here: the target's own choice. */
    if (leader->verdict == VERDICT_GOOD && !locked) {
        return 0;
    }
    if (!leader->directory) {
        return refuse_local(accounts, credential, target, locked, now, err);
    }
    leader->verdict = VERDICT_BAD;
    return store_account_put(accounts->store, credential->id, credential->name,
                             locked ? ACCOUNT_LOCKED : ACCOUNT_INVALID, target, now, err);
}

void accounts_unused(struct accounts *accounts, uint32_t account)
{
    struct account *leader = &accounts->items[accounts->items[account].leader];
    if (leader->verdict == VERDICT_CHECKING) {
        leader->verdict = VERDICT_OPEN;
    }
}

void accounts_unanswered(struct accounts *accounts, uint32_t account)
{
    struct account *leader = &accounts->items[accounts->items[account].leader];
    if (leader->verdict != VERDICT_GOOD) {
        leader->unanswered++;
    }
    accounts_unused(accounts, account);
}

bool accounts_is_exhausted(const struct accounts *accounts, uint32_t account, bool proven,
                           bool several)
{
    unsigned most = several && !proven ? UNANSWERED_MOST - 1 : UNANSWERED_MOST;
    return accounts->items[accounts->items[account].leader].unanswered >= most;
}
