/*
 * Inventories made elsewhere. The format is recognised from content.
 */
#ifndef ASSAY_IMPORT_IMPORT_H
#define ASSAY_IMPORT_IMPORT_H

#include "inventory/inventory.h"

/* import_read reads an inventory document of assay or a CycloneDX JSON document (1.2 to 1.6).
 * What the document cannot answer stays unknown. Bad components are left out and noted. */
int import_read(struct str bytes, struct inventory *inventory, struct error *err);

#endif
