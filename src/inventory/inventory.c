#include "inventory/inventory.h"

#include "inventory/fields.h"

void inventory_init(struct inventory *inventory)
{
    *inventory = (struct inventory){.collected = TIME_NONE};
    inventory->machine.booted = TIME_NONE;
    inventory->updates.metadata_time = TIME_NONE;
    arena_init(&inventory->arena);
}

void inventory_done(struct inventory *inventory)
{
    arena_done(&inventory->arena);
    inventory_init(inventory);
}

struct str inventory_fact_value(const struct inventory *inventory, struct str key)
{
    for (uint32_t i = 0; i < inventory->fact_count; i++) {
        if (str_eq(inventory->facts[i].key, key)) {
            return inventory->facts[i].value;
        }
    }
    return STR("");
}

const char *truth_name(enum truth truth)
{
    return truth_words[truth];
}

const char *update_class_name(enum update_class class)
{
    static const char *const names[] = {"unknown", "other", "security", "critical"};
    return names[class];
}
