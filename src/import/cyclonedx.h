/* What only src/import sees: reading CycloneDX. */
#ifndef ASSAY_IMPORT_CYCLONEDX_H
#define ASSAY_IMPORT_CYCLONEDX_H

#include "import/builder.h"
#include "purl/purl.h"
#include "json/json_reader.h"

/* The run of one import. */
struct cyclonedx {
    struct import_builder builder;
    bool has_os; /* a component says what the operating system is */
};

/* cyclonedx_read fills *inventory (initialised) from a document whose bomFormat is CycloneDX. */
int cyclonedx_read(struct json root, struct inventory *inventory, struct error *err);

/* cyclonedx_read_software fills *ret from a component. ERR_FORMAT, ERR_LIMIT: left out. A purl
 * that cannot be read is dropped; *ret_purl_error then says why, else it is 0. */
int cyclonedx_read_software(struct json component, struct arena *arena,
                            struct inventory_software *ret, struct purl *ret_purl,
                            struct error *ret_purl_error, struct error *err);

/* cyclonedx_property returns the value of a component's property, "" when it has none. */
struct str cyclonedx_property(struct json component, const char *name);

#endif
