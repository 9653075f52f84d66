/* The note of the newest generation: "NUMBER GENERATION", the vault's own number in hexadecimal. */
#include "base/file.h"
#include "base/memory.h"
#include "vault/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NOTE_MOST = 128 };

char *seen_path_of(const char *folder)
{
    size_t len = strlen(folder), size = len + sizeof ".seen";
    char *path = mem_alloc(size);
    while (len > 1 && folder[len - 1] == '/') {
        len--;
    }
    snprintf(path, size, "%.*s.seen", (int)len, folder);
    return path;
}

static void write_number(const unsigned char *vault_id, char out[2 * VAULT_ID_SIZE + 1])
{
    for (size_t i = 0; i < VAULT_ID_SIZE; i++) {
        snprintf(out + 2 * i, 3, "%02x", vault_id[i]);
    }
}

uint64_t seen_read(const char *path, const unsigned char *vault_id)
{
    char number[2 * VAULT_ID_SIZE + 1];
    struct buf text;
    struct str rest, word;
    uint64_t generation = 0;
    buf_init(&text, NOTE_MOST);
    write_number(vault_id, number);
    if (file_read(path, &text, NULL) == 0) {
        rest = buf_view(&text);
        if (!str_next_word(&rest, &word) || !str_eq_text(word, number) ||
            !str_next_word(&rest, &word) || !str_to_u64(word, &generation)) {
            generation = 0;
        }
    }
    buf_done(&text);
    return generation;
}

void seen_note(const char *path, const unsigned char *vault_id, uint64_t generation)
{
    char number[2 * VAULT_ID_SIZE + 1];
    struct buf text;
    if (seen_read(path, vault_id) == generation) {
        return;
    }
    buf_init(&text, NOTE_MOST);
    write_number(vault_id, number);
    buf_printf(&text, "%s %llu\n", number, (unsigned long long)generation);
    (void)file_write(path, 0600, buf_view(&text), NULL);
    buf_done(&text);
}
