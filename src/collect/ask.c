#include "collect/ask.h"

#include <stdio.h>
#include <sys/random.h>

int ask_make_nonce(char out[ASK_NONCE], struct error *err)
{
    unsigned char bytes[ASK_NONCE / 2];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes) {
        return error_set_errno(err, "no random bytes");
    }
    for (size_t i = 0; i < sizeof bytes; i++) {
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
    }
    return 0;
}

void ask_note(const char *what, struct str complaints, struct inventory *inventory)
{
    char first[200] = "";
    struct str line;
    if (str_next_line(&complaints, &line) && str_valid_utf8(line)) {
        snprintf(first, sizeof first, "the probe complained: %.*s", STR_ARG(str_sub(line, 0, 150)));
    }
    for (char *c = first; *c; c++) {
        *c = (unsigned char)*c < 0x20 || *c == 0x7f ? ' ' : *c;
    }
    struct str *notes = arena_array(&inventory->arena, inventory->note_count + 2, struct str);
    uint32_t count = 0;
    for (; count < inventory->note_count; count++) {
        notes[count] = inventory->notes[count];
    }
    if (what != NULL) {
        notes[count++] = str_from(what);
    }
    if (first[0] != '\0') {
        notes[count++] = arena_str(&inventory->arena, str_from(first));
    }
    inventory->notes = notes;
    inventory->note_count = count;
}
