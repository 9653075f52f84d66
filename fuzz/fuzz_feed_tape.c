/* simdjson and the reader that locates its errors must agree on what is JSON. */
#include "base/memory.h"
#include "feed/feed.h"
#include "feed/tape.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tape_parser *parser;
    struct tape_value root;
    struct error err = ERROR_INIT;
    parser = parser ? parser : tape_parser_new();
    _cleanup_free_ char *copy = mem_alloc_zero(1, size + FEED_PADDING);
    if (size > 0) {
        memcpy(copy, data, size);
    }
    struct str text = {copy, size};
    int result = tape_parse(parser, text, &root, &err);
    bool located = tape_locate(text, NULL);
    if ((result < 0) != located || (result < 0 && err.position > size)) {
        abort();
    }
    if (result == 0 && tape_after(root) <= root.at) {
        abort();
    }
    return 0;
}
