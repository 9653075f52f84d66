#include "feed_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    run_feed("cvelist", data, size);
    return 0;
}
