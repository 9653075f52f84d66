/* What `assay import` does with an inventory that was made elsewhere. */
#ifndef ASSAY_ENGINE_IMPORT_H
#define ASSAY_ENGINE_IMPORT_H

#include "inventory/inventory.h"
#include "store/store.h"

enum engine_imported {
    ENGINE_IMPORTED_NEW,    /* a server that was not known */
    ENGINE_IMPORTED_AGAIN,  /* it knows all that was known, or replace was given */
    ENGINE_IMPORTED_FILLED, /* what it does not know was taken over from what was known */
    ENGINE_IMPORTED_KEPT    /* assay collected the server itself; nothing was changed */
};

/* engine_import keeps *inventory (which may be filled on the way) as its server's. The server is
 * known by its marks (docs/discovery.md); a document without any is of the server with its name.
 * replace: also of a server that assay collected itself, and without filling. The name is in arena.
 */
int engine_import(struct store *store, const char *state, struct inventory *inventory, bool replace,
                  int64_t now, struct arena *arena, struct str *ret_name,
                  enum engine_imported *ret_outcome, struct error *err);

#endif
