/* Proving the account: one row a method, tried in order as far as the server offers them. */
#include "transport/ssh_inside.h"

#include <stdio.h>
#include <string.h>

/* Prompts and rounds of keyboard-interactive that are looked at (RFC 4256). */
enum { ROUNDS = 8, PROMPTS = 8 };

static bool has_kind(const struct ssh_hop *hop, enum credential_kind kind)
{
    return hop->credential != NULL && hop->credential->kind == kind;
}

static bool can_use_ticket(const struct ssh_hop *hop)
{
    return hop->ticket;
}

static bool can_use_key(const struct ssh_hop *hop)
{
    return has_kind(hop, CREDENTIAL_SSH_KEY);
}

static bool can_use_agent(const struct ssh_hop *hop)
{
    return hop->agent;
}

static bool can_use_password(const struct ssh_hop *hop)
{
    return has_kind(hop, CREDENTIAL_SSH_PASSWORD) || has_kind(hop, CREDENTIAL_WINDOWS_DOMAIN);
}

/* What a method's attempt came to; below zero the link has failed. */
enum outcome { DENIED = 0, ACCEPTED = 1, ANOTHER_NEEDED = 2 };

static int judge(struct ssh_link *link, int state, struct error *err)
{
    switch (state) {
    case SSH_AUTH_SUCCESS:
        return ACCEPTED;
    case SSH_AUTH_PARTIAL:
        return ANOTHER_NEEDED;
    case SSH_AUTH_DENIED:
        return DENIED;
    default:
        return ssh_fail_lost(link, "CONNECTION-LOST", err);
    }
}

static int try_ticket(struct ssh_link *link, struct error *err)
{
    double deadline = ssh_step_deadline(link);
    int state;
    ssh_use_tickets(link->hop);
    while ((state = ssh_userauth_gssapi(link->session)) == SSH_AUTH_AGAIN) {
        int result = ssh_go_on(link, deadline, err);
        if (result < 0) {
            return result;
        }
    }
    if (state == SSH_AUTH_ERROR && ssh_is_connected(link->session)) {
        return DENIED; /* our side could not make a token for what the server chose */
    }
    return judge(link, state, err);
}

static int try_key(struct ssh_link *link, struct error *err)
{
    ssh_key key = NULL;
    double deadline = ssh_step_deadline(link);
    int state, result = ssh_read_key(link->hop->secret, &key, err);
    if (result < 0) {
        link->code = "CREDENTIAL-BAD";
        return result;
    }
    while ((state = ssh_userauth_publickey(link->session, NULL, key)) == SSH_AUTH_AGAIN &&
           (result = ssh_go_on(link, deadline, err)) == 0) {
    }
    ssh_key_free(key);
    return result < 0 ? result : judge(link, state, err);
}

static int try_agent(struct ssh_link *link, struct error *err)
{
    double deadline = ssh_step_deadline(link);
    int state;
    if (ssh_set_agent_socket(link->session, link->request->agent) != SSH_OK) {
        return ssh_fail(link, "INTERNAL", err, "the socket of the agent cannot be used");
    }
    while ((state = ssh_userauth_agent(link->session, NULL)) == SSH_AUTH_AGAIN) {
        int result = ssh_go_on(link, deadline, err);
        if (result < 0) {
            return result;
        }
    }
    return judge(link, state, err);
}

static int fail_expired(struct ssh_link *link, struct error *err)
{
    return ssh_fail(link, "PASSWORD-EXPIRED", err, "the server asks for a new password");
}

static int try_password(struct ssh_link *link, struct error *err)
{
    double deadline = ssh_step_deadline(link);
    int state;
    while ((state = ssh_userauth_password(link->session, NULL, link->hop->secret->password.ptr)) ==
           SSH_AUTH_AGAIN) {
        int result = ssh_go_on(link, deadline, err);
        if (result < 0) {
            return result;
        }
    }
    /* libssh takes a request to change the password (RFC 4252, section 8) for a message in the
     * wrong place, and the connection stays. */
    if (state == SSH_AUTH_ERROR && ssh_is_connected(link->session) &&
        ssh_get_error(link->session)[0] == '\0') {
        return fail_expired(link, err);
    }
    return judge(link, state, err);
}

enum prompt { PROMPT_OTHER, PROMPT_PASSWORD, PROMPT_CHANGE };

static enum prompt classify_prompt(struct str prompt)
{
    static const char *const changes[] = {"new ",  "current", "old ",   "retype",
                                          "again", "neues",   "nouveau"};
    static const char *const passwords[] = {
        "password",   "passwort", "kennwort",     "mot de passe", "contrase",
        "wachtwoord", "senha",    "has\xc5\x82o", "parola",       "l\xc3\xb6senord"};
    bool is_password = false;
    for (size_t i = 0; i < sizeof passwords / sizeof *passwords; i++) {
        is_password |= str_find_nocase(prompt, str_from(passwords[i])) != SIZE_MAX;
    }
    for (size_t i = 0; is_password && i < sizeof changes / sizeof *changes; i++) {
        if (str_find_nocase(prompt, str_from(changes[i])) != SIZE_MAX) {
            return PROMPT_CHANGE;
        }
    }
    return is_password ? PROMPT_PASSWORD : PROMPT_OTHER;
}

/* Answers the prompts of one round. The password is given once, to what asks for one. */
static int answer_round(struct ssh_link *link, bool *answered, struct error *err)
{
    int count = ssh_userauth_kbdint_getnprompts(link->session);
    for (int i = 0; i < count && i < PROMPTS; i++) {
        char echo = 0;
        const char *prompt = ssh_userauth_kbdint_getprompt(link->session, (unsigned)i, &echo);
        enum prompt kind = echo ? PROMPT_OTHER : classify_prompt(str_from(prompt));
        if (kind == PROMPT_CHANGE) {
            return fail_expired(link, err);
        }
        if (kind == PROMPT_OTHER || *answered) {
            char text[80];
            snprintf(text, sizeof text, "%.60s", prompt != NULL ? prompt : "");
            for (char *c = text; *c; c++) {
                *c = *c >= 0x20 && *c < 0x7f ? *c : '?';
            }
            return *answered ? DENIED
                             : ssh_fail(link, "SSH-AUTH-METHOD", err,
                                        "it asks \"%s\", which is no password", text);
        }
        *answered = true;
        if (ssh_userauth_kbdint_setanswer(link->session, (unsigned)i,
                                          link->hop->secret->password.ptr) < 0) {
            return ssh_fail_lost(link, "CONNECTION-LOST", err);
        }
    }
    return ACCEPTED;
}

static int try_interactive(struct ssh_link *link, struct error *err)
{
    bool answered = false;
    for (int round = 0; round < ROUNDS; round++) {
        double deadline = ssh_step_deadline(link);
        int state, result;
        while ((state = ssh_userauth_kbdint(link->session, NULL, NULL)) == SSH_AUTH_AGAIN) {
            if ((result = ssh_go_on(link, deadline, err)) < 0) {
                return result;
            }
        }
        if (state != SSH_AUTH_INFO) {
            return judge(link, state, err);
        }
        if ((result = answer_round(link, &answered, err)) != ACCEPTED) {
            return result;
        }
    }
    return ssh_fail(link, "SSH-AUTH-METHOD", err, "it asks again and again");
}

struct method {
    const char *name;
    int bit;
    bool (*usable)(const struct ssh_hop *hop);
    int (*try)(struct ssh_link *link, struct error *err);
    bool once; /* a password: refused in one way, it is not tried in the next */
};

static const struct method methods[] = {
    {"gssapi-with-mic", SSH_AUTH_METHOD_GSSAPI_MIC, can_use_ticket, try_ticket, false},
    {"publickey", SSH_AUTH_METHOD_PUBLICKEY, can_use_key, try_key, false},
    {"agent", SSH_AUTH_METHOD_PUBLICKEY, can_use_agent, try_agent, false},
    {"password", SSH_AUTH_METHOD_PASSWORD, can_use_password, try_password, true},
    {"keyboard-interactive", SSH_AUTH_METHOD_INTERACTIVE, can_use_password, try_interactive, true},
};

enum { METHODS = sizeof methods / sizeof *methods };

/* What the server offers, in words. */
static const char *list_offered(int offered, char *out, size_t out_size)
{
    size_t len = 0;
    out[0] = '\0';
    for (int i = 0; i < METHODS; i++) {
        if ((offered & methods[i].bit) && methods[i].try != try_agent && len < out_size) {
            len += (size_t)snprintf(out + len, out_size - len, "%s%s", len ? ", " : "",
                                    methods[i].name);
        }
    }
    return out[0] ? out : "nothing";
}

static int fail_denied(struct ssh_link *link, int offered, const char *tried, bool again,
                       struct error *err)
{
    char list[200];
    list_offered(offered, list, sizeof list);
    if (again) {
        return ssh_fail(link, "SSH-AUTH-METHOD", err,
                        "%s was accepted, and another proof is asked for: %s", tried,
                        list_offered(offered, list, sizeof list));
    }
    if (tried[0] == '\0') {
        return ssh_fail(link, "SSH-AUTH-METHOD", err, "it offers %s",
                        list_offered(offered, list, sizeof list));
    }
    return ssh_fail(link, "SSH-AUTH-DENIED", err, "it refused %s", tried);
}

static void note_tried(char *tried, size_t size, const char *name)
{
    size_t len = strlen(tried);
    snprintf(tried + len, size - len, "%s%s", len > 0 ? ", " : "", name);
}

static void tell_accepted(struct ssh_link *link, const char *method)
{
    const struct ssh_watch *watch = &link->request->watch;
    watch->authenticated(watch->context, link->hop, method);
}

/* A server that hangs up in place of an answer has refused: sshd does at the last try that it
 * allows (MaxAuthTries), others after every wrong password. Were it taken for a lost connection,
 * the password would be tried again and again, until the account is locked. */
static bool is_hung_up(const struct ssh_link *link, const struct method *method)
{
    return !ssh_is_connected(link->session) &&
           (method->once ||
            strstr(ssh_get_error(link->session), "authentication failures") != NULL);
}

static int fail_hung_up(struct ssh_link *link, const char *name, struct error *err)
{
    char text[300];
    return ssh_fail(link, "SSH-AUTH-DENIED", err, "it refused %s and ended the connection (%s)",
                    name, ssh_error_of(link, text, sizeof text));
}

/* Tries what is usable and offered. */
static int try_methods(struct ssh_link *link, struct error *err)
{
    char tried[200] = "", accepted[200] = "";
    bool refused_password = false;
    int offered = ssh_userauth_list(link->session, NULL);
    for (int i = 0; i < METHODS; i++) {
        const struct method *method = &methods[i];
        if (!(offered & method->bit) || !method->usable(link->hop) ||
            (method->once && refused_password)) {
            continue;
        }
        int result = method->try(link, err);
        if (result < 0) {
            return is_hung_up(link, method) ? fail_hung_up(link, method->name, err) : result;
        }
        if (result == ACCEPTED) {
            note_tried(accepted, sizeof accepted, method->name);
            tell_accepted(link, accepted);
            return 0;
        }
        refused_password |= method->once;
        note_tried(result == ANOTHER_NEEDED ? accepted : tried, sizeof tried, method->name);
        offered = ssh_userauth_list(link->session, NULL);
    }
    bool partly = accepted[0] != '\0';
    return fail_denied(link, offered, partly ? accepted : tried, partly, err);
}

int ssh_authenticate(struct ssh_link *link, struct error *err)
{
    double deadline = ssh_step_deadline(link);
    int state;
    while ((state = ssh_userauth_none(link->session, NULL)) == SSH_AUTH_AGAIN) {
        int result = ssh_go_on(link, deadline, err);
        if (result < 0) {
            return result;
        }
    }
    if (state == SSH_AUTH_SUCCESS) {
        tell_accepted(link, "none");
        return 0;
    }
    if (state != SSH_AUTH_DENIED && state != SSH_AUTH_PARTIAL) {
        return ssh_fail_lost(link, "SSH-CLOSED", err);
    }
    return try_methods(link, err);
}

int ssh_check_credential(const struct ssh_hop *hop, const char **ret_code, struct error *err)
{
    const struct credential *credential = hop->credential;
    ssh_key key = NULL;
    int result = 0;
    if (hop->user.len == 0 && (credential == NULL || credential->user.len == 0)) {
        result = error_set(err, ERR_USAGE, "no user name is given for the %s", hop->role);
    } else if (credential != NULL && credential->kind == CREDENTIAL_SSH_KEY) {
        result = ssh_read_key(hop->secret, &key, err);
        ssh_key_free(key);
    } else if (credential != NULL && !can_use_password(hop)) {
        result = error_set(err, ERR_UNSUPPORTED, "a credential of kind %s is not for SSH",
                           credential_kind_name(credential->kind));
    } else if (credential != NULL &&
               memchr(hop->secret->password.ptr != NULL ? hop->secret->password.ptr : "", '\0',
                      hop->secret->password.len) != NULL) {
        result = error_set(err, ERR_FORMAT, "the password has a zero byte");
    } else if (credential != NULL && hop->secret->password.len == 0) {
        result = error_set(err, ERR_FORMAT, "the password is empty");
    }
    if (result < 0) {
        *ret_code = "CREDENTIAL-BAD";
    }
    return result;
}
