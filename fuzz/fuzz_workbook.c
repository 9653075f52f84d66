/* Zips: workbooks made tables, bundles with any signer. */
#include "import/bundle.h"
#include "import/workbook.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int take_sheet(void *context, const char *name, struct str csv, struct error *err)
{
    (void)context;
    (void)err;
    return str_from(name).len + csv.len > SIZE_MAX / 2;
}

static const char *const nobody[] = {NULL};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct archive *archive;
    struct bundle_signer signer = {0};
    struct error err = ERROR_INIT;
    if (archive_open((struct str){(const char *)data, size}, &archive, &err) < 0) {
        return 0;
    }
    workbook_read(archive, take_sheet, NULL, &err);
    bundle_read(archive, nobody, true, &signer, take_sheet, NULL, &err);
    archive_close(archive);
    return 0;
}
