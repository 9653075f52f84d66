/* Imported documents: what is read must be an inventory that reads back without a loss. */
#include "base/limits.h"
#include "import/import.h"
#include "purl/purl.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_purl(struct str text)
{
    struct arena arena;
    struct purl purl;
    arena_init(&arena);
    if (purl_parse(text, &arena, &purl, NULL) == 0 && (purl.name.len == 0 || purl.type.len == 0)) {
        abort();
    }
    arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = {(const char *)data, size};
    struct inventory inventory, again;
    struct buf written;
    struct error err = ERROR_INIT;
    inventory_init(&inventory);
    inventory_init(&again);
    buf_init(&written, LIMIT_INVENTORY);
    if (import_read(bytes, &inventory, &err) == 0) {
        inventory_write(&inventory, &written);
        if (inventory_read(buf_view(&written), &again, &err) < 0 ||
            again.software_count != inventory.software_count ||
            again.note_count != inventory.note_count) {
            abort();
        }
    }
    inventory_done(&inventory);
    inventory_done(&again);
    buf_done(&written);
    read_purl(bytes);
    return 0;
}
