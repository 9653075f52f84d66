/* Whatever a target answers: read, written as a document, read again. */
#include "collect/check.h"
#include "collect/collect.h"

#include "base/limits.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct inventory inventory, again;
    struct buf json;
    struct error err = ERROR_INIT;
    struct checks checks;
    check_read(str_make((const char *)data, size), STR("5eed"), &checks);
    inventory_init(&inventory);
    inventory_init(&again);
    buf_init(&json, LIMIT_INVENTORY * 2);
    if (collect_parse(str_make((const char *)data, size), STR("5eed"), &inventory, &err) == 0) {
        inventory_write(&inventory, &json);
        if (inventory_read(buf_view(&json), &again, &err) < 0 ||
            again.software_count != inventory.software_count) {
            abort();
        }
    }
    buf_done(&json);
    inventory_done(&again);
    inventory_done(&inventory);
    return 0;
}
