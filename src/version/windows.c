/*
 * Windows: major.minor.build[.revision]. Major, minor and build are the class: a fix of
 * one build says nothing of another. The revision (UBR) is the key; without one there are
 * no bytes, and the key equals only another without.
 */
#include "version/key.h"

enum { PARTS = 4, MINOR_SHIFT = 32, MAJOR_SHIFT = 44, MAX_MAJOR = 0xfff };

int version_windows_make(struct str text, struct key_draft *draft, struct error *err)
{
    uint64_t parts[PARTS] = {0};
    unsigned count = 0;
    struct str part;
    while (str_split_byte(&text, '.', &part)) {
        if (count == PARTS || !str_to_u64(part, &parts[count]) ||
            parts[count] > (count < 2 ? MAX_MAJOR : UINT32_MAX)) {
            return error_set(err, ERR_FORMAT, "not major.minor.build.revision of Windows");
        }
        count++;
    }
    if (count < PARTS - 1) {
        return error_set(err, ERR_FORMAT, "not major.minor.build.revision of Windows");
    }
    draft->class = parts[0] << MAJOR_SHIFT | parts[1] << MINOR_SHIFT | parts[2];
    for (unsigned i = 4; count == PARTS && i-- > 0;) {
        key_put(draft, (unsigned char)(parts[3] >> (8 * i)));
    }
    return 0;
}
