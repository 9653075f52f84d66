/*
 * What a source says about reaching its targets: one row a setting serves the options of the
 * command line, the store and the lists. docs/cli.md, "source add".
 */
#ifndef ASSAY_SOURCE_SETTINGS_H
#define ASSAY_SOURCE_SETTINGS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

enum host_key_policy { HOST_KEYS_STRICT, HOST_KEYS_FIRST_USE };

struct source_settings {
    uint32_t port;
    uint32_t host_keys; /* enum host_key_policy */
    uint32_t legacy, sudo, agent, kerberos, deep;
    struct str user;            /* for agent and Kerberos without a credential */
    struct str jump;            /* "USER@HOST:PORT", "HOST", ""  */
    struct str jump_credential; /* name of a credential, "" */
    uint32_t jump_logins;       /* under way at once */
    uint32_t connect_seconds, silence_seconds, seconds;
    uint32_t concurrency; /* at once in this source; 0: as many as the run has */
    uint32_t memory_mb;   /* of a worker */
    uint32_t inventory_every, updates_every, connections_every; /* seconds, 0: never */
    uint32_t jitter;                                            /* percent */
};

enum setting_kind { SETTING_NUMBER, SETTING_FLAG, SETTING_WORD, SETTING_TEXT, SETTING_DURATION };

struct setting {
    const char *key;      /* "connect-timeout": the option and the name in the store */
    const char *argument; /* in the help; NULL for a flag */
    const char *help;
    enum setting_kind kind;
    uint16_t offset;
    uint32_t least, most;     /* of a number or duration, bytes of a text */
    const char *initial;      /* as written */
    const char *const *words; /* of SETTING_WORD, NULL-terminated */
};

/* X(key, argument, help, kind, member, least, most, initial, words): settings with a value, and
 * those that are on or off. */
#define SOURCE_VALUES(X)                                                                           \
    X("port", "N", "port of the targets that name none (default 22)", SETTING_NUMBER, port, 1,     \
      65535, "22", NULL)                                                                           \
    X("host-keys", "POLICY",                                                                       \
      "strict: only keys that are pinned (default); first-use: pin what is shown first",           \
      SETTING_WORD, host_keys, 0, 0, "strict", host_key_words)                                     \
    X("user", "NAME", "user for --agent and --kerberos where no credential names one",             \
      SETTING_TEXT, user, 0, 512, "", NULL)                                                        \
    X("jump", "USER@HOST", "reach the targets through that SSH server (USER@HOST:PORT)",           \
      SETTING_TEXT, jump, 0, 512, "", NULL)                                                        \
    X("jump-credential", "NAME", "credential for the jump host", SETTING_TEXT, jump_credential, 0, \
      512, "", NULL)                                                                               \
    X("jump-logins", "N",                                                                          \
      "logins through the jump host at once (default 8: sshd's MaxStartups drops some above 10)",  \
      SETTING_NUMBER, jump_logins, 1, 512, "8", NULL)                                              \
    X("connect-timeout", "SECONDS", "for a connection (default 10)", SETTING_NUMBER,               \
      connect_seconds, 1, 120, "10", NULL)                                                         \
    X("silence-timeout", "SECONDS", "for waiting on one answer (default 30)", SETTING_NUMBER,      \
      silence_seconds, 1, 600, "30", NULL)                                                         \
    X("timeout", "SECONDS", "for a target in all (default 180)", SETTING_NUMBER, seconds, 5, 3600, \
      "180", NULL)                                                                                 \
    X("concurrency", "N", "at most so many targets of this source at once (0: no own limit)",      \
      SETTING_NUMBER, concurrency, 0, 512, "0", NULL)                                              \
    X("memory", "MB", "for the process that speaks to a target (default 256)", SETTING_NUMBER,     \
      memory_mb, 32, 4096, "256", NULL)                                                            \
    X("inventory-every", "TIME", "kept for scheduled runs: 24h (default), 90m, off",               \
      SETTING_DURATION, inventory_every, 900, 31536000, "24h", NULL)                               \
    X("updates-every", "TIME", "kept for scheduled runs: 24h (default), 90m, off",                 \
      SETTING_DURATION, updates_every, 900, 31536000, "24h", NULL)                                 \
    X("connections-every", "TIME", "kept for scheduled runs: off (default), 5m", SETTING_DURATION, \
      connections_every, 60, 31536000, "off", NULL)                                                \
    X("jitter", "PERCENT", "kept for scheduled runs: spread starts by that (default 10)",          \
      SETTING_NUMBER, jitter, 0, 50, "10", NULL)
#define SOURCE_FLAG(X, key, member, help) X(key, NULL, help, SETTING_FLAG, member, 0, 1, "no", NULL)
#define SOURCE_FLAGS(X)                                                                            \
    SOURCE_FLAG(X, "agent", agent, "the keys of the SSH agent may be used")                        \
    SOURCE_FLAG(X, "kerberos", kerberos, "Kerberos tickets may be used")                           \
    SOURCE_FLAG(X, "sudo", sudo, "use the documented sudo rules where they are in place")          \
    SOURCE_FLAG(X, "deep", deep, "read what packages' changelogs name as fixed")                   \
    SOURCE_FLAG(X, "legacy", legacy,                                                               \
                "old algorithms too (SHA-1, CBC), for CentOS 6 and the like; an attacker on the "  \
                "network may break them and read the credential")
#define SOURCE_SETTINGS(X) SOURCE_VALUES(X) SOURCE_FLAGS(X)

extern const struct setting source_setting_rows[];
extern const unsigned source_setting_count;
/* setting_find returns NULL for an unknown key. */
const struct setting *setting_find(struct str key);

void source_settings_init(struct source_settings *settings);
/* setting_read puts the value of a setting in its place; a text is put in arena. "yes" and "no"
 * are the values of a flag; a duration is "90s", "5m", "24h", "2d" or "off". ERR_USAGE. */
int setting_read(const struct setting *setting, struct str value, struct arena *arena,
                 struct source_settings *settings, struct error *err);
/* setting_write appends the value as setting_read takes it. setting_is_initial: is it the default?
 */
void setting_write(const struct setting *setting, const struct source_settings *settings,
                   struct buf *out);
bool setting_is_initial(const struct setting *setting, const struct source_settings *settings);

/* "USER@HOST:PORT" in parts; the user may be "", the port is 22 when none is named. ERR_USAGE. */
struct jump_host {
    struct str user, host;
    uint16_t port;
};
int jump_host_parse(struct str text, struct arena *arena, struct jump_host *ret, struct error *err);

#endif
