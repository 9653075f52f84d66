/* Who reads which feed: apart from the table of feeds, so that a program that only names feeds
 * links no parser and none of their libraries. */
#include "feed/reader.h"

static const struct {
    const char *feed;
    feed_parser *parse;
} parsers[] = {
    {"nvd", feed_parse_nvd},         {"nvd-overrides", feed_parse_overrides},
    {"cvelist", feed_parse_cvelist}, {"endoflife", feed_parse_endoflife},
    {"kev", feed_parse_kev},         {"epss", feed_parse_epss},
    {"osv", feed_parse_osv},         {"microsoft", feed_parse_microsoft},
};

feed_parser *feed_parser_find(const struct feed *feed)
{
    for (unsigned i = 0; i < sizeof parsers / sizeof *parsers; i++) {
        if (str_eq_text(str_from(feed->name), parsers[i].feed)) {
            return parsers[i].parse;
        }
    }
    return NULL;
}
