#include "feed/unpack.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int take_member(void *context, struct str bytes, struct error *err)
{
    uint64_t *sum = context;
    (void)err;
    *sum += str_hash(bytes);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct feed_reader *reader;
    struct feed_report report;
    struct error err = ERROR_INIT;
    uint64_t sum = 0;
    reader = reader ? reader : feed_reader_new();
    feed_report_init(&report);
    int result = feed_unzip(reader, (struct str){(const char *)data, size}, NULL,
                            &(struct feed_members){0}, take_member, &sum, &report, &err);
    if (result != err.code || reader->member[0] != '\0') {
        abort();
    }
    return 0;
}
