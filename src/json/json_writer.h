/*
 * Writing JSON (RFC 8259) as a stream into a buffer: nothing is kept, the order is the
 * caller's. Every value takes its key first: NULL in an array and for the outermost value. Keys are
 * words that need no escape.
 */
#ifndef ASSAY_JSON_JSON_WRITER_H
#define ASSAY_JSON_JSON_WRITER_H

#include "base/buf.h"

struct json_writer {
    struct buf *out;
    bool indented;  /* two blanks a level, a value a line; else no white space at all */
    bool for_html;  /* `<`, `>`, `&`, U+2028 and U+2029 escaped, to stand in a script element */
    bool has_value; /* the open object or array is not empty */
    unsigned depth;
};

/* json_writer_init starts an indented document (set `indented`, `for_html` afterwards). The end
 * of an indented document's outermost object or array is followed by a line end. */
void json_writer_init(struct json_writer *writer, struct buf *out);

void json_open_object(struct json_writer *writer, const char *key);
void json_close_object(struct json_writer *writer);
void json_open_array(struct json_writer *writer, const char *key);
void json_close_array(struct json_writer *writer);

/* Texts: what is not UTF-8 becomes U+FFFD, once a maximal subpart (Unicode 15, table 3-8). */
void json_put_str(struct json_writer *writer, const char *key, struct str value);
/* json_put_text: NULL is null. */
void json_put_text(struct json_writer *writer, const char *key, const char *value);
/* json_put_known writes null for the empty text: "not known". */
void json_put_known(struct json_writer *writer, const char *key, struct str value);

void json_put_uint(struct json_writer *writer, const char *key, uint64_t value);
void json_put_int(struct json_writer *writer, const char *key, int64_t value);
/* json_put_fixed writes value / 10^decimals exactly: (98, 1) is 9.8. decimals is 0 to 9. */
void json_put_fixed(struct json_writer *writer, const char *key, int64_t value, unsigned decimals);
/* json_put_real rounds to that many decimals; null for what is not finite. */
void json_put_real(struct json_writer *writer, const char *key, double value, unsigned decimals);
void json_put_bool(struct json_writer *writer, const char *key, bool value);
void json_put_null(struct json_writer *writer, const char *key);
/* Dates and times as base/date.h formats them; null for DATE_NONE and TIME_NONE. */
void json_put_date(struct json_writer *writer, const char *key, int32_t value);
void json_put_time(struct json_writer *writer, const char *key, int64_t value);

/* json_write_str appends value as a quoted JSON text, without a writer. */
void json_write_str(struct buf *out, struct str value, bool for_html);

#endif
