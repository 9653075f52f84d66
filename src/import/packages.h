/* A list of packages as a package manager prints it, being read. Only for the readers of such lists
 * (packages_*.c). */
#ifndef ASSAY_IMPORT_PACKAGES_H
#define ASSAY_IMPORT_PACKAGES_H

#include "import/formats.h"

/* Recognition looks at no more than the first lines with text. */
enum { LINES_LOOKED_AT = 20 };

struct package_list {
    struct import_run *run;
    struct inventory inventory;
    struct import_builder builder;
    uint64_t line; /* number of the one being read, from 1 */
};

/* collector names the program that printed the list. */
void package_list_begin(struct package_list *list, struct import_run *run, struct str collector);
/* package_list_add takes a package; source and source_version may be "". */
void package_list_add(struct package_list *list, const char *ecosystem, struct str name,
                      struct str version, struct str arch, struct str source,
                      struct str source_version);
/* package_list_bad_line notes that the line being read is left out, and why. */
void package_list_bad_line(struct package_list *list, const char *what);
/* package_list_end finds out which distribution the list is of and gives the inventory. updates
 * says why pending updates are not known. ERR_FORMAT when no package could be read. */
int package_list_end(struct package_list *list, const char *updates, struct error *err);

/* package_list_read does it all, calling read for every line with text; a line is what stands
 * before
 * "\n" or "\r\n". */
int package_list_read(struct import_run *run, const char *collector, const char *updates,
                      void (*read)(struct package_list *list, struct str line), struct error *err);

/* package_lines_match says whether each of the first lines with text (and at least one) is of a
 * form. */
bool package_lines_match(struct str bytes, bool (*fits)(struct str line));

#endif
