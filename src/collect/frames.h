/*
 * The frames of a probe's answer: `RS NONCE B NAME`, `RS NONCE E NAME EXIT SECONDS` and
 * `RS NONCE EOF`, each up to its line's end (RS is U+001E). What does not bear the nonce is text.
 * Not for other folders.
 */
#ifndef ASSAY_COLLECT_FRAMES_H
#define ASSAY_COLLECT_FRAMES_H

#include "base/str.h"

enum frame_kind { FRAME_BEGIN, FRAME_END, FRAME_EOF };

struct frame {
    enum frame_kind kind;
    struct str text;    /* what stands before the frame, since the one before it */
    struct str name;    /* FRAME_BEGIN, FRAME_END: the section */
    struct str exit;    /* FRAME_END: exit status in decimal, or "absent" */
    struct str seconds; /* FRAME_END */
};

struct frames {
    struct str rest;  /* not yet read */
    struct str nonce; /* not empty */
};

/* frames_next reads the next frame and all before it; views into the output. False at the end:
 * ret_frame->text is then what follows the last frame. A frame with the nonce and without the
 * rest of its form is text. */
bool frames_next(struct frames *frames, struct frame *ret_frame);

#endif
