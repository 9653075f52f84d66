/* The manifest of a bundle. Only for src/import. */
#ifndef ASSAY_IMPORT_BUNDLE_MANIFEST_H
#define ASSAY_IMPORT_BUNDLE_MANIFEST_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

#include <sodium.h>

#define BUNDLE_MANIFEST  "manifest.json"
#define BUNDLE_SIGNATURE "manifest.sig"
#define BUNDLE_FOLDER    "inventories/"
#define BUNDLE_FORMAT    "assay-bundle"
/* Signed is this text and the manifest's bytes, so that a signature of something else is never one
 * of a bundle. */
#define BUNDLE_DOMAIN "assay bundle manifest 1\n"

struct bundle_entry {
    struct str name;
    uint64_t bytes;
    unsigned char sha256[crypto_hash_sha256_BYTES];
};

struct bundle_manifest {
    int64_t created;
    struct str collector;
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
    const struct bundle_entry *entries;
    uint32_t count;
};

void bundle_manifest_write(const struct bundle_manifest *manifest, struct buf *out);
/* Texts go to arena. ERR_FORMAT with the JSON path, ERR_VERSION. */
int bundle_manifest_read(struct str json, struct arena *arena, struct bundle_manifest *ret,
                         struct error *err);

void bundle_put_hex(const unsigned char *bytes, size_t len, char *out);

#endif
