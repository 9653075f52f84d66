/* What a download folder notes of itself: fetched.tsv, and the list of pages of NVD's changes. */
#include "roles/fetched.h"
#include "roles/nvd_changes.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_notes(struct str text)
{
    struct fetched fetched = {0};
    fetched_parse(text, &fetched);
    for (unsigned i = 0; i < fetched.count; i++) {
        const struct fetched_file *file = &fetched.files[i];
        if (file->checked < 0 || file->mtime < 0 || strchr(file->path, '\t') != NULL) {
            abort();
        }
        fetched_find(&fetched, file->path, "/nonexistent", file->source);
    }
    fetched_done(&fetched);
}

static void read_list(struct str text)
{
    struct changes changes = {0};
    struct error err = ERROR_INIT;
    changes_parse(text, &changes, &err);
    for (unsigned i = 0; i < changes.count; i++) {
        const struct change_page *page = &changes.pages[i];
        struct change_page made = change_page_named(page->from, page->to, page->start);
        if (strcmp(made.name, page->name) != 0 || strchr(page->name, '/') != NULL ||
            page->from >= page->to || changes_find(&changes, page->name) != page ||
            (i > 0 && strcmp(changes.pages[i - 1].name, page->name) >= 0)) {
            abort();
        }
    }
    if (changes_mark(&changes, 0, INT64_MAX) < 0) {
        abort();
    }
    changes_done(&changes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    read_notes(text);
    read_list(text);
    return 0;
}
