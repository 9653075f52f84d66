#include "vault/private_key.h"

#include "base/limits.h"

#include <string.h>

/* ---- what is no key that can be used ---- */

struct stranger {
    const char *mark;
    const char *advice;
};

static const struct stranger beginnings[] = {
    {"PuTTY-User-Key-File-",
     "this is a PuTTY key; convert it with `puttygen KEY -O private-openssh -o NEW`"},
    {"SSH PRIVATE KEY FILE FORMAT 1.1",
     "this is a key of SSH version 1, which no server takes any more; make a new one with "
     "`ssh-keygen -t ed25519`"},
    {"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY",
     "this is a key of SSH.com's programs; convert it with `ssh-keygen -i -f KEY > NEW`"},
    {"---- BEGIN SSH2 PUBLIC KEY", "this is the public key; the private one is needed"},
    {"ssh-", "this is the public key; the private one is the file without .pub"},
    {"ecdsa-sha2-", "this is the public key; the private one is the file without .pub"},
    {"sk-", "this is the public key of a hardware token; those need somebody to touch them"},
    {"\xff\xfe", "this was saved as UTF-16; save it as plain text (ASCII or UTF-8)"},
    {"\xfe\xff", "this was saved as UTF-16; save it as plain text (ASCII or UTF-8)"},
    {"\x30", "this is a binary key (DER or PKCS #12); convert it with `openssl pkey -inform DER "
             "-in KEY -out NEW` or `openssl pkcs12 -in KEY -nodes -nocerts -out NEW`"},
};

static const struct stranger labels[] = {
    {"PUBLIC KEY", "this is a public key; the private one is needed"},
    {"RSA PUBLIC KEY", "this is a public key; the private one is needed"},
    {"CERTIFICATE", "this is a certificate; the private key that belongs to it is needed"},
    {"CERTIFICATE REQUEST",
     "this is a certificate request; the private key that belongs to it is needed"},
    {"EC PARAMETERS", "these are the parameters of a curve; the private key is needed"},
};

static int is_stranger(struct str text, struct error *err)
{
    for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++) {
        if (str_starts(text, str_from(beginnings[i].mark))) {
            return error_set(err, ERR_FORMAT, "%s", beginnings[i].advice);
        }
    }
    return 0;
}

static int no_key(struct str label, struct error *err)
{
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        if (str_eq_text(label, labels[i].mark)) {
            return error_set(err, ERR_FORMAT, "%s", labels[i].advice);
        }
    }
    return error_set(err, ERR_FORMAT,
                     "no private key is in it; OpenSSH, PEM and PKCS #8 keys are read");
}

/* ---- blocks ---- */

static const struct {
    const char *label, *form;
} forms[] = {
    {"OPENSSH PRIVATE KEY", "OpenSSH"},
    {"PRIVATE KEY", "PKCS #8"},
    {"ENCRYPTED PRIVATE KEY", "PKCS #8"},
    {"RSA PRIVATE KEY", "PEM"},
    {"EC PRIVATE KEY", "PEM"},
    {"DSA PRIVATE KEY", "PEM"},
};

static const char *find_form(struct str label)
{
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (str_eq_text(label, forms[i].label)) {
            return forms[i].form;
        }
    }
    return NULL;
}

/* "-----BEGIN X-----" gives X. */
static bool read_mark(struct str line, struct str word, struct str *ret_label)
{
    line = str_trim(line);
    if (!str_starts(line, word) || !str_ends(line, STR("-----")) || line.len < word.len + 5) {
        return false;
    }
    *ret_label = str_sub(line, word.len, line.len - word.len - 5);
    return true;
}

/* Finds the first block that is a private key; *rest then begins with its first line. */
static int find_block(struct str *rest, struct str *ret_label, struct error *err)
{
    struct str line, label, first = {0};
    while (str_next_line(rest, &line)) {
        if (read_mark(line, STR("-----BEGIN "), &label)) {
            if (find_form(label) != NULL) {
                *ret_label = label;
                return 0;
            }
            first = first.ptr == NULL ? label : first;
        }
    }
    return no_key(first, err);
}

/* ---- base64 ---- */

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    return str_is_digit(c) ? c - '0' + 52 : c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* The body's first bytes, where the framing of OpenSSH's form stands. */
struct body {
    unsigned char bytes[96];
    size_t len;
    uint32_t bits;
    unsigned count;  /* characters so far, of 4 */
    bool any, ended; /* padding was seen */
};

static bool take_character(struct body *body, char c)
{
    int value = base64_value(c);
    if (c == '=') {
        body->ended = true;
        return true;
    }
    if (value < 0 || body->ended) {
        return false;
    }
    body->any = true;
    body->bits = body->bits << 6 | (uint32_t)value;
    body->count = (body->count + 1) % 4;
    if (body->count == 0) {
        for (int shift = 16; shift >= 0 && body->len < sizeof body->bytes; shift -= 8) {
            body->bytes[body->len++] = (unsigned char)(body->bits >> shift);
        }
    }
    return true;
}

static bool take_line(struct body *body, struct str line)
{
    for (size_t i = 0; i < line.len; i++) {
        if (!take_character(body, line.ptr[i])) {
            return false;
        }
    }
    return true;
}

/* "openssh-key-v1\0", then the cipher's name: "none" when it is not encrypted. */
static int read_openssh(const struct body *body, bool *ret_encrypted, struct error *err)
{
    static const char magic[] = "openssh-key-v1";
    struct str bytes = str_make((const char *)body->bytes, body->len);
    if (bytes.len < sizeof magic + 8 || memcmp(bytes.ptr, magic, sizeof magic) != 0) {
        return error_set(err, ERR_FORMAT, "the OpenSSH key is cut short or altered");
    }
    *ret_encrypted = memcmp(bytes.ptr + sizeof magic, "\0\0\0\4none", 8) != 0;
    return 0;
}

/* ---- a key ---- */

struct reading {
    struct private_key key;
    struct secret block;
    struct body body;
};

static int put_line(struct reading *reading, struct str line, struct error *err)
{
    int result = secret_put(&reading->block, line.ptr, line.len, err);
    return result < 0 ? result : secret_put(&reading->block, "\n", 1, err);
}

/* The lines "Proc-Type: 4,ENCRYPTED" and "DEK-Info: ..." of RFC 1421. */
static bool is_header(struct str line)
{
    return str_find_byte(line, ':') != SIZE_MAX;
}

static int read_body_line(struct reading *reading, struct str line, struct error *err)
{
    if (is_header(line) && !reading->body.any) {
        if (str_starts(line, STR("Proc-Type:")) && str_find(line, STR("ENCRYPTED")) != SIZE_MAX) {
            reading->key.encrypted = true;
        }
    } else if (!take_line(&reading->body, line)) {
        return error_set(err, ERR_FORMAT, "the key has characters that belong into none");
    }
    return put_line(reading, line, err);
}

/* From the line after BEGIN to the one with END. */
static int read_lines(struct reading *reading, struct str rest, struct str label, struct error *err)
{
    struct str line, end;
    while (str_next_line(&rest, &line)) {
        line = str_trim(line);
        if (read_mark(line, STR("-----END "), &end)) {
            return str_eq(end, label)
                       ? put_line(reading, line, err)
                       : error_set(err, ERR_FORMAT, "the key ends as another block than it begins");
        }
        int result = read_body_line(reading, line, err);
        if (result < 0) {
            return result;
        }
    }
    return error_set(err, ERR_FORMAT, "the key is cut short: its END line is missing");
}

static int read_block(struct reading *reading, struct str rest, struct str label, struct error *err)
{
    struct error ignored = ERROR_INIT;
    reading->key.form = find_form(label);
    reading->key.encrypted = str_eq_text(label, "ENCRYPTED PRIVATE KEY");
    secret_put(&reading->block, "-----BEGIN ", 11, &ignored);
    secret_put(&reading->block, label.ptr, label.len, &ignored);
    int result = put_line(reading, STR("-----"), err);
    result = result < 0 ? result : read_lines(reading, rest, label, err);
    if (result == 0 && !reading->body.any) {
        result = error_set(err, ERR_FORMAT, "the key has no content");
    }
    if (result == 0 && str_eq_text(label, "OPENSSH PRIVATE KEY")) {
        result = read_openssh(&reading->body, &reading->key.encrypted, err);
    }
    return result;
}

/* Never longer than the text and a last line end. */
static int new_block(struct str text, struct secret *ret, struct error *err)
{
    return text.len > LIMIT_PRIVATE_KEY
               ? error_set(err, ERR_LIMIT, "longer than %zu bytes", LIMIT_PRIVATE_KEY)
               : secret_new(text.len + 1, ret, err);
}

int private_key_read(struct str text, struct private_key *ret, struct secret *ret_block,
                     struct error *err)
{
    struct reading reading = {0};
    struct str label = {0}, rest = text;
    if (str_starts(rest, STR("\xef\xbb\xbf"))) {
        rest = str_skip(rest, 3);
    }
    while (rest.len > 0 && memchr(" \t\r\n", rest.ptr[0], 4) != NULL) {
        rest = str_skip(rest, 1);
    }
    if (rest.len == 0) {
        return error_set(err, ERR_FORMAT, "the key is empty");
    }
    int result = is_stranger(rest, err);
    result = result < 0 ? result : find_block(&rest, &label, err);
    result = result < 0 ? result : new_block(text, &reading.block, err);
    result = result < 0 ? result : read_block(&reading, rest, label, err);
    secret_wipe(&reading.body, sizeof reading.body);
    if (result < 0) {
        secret_free(&reading.block);
        return result;
    }
    *ret = reading.key;
    *ret_block = reading.block;
    return 0;
}
