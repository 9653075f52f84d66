/* Inventory documents: what is read must survive being written and read again, byte for byte. */
#include "base/limits.h"
#include "inventory/inventory.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct inventory inventory, again;
    struct buf first, second;
    struct error err = ERROR_INIT;
    inventory_init(&inventory);
    inventory_init(&again);
    buf_init(&first, LIMIT_INVENTORY);
    buf_init(&second, LIMIT_INVENTORY);
    if (inventory_read(str_make((const char *)data, size), &inventory, &err) == 0) {
        inventory_write(&inventory, &first);
        require(inventory_read(buf_view(&first), &again, &err) == 0);
        inventory_write(&again, &second);
        require(first.len == second.len && memcmp(first.data, second.data, first.len) == 0);
    } else {
        require(err.code < 0 && err.message[0] != '\0' && inventory.software_count == 0);
    }
    inventory_done(&inventory);
    inventory_done(&again);
    buf_done(&first);
    buf_done(&second);
    return 0;
}
