#include "roles/settings.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct reading {
    struct settings settings;
    char credentials_file[4096];
    struct error *err;
};

static bool is_proxy(struct str url)
{
    static const char *const schemes[] = {"http://",    "https://",  "socks5://",
                                          "socks5h://", "socks4://", "socks4a://"};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        if (str_starts(url, str_from(schemes[i]))) {
            return url.len > strlen(schemes[i]);
        }
    }
    return false;
}

static int check_value(struct reading *reading, const char *name, const char *value)
{
    if (strcmp(name, "proxy") == 0 && !is_proxy(str_from(value))) {
        return error_set(reading->err, ERR_USAGE,
                         "proxy: not a URL of http, https, socks4, socks4a, socks5 or socks5h");
    }
    if (strcmp(name, "proxy") == 0 && strchr(value, '@') != NULL) {
        return error_set(reading->err, ERR_USAGE,
                         "proxy: put the credentials into a file and name it with "
                         "proxy_credentials");
    }
    bool is_file = strcmp(name, "ca_file") == 0 || strcmp(name, "proxy_credentials") == 0;
    if (is_file && value[0] != '/') {
        return error_set(reading->err, ERR_USAGE, "%s: not a path from the root", name);
    }
    return 0;
}

/* Lists may be given in several lines, which inih limits to 200 bytes each. */
static int put_value(struct reading *reading, const char *name, const char *value, char *into,
                     size_t size)
{
    size_t before = strlen(into);
    if (before > 0 && strcmp(name, "no_proxy") != 0) {
        return error_set(reading->err, ERR_USAGE, "%s: given twice", name);
    }
    if (before + strlen(value) + 2 > size) {
        return error_set(reading->err, ERR_LIMIT, "%s: too long", name);
    }
    snprintf(into + before, size - before, "%s%s", before > 0 ? "," : "", value);
    return check_value(reading, name, value);
}

/* inih's handler: 0 stops with an error. */
static int take_setting(void *context, const char *section, const char *name, const char *value)
{
    struct reading *reading = context;
    const struct {
        const char *name;
        char *into;
        size_t size;
    } known[] = {
        {"proxy", reading->settings.proxy, sizeof reading->settings.proxy},
        {"no_proxy", reading->settings.no_proxy, sizeof reading->settings.no_proxy},
        {"proxy_credentials", reading->credentials_file, sizeof reading->credentials_file},
        {"ca_file", reading->settings.ca_file, sizeof reading->settings.ca_file},
    };
    if (reading->err->code != 0) {
        return 0;
    }
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(section, "fetch") == 0 && strcmp(name, known[i].name) == 0) {
            return put_value(reading, name, value, known[i].into, known[i].size) == 0;
        }
    }
    error_set(reading->err, ERR_USAGE, "[%s] %s: not a setting", section, name);
    return 0;
}

/* Others must not be able to read a password. */
static int read_credentials(struct reading *reading)
{
    struct error *err = reading->err;
    const char *path = reading->credentials_file;
    struct settings *settings = &reading->settings;
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        return error_set_errno(err, "%s", path);
    }
    int result = 0;
    ssize_t got = 0;
    if (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode) || (info.st_mode & 077) != 0 ||
        (info.st_uid != geteuid() && info.st_uid != 0)) {
        result =
            error_set(err, ERR_USAGE, "%s: others may read it; make it yours with mode 0600", path);
    } else if ((got = read(fd, settings->credentials, sizeof settings->credentials - 1)) < 0) {
        result = error_set_errno(err, "%s", path);
    }
    close(fd);
    if (result == 0) {
        settings->credentials[strcspn(settings->credentials, "\r\n")] = '\0';
        if (strchr(settings->credentials, ':') == NULL) {
            result = error_set(err, ERR_USAGE, "%s: its first line is not USER:PASSWORD", path);
        }
    }
    return result;
}

int settings_read(const char *path, struct settings *ret_settings, struct error *err)
{
    struct reading reading = {.err = err};
    char where[4200];
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return error_set_errno(err, "%s", path);
    }
    int line = ini_parse_file(file, take_setting, &reading);
    fclose(file);
    if (err->code == 0 && line != 0) {
        error_set(err, ERR_FORMAT, "neither [SECTION] nor NAME = VALUE");
    }
    snprintf(where, sizeof where, "%s:%d", path, line);
    if (err->code == 0 && reading.credentials_file[0] != '\0') {
        read_credentials(&reading);
    }
    if (err->code == 0 && reading.settings.ca_file[0] != '\0' &&
        access(reading.settings.ca_file, R_OK) < 0) {
        error_set_errno(err, "%s", reading.settings.ca_file);
    }
    if (err->code != 0) {
        error_add_where(err, line > 0 ? where : path);
    }
    if (err->code == 0) {
        *ret_settings = reading.settings;
    }
    settings_done(&reading.settings);
    return err->code;
}

void settings_done(struct settings *settings)
{
    explicit_bzero(settings, sizeof *settings);
}
