/*
 * Collecting: the probe script and the reading of its framed answer.
 */
#ifndef ASSAY_COLLECT_COLLECT_H
#define ASSAY_COLLECT_COLLECT_H

#include "inventory/inventory.h"

/* collect_linux_script returns the POSIX sh probe (share/probe/linux.sh, embedded at build
 * time). Its argument is the nonce of the frames. */
struct str collect_linux_script(void);

/* collect_parse reads the framed answer of the Linux probe into *inventory (initialised by the
 * caller; emptied on failure). nonce is what the script was given. A frame without the nonce is
 * text; a missing end frame makes its section partial; a missing EOF frame makes the inventory
 * partial. ERR_FORMAT only when there is no frame at all. */
int collect_parse(struct str output, struct str nonce, struct inventory *inventory,
                  struct error *err);

struct collect_progress {
    void *context;
    void (*step)(void *context, struct str section, unsigned done, unsigned total);
};

/* What is asked of a target. */
struct collect_options {
    bool deep; /* also read what the changelogs of the packages name as fixed */
};

/* collect_local probes this machine. */
int collect_local(const struct collect_options *options, const struct collect_progress *progress,
                  struct inventory *inventory, struct error *err);

#endif
