/* What only src/vault sees: the key file (docs/formats/vault.md). */
#ifndef ASSAY_VAULT_KEY_FILE_H
#define ASSAY_VAULT_KEY_FILE_H

#include "base/error.h"
#include "base/secret.h"

enum { KEY_FILE_ID = 16, KEY_FILE_MOST = 2 };

/* The newest key comes first; a second one is there only while a vault is re-encrypted. */
struct key_file {
    unsigned char ids[KEY_FILE_MOST][KEY_FILE_ID];
    struct secret keys[KEY_FILE_MOST];
    unsigned count;
};

/* key_file_read refuses a file that is not the caller's or root's, or that others can read.
 * ERR_IO, also when it is missing or altered; ERR_VERSION. key_file_write replaces it (mode 0600).
 */
int key_file_read(const char *path, struct key_file *ret, struct error *err);
int key_file_write(const char *path, const struct key_file *file, struct error *err);
void key_file_done(struct key_file *file);

/* key_file_find returns the key with that id, or NULL. */
const struct secret *key_file_find(const struct key_file *file, const unsigned char *id);
/* key_file_push puts a key before the others (it is moved in), the last one falls out. */
void key_file_push(struct key_file *file, const unsigned char *id, struct secret *key);
/* key_file_keep drops all but the one with that id; the first when there is none, or id is NULL. */
void key_file_keep(struct key_file *file, const unsigned char *id);

#endif
