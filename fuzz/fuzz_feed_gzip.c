#include "feed/unpack.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct feed_reader *reader;
    struct str bytes;
    struct error err = ERROR_INIT;
    reader = reader ? reader : feed_reader_new();
    int result = feed_gunzip(reader, (struct str){(const char *)data, size}, &bytes, &err);
    if (result != err.code || (result == 0 && bytes.len + FEED_PADDING > reader->capacity) ||
        (result == ERR_FORMAT && err.position > size)) {
        abort();
    }
    return 0;
}
