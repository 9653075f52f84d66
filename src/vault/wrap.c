#include "vault/wrap.h"

#include "vault/command.h"
#include "vault/parts.h"
#include "vault/seal.h"

#include <stdio.h>
#include <string.h>

enum { BOX = VAULT_BOX_EXTRA + SEAL_KEY, TPM2_SECONDS = 60, TPM2_BLOB = 16 << 10, DEVICE = 256 };

/* A way: makes or finds the wrapping key, which then encrypts the data key. `make` appends what
 * `open` takes from the beginning of the section. */
struct way {
    const char *name;
    int (*make)(const struct wrap_tools *tools, struct buf *section, struct key_file *fresh,
                struct secret *ret, struct error *err);
    int (*open)(const struct wrap_tools *tools, struct str *section, struct secret *ret,
                struct error *err);
    int refused; /* code when the wrapping key does not open the data key */
    const char *refusal;
};

static int cut(struct error *err)
{
    return error_set(err, ERR_FORMAT, "cut short or altered");
}

/* ---- key file ---- */

static int make_in_file(const struct wrap_tools *tools, struct buf *section, struct key_file *fresh,
                        struct secret *ret, struct error *err)
{
    unsigned char id[KEY_FILE_ID];
    struct secret copy;
    (void)tools;
    int result = seal_new_key(ret, err);
    result = result < 0 ? result : secret_new(SEAL_KEY, &copy, err);
    if (result < 0) {
        secret_free(ret);
        return result;
    }
    secret_put(&copy, ret->ptr, SEAL_KEY, err);
    seal_random(id, sizeof id);
    buf_put(section, id, sizeof id);
    key_file_push(fresh, id, &copy);
    return 0;
}

static int open_by_file(const struct wrap_tools *tools, struct str *section, struct secret *ret,
                        struct error *err)
{
    struct str id;
    struct key_file file = {0};
    if (!part_take_bytes(section, KEY_FILE_ID, &id)) {
        return cut(err);
    }
    int result = key_file_read(tools->key_path, &file, err);
    if (result < 0) {
        return result;
    }
    const struct secret *key = key_file_find(&file, (const unsigned char *)id.ptr);
    if (key == NULL) {
        result = error_set(err, ERR_IO,
                           "%s: the key of another vault, or of an older state of "
                           "this one; it does not open this one",
                           tools->key_path);
    }
    result = result < 0 ? result : secret_new(SEAL_KEY, ret, err);
    result = result < 0 ? result : secret_put(ret, key->ptr, SEAL_KEY, err);
    key_file_done(&file);
    return result;
}

/* ---- passphrase ---- */

static int stretch(const struct wrap_tools *tools, bool fresh, const unsigned char *salt,
                   struct seal_effort effort, struct secret *ret, struct error *err)
{
    struct secret passphrase = {0};
    int result = tools->asker->ask(tools->asker->context, fresh, &passphrase, err);
    if (result == 0 && passphrase.len == 0) {
        result = error_set(err, ERR_USAGE, "an empty passphrase protects nothing");
    }
    result = result < 0 ? result : seal_stretch(&passphrase, salt, effort, ret, err);
    secret_free(&passphrase);
    return result;
}

static int make_by_passphrase(const struct wrap_tools *tools, struct buf *section,
                              struct key_file *fresh, struct secret *ret, struct error *err)
{
    unsigned char salt[SEAL_SALT];
    struct seal_effort effort = seal_moderate();
    (void)fresh;
    seal_random(salt, sizeof salt);
    part_put_u32(section, effort.passes);
    part_put_u32(section, effort.memory);
    buf_put(section, salt, sizeof salt);
    return stretch(tools, true, salt, effort, ret, err);
}

static int open_by_passphrase(const struct wrap_tools *tools, struct str *section,
                              struct secret *ret, struct error *err)
{
    struct seal_effort effort;
    struct str salt;
    if (!part_take_u32(section, &effort.passes) || !part_take_u32(section, &effort.memory) ||
        !part_take_bytes(section, SEAL_SALT, &salt)) {
        return cut(err);
    }
    return stretch(tools, false, (const unsigned char *)salt.ptr, effort, ret, err);
}

/* ---- TPM2 ---- */

/* Bound to the machine, and to its firmware and boot settings only when that is asked for: an
 * update of those must not lock the vault (docs/security.md). systemd-creds 252 cannot read back
 * what it bound to no register at all; 16 is the one for debugging, which nothing measures. */
static const char no_register[] = "16";

/* Runs systemd-creds, which speaks to the TPM. Its complaints hold no secret. pcrs is NULL for
 * decrypting. */
static int ask_tpm2(const char *pcrs, const char *device, struct str input, struct secret *ret,
                    struct error *err)
{
    const char *verb = pcrs != NULL ? "encrypt" : "decrypt";
    char device_option[DEVICE + 32], pcrs_option[DEVICE + 32];
    const char *argv[10] = {"/usr/bin/systemd-creds", "--name=assay-vault", NULL};
    unsigned count = 2;
    struct buf complaints;
    struct error cause = ERROR_INIT;
    if (pcrs != NULL) {
        snprintf(pcrs_option, sizeof pcrs_option, "--tpm2-pcrs=%s", pcrs);
        argv[count++] = "--with-key=tpm2";
        argv[count++] = pcrs_option;
    }
    if (device[0] != '\0') {
        snprintf(device_option, sizeof device_option, "--tpm2-device=%s", device);
        argv[count++] = device_option;
    }
    argv[count++] = verb;
    argv[count++] = "-";
    argv[count++] = "-";
    argv[count] = NULL;
    buf_init(&complaints, 1024);
    const struct command command = {argv, input, TPM2_SECONDS, TPM2_BLOB, &complaints};
    int result = command_run(&command, ret, &cause);
    struct str said = str_trim(buf_view(&complaints));
    if (result == ERR_NOT_FOUND) {
        error_set(err, result, "systemd-creds is missing; it is needed for a key in the TPM");
    } else if (result < 0) {
        error_set(err, result, "the TPM does not %s the vault's key: %s%s%.*s", verb, cause.message,
                  said.len > 0 ? ": " : "", (int)(said.len < 300 ? said.len : 300),
                  said.ptr != NULL ? said.ptr : "");
    }
    buf_done(&complaints);
    return result;
}

static int make_in_tpm2(const struct wrap_tools *tools, struct buf *section, struct key_file *fresh,
                        struct secret *ret, struct error *err)
{
    const char *device = tools->tpm2_device != NULL ? tools->tpm2_device : "";
    const char *pcrs = tools->tpm2_pcrs != NULL ? tools->tpm2_pcrs : no_register;
    struct secret blob = {0};
    (void)fresh;
    if (strlen(device) > DEVICE || strlen(pcrs) > DEVICE) {
        return error_set(err, ERR_LIMIT, "the name of the TPM is longer than %d bytes", DEVICE);
    }
    int result = seal_new_key(ret, err);
    result = result < 0 ? result : ask_tpm2(pcrs, device, secret_view(ret), &blob, err);
    if (result < 0) {
        secret_free(ret);
        return result;
    }
    part_put_text(section, str_from(device));
    part_put_text(section, secret_view(&blob));
    secret_free(&blob);
    return 0;
}

static int open_by_tpm2(const struct wrap_tools *tools, struct str *section, struct secret *ret,
                        struct error *err)
{
    char device[DEVICE + 1] = {0};
    struct str name, blob;
    (void)tools;
    if (!part_take_text(section, &name) || !part_take_text(section, &blob) || name.len > DEVICE) {
        return cut(err);
    }
    memcpy(device, name.ptr, name.len);
    int result = ask_tpm2(NULL, device, blob, ret, err);
    if (result == 0 && ret->len != SEAL_KEY) {
        secret_free(ret);
        return error_set(err, ERR_IO, "the TPM gave what is no key");
    }
    return result;
}

/* ---- all ---- */

static const struct way ways[] = {
    [VAULT_WRAP_KEY_FILE] = {"key-file", make_in_file, open_by_file, ERR_FORMAT,
                             "cut short or altered"},
    [VAULT_WRAP_PASSPHRASE] = {"passphrase", make_by_passphrase, open_by_passphrase, ERR_USAGE,
                               "the passphrase is wrong"},
    [VAULT_WRAP_TPM2] = {"tpm2", make_in_tpm2, open_by_tpm2, ERR_FORMAT, "cut short or altered"},
};

const char *vault_wrap_name(enum vault_wrap wrap)
{
    return ways[wrap].name;
}

bool vault_wrap_find(struct str name, enum vault_wrap *ret)
{
    for (unsigned i = VAULT_WRAP_KEY_FILE; i <= VAULT_WRAP_TPM2; i++) {
        if (str_eq_text(name, ways[i].name)) {
            *ret = (enum vault_wrap)i;
            return true;
        }
    }
    return false;
}

/* What the box is bound to: the beginning of the head and the parameters before the box. */
static void put_bound(const struct vault_file *file, struct str parameters, struct buf *out)
{
    unsigned char bytes[VAULT_BOUND];
    format_bound(file, bytes);
    buf_init(out, VAULT_BOUND + VAULT_WRAP_SECTION);
    buf_put(out, bytes, sizeof bytes);
    buf_put_str(out, parameters);
}

int wrap_make(const struct vault_file *file, const struct wrap_tools *tools,
              const struct secret *data, struct buf *section, struct key_file *ret_fresh,
              struct error *err)
{
    struct secret key = {0};
    struct buf bound;
    *ret_fresh = (struct key_file){0};
    int result = ways[file->wrap].make(tools, section, ret_fresh, &key, err);
    if (result < 0) {
        key_file_done(ret_fresh);
        return result;
    }
    put_bound(file, buf_view(section), &bound);
    seal_box(&key, buf_view(&bound), secret_view(data), section);
    buf_done(&bound);
    secret_free(&key);
    return 0;
}

int wrap_open(const struct vault_file *file, const struct wrap_tools *tools, struct secret *ret,
              struct error *err)
{
    const struct way *way = &ways[file->wrap];
    struct str rest = file->wrap_section;
    struct secret key = {0};
    struct buf bound;
    int result = way->open(tools, &rest, &key, err);
    if (result < 0) {
        secret_free(&key);
        return result;
    }
    put_bound(file, str_sub(file->wrap_section, 0, file->wrap_section.len - rest.len), &bound);
    result = rest.len == BOX ? seal_open_secret(&key, buf_view(&bound), rest, ret, err) : cut(err);
    buf_done(&bound);
    secret_free(&key);
    return result == ERR_FORMAT && rest.len == BOX
               ? error_set(err, way->refused, "%s", way->refusal)
               : result;
}
