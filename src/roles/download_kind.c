#include "roles/download.h"

#include <string.h>

const char *download_wrong_kind(const char *target, const char *bytes, size_t len)
{
    static const struct {
        const char *ending, *magic, *what;
    } kinds[] = {
        {".gz", "\x1f\x8b", "what came is not gzip"},
        {".zip", "PK", "what came is not a zip"},
        {".json", "{", "what came is not JSON"},
        {".meta.new", "lastModifiedDate:", "what came is no .meta file"},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (str_ends(str_from(target), str_from(kinds[i].ending))) {
            size_t most = strlen(kinds[i].magic);
            bool right = memcmp(bytes, kinds[i].magic, len < most ? len : most) == 0;
            return right ? NULL : kinds[i].what;
        }
    }
    return NULL;
}
