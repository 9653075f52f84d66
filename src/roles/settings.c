#include "roles/settings.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct reading {
    struct settings settings;
    char nvd_api[64];
    struct str rest; /* of the text */
    struct error *err;
};

/* ---- what values may be ---- */

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

static int check_proxy(const char *value, struct error *err)
{
    if (!is_proxy(str_from(value))) {
        return error_set(err, ERR_USAGE,
                         "proxy: not a URL of http, https, socks4, socks4a, socks5 or socks5h");
    }
    if (strchr(value, '@') != NULL) {
        return error_set(err, ERR_USAGE,
                         "proxy: put the credentials into a file and name it with "
                         "proxy_credentials");
    }
    return 0;
}

/* The rest of a URL behind "http://" begins with this machine's name or loopback address. */
static bool is_loopback(struct str rest)
{
    static const char *const hosts[] = {"127.0.0.1", "localhost", "[::1]"};
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        struct str after = str_skip(rest, strlen(hosts[i]));
        if (str_starts(rest, str_from(hosts[i])) &&
            (after.len == 0 || after.ptr[0] == ':' || after.ptr[0] == '/')) {
            return true;
        }
    }
    return false;
}

static bool is_printable(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] <= ' ' || text.ptr[i] > '~') {
            return false;
        }
    }
    return true;
}

/* The key goes there, so nobody on the way may read it. */
static int check_api_url(const char *value, struct error *err)
{
    struct str url = str_from(value);
    bool https = str_starts(url, STR("https://")) && url.len > strlen("https://");
    bool here = str_starts(url, STR("http://")) && is_loopback(str_skip(url, strlen("http://")));
    if ((!https && !here) || !is_printable(url)) {
        return error_set(err, ERR_USAGE,
                         "nvd_api_url: not a https URL (or a http URL of this machine)");
    }
    if (strpbrk(value, "@?#") != NULL) {
        return error_set(err, ERR_USAGE,
                         "nvd_api_url: takes no credentials, query or fragment; the key goes into "
                         "a file that nvd_api_key names");
    }
    return 0;
}

static int check_switch(const char *value, struct error *err)
{
    bool known = strcmp(value, "yes") == 0 || strcmp(value, "no") == 0;
    return known ? 0 : error_set(err, ERR_USAGE, "nvd_api: neither yes nor no");
}

static int check_value(const char *name, const char *value, struct error *err)
{
    if (strcmp(name, "proxy") == 0) {
        return check_proxy(value, err);
    }
    if (strcmp(name, "nvd_api_url") == 0) {
        return check_api_url(value, err);
    }
    if (strcmp(name, "nvd_api") == 0) {
        return check_switch(value, err);
    }
    bool secret = strcmp(name, "proxy_credentials") == 0 || strcmp(name, "nvd_api_key") == 0;
    const char *kept = secret ? settings_in_vault(value) : NULL;
    if (kept != NULL) {
        return *kept ? 0 : error_set(err, ERR_USAGE, "%s: vault: without a name", name);
    }
    if (strcmp(name, "no_proxy") != 0 && value[0] != '/') {
        return error_set(err, ERR_USAGE, "%s: not a path from the root%s", name,
                         secret ? ", nor vault:NAME" : "");
    }
    return 0;
}

/* ---- the file ---- */

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
    return check_value(name, value, reading->err);
}

/* inih's handler: 0 stops with an error. */
static int take_setting(void *context, const char *section, const char *name, const char *value)
{
    struct reading *reading = context;
    struct settings *settings = &reading->settings;
    const struct {
        const char *name;
        char *into;
        size_t size;
    } known[] = {
        {"proxy", settings->proxy, sizeof settings->proxy},
        {"no_proxy", settings->no_proxy, sizeof settings->no_proxy},
        {"proxy_credentials", settings->credentials_file, sizeof settings->credentials_file},
        {"ca_file", settings->ca_file, sizeof settings->ca_file},
        {"nvd_api", reading->nvd_api, sizeof reading->nvd_api},
        {"nvd_api_url", settings->nvd_api_url, sizeof settings->nvd_api_url},
        {"nvd_api_key", settings->nvd_api_key_file, sizeof settings->nvd_api_key_file},
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

/* inih's reader: a line with its end, of at most size - 1 bytes, as fgets. */
static char *next_line(char *out, int size, void *context)
{
    struct str *rest = context;
    size_t end = str_find_byte(*rest, '\n'), most = (size_t)size - 1;
    size_t len = end == SIZE_MAX ? rest->len : end + 1;
    len = len < most ? len : most;
    if (len == 0) {
        return NULL;
    }
    memcpy(out, rest->ptr, len);
    out[len] = '\0';
    *rest = str_skip(*rest, len);
    return out;
}

int settings_parse(struct str text, struct settings *ret_settings, unsigned *ret_line,
                   struct error *err)
{
    struct error own = ERROR_INIT;
    struct reading reading = {.rest = text, .err = &own};
    int line = ini_parse_stream(next_line, &reading.rest, take_setting, &reading);
    *ret_line = line > 0 ? (unsigned)line : 0;
    if (own.code == 0 && line != 0) {
        error_set(&own, ERR_FORMAT, "neither [SECTION] nor NAME = VALUE");
    }
    if (own.code != 0) {
        *err = own;
        return own.code;
    }
    *ret_settings = reading.settings;
    ret_settings->no_nvd_api = strcmp(reading.nvd_api, "no") == 0;
    return 0;
}

/* ---- the secrets ---- */

/* Others must not be able to read it. Its first line goes to out. */
static int read_secret(const char *path, char *out, size_t size, struct error *err)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        return error_set_errno(err, "%s", path);
    }
    int result = 0;
    ssize_t got = 0;
    if (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode) || (info.st_mode & 077) != 0 ||
        (info.st_uid != geteuid() && info.st_uid != 0)) {
        result =
            error_set(err, ERR_USAGE, "%s: others may read it; make it yours with mode 0600", path);
    } else if ((got = read(fd, out, size - 1)) < 0) {
        result = error_set_errno(err, "%s", path);
    }
    close(fd);
    out[got > 0 ? got : 0] = '\0';
    out[strcspn(out, "\r\n")] = '\0';
    return result;
}

const char *settings_in_vault(const char *value)
{
    static const char vault[] = "vault:";
    return strncmp(value, vault, sizeof vault - 1) == 0 ? value + sizeof vault - 1 : NULL;
}

int settings_set_credentials(struct settings *settings, struct str user, struct str password,
                             struct error *err)
{
    if (str_find_byte(user, ':') != SIZE_MAX) {
        return error_set(err, ERR_USAGE, "proxy_credentials: a user with `:` cannot be sent");
    }
    if (user.len + password.len + 2 > sizeof settings->credentials) {
        return error_set(err, ERR_LIMIT, "proxy_credentials: longer than %zu bytes",
                         sizeof settings->credentials - 2);
    }
    snprintf(settings->credentials, sizeof settings->credentials, "%.*s:%.*s", STR_ARG(user),
             STR_ARG(password));
    return 0;
}

static bool is_api_key(struct str key)
{
    return key.len >= 8 && key.len <= 100 && is_printable(key);
}

int settings_set_api_key(struct settings *settings, struct str key, struct error *err)
{
    if (!is_api_key(key)) {
        return error_set(err, ERR_USAGE, "nvd_api_key: the credential is not an API key");
    }
    snprintf(settings->nvd_api_key, sizeof settings->nvd_api_key, "%.*s", STR_ARG(key));
    return 0;
}

static int read_credentials(struct settings *settings, struct error *err)
{
    const char *path = settings->credentials_file;
    int result = read_secret(path, settings->credentials, sizeof settings->credentials, err);
    if (result == 0 && strchr(settings->credentials, ':') == NULL) {
        result = error_set(err, ERR_USAGE, "%s: its first line is not USER:PASSWORD", path);
    }
    return result;
}

static int read_api_key(struct settings *settings, struct error *err)
{
    const char *path = settings->nvd_api_key_file;
    int result = read_secret(path, settings->nvd_api_key, sizeof settings->nvd_api_key, err);
    if (result == 0 && !is_api_key(str_from(settings->nvd_api_key))) {
        result = error_set(err, ERR_USAGE, "%s: its first line is not an API key", path);
    }
    return result;
}

static int check_readable(const char *path, struct error *err)
{
    int fd = file_open(path, err);
    if (fd < 0) {
        return fd;
    }
    close(fd);
    return 0;
}

static int read_secrets(struct settings *settings, struct error *err)
{
    int result = 0;
    if (settings->credentials_file[0] == '/') {
        result = read_credentials(settings, err);
    }
    if (result == 0 && settings->nvd_api_key_file[0] == '/') {
        result = read_api_key(settings, err);
    }
    return result == 0 && settings->ca_file[0] != '\0' ? check_readable(settings->ca_file, err)
                                                       : result;
}

int settings_read(const char *path, struct settings *ret_settings, struct error *err)
{
    struct settings settings = {0};
    struct buf text;
    char where[4200];
    unsigned line = 0;
    buf_init(&text, LIMIT_SETTINGS);
    int result = file_read(path, &text, err);
    if (result == 0) {
        result = settings_parse(buf_view(&text), &settings, &line, err);
    }
    buf_done(&text);
    if (result == 0) {
        result = read_secrets(&settings, err);
    }
    snprintf(where, sizeof where, "%s:%u", path, line);
    if (result < 0) {
        error_add_where(err, line > 0 ? where : path);
    } else {
        *ret_settings = settings;
    }
    settings_done(&settings);
    return result;
}

void settings_done(struct settings *settings)
{
    explicit_bzero(settings, sizeof *settings);
}
