/* Zips written by hand, as no library would: ZIP64, lies of the directory, members that overlap. */
#include "../unit.h"

#include "base/limits.h"
#include "feed/unpack.h"
#include "feed/zip_directory.h"

#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What differs from a good zip of one stored member. */
struct recipe {
    const char *name, *local_name; /* local_name NULL: the same */
    const char *text;
    uint16_t method, local_method, flags;
    bool large;          /* ZIP64 in the entry and at the end */
    uint32_t copies;     /* entries of the same member */
    uint64_t told;       /* its size; 0: what it is */
    uint64_t offset;     /* of the local header; 0: where it is */
    const char *comment; /* of the zip */
    uint32_t crc_change;
    int64_t count_change; /* of entries */
};

static void put(struct buf *out, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        char byte = (char)value;
        buf_put(out, &byte, 1);
        value >>= 8;
    }
}

static void put_local(struct buf *out, const struct recipe *recipe, struct str data)
{
    const char *name = recipe->local_name ? recipe->local_name : recipe->name;
    buf_put_text(out, "PK\x03\x04");
    put(out, 45, 2);
    put(out, recipe->flags, 2);
    put(out, recipe->local_method, 2);
    put(out, 0, 16); /* time, checksum and sizes: those of the directory count */
    put(out, strlen(name), 2);
    put(out, 3, 2);
    buf_put_text(out, name);
    buf_put_text(out, "xxx");
    buf_put_str(out, data);
}

static void put_entry(struct buf *out, const struct recipe *recipe, struct str data)
{
    uint64_t size = recipe->told ? recipe->told : strlen(recipe->text);
    uint32_t crc = libdeflate_crc32(0, recipe->text, strlen(recipe->text));
    buf_put_text(out, "PK\x01\x02");
    put(out, 45 << 16 | 45, 4);
    put(out, recipe->flags, 2);
    put(out, recipe->method, 2);
    put(out, 0, 4);
    put(out, crc ^ recipe->crc_change, 4);
    put(out, recipe->large ? UINT32_MAX : data.len, 4);
    put(out, recipe->large ? UINT32_MAX : size, 4);
    put(out, strlen(recipe->name), 2);
    put(out, recipe->large ? 5 + 4 + 24 : 0, 2);
    put(out, 2, 2); /* a comment */
    put(out, 0, 8);
    put(out, recipe->large ? UINT32_MAX : recipe->offset, 4);
    buf_put_text(out, recipe->name);
    if (recipe->large) {
        put(out, 0x7075, 2); /* another field first */
        put(out, 1, 2);
        put(out, 0, 1);
        put(out, 1, 2);
        put(out, 24, 2);
        put(out, size, 8);
        put(out, data.len, 8);
        put(out, recipe->offset, 8);
    }
    buf_put_text(out, "cc");
}

static void put_end(struct buf *out, const struct recipe *recipe, uint64_t start)
{
    uint64_t end = out->len, count = recipe->copies + (uint64_t)recipe->count_change;
    const char *comment = recipe->comment ? recipe->comment : "";
    if (recipe->large) {
        buf_put_text(out, "PK\x06\x06");
        put(out, 44, 8);
        put(out, 0, 12);
        put(out, count, 8);
        put(out, count, 8);
        put(out, end - start, 8);
        put(out, start, 8);
        buf_put_text(out, "PK\x06\x07");
        put(out, 0, 4);
        put(out, end, 8);
        put(out, 1, 4);
    }
    buf_put_text(out, "PK\x05\x06");
    put(out, 0, 4);
    put(out, recipe->large ? UINT16_MAX : count, 2);
    put(out, recipe->large ? UINT16_MAX : count, 2);
    put(out, recipe->large ? UINT32_MAX : end - start, 4);
    put(out, recipe->large ? UINT32_MAX : start, 4);
    put(out, strlen(comment), 2);
    buf_put_text(out, comment);
}

static void make_zip(const struct recipe *recipe, struct buf *out)
{
    char packed[512];
    struct str data = str_from(recipe->text);
    buf_init(out, 1 << 20);
    if (recipe->method == ZIP_DEFLATED) {
        struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(6);
        size_t len =
            libdeflate_deflate_compress(compressor, data.ptr, data.len, packed, sizeof packed);
        libdeflate_free_compressor(compressor);
        data = str_make(packed, len);
    }
    put_local(out, recipe, data);
    uint64_t start = out->len;
    for (uint32_t i = 0; i < recipe->copies; i++) {
        put_entry(out, recipe, data);
    }
    put_end(out, recipe, start);
}

static int note_member(void *context, struct str bytes, struct error *err)
{
    struct buf *text = context;
    (void)err;
    buf_put_str(text, bytes);
    buf_put_text(text, ";");
    return 0;
}

/* What a zip is read as: its members' texts, or the error. */
static void read_zip(struct str zip, struct buf *ret)
{
    struct feed_reader *reader = feed_reader_new();
    struct feed_report report;
    struct error err = ERROR_INIT;
    char text[512];
    feed_report_init(&report);
    buf_init(ret, 1 << 20);
    if (feed_unzip(reader, zip, NULL, &(struct feed_members){0}, note_member, ret, &report, &err) <
        0) {
        buf_clear(ret);
        buf_put_text(ret, error_text(&err, text, sizeof text));
    }
    feed_reader_free(reader);
}

static void check(const struct recipe *recipe, const char *expected)
{
    struct buf zip, read;
    make_zip(recipe, &zip);
    read_zip(buf_view(&zip), &read);
    assert_string_equal(buf_text(&read), expected);
    buf_done(&zip);
    buf_done(&read);
}

#define TEXT .text = "{\"id\":\"A\"}"
/* Longer than an entry of the directory. */
#define LONG                                                                                       \
    "{\"id\":"                                                                                     \
    "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}"
#define GOOD .name = "a.json", TEXT, .copies = 1

static void reads_what_zips_may_be(void **state)
{
    (void)state;
    check(&(struct recipe){GOOD}, "{\"id\":\"A\"};");
    check(&(struct recipe){GOOD, .comment = "1f0c PK\x05\x06 in a comment"}, "{\"id\":\"A\"};");
    check(&(struct recipe){GOOD, .large = true}, "{\"id\":\"A\"};");
    check(&(struct recipe){GOOD, .method = ZIP_DEFLATED, .local_method = ZIP_DEFLATED},
          "{\"id\":\"A\"};");
    check(&(struct recipe){.name = "a.json", .text = "", .copies = 1}, ";");
    check(&(struct recipe){.name = "\x81\xff.json", TEXT, .copies = 1}, "{\"id\":\"A\"};");
}

static void refuses_what_cannot_be(void **state)
{
    static const struct {
        struct recipe recipe;
        const char *error;
    } cases[] = {
        {{GOOD, .local_name = "b.json"}, "member a.json: the directory says otherwise"},
        {{GOOD, .local_method = ZIP_DEFLATED}, "member a.json: the directory says otherwise"},
        {{GOOD, .flags = 1}, "member a.json: it is encrypted"},
        {{GOOD, .method = 12, .local_method = 12},
         "member a.json: it is packed in a way that feeds do not use"},
        {{GOOD, .told = 11}, "member a.json: its size cannot be true"},
        {{GOOD, .told = 1 << 20, .method = ZIP_DEFLATED, .local_method = ZIP_DEFLATED},
         "member a.json: its size cannot be true"},
        {{GOOD, .told = 9, .method = ZIP_DEFLATED, .local_method = ZIP_DEFLATED},
         "member a.json: its data are damaged"},
        {{GOOD, .told = 11, .method = ZIP_DEFLATED, .local_method = ZIP_DEFLATED},
         "member a.json: its data are damaged"},
        {{GOOD, .crc_change = 1}, "member a.json: its data are damaged"},
        {{GOOD, .offset = 7}, "member a.json: it is not where the directory says"},
        {{GOOD, .offset = UINT32_MAX - 1}, "member a.json: it is not where the directory says"},
        {{GOOD, .offset = UINT64_MAX - 8, .large = true},
         "member a.json: it is not where the directory says"},
        {{.name = "a.json", .text = LONG, .copies = 9}, "its members overlap"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char expected[128];
        snprintf(expected, sizeof expected, "broken zip: %s", cases[i].error);
        check(&cases[i].recipe, expected);
    }
}

/* Errors of the directory name the byte. */
static void refuses_directories_that_lie(void **state)
{
    struct buf zip, read;
    (void)state;
    for (int64_t change = -1; change <= 1; change += 2) {
        make_zip(&(struct recipe){GOOD, .count_change = change}, &zip);
        read_zip(buf_view(&zip), &read);
        assert_non_null(strstr(buf_text(&read), "broken zip: its directory is damaged"));
        buf_done(&zip);
        buf_done(&read);
    }
    check(&(struct recipe){GOOD, .count_change = INT64_C(1) << 40, .large = true},
          "more than 4000000 members");
}

/* Each byte of a directory in turn is another: nothing is read past an end, and what is still read
 * is what was there. */
static void survives_each_byte(void **state)
{
    struct buf zip, read;
    (void)state;
    for (unsigned large = 0; large < 2; large++) {
        make_zip(&(struct recipe){GOOD, .large = large, .comment = "x"}, &zip);
        for (size_t i = 0; i < zip.len; i++) {
            char *exact = malloc(zip.len);
            assert_non_null(exact);
            memcpy(exact, zip.data, zip.len);
            exact[i] ^= (char)0xff;
            read_zip(str_make(exact, zip.len), &read);
            assert_true(strcmp(buf_text(&read), "{\"id\":\"A\"};") == 0 ||
                        strchr(buf_text(&read), '{') == NULL);
            buf_done(&read);
            free(exact);
        }
        buf_done(&zip);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_zips_may_be),
        cmocka_unit_test(refuses_what_cannot_be),
        cmocka_unit_test(refuses_directories_that_lie),
        cmocka_unit_test(survives_each_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
