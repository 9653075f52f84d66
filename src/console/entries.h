/* Targets given on the command line and in lists, put into a source and taken out of it. */
#ifndef ASSAY_CONSOLE_ENTRIES_H
#define ASSAY_CONSOLE_ENTRIES_H

#include "console/manager.h"

struct entries {
    struct target_entry *items;
    uint32_t count, capacity;
    uint32_t bad; /* rows of lists that were left out, each with a message */
};

/* entries_read reads arguments from..., the values of an option (may be NULL) and the lists named
 * by
 * --file. CLI_DONE, else the status after a message. */
int entries_read(struct manager *manager, unsigned from, const char *option,
                 struct entries *ret_entries);
/* entries_check asks when the source would stand for very many addresses. */
int entries_check(struct manager *manager, int64_t source, const struct entries *entries);
/* entries_put writes them; says on standard error how many are new. */
int entries_put(struct manager *manager, int64_t source, const struct entries *entries);
/* entries_remove takes out the entry of that text with its targets, their keys and issues. */
int entries_remove(struct manager *manager, const struct store_source *source, const char *text);

#endif
