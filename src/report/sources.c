/*
 * What has to stand wherever data of the feeds is shown: the notices that their publishers ask
 * for, and how old the data is.
 */
#include "report/layout.h"
#include "report/text.h"
#include "report/view.h"

static bool present_feed(const struct knowledge *knowledge, uint32_t index,
                         struct knowledge_feed *ret)
{
    return knowledge_feed(knowledge, index, ret) && ret->present;
}

void report_put_notices(const struct knowledge *knowledge, struct buf *out)
{
    bool any = false;
    for (uint32_t i = 0; knowledge != NULL && i < knowledge_feed_count(knowledge); i++) {
        struct knowledge_feed feed;
        if (present_feed(knowledge, i, &feed) && feed.attribution.len > 0) {
            buf_put_text(out, any ? " " : "");
            text_put_clean(out, feed.attribution);
            any = true;
        }
    }
}

void report_write_notice(struct str text, unsigned width, bool color, struct buf *out)
{
    if (text.len > 0) {
        buf_put_byte(out, '\n');
        layout_begin_style(out, color, LAYOUT_DIM);
        text_put_wrapped(out, text, width, 0);
        layout_end_style(out, color, LAYOUT_DIM);
        buf_put_byte(out, '\n');
    }
}

struct str report_nvd_notice(const struct knowledge *knowledge)
{
    for (uint32_t i = 0; knowledge != NULL && i < knowledge_feed_count(knowledge); i++) {
        struct knowledge_feed feed;
        if (present_feed(knowledge, i, &feed) && str_eq_text(feed.name, "nvd")) {
            return feed.attribution;
        }
    }
    return STR("");
}

void report_json_sources(struct json_writer *json, const struct knowledge *knowledge, int32_t as_of)
{
    json_open_array(json, "sources");
    for (uint32_t i = 0; knowledge != NULL && i < knowledge_feed_count(knowledge); i++) {
        struct knowledge_feed feed;
        if (present_feed(knowledge, i, &feed)) {
            bool dated = feed.newest != TIME_NONE;
            json_open_object(json, NULL);
            json_put_str(json, "label", feed.label);
            json_put_time(json, "newest", feed.newest);
            json_put_bool(json, "old", dated && as_of - time_to_date(feed.newest) > VIEW_OLD_DAYS);
            json_put_known(json, "attribution", feed.attribution);
            json_close_object(json);
        }
    }
    json_close_array(json);
}
