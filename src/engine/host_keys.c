/* Host keys of targets and of the jump hosts before them. */
#include "engine/run.h"

#include "base/date.h"

#include <stdio.h>

void run_jump_key(const struct jump_host *jump, char out[TARGET_KEY_SIZE])
{
    bool v6 = str_find_byte(jump->host, ':') != SIZE_MAX;
    snprintf(out, TARGET_KEY_SIZE, v6 ? "[%.*s]:%u" : "%.*s:%u",
             STR_ARG(str_sub(jump->host, 0, 250)), (unsigned)jump->port);
}

int run_read_keys(struct run *run, const struct slot *slot, const char *host, struct arena *arena,
                  struct job_hop *hop, struct error *err)
{
    struct store_host_key *keys;
    uint32_t count;
    int result = store_host_key_list(run->store, run_entry(run, slot)->source->id, str_from(host),
                                     arena, &keys, &count, err);
    if (result < 0) {
        return result;
    }
    struct str *texts = arena_array(arena, count + 1, struct str);
    for (uint32_t i = 0; i < count; i++) {
        texts[i] = keys[i].fingerprint;
    }
    hop->host_keys = texts;
    hop->host_key_count = count;
    return 0;
}

/* May a key be pinned that a worker calls new? Only where there is none: another worker may have
 * been quicker, and one that was taken over must not add a key of its choice to a host's, least of
 * all to the jump host that all targets are behind. */
static int weigh_key(struct run *run, int64_t source, struct str host, struct str fingerprint,
                     bool *ret_free, bool *ret_other, struct error *err)
{
    struct arena arena;
    struct store_host_key *keys;
    uint32_t count;
    bool pinned = false;
    arena_init(&arena);
    int result = store_host_key_list(run->store, source, host, &arena, &keys, &count, err);
    for (uint32_t i = 0; result == 0 && i < count; i++) {
        pinned = pinned || str_eq(keys[i].fingerprint, fingerprint);
    }
    if (result == 0) {
        *ret_free = count == 0;
        *ret_other = *ret_other || (count > 0 && !pinned);
    }
    arena_done(&arena);
    return result;
}

static int keep_key(struct run *run, int64_t source, struct str host,
                    const struct answer_key *shown, bool *ret_other, struct error *err)
{
    const struct store_host_key key = {
        .host = host,
        .type = shown->type,
        .fingerprint = shown->fingerprint,
        .first_use = true,
        .since = time_now(),
    };
    bool is_free = false;
    int result = run_write(run, err);
    if (result == 0) {
        result = weigh_key(run, source, host, shown->fingerprint, &is_free, ret_other, err);
    }
    return result == 0 && is_free ? store_host_key_put(run->store, source, &key, err) : result;
}

int run_keep_keys(struct run *run, const struct slot *slot, const struct answer *answer,
                  bool *ret_other, struct error *err)
{
    const struct plan_entry *entry = run_entry(run, slot);
    const struct jump_host *jump_host = &run->jumps[entry->source_index];
    char jump[TARGET_KEY_SIZE];
    int result = 0;
    *ret_other = false;
    if (run_settings(run, slot)->host_keys != HOST_KEYS_FIRST_USE) {
        return 0;
    }
    run_jump_key(jump_host, jump);
    for (unsigned i = 0; result == 0 && i < answer->key_count; i++) {
        const struct answer_key *shown = &answer->keys[i];
        if (shown->is_new && (!shown->jump || jump_host->host.len > 0)) {
            result = keep_key(run, entry->source->id, str_from(shown->jump ? jump : slot->key),
                              shown, ret_other, err);
        }
    }
    return result;
}
