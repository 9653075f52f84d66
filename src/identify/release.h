/* Numbers of a release, and the names that are made of them: "Debian:{major}".
 * Not for other folders. */
#ifndef ASSAY_IDENTIFY_RELEASE_H
#define ASSAY_IDENTIFY_RELEASE_H

#include "base/arena.h"
#include "base/str.h"

/* What the placeholders {version}, {major}, {minor} and {pack} stand for. */
struct release_parts {
    struct str version, major, minor;
    struct str pack; /* service pack, that VERSION alone names: "LTS-SP3" of "22.03 (LTS-SP3)" */
};

/* release_take_number takes the digits in front of *rest and a dot behind them. */
struct str release_take_number(struct str *rest);
/* release_cut cuts VERSION_ID; a missing minor is "0". The pack stays empty. */
struct release_parts release_cut(struct str version);
/* release_pack views what stands in brackets in VERSION; "" when nothing does. */
struct str release_pack(struct str version);
/* release_fill fills a pattern; "" when the version lacks what it asks for. */
struct str release_fill(struct str pattern, const struct release_parts *parts, struct arena *arena);

#endif
