/*
 * assay.conf: how feeds are reached. docs/settings.md describes it.
 */
#ifndef ASSAY_ROLES_SETTINGS_H
#define ASSAY_ROLES_SETTINGS_H

#include "base/error.h"

/* All "" when not set. */
struct settings {
    char proxy[512];       /* URL without credentials */
    char no_proxy[1024];   /* hosts, parted by commas */
    char credentials[512]; /* USER:PASSWORD for the proxy */
    char ca_file[4096];
};

/* settings_read reads the file at path. ERR_NOT_FOUND when there is none; other errors name the
 * line. *ret_settings is set on success; wipe it with settings_done. */
int settings_read(const char *path, struct settings *ret_settings, struct error *err);
void settings_done(struct settings *settings);

#endif
