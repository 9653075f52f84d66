/* What the kb commands share. */
#ifndef ASSAY_CLI_KB_H
#define ASSAY_CLI_KB_H

#include "cli/cli.h"
#include "knowledge/knowledge.h"
#include "json/json_writer.h"

/* Data older than this is warned about wherever it is used. */
enum { KB_STALE_DAYS = 30 };

/* kb_open opens the file named as an argument, else the standard one; *ret_path is free()d by
 * the caller. NULL with a message. */
struct knowledge *kb_open(const struct cli_args *args, const char *argument, char **ret_path);
/* kb_json reads --format: false with a message when it is neither table nor json. */
bool kb_json(const struct cli_args *args, bool *ret_json);
/* kb_age is the days from a feed's newest record to day, -1 when it has none. */
int64_t kb_age(const struct knowledge_feed *feed, int32_t day);
/* kb_warn_stale tells on standard error which feeds are older than KB_STALE_DAYS, and advice, what
 * to do about it (NULL: to update). */
void kb_warn_stale(const struct knowledge *knowledge, int32_t day, const char *advice);

/* kb_name_source says where --from SOURCE leads, for messages. */
const char *kb_name_source(const char *from);

/* kb_show_cve and kb_show_product write one thing; false when the file does not have it. */
struct kb_show {
    const struct knowledge *knowledge;
    bool json, all;
    unsigned width;
    int32_t day;
    struct arena arena;
    struct json_writer writer;
    struct buf out;
};
bool kb_show_cve(struct kb_show *show, uint64_t id);
bool kb_show_product(struct kb_show *show, struct str name);

#endif
