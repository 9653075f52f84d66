/* A hostile knowledge file that changes are folded into: its checksums are made right, all of it is
 * taken over, one CVE and one advisory anew, and the result is written and opened. */
#include "base/memory.h"
#include "knowledge/fold.h"
#include "knowledge/format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Checksums are no defence against whoever makes a file: without this none would get far. */
static void mend(char *bytes, size_t size)
{
    struct file_header header;
    struct toc_entry entries[KNOWLEDGE_TOC_MAX];
    if (size < sizeof header) {
        return;
    }
    memcpy(&header, bytes, sizeof header);
    size_t contents = header.section_count * sizeof entries[0];
    if (header.section_count > KNOWLEDGE_TOC_MAX || contents > size - sizeof header) {
        return;
    }
    memcpy(entries, bytes + sizeof header, contents);
    for (uint32_t i = 0; i < header.section_count; i++) {
        if (entries[i].offset <= size && entries[i].size <= size - entries[i].offset) {
            entries[i].checksum =
                knowledge_checksum(bytes + entries[i].offset, entries[i].size, entries[i].id);
        }
    }
    header.file_size = size;
    header.toc_checksum = knowledge_contents_checksum(&header, entries);
    memcpy(bytes, &header, sizeof header);
    memcpy(bytes + sizeof header, entries, contents);
}

static void take_over(struct knowledge_builder *builder, struct knowledge_fold *fold,
                      const struct knowledge *old, const char *path)
{
    struct knowledge *written;
    for (uint32_t i = 0; i < knowledge_input_count(old); i++) {
        struct knowledge_input input;
        knowledge_fold_number(fold, i, i, true);
        if (knowledge_input(old, i, &input)) {
            knowledge_fold_keep_input(fold, i);
        }
    }
    knowledge_fold_touch(fold, cve_id_make(2024, 1));
    knowledge_fold_touch(fold, knowledge_advisory_key(STR("DSA-1-1")));
    knowledge_fold_settle(fold);
    for (unsigned i = 0; i < feed_count; i++) {
        if (feeds[i].grain == FEED_GRAIN_FEED) {
            knowledge_fold_keep_feed(fold, &feeds[i]);
        }
    }
    if (knowledge_fold_finish(fold) == NULL &&
        knowledge_builder_write(builder, path, 0, NULL) == 0 &&
        knowledge_open(path, &written, NULL) == 0) {
        knowledge_verify(written, NULL);
        knowledge_close(written);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    struct knowledge *old;
    char *bytes = mem_alloc(size + 1);
    memcpy(bytes, size > 0 ? data : (const uint8_t *)"", size);
    mend(bytes, size);
    snprintf(path, sizeof path, "/dev/shm/assay-fuzz-fold-%d", (int)getpid());
    if (knowledge_open_bytes(str_make(bytes, size), &old, NULL) == 0) {
        struct knowledge_builder *builder = knowledge_builder_new();
        struct knowledge_fold *fold = knowledge_fold_new(builder, old);
        if (knowledge_fold_restore(fold, NULL) == 0) {
            take_over(builder, fold, old, path);
        }
        knowledge_fold_free(fold);
        knowledge_builder_free(builder);
        knowledge_close(old);
    }
    unlink(path);
    free(bytes);
    return 0;
}
