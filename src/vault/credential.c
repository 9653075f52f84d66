#include "vault/credential.h"

#include "base/limits.h"
#include "vault/parts.h"

#include <string.h>

enum { FORM_VERSION = 1, FORM_LENGTH = 4, FORM_FIXED = 4 };

static const char *const kind_names[] = {
    [CREDENTIAL_SSH_PASSWORD] = "ssh-password",
    [CREDENTIAL_SSH_KEY] = "ssh-key",
    [CREDENTIAL_WINDOWS_LOCAL] = "windows-local",
    [CREDENTIAL_WINDOWS_DOMAIN] = "windows-domain",
    [CREDENTIAL_VCENTER] = "vcenter",
    [CREDENTIAL_HTTP_PROXY] = "http-proxy",
    [CREDENTIAL_API_KEY] = "api-key",
};

enum { KIND_COUNT = sizeof kind_names / sizeof kind_names[0] };

const char *credential_kind_name(enum credential_kind kind)
{
    return (unsigned)kind < KIND_COUNT ? kind_names[kind] : "unknown";
}

bool credential_kind_find(struct str name, enum credential_kind *ret)
{
    for (unsigned i = 0; i < KIND_COUNT; i++) {
        if (str_eq_text(name, kind_names[i])) {
            *ret = (enum credential_kind)i;
            return true;
        }
    }
    return false;
}

void credential_secret_done(struct credential_secret *secret)
{
    secret_free(&secret->password);
    secret_free(&secret->private_key);
}

/* ---- writing ---- */

static int put_part(struct secret *out, struct str part, struct error *err)
{
    unsigned char len[4];
    part_write_u32(len, (uint32_t)part.len);
    int result = secret_put(out, len, sizeof len, err);
    return result < 0 ? result : secret_put(out, part.ptr, part.len, err);
}

static int check_parts(const struct str *parts, const size_t *limits, struct error *err)
{
    static const char *const what[] = {"the user name", "the domain", "the password",
                                       "the private key"};
    for (unsigned i = 0; i < 4; i++) {
        if (parts[i].len > limits[i]) {
            return error_set(err, ERR_LIMIT, "%s of a credential is longer than %zu bytes", what[i],
                             limits[i]);
        }
    }
    return 0;
}

static const size_t part_limits[] = {LIMIT_NAME, LIMIT_NAME, LIMIT_PASSWORD, LIMIT_PRIVATE_KEY};

size_t credential_form_size(const struct credential *credential,
                            const struct credential_secret *secret)
{
    return FORM_LENGTH + FORM_FIXED + 4 * (size_t)4 + credential->user.len +
           credential->domain.len + secret->password.len + secret->private_key.len;
}

int credential_encode(const struct credential *credential, const struct credential_secret *secret,
                      struct secret *out, struct error *err)
{
    const struct str parts[] = {credential->user, credential->domain,
                                secret_view(&secret->password), secret_view(&secret->private_key)};
    unsigned char head[FORM_LENGTH + FORM_FIXED] = {0};
    size_t len = FORM_FIXED, before = out->len;
    int result = check_parts(parts, part_limits, err);
    for (unsigned i = 0; i < 4; i++) {
        len += 4 + parts[i].len;
    }
    part_write_u32(head, (uint32_t)len);
    head[FORM_LENGTH] = FORM_VERSION;
    head[FORM_LENGTH + 1] = (unsigned char)credential->kind;
    result = result < 0 ? result : secret_put(out, head, sizeof head, err);
    for (unsigned i = 0; i < 4 && result == 0; i++) {
        result = put_part(out, parts[i], err);
    }
    if (result < 0) {
        out->len = before;
    }
    return result;
}

/* ---- reading ---- */

static int cut_short(struct error *err)
{
    return error_set(err, ERR_FORMAT, "a credential is cut short");
}

static int take_parts(struct str body, struct str parts[4], struct error *err)
{
    for (unsigned i = 0; i < 4; i++) {
        if (!part_take_text(&body, &parts[i])) {
            return cut_short(err);
        }
    }
    if (body.len > 0) {
        return error_set(err, ERR_FORMAT, "a credential with more than its parts");
    }
    return check_parts(parts, part_limits, err);
}

static int check_fixed(struct str body, struct error *err)
{
    const unsigned char *at = (const unsigned char *)body.ptr;
    if (body.len < FORM_FIXED) {
        return cut_short(err);
    }
    if (at[0] != FORM_VERSION) {
        return error_set(err, ERR_FORMAT, "a credential of form %u; form %d is read here", at[0],
                         FORM_VERSION);
    }
    if (at[1] >= KIND_COUNT || at[2] != 0 || at[3] != 0) {
        return error_set(err, ERR_FORMAT, "a credential of an unknown kind");
    }
    return 0;
}

static int dup_secret(struct str bytes, struct secret *ret, struct error *err)
{
    if (bytes.len == 0) {
        *ret = (struct secret){0};
        return 0;
    }
    int result = secret_new(bytes.len, ret, err);
    return result < 0 ? result : secret_put(ret, bytes.ptr, bytes.len, err);
}

int credential_decode(struct str *bytes, struct arena *arena, struct credential *ret,
                      struct credential_secret *ret_secret, struct error *err)
{
    struct str rest = *bytes, body = {0}, parts[4];
    struct credential_secret secret = {0};
    int result = part_take_text(&rest, &body) ? 0 : cut_short(err);
    result = result < 0 ? result : check_fixed(body, err);
    result = result < 0 ? result : take_parts(str_skip(body, FORM_FIXED), parts, err);
    result = result < 0 ? result : dup_secret(parts[2], &secret.password, err);
    result = result < 0 ? result : dup_secret(parts[3], &secret.private_key, err);
    if (result < 0) {
        credential_secret_done(&secret);
        return result;
    }
    *ret = (struct credential){
        .kind = (enum credential_kind)(unsigned char)body.ptr[1],
        .user = arena_str(arena, parts[0]),
        .domain = arena_str(arena, parts[1]),
    };
    *ret_secret = secret;
    *bytes = rest;
    return 0;
}
