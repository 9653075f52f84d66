/* Rules of accepted risk and OpenVEX: whatever is read is whole enough to be matched and shown. */
#include "accept/accept.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct accept_rule *rule)
{
    bool narrow =
        rule->cve != 0 || rule->software.len > 0 || rule->product.len > 0 || rule->server.len > 0;
    bool product =
        accept_is_vex(rule) ? rule->product_count > 0 && rule->cve != 0 : rule->product_count == 0;
    if (!narrow || !product || rule->reason.len == 0 || rule->author.len == 0 ||
        rule->number == 0) {
        abort();
    }
    for (uint32_t i = 0; i < rule->product_count; i++) {
        if (rule->products[i].name.len == 0) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct accept_rules rules = {0};
    struct error err = ERROR_INIT;
    struct arena arena;
    arena_init(&arena);
    if (accept_read(str_make((const char *)data, size), STR("fuzz"), &arena, &rules, &err) < 0 &&
        (rules.count != 0 || err.message[0] == '\0')) {
        abort();
    }
    for (uint32_t i = 0; i < rules.count; i++) {
        check(&rules.items[i]);
    }
    arena_done(&arena);
    return 0;
}
