/*
 * Bundles: inventories of one installation, signed, for another (docs/formats/bundle.md). A zip
 * with inventories/NAME.json, manifest.json (each file's length and SHA-256) and manifest.sig, an
 * Ed25519 signature (RFC 8032) of the manifest.
 */
#ifndef ASSAY_IMPORT_BUNDLE_H
#define ASSAY_IMPORT_BUNDLE_H

#include "base/buf.h"
#include "base/error.h"
#include "base/secret.h"
#include "import/archive.h"

enum { BUNDLE_FORMAT_VERSION = 1 };

/* A public key as people compare and give it: "assay:" and 64 hexadecimal digits. */
enum { BUNDLE_KEY_SIZE = 72 };

bool bundle_matches(const struct archive *archive);

struct bundle_signer {
    char key[BUNDLE_KEY_SIZE];
    int64_t created;
    char collector[64];
};

/* bundle_read checks signature, manifest and every file, and only then gives the documents one by
 * one. trusted is a list of keys, ended by NULL; a bundle of another's is refused (ERR_UNSUPPORTED)
 * with *ret_signer set. any_signer takes a well-signed bundle of anybody. ERR_FORMAT: altered, cut,
 * or with members that the manifest does not name. */
int bundle_read(struct archive *archive, const char *const *trusted, bool any_signer,
                struct bundle_signer *ret_signer,
                int (*document)(void *context, const char *name, struct str json,
                                struct error *err),
                void *context, struct error *err);

/* ---- writing ---- */

/* bundle_key_make makes a new signing key: 64 bytes of secret. bundle_key_name writes its public
 * key. */
int bundle_key_make(struct secret *ret, struct error *err);
int bundle_key_name(const struct secret *key, char out[BUNDLE_KEY_SIZE], struct error *err);

struct bundle_file {
    const char *name; /* "db01": becomes inventories/db01.json */
    const char *path;
};

/* bundle_write appends the zip to out. The files are read one after the other and must be inventory
 * documents. */
int bundle_write(const struct bundle_file *files, unsigned count, const struct secret *key,
                 int64_t created, struct buf *out, struct error *err);

#endif
