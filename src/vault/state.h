/* What only src/vault sees: an open vault. */
#ifndef ASSAY_VAULT_STATE_H
#define ASSAY_VAULT_STATE_H

#include "vault/format.h"
#include "vault/key_file.h"
#include "vault/vault.h"
#include "vault/wrap.h"

#include <sys/stat.h>

struct vault_keys {
    struct secret data;    /* random; what is wrapped */
    struct secret records; /* derived of it: for boxes */
    struct secret mac;     /* derived of it: for the whole file */
};

struct vault {
    char *folder, *path, *backup_path, *key_path, *lock_path, *seen_path;
    struct vault_keys keys;
    struct buf bytes;               /* the file as it was read or written last */
    struct stat seen;               /* the file then */
    uint64_t newest;                /* generation of this vault that was seen here */
    struct arena arena;             /* of file and credentials */
    struct vault_file file;         /* views of bytes */
    struct credential *credentials; /* those of file, once it is verified */
    uint32_t credential_count;
};

/* vault_state_new only names the files. */
struct vault *vault_state_new(const char *folder);

/* vault_keys_take makes the derived keys of data, which is moved in. */
int vault_keys_take(struct vault_keys *keys, struct secret *data, struct error *err);
void vault_keys_done(struct vault_keys *keys);

/* The lock against other processes: shared while reading file and key, exclusive while changing.
 * Returns a descriptor; closing it unlocks. */
int vault_state_lock(const struct vault *vault, bool exclusive, struct error *err);

/* vault_state_load reads the file and takes it apart; vault_state_verify authenticates it with the
 * keys and decrypts the details. Both tell of the backup when the file is cut or altered. */
int vault_state_load(struct vault *vault, struct error *err);
int vault_state_verify(struct vault *vault, struct error *err);
/* vault_state_reload does both when the file is not the one that was seen last, with the keys that
 * are there. The caller has the lock. */
int vault_state_reload(struct vault *vault, struct error *err);

/* The newest generation of the vault that was seen here, kept beside its folder, so that an older
 * file put in its place is noticed. seen_path_of names that file; free() it. seen_read gives what
 * is noted, 0 when nothing is of the vault with that number; seen_note writes it unless what is
 * there says the same. Both as far as they can. */
char *seen_path_of(const char *folder);
uint64_t seen_read(const char *path, const unsigned char *vault_id);
void seen_note(const char *path, const unsigned char *vault_id, uint64_t generation);

/* vault_record_bound writes what a box of the record is bound to. */
enum { VAULT_RECORD_BOUND = VAULT_ID_SIZE + 20 };
enum vault_part { VAULT_PART_DETAILS = 1, VAULT_PART_SECRET = 2 };
struct str vault_record_bound(const unsigned char *vault_id, const struct vault_record *record,
                              enum vault_part part, unsigned char out[VAULT_RECORD_BOUND]);

/* vault_state_finish appends the trailer to a file that format_write wrote. ERR_LIMIT when it is
 * too large. */
int vault_state_finish(struct buf *out, const struct vault_keys *keys, struct error *err);
/* vault_state_replace keeps the file that is there as the backup, puts `next` (moved in) in its
 * place and takes it over. The caller has the exclusive lock. */
int vault_state_replace(struct vault *vault, struct buf *next, struct error *err);

#endif
