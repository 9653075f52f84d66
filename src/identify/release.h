/* Numbers of a release, and the names that are made of them: "Debian:{major}". */
#ifndef ASSAY_IDENTIFY_RELEASE_H
#define ASSAY_IDENTIFY_RELEASE_H

#include "base/arena.h"
#include "base/str.h"

/* What the placeholders {version}, {major} and {minor} stand for. */
struct release_parts {
    struct str version, major, minor;
};

/* release_take_number takes the digits in front of *rest and a dot behind them. */
struct str release_take_number(struct str *rest);
/* release_cut cuts VERSION_ID; a missing minor is "0". */
struct release_parts release_cut(struct str version);
/* release_fill fills a pattern; "" when the version lacks what it asks for. */
struct str release_fill(struct str pattern, const struct release_parts *parts, struct arena *arena);

#endif
