#include "accept/accept.h"

bool accept_is_vex(const struct accept_rule *rule)
{
    return rule->status != ACCEPT_RISK;
}

const char *accept_words(const struct accept_rule *rule)
{
    static const char *const words[] = {
        [ACCEPT_RISK] = "accepted as risk",
        [ACCEPT_NOT_AFFECTED] = "not affected by VEX",
        [ACCEPT_FIXED] = "fixed by VEX",
        [ACCEPT_AFFECTED] = "affected by VEX",
        [ACCEPT_INVESTIGATED] = "under investigation by VEX",
    };
    return words[rule->status];
}

bool accept_expired(const struct accept_rule *rule, int32_t as_of)
{
    return rule->until != DATE_NONE && as_of > rule->until;
}
