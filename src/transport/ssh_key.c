/* Private keys as people paste them. */
#include "transport/ssh_inside.h"

/* Without line ends of Windows and a byte order mark, with a last line end, which PEM wants. */
static int normalise(struct str text, struct secret *ret, struct error *err)
{
    int result = secret_new(text.len + 1, ret, err);
    if (result < 0) {
        return result;
    }
    if (str_starts(text, STR("\xef\xbb\xbf"))) {
        text = str_skip(text, 3);
    }
    text = str_trim(text);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '\r') {
            ret->ptr[ret->len++] = text.ptr[i];
        }
    }
    ret->ptr[ret->len++] = '\n';
    ret->ptr[ret->len] = '\0';
    return 0;
}

/* What is often taken for a private key. */
static const struct {
    const char *start, *complaint;
} mistakes[] = {
    {"PuTTY-User-Key-File-",
     "this is a PuTTY key; convert it with `puttygen KEY.ppk -O private-openssh -o KEY`"},
    {"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY",
     "this is a key of ssh.com; convert it with `ssh-keygen -i -f KEY`"},
    {"---- BEGIN SSH2 PUBLIC KEY", "this is a public key; the private one is needed"},
    {"-----BEGIN PUBLIC KEY", "this is a public key; the private one is needed"},
    {"-----BEGIN RSA PUBLIC KEY", "this is a public key; the private one is needed"},
    {"-----BEGIN CERTIFICATE", "this is a certificate; a private key is needed"},
    {"ssh-", "this is a public key; the private one is needed"},
    {"ecdsa-sha2-", "this is a public key; the private one is needed"},
};

static int no_passphrase(const char *prompt, char *out, size_t size, int echo, int verify,
                         void *asked)
{
    (void)prompt;
    (void)out;
    (void)size;
    (void)echo;
    (void)verify;
    *(bool *)asked = true;
    return -1;
}

/* Why a key could not be read. */
static int complain(const char *text, bool with_passphrase, struct error *err)
{
    struct str key = str_from(text);
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        if (str_starts(key, str_from(mistakes[i].start))) {
            return error_set(err, ERR_FORMAT, "%s", mistakes[i].complaint);
        }
    }
    ssh_key again = NULL;
    bool asked = false;
    if (ssh_pki_import_privkey_base64(text, NULL, no_passphrase, &asked, &again) == SSH_OK) {
        ssh_key_free(again);
    }
    if (asked) {
        return error_set(err, ERR_FORMAT,
                         with_passphrase ? "the passphrase of the private key is wrong"
                                         : "the private key has a passphrase, which is missing");
    }
    if (str_find(key, STR("PRIVATE KEY-----")) == SIZE_MAX) {
        return error_set(err, ERR_FORMAT,
                         "this is no private key; it begins with -----BEGIN ... PRIVATE KEY-----");
    }
    if (str_find(key, STR("-----END ")) == SIZE_MAX) {
        return error_set(err, ERR_FORMAT, "the private key is cut short: its last line is missing");
    }
    return error_set(err, ERR_FORMAT, "the private key is damaged or of a kind that is not read");
}

int ssh_read_key(const struct credential_secret *secret, ssh_key *ret_key, struct error *err)
{
    struct secret text;
    bool asked = false, with_passphrase = secret->password.len > 0;
    int result = normalise(secret_view(&secret->private_key), &text, err);
    if (result < 0) {
        return result;
    }
    /* Asked for a passphrase that is not there, libcrypto would turn to the terminal. */
    if (ssh_pki_import_privkey_base64(text.ptr, with_passphrase ? secret->password.ptr : NULL,
                                      no_passphrase, &asked, ret_key) != SSH_OK) {
        result = complain(text.ptr, with_passphrase, err);
    }
    secret_free(&text);
    return result;
}
