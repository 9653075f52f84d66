#include "import/import.h"

#include "base/limits.h"
#include "import/cyclonedx.h"

#define FORMATS "an inventory document of assay or CycloneDX JSON 1.2 to 1.6"

/* Where the name of our own format stands in a document that assay wrote. */
enum { FORMAT_NEAR = 256 };

/* Formats that are known and not read, by a member that names them. */
static int refuse(struct json root, struct error *err)
{
    const char *what = NULL;
    if (json_type(json_get(root, "spdxVersion")) != JSON_ABSENT ||
        json_type(json_get(root, "@graph")) != JSON_ABSENT) {
        what = "an SPDX document";
    } else if (json_type(json_get(root, "artifacts")) == JSON_ARRAY) {
        what = "a syft document";
    } else if (json_type(json_get(root, "SchemaVersion")) == JSON_NUMBER) {
        what = "a trivy report";
    }
    return what ? error_set(err, ERR_UNSUPPORTED,
                            "%s is not read here; have the tool write CycloneDX JSON", what)
                : error_set(err, ERR_FORMAT, "not %s", FORMATS);
}

static int read_foreign(struct str bytes, struct inventory *inventory, struct error *err)
{
    struct json_document document;
    int r = json_parse(bytes, LIMIT_INVENTORY, &inventory->arena, &document, err);
    if (r < 0) {
        return r;
    }
    struct json root = json_root(&document);
    bool ours = str_eq_text(json_str(json_get(root, "format")), INVENTORY_FORMAT_NAME);
    if (ours) {
        r = 1;
    } else if (str_eq_text(json_str(json_get(root, "bomFormat")), "CycloneDX")) {
        r = cyclonedx_read(root, inventory, err);
    } else {
        r = refuse(root, err);
    }
    json_done(&document);
    return r;
}

int import_read(struct str bytes, struct inventory *inventory, struct error *err)
{
    inventory_done(inventory);
    struct str text = str_trim(bytes);
    if (text.len == 0) {
        return error_set(err, ERR_FORMAT, "empty; %s is expected", FORMATS);
    }
    if (text.ptr[0] == '<') {
        return error_set(err, ERR_UNSUPPORTED,
                         "XML is not read here; have the tool write CycloneDX JSON");
    }
    struct str head = str_sub(bytes, 0, FORMAT_NEAR);
    if (str_find(head, STR("\"" INVENTORY_FORMAT_NAME "\"")) != SIZE_MAX) {
        return inventory_read(bytes, inventory, err);
    }
    int r = read_foreign(bytes, inventory, err);
    if (r > 0) {
        return inventory_read(bytes, inventory, err);
    }
    if (r < 0) {
        inventory_done(inventory);
    }
    return r;
}
