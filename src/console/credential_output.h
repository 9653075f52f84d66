/* Credentials on standard output; never their secrets. */
#ifndef ASSAY_CONSOLE_CREDENTIAL_OUTPUT_H
#define ASSAY_CONSOLE_CREDENTIAL_OUTPUT_H

#include "console/vault_session.h"
#include "vault/record.h"

/* credential_output_list prints them as a table or as JSON; returns the status. */
int credential_output_list(struct vault_session *session, const struct credential *credentials,
                           uint32_t count);
/* credential_output_one prints all that is known of one. */
int credential_output_one(struct vault_session *session, const struct credential *credential);

/* credential_output_scope writes the scope in words: "everywhere", "source web, 10.1.0.0/16". */
struct str credential_output_scope(struct arena *arena, const struct credential *credential);

#endif
