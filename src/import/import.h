/*
 * Inventories made elsewhere. The format is recognised from content, never from a file's name.
 * docs/imports.md says what of each format is read.
 */
#ifndef ASSAY_IMPORT_IMPORT_H
#define ASSAY_IMPORT_IMPORT_H

#include "inventory/inventory.h"

/* Where what is read goes. */
struct import_sink {
    void *context;
    /* One server. The sink may move *inventory out (then it must init it anew). A result below 0
     * ends the import with it. */
    int (*server)(void *context, struct inventory *inventory, struct error *err);
    /* Something that is left out: the row or item in words, as "line 12, column Cores: TEXT". */
    void (*left_out)(void *context, const char *text);
};

/* What the document does not say of itself. */
struct import_hints {
    struct str file_name; /* a document without a server's name gets it from here; may be "" */
    struct str os;        /* "debian 12": for lists of packages that do not tell; may be "" */
};

/* import_read_all reads a document of any number of servers, bad rows left out and told.
 * *ret_format is what it was. ERR_FORMAT when it is of no known format or holds no server,
 * ERR_UNSUPPORTED for formats that are known and not read, ERR_LIMIT. Servers that were given
 * before a failure count. */
int import_read_all(struct str bytes, const struct import_hints *hints,
                    const struct import_sink *sink, const char **ret_format, struct error *err);

/* import_is_table says whether text is a table of servers or of their software, by its head row. */
bool import_is_table(struct str text);

/* import_read reads a document of one server. ERR_FORMAT also for one of several. What the document
 * cannot answer stays unknown. What is left out is noted in the inventory. */
int import_read(struct str bytes, struct inventory *inventory, struct error *err);

#endif
