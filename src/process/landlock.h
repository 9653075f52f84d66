/* Landlock (landlock(7)), as far as the sandbox needs it: beneath which paths files may be used. */
#ifndef ASSAY_PROCESS_LANDLOCK_H
#define ASSAY_PROCESS_LANDLOCK_H

#include "process/sandbox.h"

/* landlock_version returns the version of the kernel's interface, 0 when it has none. */
int landlock_version(void);
/* landlock_enter forbids every use of files but those beneath the paths; from version 4 also to
 * bind and connect TCP sockets (connects: only to bind), from version 6 signals to and abstract
 * sockets of processes outside. */
int landlock_enter(int version, const struct sandbox_paths *paths, bool connects,
                   struct error *err);

#endif
