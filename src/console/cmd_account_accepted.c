/* What a login without a run has shown, told by the vault's program, which has no store. */
#include "console/account_accepted.h"
#include "console/manager.h"

#include "base/date.h"

static int work(struct manager *manager)
{
    struct error err = ERROR_INIT;
    uint64_t id;
    const char *const *words = manager->args->arguments;
    if (!str_to_u64(str_from(words[0]), &id)) {
        return cli_usage("%s: not the number of a credential", words[0]);
    }
    int result = store_account_put(manager->store, id, str_from(words[1]), ACCOUNT_CONFIRMED,
                                   str_from(words[2]), time_now(), &err);
    return result < 0 ? cli_fail(&err) : CLI_DONE;
}

static int run(const struct cli_args *args)
{
    return manager_run(args, work);
}

static const struct cli_option options[] = {{0}};

const struct cli_command cmd_account_accepted = {
    .name = ACCOUNT_ACCEPTED,
    .usage = "NUMBER NAME TARGET",
    .summary = "Note that a target has accepted a credential",
    .options = options,
    .plumbing = true,
    .min_arguments = 3,
    .max_arguments = 3,
    .run = run,
};
