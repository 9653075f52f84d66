/* assay.conf: whatever its text, values fit their places and the API's URL is one that the key may
 * be sent to. */
#include "roles/settings.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct settings settings;
    struct error err = ERROR_INIT;
    unsigned line = 0;
    if (settings_parse((struct str){(const char *)data, size}, &settings, &line, &err) < 0) {
        check(err.code != 0 && err.message[0] != '\0');
        return 0;
    }
    struct str url = str_from(settings.nvd_api_url);
    check(memchr(settings.proxy, '\0', sizeof settings.proxy) != NULL);
    check(memchr(settings.no_proxy, '\0', sizeof settings.no_proxy) != NULL);
    check(strchr(settings.proxy, '@') == NULL && strchr(settings.nvd_api_url, '@') == NULL);
    check(url.len == 0 || str_starts(url, STR("https://")) || str_starts(url, STR("http://127.")) ||
          str_starts(url, STR("http://localhost")) || str_starts(url, STR("http://[::1]")));
    check(settings.ca_file[0] == '\0' || settings.ca_file[0] == '/');
    check(settings.nvd_api_key[0] == '\0' && settings.credentials[0] == '\0');
    settings_done(&settings);
    return 0;
}
