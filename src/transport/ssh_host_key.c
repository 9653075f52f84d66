/* Who the server is: its key against the pinned ones. */
#include "transport/ssh_inside.h"

static bool is_pinned(const struct ssh_hop *hop, const char *fingerprint)
{
    for (uint32_t i = 0; i < hop->host_key_count; i++) {
        if (str_eq_text(hop->host_keys[i], fingerprint)) {
            return true;
        }
    }
    return false;
}

/* "SHA256:..." of a key, as ssh-keygen -l shows it; free with ssh_string_free_char. */
static char *make_fingerprint(ssh_key key)
{
    unsigned char *hash = NULL;
    size_t len = 0;
    char *text = NULL;
    if (ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &len) == 0) {
        text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, len);
    }
    ssh_clean_pubkey_hash(&hash);
    return text;
}

static int judge(struct ssh_link *link, const char *type, const char *fingerprint,
                 struct error *err)
{
    const struct ssh_watch *watch = &link->request->watch;
    const struct ssh_hop *hop = link->hop;
    bool known = is_pinned(hop, fingerprint);
    watch->host_key(watch->context, hop, type, fingerprint,
                    known                     ? "known"
                    : hop->host_key_count > 0 ? "changed"
                                              : "new");
    if (known || (hop->host_key_count == 0 && hop->first_use)) {
        return 0;
    }
    if (hop->host_key_count > 0) {
        return ssh_fail(link, "SSH-HOST-KEY-CHANGED", err, "it shows %s %s, expected is %.*s%s",
                        type, fingerprint, STR_ARG(hop->host_keys[0]),
                        hop->host_key_count > 1 ? " or another pinned one" : "");
    }
    return ssh_fail(link, "SSH-HOST-KEY-UNKNOWN", err, "it shows %s %s", type, fingerprint);
}

int ssh_check_host_key(struct ssh_link *link, struct error *err)
{
    ssh_key key = NULL;
    char *fingerprint = NULL;
    int result;
    if (ssh_get_server_publickey(link->session, &key) == SSH_OK) {
        fingerprint = make_fingerprint(key);
    }
    if (fingerprint == NULL) {
        result = ssh_fail_lost(link, "SSH-CLOSED", err);
    } else {
        const char *type = ssh_key_type_to_char(ssh_key_type(key));
        result = judge(link, type != NULL ? type : "unknown", fingerprint, err);
    }
    ssh_string_free_char(fingerprint);
    ssh_key_free(key);
    return result;
}
