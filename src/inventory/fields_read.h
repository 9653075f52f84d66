/*
 * Reading JSON objects into records by their rows of fields. Not for other folders.
 */
#ifndef ASSAY_INVENTORY_FIELDS_READ_H
#define ASSAY_INVENTORY_FIELDS_READ_H

#include "inventory/fields.h"
#include "json/json_reader.h"

/* fields_read fills record with the members of object that fields name. Null is as good as
 * absent; other members are no fault. ERR_FORMAT (a wrong type, a mandatory field missing),
 * ERR_LIMIT, both with the JSON path. Arrays come from arena. */
int fields_read(struct arena *arena, const struct fields *fields, struct json object, void *record,
                struct error *err);

/* fields_fail_type fills err: "server.os.id: a number where a text is expected". */
int fields_fail_type(struct json value, const char *wanted, struct error *err);

#endif
