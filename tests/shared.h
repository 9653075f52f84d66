/*
 * Where the reference data beside the checkout is: $ASSAY_SHARED, else ../shared.
 */
#ifndef ASSAY_TESTS_SHARED_H
#define ASSAY_TESTS_SHARED_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* shared_path writes the path of a file of the reference data; false when it is not there. */
static inline bool shared_path(char *out, size_t out_size, const char *name)
{
    const char *folder = getenv("ASSAY_SHARED");
    snprintf(out, out_size, "%s/%s", folder ? folder : SOURCE_ROOT "/../shared", name);
    return access(out, R_OK) == 0;
}

/* shared_skip skips the whole program, which then returns what this returns. (Meson takes
 * the TAP of cmocka's skip() for a failure.) */
static inline int shared_skip(const char *reason)
{
    printf("1..0 # SKIP %s\n", reason);
    return 0;
}

#endif
