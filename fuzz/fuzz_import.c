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

static int check_server(void *context, struct inventory *inventory, struct error *err)
{
    struct inventory again;
    struct buf written;
    (void)context;
    inventory_init(&again);
    buf_init(&written, LIMIT_INVENTORY);
    inventory_write(inventory, &written);
    if (inventory_read(buf_view(&written), &again, err) < 0 ||
        again.software_count != inventory->software_count ||
        again.note_count != inventory->note_count) {
        abort();
    }
    inventory_done(&again);
    buf_done(&written);
    return 0;
}

static void ignore(void *context, const char *text)
{
    (void)context;
    (void)text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = {(const char *)data, size};
    const struct import_sink sink = {NULL, check_server, ignore};
    const struct import_hints hints = {STR("fuzz.txt"), STR("debian 12")};
    const char *format;
    struct error err = ERROR_INIT;
    import_read_all(bytes, &hints, &sink, &format, &err);
    read_purl(bytes);
    return 0;
}
