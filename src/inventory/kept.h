/*
 * Inventories that are kept in the state folder, one file a server, replaced whole.
 */
#ifndef ASSAY_INVENTORY_KEPT_H
#define ASSAY_INVENTORY_KEPT_H

#include "inventory/inventory.h"

enum { KEPT_NAME_SIZE = 112 };

/* kept_folder is STATE/inventories; kept_path the file of that name in it. free() both. */
char *kept_folder(const char *state);
char *kept_path(const char *folder, struct str name);
/* kept_name makes a server's name into one for a file: it comes from the server and is not to be
 * trusted. Returns out. */
const char *kept_name(struct str server, char out[KEPT_NAME_SIZE]);
/* kept_is_name: could be what kept_name makes. */
bool kept_is_name(struct str word);

/* kept_write makes the folder where it is missing and replaces the file, mode 0600, on disk when it
 * returns. */
int kept_write(const char *folder, struct str name, const struct inventory *inventory,
               struct error *err);
/* kept_read: ERR_NOT_FOUND, or what inventory_read returns. */
int kept_read(const char *folder, struct str name, struct inventory *inventory, struct error *err);
/* kept_remove: one that is not there is no failure. */
int kept_remove(const char *folder, struct str name, struct error *err);
/* kept_sweep removes what a write that was killed left. */
void kept_sweep(const char *folder);

#endif
