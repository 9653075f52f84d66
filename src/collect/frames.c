#include "collect/frames.h"

#include <string.h>

enum { RECORD_SEPARATOR = 0x1e };

/* read_words reads what stands after the nonce. */
static bool read_words(struct str line, struct frame *frame)
{
    struct str kind;
    if (!str_next_word(&line, &kind)) {
        return false;
    }
    if (str_eq(kind, STR("EOF"))) {
        frame->kind = FRAME_EOF;
        return true;
    }
    if (!str_next_word(&line, &frame->name)) {
        return false;
    }
    if (str_eq(kind, STR("B"))) {
        frame->kind = FRAME_BEGIN;
        return true;
    }
    frame->kind = FRAME_END;
    return str_eq(kind, STR("E")) && str_next_word(&line, &frame->exit) &&
           str_next_word(&line, &frame->seconds);
}

/* find_nonce returns the offset of the next separator that the nonce and a blank follow. */
static size_t find_nonce(struct str text, struct str nonce, size_t from)
{
    for (size_t at = from; at < text.len; at++) {
        const char *found = memchr(text.ptr + at, RECORD_SEPARATOR, text.len - at);
        if (found == NULL) {
            break;
        }
        at = (size_t)(found - text.ptr);
        struct str after = str_skip(text, at + 1);
        if (str_starts(after, nonce) && after.len > nonce.len && after.ptr[nonce.len] == ' ') {
            return at;
        }
    }
    return SIZE_MAX;
}

bool frames_next(struct frames *frames, struct frame *ret_frame)
{
    struct str text = frames->rest;
    *ret_frame = (struct frame){.text = text};
    for (size_t from = 0;;) {
        size_t at = find_nonce(text, frames->nonce, from);
        if (at == SIZE_MAX) {
            frames->rest = (struct str){NULL, 0};
            return false;
        }
        struct str after = str_skip(text, at + 1 + frames->nonce.len + 1);
        size_t end = str_find_byte(after, '\n');
        struct frame frame = {.text = str_sub(text, 0, at)};
        if (end != SIZE_MAX && read_words(str_sub(after, 0, end), &frame)) {
            *ret_frame = frame;
            frames->rest = str_skip(after, end + 1);
            return true;
        }
        from = at + 1;
    }
}
