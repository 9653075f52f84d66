#include "engine/run.h"

#include "base/date.h"

/* A number says which slot asked and, above that, which of its questions it was. */
enum { SLOT_BITS = 10, SLOT_MASK = (1 << SLOT_BITS) - 1 };
_Static_assert(ENGINE_MOST_WORKERS + EXTRA_SLOTS < SLOT_MASK, "a slot's number and 1 fit");

bool run_has_provider(const struct run *run, const struct candidate *candidate)
{
    return candidate->kind == CANDIDATE_CREDENTIAL &&
           run->accounts.items[candidate->account].credential->provider.len > 0;
}

/* A slow provider has no more than a quarter of the workers, so that it holds up nobody else. */
bool run_may_wait(const struct run *run)
{
    unsigned most = run->options->concurrency / 4;
    return run->waiting < (most > 0 ? most : 1);
}

int run_ask_vault(struct run *run, struct slot *slot, const uint64_t *ids, unsigned id_count,
                  int fd, struct error *err)
{
    uint32_t number = ++run->questions << SLOT_BITS | (uint32_t)(slot - run->slots + 1);
    int result =
        run->vault->ask(run->vault->context, number, ids, id_count, str_from(slot->key), fd, err);
    if (result == 0) {
        slot->asked = number;
        run->waiting++;
    }
    return result;
}

void run_answered(struct run *run, struct slot *slot)
{
    if (slot->asked != 0) {
        slot->asked = 0;
        run->waiting--;
    }
}

static int fail(struct run *run, struct slot *slot, const char *code, const struct error *cause,
                struct error *err)
{
    char text[512];
    run_end_worker(run, slot);
    return run_failed(run, slot, code, STR("start"), str_from(error_text(cause, text, sizeof text)),
                      err);
}

static int take_answer(struct run *run, uint32_t number, int answer, const struct error *cause,
                       struct error *err)
{
    uint32_t place = (number & SLOT_MASK) - 1;
    struct slot *slot = place < run->slot_count ? &run->slots[place] : NULL;
    if (slot == NULL || slot->asked != number) {
        return 0; /* its worker has ended meanwhile */
    }
    run_answered(run, slot);
    return answer < 0 ? fail(run, slot, "CREDENTIAL-BAD", cause, err) : 0;
}

/* The vault is gone, and with it what was asked for. */
static int fail_all(struct run *run, const struct error *cause, struct error *err)
{
    int result = 0;
    for (unsigned i = 0; result == 0 && i < run->slot_count; i++) {
        if (run->slots[i].asked != 0) {
            result = fail(run, &run->slots[i], "INTERNAL", cause, err);
        }
    }
    return result;
}

int run_read_vault(struct run *run, struct error *err)
{
    int result = 0, got = 1;
    while (result == 0 && got > 0) {
        struct error cause = ERROR_INIT, gone = ERROR_INIT;
        uint32_t number;
        int answer;
        got = run->vault->answer(run->vault->context, &number, &answer, &cause, &gone);
        if (got > 0) {
            result = take_answer(run, number, answer, &cause, err);
        } else if (got < 0) {
            result = fail_all(run, &gone, err);
        }
    }
    return result;
}
