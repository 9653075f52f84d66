/* What only src/vault sees: what a program and its vault say to each other
 * (docs/formats/vault.md). */
#ifndef ASSAY_VAULT_PROTOCOL_H
#define ASSAY_VAULT_PROTOCOL_H

/* Descriptors of a vault that was started by another program. */
enum vault_fd {
    VAULT_FD_SOCKET = 3,
    VAULT_FD_PASSPHRASE = 4 /* only when one is given */
};
#define VAULT_FD_PASSPHRASE_TEXT "4"

enum vault_message {
    /* from the vault */
    VAULT_OPEN = 1,   /* once, after the start */
    VAULT_FAILED = 2, /* number (u32), code of base/error.h negated (u32), then where and what as
                         texts; the number is that of what failed, 0 for no VAULT_SEND */
    VAULT_CREDENTIALS = 3, /* details, one after the other */
    VAULT_SENT = 4,        /* number (u32) */
    /* to the vault */
    VAULT_LIST = 16,
    VAULT_SEND = 17 /* number (u32), for whom (text), then ids (u64); with one descriptor. One that
                       waits for a provider is answered later than those that came after it */
};

#endif
