/*
 * assay.conf: how feeds are reached. docs/settings.md describes it.
 */
#ifndef ASSAY_ROLES_SETTINGS_H
#define ASSAY_ROLES_SETTINGS_H

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>

/* All "" when not set. */
struct settings {
    char proxy[512];       /* URL without credentials */
    char no_proxy[1024];   /* hosts, parted by commas */
    char credentials[512]; /* USER:PASSWORD for the proxy */
    char ca_file[4096];
    bool no_nvd_api;       /* leave NVD's API alone */
    char nvd_api_url[512]; /* where the API is; by https, or http to this machine */
    char nvd_api_key[128];
    /* The files that credentials and nvd_api_key are read from, or "vault:NAME". */
    char credentials_file[4096], nvd_api_key_file[4096];
};

/* settings_parse reads the text of such a file and opens no other. ERR_USAGE and ERR_FORMAT for
 * what is not understood, ERR_LIMIT for what is too long; *ret_line is its line then, else 0.
 * *ret_settings is set on success. */
int settings_parse(struct str text, struct settings *ret_settings, unsigned *ret_line,
                   struct error *err);

/* settings_in_vault is the name behind "vault:", NULL for a file or nothing. */
const char *settings_in_vault(const char *value);
/* settings_set_credentials and settings_set_api_key set a secret that was in the vault. ERR_USAGE
 * for one that cannot be sent, ERR_LIMIT. */
int settings_set_credentials(struct settings *settings, struct str user, struct str password,
                             struct error *err);
int settings_set_api_key(struct settings *settings, struct str key, struct error *err);

/* settings_read reads the file at path and the secrets of files that it names. ERR_NOT_FOUND when
 * there is none; other errors name the line. *ret_settings is set on success; wipe it with
 * settings_done. */
int settings_read(const char *path, struct settings *ret_settings, struct error *err);
void settings_done(struct settings *settings);

#endif
