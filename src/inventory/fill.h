/*
 * Two documents about one server that each know a part of it.
 */
#ifndef ASSAY_INVENTORY_FILL_H
#define ASSAY_INVENTORY_FILL_H

#include "inventory/inventory.h"

/* inventory_fill puts into *inventory what it does not know and *other does: system, machine,
 * addresses, software, updates, connections, hotfixes, facts. What it knows stays. Texts and arrays
 * taken over are still *other's, which has to live as long. Sections of *other with another name
 * are added. */
void inventory_fill(struct inventory *inventory, const struct inventory *other);

#endif
