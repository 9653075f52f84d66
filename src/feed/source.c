#include "feed/source.h"

#include <stdio.h>
#include <string.h>

/* What a server can run, as knowledge/ecosystem.c compares its versions. OSV has 30 ecosystems
 * more, most of them programming languages'. */
static const char *const osv_ecosystems[] = {
    "AlmaLinux", "Alpaquita", "Alpine",    "Azure Linux", "Chainguard",  "Debian",
    "Echo",      "Mageia",    "MinimOS",   "Red Hat",     "Rocky Linux", "SUSE",
    "Ubuntu",    "Wolfi",     "openEuler", "openSUSE",    NULL,
};

const struct feed_source feed_sources[] = {
    /* The file of 2002 holds the earlier years too. */
    {.name = "nvd", .pattern = FEED_PATTERN_NVD, .first_year = 2002, .has_meta = true},
    {.name = "nvd-overrides", .pattern = FEED_PATTERN_OVERRIDES, .optional = true},
    {.name = "cvelist", .pattern = FEED_PATTERN_CVELIST},
    {.name = "endoflife", .pattern = FEED_PATTERN_ENDOFLIFE},
    {.name = "kev", .pattern = FEED_PATTERN_KEV},
    {.name = "epss", .pattern = FEED_PATTERN_EPSS},
    {.name = "osv", .pattern = FEED_PATTERN_OSV, .fillers = osv_ecosystems, .optional = true},
    {.name = "microsoft", .pattern = FEED_PATTERN_MICROSOFT},
};

const unsigned feed_source_count = sizeof feed_sources / sizeof feed_sources[0];

/* What stands for `*` in file number index; "" when the pattern has none, NULL at the end. */
static const char *fill(const struct feed_source *source, int year, unsigned index,
                        char out[static 16])
{
    if (source->first_year > 0) {
        int wanted = source->first_year + (int)index;
        snprintf(out, 16, "%02d", wanted % 100);
        return index <= 97 && wanted <= year ? out : NULL;
    }
    if (source->fillers == NULL) {
        return index == 0 ? "" : NULL;
    }
    for (unsigned i = 0; source->fillers[i] != NULL; i++) {
        if (i == index) {
            return source->fillers[i];
        }
    }
    return NULL;
}

bool feed_source_path(const struct feed_source *source, int year, unsigned index, char *out,
                      size_t out_size)
{
    char number[16];
    const char *filler = fill(source, year, index, number);
    if (filler == NULL) {
        return false;
    }
    const char *star = strchr(source->pattern, '*');
    size_t before = star ? (size_t)(star - source->pattern) : strlen(source->pattern);
    int len = snprintf(out, out_size, "%.*s%s%s", (int)before, source->pattern, filler,
                       star ? star + 1 : "");
    return len > 0 && (size_t)len < out_size;
}

bool feed_source_host(struct str host)
{
    /* Archives of a repository on github.com are served there. */
    if (str_eq_nocase(host, STR("codeload.github.com"))) {
        return true;
    }
    for (unsigned i = 0; i < feed_source_count; i++) {
        struct str rest = str_from(feed_sources[i].pattern), known;
        if (str_split_byte(&rest, '/', &known) && str_eq_nocase(known, host)) {
            return true;
        }
    }
    return false;
}
