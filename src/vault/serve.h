/*
 * The vault as a child of another program (vault/client.h): lists credentials and writes them into
 * pipes; answers nothing else.
 */
#ifndef ASSAY_VAULT_SERVE_H
#define ASSAY_VAULT_SERVE_H

#include "vault/vault.h"

/* serve_harden keeps the memory of this process from others: no core file, no debugger of the same
 * user. Every command of the vault calls it before it touches a secret. */
void serve_harden(void);

/* serve_run opens the vault in folder, tells over socket whether that worked and answers until the
 * other side closes it. Returns 0 then; an error that the other side was told, or could not be.
 * The process is in a sandbox afterwards and can only end, by _exit. */
int serve_run(int socket, const char *folder, const struct vault_asker *asker, struct error *err);

#endif
