/*
 * Reads a document as `assay assess` would and writes it as an inventory document.
 * usage: convert FILE
 */
#include "base/file.h"
#include "base/limits.h"
#include "import/import.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    struct buf in, out;
    struct inventory inventory;
    struct error err = ERROR_INIT;
    char text[1024];
    buf_init(&in, LIMIT_INVENTORY);
    buf_init(&out, (size_t)256 << 20);
    inventory_init(&inventory);
    int r = argc == 2 ? file_read(argv[1], &in, &err) : error_set(&err, ERR_USAGE, "one FILE");
    if (r == 0) {
        r = import_read(buf_view(&in), &inventory, &err);
    }
    if (r < 0) {
        fprintf(stderr, "%s: %s\n", error_code_name(r), error_text(&err, text, sizeof text));
    } else {
        inventory_write(&inventory, &out);
        fwrite(out.data, 1, out.len, stdout);
    }
    inventory_done(&inventory);
    buf_done(&in);
    buf_done(&out);
    return r < 0;
}
