/* Where a credential may be used. */
#ifndef ASSAY_VAULT_SCOPE_H
#define ASSAY_VAULT_SCOPE_H

#include "vault/credential.h"

/* scope_check_range says whether text is a range ("10.1.0.0/16", "2001:db8::/32") or one address.
 * ERR_USAGE with what is wrong and what to write instead. */
int scope_check_range(struct str text, struct error *err);
/* scope_check_domain: a DNS name that hosts can be under. ERR_USAGE. */
int scope_check_domain(struct str text, struct error *err);

/* scope_allows: may the credential be used for that target? source is the name of the target's
 * source, host its name ("" when only the address is known), address the numeric address ("" while
 * it is not resolved: then a credential with ranges is not allowed). Each of the three lists that
 * has entries must have one that holds. */
bool scope_allows(const struct credential *credential, struct str source, struct str host,
                  struct str address);

#endif
