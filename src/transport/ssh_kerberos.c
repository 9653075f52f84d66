/*
 * Kerberos (RFC 4120) before SSH: every ticket is fetched while the network may still be used, into
 * caches in memory; the login (RFC 4462) then finds them there. krb5 is used directly, because its
 * errors say what GSSAPI's do not.
 */
#include "transport/ssh_inside.h"

#include <ctype.h>
#include <gssapi/gssapi.h>
#include <krb5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char caller_cache[] = "MEMORY:assay-caller";

/* The cache of a hop: of its own credential, or the caller's tickets. */
static const char *name_cache(const struct ssh_hop *hop)
{
    return hop->credential == NULL            ? caller_cache
           : strcmp(hop->role, "target") == 0 ? "MEMORY:assay-target"
                                              : "MEMORY:assay-jump";
}

/* What Kerberos' errors are called here; the rest is KERBEROS-FAILED. */
static const struct {
    krb5_error_code code;
    const char *failure;
} failures[] = {
    {KRB5KRB_AP_ERR_SKEW, "KERBEROS-CLOCK"},
    {KRB5_KDCREP_SKEW, "KERBEROS-CLOCK"},
    {KRB5KRB_AP_ERR_TKT_NYV, "KERBEROS-CLOCK"},
    {KRB5KDC_ERR_KEY_EXP, "PASSWORD-EXPIRED"},
    {KRB5KDC_ERR_PREAUTH_FAILED, "SSH-AUTH-DENIED"},
    {KRB5KRB_AP_ERR_BAD_INTEGRITY, "SSH-AUTH-DENIED"},
    {KRB5KDC_ERR_CLIENT_REVOKED, "SSH-AUTH-DENIED"},
    {KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN, "SSH-AUTH-DENIED"},
};

static int fail(krb5_context context, krb5_error_code code, const struct ssh_hop *hop,
                const char *what, const char **ret_code, struct error *err)
{
    *ret_code = "KERBEROS-FAILED";
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        if (failures[i].code == code) {
            *ret_code = failures[i].failure;
        }
    }
    const char *text = krb5_get_error_message(context, code);
    error_set(err, ERR_NETWORK, "Kerberos, %s for %.*s: %s", what, STR_ARG(hop->name), text);
    krb5_free_error_message(context, text);
    return err->code;
}

/* "user@REALM" of a credential; realms are written in capitals. */
static bool write_principal(const struct credential *credential, char *out, size_t out_size)
{
    bool whole = str_find_byte(credential->user, '@') != SIZE_MAX || credential->domain.len == 0;
    int len = snprintf(out, out_size, "%.*s%s%.*s", STR_ARG(credential->user), whole ? "" : "@",
                       whole ? 0 : (int)credential->domain.len, credential->domain.ptr);
    char *realm = len > 0 && (size_t)len < out_size ? strrchr(out, '@') : NULL;
    for (; realm != NULL && *realm; realm++) {
        *realm = (char)toupper((unsigned char)*realm);
    }
    return len > 0 && (size_t)len < out_size;
}

static krb5_error_code keep_credential(krb5_context context, const char *cache_name,
                                       krb5_principal client, krb5_creds *ticket)
{
    krb5_ccache cache;
    krb5_error_code code = krb5_cc_resolve(context, cache_name, &cache);
    if (code == 0 && (code = krb5_cc_initialize(context, cache, client)) == 0) {
        code = krb5_cc_store_cred(context, cache, ticket);
    }
    if (code == 0) {
        krb5_cc_close(context, cache);
    }
    return code;
}

/* The first ticket, by the password. */
static krb5_error_code log_in(krb5_context context, const struct ssh_hop *hop)
{
    char name[1024];
    krb5_principal client = NULL;
    krb5_creds ticket = {0};
    krb5_get_init_creds_opt *options = NULL;
    if (!write_principal(hop->credential, name, sizeof name)) {
        return KRB5_PARSE_MALFORMED;
    }
    krb5_error_code code = krb5_parse_name(context, name, &client);
    if (code == 0 && (code = krb5_get_init_creds_opt_alloc(context, &options)) == 0) {
        krb5_get_init_creds_opt_set_forwardable(options, 0);
        code = krb5_get_init_creds_password(context, &ticket, client, hop->secret->password.ptr,
                                            NULL, NULL, 0, NULL, options);
    }
    if (code == 0) {
        code = keep_credential(context, name_cache(hop), client, &ticket);
        krb5_free_cred_contents(context, &ticket);
    }
    krb5_get_init_creds_opt_free(context, options);
    krb5_free_principal(context, client);
    return code;
}

/* The ticket for the server, which stays in the cache. */
static krb5_error_code get_service_ticket(krb5_context context, const struct ssh_hop *hop)
{
    char host[512];
    krb5_ccache cache = NULL;
    krb5_creds wanted = {0}, *got = NULL;
    snprintf(host, sizeof host, "%.*s", STR_ARG(hop->name));
    krb5_error_code code = krb5_cc_resolve(context, name_cache(hop), &cache);
    if (code == 0 && (code = krb5_cc_get_principal(context, cache, &wanted.client)) == 0 &&
        (code = krb5_sname_to_principal(context, host, "host", KRB5_NT_SRV_HST, &wanted.server)) ==
            0) {
        code = krb5_get_credentials(context, 0, cache, &wanted, &got);
    }
    krb5_free_creds(context, got);
    krb5_free_cred_contents(context, &wanted);
    if (cache != NULL) {
        krb5_cc_close(context, cache);
    }
    return code;
}

/* GSSAPI reads its tables of mechanisms at its first use. */
static void warm_up(void)
{
    OM_uint32 minor;
    gss_cred_id_t credential = GSS_C_NO_CREDENTIAL;
    gss_acquire_cred(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, GSS_C_NO_OID_SET, GSS_C_INITIATE,
                     &credential, NULL, NULL);
    gss_release_cred(&minor, &credential);
}

int ssh_keep_tickets(struct error *err)
{
    krb5_context context;
    krb5_ccache from = NULL, to = NULL;
    krb5_principal client = NULL;
    krb5_error_code code = krb5_init_context(&context);
    if (code != 0) {
        return error_set(err, ERR_IO, "Kerberos cannot be started (%ld)", (long)code);
    }
    if ((code = krb5_cc_default(context, &from)) == 0 &&
        (code = krb5_cc_get_principal(context, from, &client)) == 0 &&
        (code = krb5_cc_resolve(context, caller_cache, &to)) == 0 &&
        (code = krb5_cc_initialize(context, to, client)) == 0) {
        code = krb5_cc_copy_creds(context, from, to);
    }
    if (code != 0) {
        const char *text = krb5_get_error_message(context, code);
        error_set(err, ERR_NOT_FOUND, "there are no Kerberos tickets to use: %s; run kinit", text);
        krb5_free_error_message(context, text);
    }
    krb5_free_principal(context, client);
    if (to != NULL) {
        krb5_cc_close(context, to);
    }
    if (from != NULL) {
        krb5_cc_close(context, from);
    }
    krb5_free_context(context);
    return code != 0 ? ERR_NOT_FOUND : 0;
}

/* Never freed: the configuration stays in memory, where every later use of Kerberos finds it. */
static krb5_context kept;

int ssh_fetch_ticket(const struct ssh_hop *hop, const char **ret_code, struct error *err)
{
    krb5_error_code code = kept == NULL ? krb5_init_context(&kept) : 0;
    *ret_code = "KERBEROS-FAILED";
    if (code != 0) {
        return error_set(err, ERR_IO, "Kerberos cannot be started (%ld)", (long)code);
    }
    if (hop->credential != NULL && (code = log_in(kept, hop)) != 0) {
        return fail(kept, code, hop, "login", ret_code, err);
    }
    if ((code = get_service_ticket(kept, hop)) != 0) {
        return fail(kept, code, hop, "ticket", ret_code, err);
    }
    ssh_use_tickets(hop);
    warm_up();
    return 0;
}

void ssh_use_tickets(const struct ssh_hop *hop)
{
    setenv("KRB5CCNAME", name_cache(hop), 1);
}
