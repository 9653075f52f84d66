/* The envelope of a page of NVD's API: what is accepted agrees with itself. */
#include "roles/nvd_page.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nvd_page page;
    struct error err = ERROR_INIT;
    if (nvd_page_parse((struct str){(const char *)data, size}, &page, &err) < 0) {
        return 0;
    }
    if (page.start > page.total || page.count > page.total - page.start ||
        (page.count == 0 && page.start < page.total) || page.oldest > page.newest ||
        (page.count == 0) != (page.oldest == TIME_NONE)) {
        abort();
    }
    const struct nvd_query query = {.from = 1700000000, .to = 1800000000, .start = page.start};
    nvd_page_check(&page, &query, &err);
    return 0;
}
