/* Files as they arrive: packed, cut, of another kind, in folders. */
#include "../unit.h"

#include "base/file.h"
#include "base/memory.h"
#include "capture.h"

#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zip.h>

#define NVD_NAME "nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2024.json.gz"
#define OSV_NAME "storage.googleapis.com/osv-vulnerabilities/Debian/all.zip"
#define NVD_FEED                                                                                   \
    "{\"format\":\"NVD_CVE\",\"version\":\"2.0\",\"vulnerabilities\":[{\"cve\":{\"id\":"           \
    "\"CVE-2024-0001\"}}]}"

static char folder[] = "/tmp/assay-read-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

/* Writes a file below the test's folder and returns its path, to be freed. */
static char *place(const char *name, struct str bytes)
{
    char *path = file_join(folder, name);
    char *last = strrchr(path, '/');
    *last = '\0';
    assert_int_equal(file_make_folders(path, NULL), 0);
    *last = '/';
    assert_int_equal(file_write(path, 0644, bytes, NULL), 0);
    return path;
}

static size_t gzip(struct str bytes, char *out, size_t size)
{
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(6);
    size_t len = libdeflate_gzip_compress(compressor, bytes.ptr, bytes.len, out, size);
    libdeflate_free_compressor(compressor);
    assert_true(len > 0);
    return len;
}

/* Reads bytes as the file name of a feed. */
static void read_bytes(struct capture *capture, const char *feed, const char *name,
                       struct str bytes)
{
    struct feed_sink sink = capture_sink(capture);
    char *path = place(name, bytes);
    buf_clear(&capture->text);
    feed_report_init(&capture->report);
    capture->err = (struct error)ERROR_INIT;
    capture->result =
        feed_read_file(feed_find(str_from(feed)), path, &sink, &capture->report, &capture->err);
    unlink(path);
    free(path);
}

/* The error's text, or "" when there was none. */
static const char *read_error(struct capture *capture)
{
    static char text[1024];
    return capture->result == 0 ? "" : error_text(&capture->err, text, sizeof text);
}

static void reads_gzip(void **state)
{
    struct capture capture;
    char packed[1024];
    (void)state;
    capture_init(&capture);
    size_t len = gzip(STR(NVD_FEED), packed, sizeof packed);
    read_bytes(&capture, "nvd", NVD_NAME, (struct str){packed, len});
    assert_string_equal(read_error(&capture), "");
    assert_string_equal(buf_text(&capture.text), "CVE-2024-0001 other\n");
    assert_int_equal(capture.report.files, 1);
    assert_int_equal(capture.report.bytes, sizeof NVD_FEED - 1);
    capture_done(&capture);
}

static void reads_several_gzip_members(void **state)
{
    struct capture capture;
    char packed[2048];
    (void)state;
    capture_init(&capture);
    size_t len = gzip(str_sub(STR(NVD_FEED), 0, 20), packed, sizeof packed);
    len += gzip(STR(""), packed + len, sizeof packed - len);
    len += gzip(str_skip(STR(NVD_FEED), 20), packed + len, sizeof packed - len);
    read_bytes(&capture, "nvd", NVD_NAME, (struct str){packed, len});
    assert_string_equal(read_error(&capture), "");
    assert_int_equal(capture.report.records, 1);
    capture_done(&capture);
}

/* More than the trailer of the last member tells. */
static void reads_what_grows(void **state)
{
    struct capture capture;
    struct buf text, packed;
    (void)state;
    capture_init(&capture);
    buf_init(&text, 1 << 24);
    buf_init(&packed, 1 << 24);
    buf_put_text(&text, "cve,epss,percentile\n");
    for (unsigned i = 0; i < 200000; i++) {
        buf_put_text(&text, "CVE-2024-0001,0,0\n");
    }
    char *at = buf_reserve(&packed, 1 << 20);
    packed.len = gzip(buf_view(&text), at, 1 << 20);
    at = buf_reserve(&packed, 1024);
    packed.len += gzip(STR("CVE-2024-0002,0,0\n"), at, 1024);
    read_bytes(&capture, "epss", "epss.csv.gz", buf_view(&packed));
    assert_string_equal(read_error(&capture), "");
    assert_int_equal(capture.report.records, 200001);
    buf_done(&text);
    buf_done(&packed);
    capture_done(&capture);
}

static void refuses_bad_gzip(void **state)
{
    struct capture capture;
    char packed[1024], cut[64], damaged[64];
    struct str feed = STR(NVD_FEED);
    (void)state;
    capture_init(&capture);
    size_t len = gzip(feed, packed, sizeof packed - 8);

    for (size_t short_len = 2; short_len < len; short_len++) {
        read_bytes(&capture, "nvd", NVD_NAME, (struct str){packed, short_len});
        snprintf(cut, sizeof cut, "nvdcve-2.0-2024.json.gz: byte %zu: cut short", short_len);
        assert_int_equal(capture.result, ERR_FORMAT);
        assert_string_equal(read_error(&capture), cut);
        assert_int_equal(capture.report.records, 0);
    }

    packed[len - 6] ^= 1;
    read_bytes(&capture, "nvd", NVD_NAME, (struct str){packed, len});
    snprintf(damaged, sizeof damaged, "byte %zu: damaged: the checksum does not agree", len - 4);
    assert_non_null(strstr(read_error(&capture), damaged));
    packed[len - 6] ^= 1;

    memcpy(packed + len, "\r\n<html>", 8);
    read_bytes(&capture, "nvd", NVD_NAME, (struct str){packed, len + 8});
    snprintf(damaged, sizeof damaged, "byte %zu: more bytes after the end", len);
    assert_non_null(strstr(read_error(&capture), damaged));

    read_bytes(&capture, "nvd", NVD_NAME, feed);
    assert_string_equal(read_error(&capture), "nvdcve-2.0-2024.json.gz: byte 0: not gzip");
    read_bytes(&capture, "nvd", NVD_NAME, STR(""));
    assert_string_equal(read_error(&capture), "nvdcve-2.0-2024.json.gz: byte 0: empty");
    capture_done(&capture);
}

/* Makes a gzip of several members, each of len times the same text; free what it returns. */
static char *make_bomb(const char *text, size_t len, unsigned members, size_t *ret_len)
{
    size_t size = len / 64 + 4096, one = strlen(text);
    char *bytes = malloc(len), *packed = malloc(size * members);
    assert_non_null(bytes);
    assert_non_null(packed);
    for (size_t i = 0; i < len; i++) {
        bytes[i] = text[i % one];
    }
    *ret_len = 0;
    for (unsigned i = 0; i < members; i++) {
        *ret_len += gzip((struct str){bytes, len}, packed + *ret_len, size);
    }
    free(bytes);
    return packed;
}

static void check_bomb(const char *feed, const char *name, struct str packed, const char *said)
{
    struct capture capture;
    capture_init(&capture);
    read_bytes(&capture, feed, name, packed);
    assert_int_equal(capture.result, ERR_LIMIT);
    assert_non_null(strstr(read_error(&capture), said));
    capture_done(&capture);
}

/* Each feed has its own ceiling, whatever the trailer tells; deflate's own ratio is no feed's. */
static void refuses_what_unpacks_to_too_much(void **state)
{
    const size_t whole = 65 << 20, part = 33 << 20;
    size_t len;
    (void)state;
    char *packed = make_bomb(" ", whole, 1, &len);
    check_bomb("epss", "epss.csv.gz", (struct str){packed, len},
               "epss.csv.gz: unpacks to more than 67108864 bytes");
    check_bomb("nvd", NVD_NAME, (struct str){packed, len},
               "2024.json.gz: unpacks to more than 250 times its size");
    memset(packed + len - 4, 1, 4); /* it tells 16 MB */
    check_bomb("epss", "epss.csv.gz", (struct str){packed, len},
               "epss.csv.gz: unpacks to more than 67108864 bytes");
    free(packed);
    packed = make_bomb(" ", part, 2, &len);
    check_bomb("epss", "epss.csv.gz", (struct str){packed, len},
               "epss.csv.gz: unpacks to more than 67108864 bytes");
    free(packed);
}

/* JSON whose every second byte is a value costs many times its size. */
static void refuses_dense_json(void **state)
{
    const size_t len = 65 << 20;
    char *bytes = malloc(len);
    (void)state;
    assert_non_null(bytes);
    for (size_t i = 0; i < len; i++) {
        bytes[i] = i % 2 == 0 ? '[' : ']';
    }
    check_bomb("nvd", "services.nvd.nist.gov/page.json", (struct str){bytes, len},
               "page.json: too many values to be read as JSON (68157440 bytes)");
    free(bytes);
}

static void places_errors_in_what_is_packed(void **state)
{
    struct capture capture;
    char packed[1024];
    (void)state;
    capture_init(&capture);
    size_t len = gzip(str_sub(STR(NVD_FEED), 0, 60), packed, sizeof packed);
    read_bytes(&capture, "nvd", NVD_NAME, (struct str){packed, len});
    assert_string_equal(read_error(&capture), "nvdcve-2.0-2024.json.gz (unpacked): byte 60: cut "
                                              "short: the JSON ends too early");
    len = gzip(STR(""), packed, sizeof packed);
    read_bytes(&capture, "nvd", NVD_NAME, (struct str){packed, len});
    assert_string_equal(read_error(&capture), "nvdcve-2.0-2024.json.gz (unpacked): byte 0: empty");
    capture_done(&capture);
}

static void reads_plain(void **state)
{
    struct capture capture;
    (void)state;
    capture_init(&capture);
    read_bytes(
        &capture, "kev", "kev.json",
        STR("{\"vulnerabilities\":[{\"cveID\":\"CVE-2024-0001\",\"dateAdded\":\"2024-01-01\"}]}"));
    assert_string_equal(read_error(&capture), "");
    assert_int_equal(capture.report.records, 1);
    read_bytes(&capture, "kev", "kev.json", STR("<html>not found</html>"));
    assert_string_equal(read_error(&capture), "kev.json: byte 0: not JSON: a value is missing");
    read_bytes(&capture, "kev", "kev.json", STR(""));
    assert_string_equal(read_error(&capture), "kev.json: byte 0: empty");
    capture_done(&capture);
}

struct member {
    const char *name, *text;
};

/* Makes a zip in memory; free what it returns. */
static char *make_zip(const struct member *members, size_t count, size_t *ret_len)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_t *zip = zip_open_from_source(source, ZIP_TRUNCATE, &error);
    assert_non_null(zip);
    zip_source_keep(source);
    for (size_t i = 0; i < count; i++) {
        if (members[i].text == NULL) {
            zip_dir_add(zip, members[i].name, 0);
            continue;
        }
        zip_source_t *text = zip_source_buffer(zip, members[i].text, strlen(members[i].text), 0);
        assert_true(zip_file_add(zip, members[i].name, text, 0) >= 0);
    }
    assert_int_equal(zip_close(zip), 0);
    zip_stat_t info;
    zip_source_stat(source, &info);
    char *bytes = malloc(info.size);
    assert_non_null(bytes);
    zip_source_open(source);
    zip_source_read(source, bytes, info.size);
    zip_source_close(source);
    zip_source_free(source);
    *ret_len = info.size;
    return bytes;
}

static void reads_zip(void **state)
{
    static const struct member members[] = {
        {"DSA-1-1.json", "{\"id\":\"DSA-1-1\"}"}, {"sub/", NULL},
        {"README.txt", "Advisories of Debian."},  {"empty.json", ""},
        {"DSA-2-1.json", "{\"id\":5}"},           {"sub/DSA-3-1.json", "{\"id\":\"DSA-3-1\"}"},
    };
    struct capture capture;
    size_t len;
    char *bytes = make_zip(members, sizeof members / sizeof members[0], &len);
    (void)state;
    capture_init(&capture);
    read_bytes(&capture, "osv", OSV_NAME, (struct str){bytes, len});
    assert_string_equal(read_error(&capture), "");
    assert_string_equal(buf_text(&capture.text), "DSA-1-1\nDSA-3-1\n");
    assert_string_equal(capture_skips(&capture), "wrong type 1, not JSON 2");
    assert_string_equal(capture.report.samples[0],
                        "README.txt: byte 0: not JSON: a value is missing");
    assert_string_equal(capture.report.samples[1], "empty.json: byte 0: empty");
    assert_string_equal(capture.report.samples[2], "DSA-2-1.json: id: wrong type");
    free(bytes);
    capture_done(&capture);
}

static void refuses_bad_zip(void **state)
{
    static const struct member members[] = {
        {"a.json",
         "{\"id\":\"DSA-1-1\",\"summary\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}"},
        {"b.json", "{\"id\":\"DSA-2-1\"}"},
    };
    static const struct member strangers[] = {{"a.txt", "hello"}};
    struct capture capture;
    size_t len;
    char *bytes = make_zip(members, 2, &len);
    (void)state;
    capture_init(&capture);
    for (size_t cut = 4; cut < len; cut += 7) {
        read_bytes(&capture, "osv", OSV_NAME, (struct str){bytes, cut});
        assert_int_equal(capture.result, ERR_FORMAT);
        assert_non_null(strstr(read_error(&capture), "Debian/all.zip: byte "));
        assert_non_null(strstr(read_error(&capture), "cut short"));
    }
    bytes[45] ^= 0x55; /* in the data of the first member */
    read_bytes(&capture, "osv", OSV_NAME, (struct str){bytes, len});
    assert_string_equal(read_error(&capture),
                        "Debian/all.zip: broken zip: member a.json: its data are damaged");
    free(bytes);
    read_bytes(&capture, "osv", OSV_NAME, STR("<html>"));
    assert_string_equal(read_error(&capture), "Debian/all.zip: byte 0: not a zip");
    read_bytes(&capture, "osv", OSV_NAME, STR(""));
    assert_string_equal(read_error(&capture), "Debian/all.zip: byte 0: empty");
    bytes = make_zip(strangers, 1, &len);
    read_bytes(&capture, "osv", OSV_NAME, (struct str){bytes, len});
    assert_string_equal(read_error(&capture), "Debian/all.zip: no member of the zip is a record");
    free(bytes);
    read_bytes(&capture, "osv", OSV_NAME,
               (struct str){"PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22});
    assert_string_equal(read_error(&capture), "Debian/all.zip: a zip without members");
    capture_done(&capture);
}

static void leaves_out_members_that_unpack_to_too_much(void **state)
{
    const size_t size = 66 << 20;
    char *text = malloc(size + 1);
    const struct member strange[] = {{"a.json", "{\"id\":\"A\"}"}, {"b.json", text}};
    struct capture capture;
    size_t len;
    (void)state;
    assert_non_null(text);
    memset(text, ' ', size);
    text[size] = '\0';
    capture_init(&capture);
    char *bytes = make_zip(strange, 2, &len);
    read_bytes(&capture, "osv", OSV_NAME, (struct str){bytes, len});
    assert_string_equal(buf_text(&capture.text), "A\n");
    assert_string_equal(capture.report.samples[0], "b.json: larger than 67108864 bytes");
    free(bytes);
    bytes = make_zip(strange + 1, 1, &len);
    read_bytes(&capture, "osv", OSV_NAME, (struct str){bytes, len});
    assert_string_equal(read_error(&capture),
                        "Debian/all.zip: every member is larger than 67108864 bytes");
    free(bytes);
    free(text);
    capture_done(&capture);
}

/* Each member is within its ceiling; together they are no feed. */
static void refuses_a_zip_that_unpacks_to_too_much(void **state)
{
    const size_t size = 30 << 20;
    char *text = malloc(size + 1);
    const struct member members[] = {{"a.json", text}, {"b.json", text}, {"c.json", text}};
    size_t len;
    (void)state;
    assert_non_null(text);
    memset(text, ' ', size);
    text[size] = '\0';
    char *bytes = make_zip(members, 3, &len);
    check_bomb("osv", OSV_NAME, (struct str){bytes, len},
               "Debian/all.zip: unpacks to more than 250 times its size");
    free(bytes);
    free(text);
}

static void passes_on_what_the_sink_says(void **state)
{
    static const struct member members[] = {{"a.json", "{\"id\":\"A\"}"},
                                            {"b.json", "{\"id\":\"B\"}"}};
    struct capture capture;
    size_t len;
    char *bytes = make_zip(members, 2, &len);
    (void)state;
    capture_init(&capture);
    capture.refuse = ERR_FORMAT;
    read_bytes(&capture, "osv", OSV_NAME, (struct str){bytes, len});
    assert_int_equal(capture.result, ERR_FORMAT);
    assert_string_equal(buf_text(&capture.text), "A\n");
    free(bytes);
    capture_done(&capture);
}

static void lists_files(void **state)
{
    static const char *const names[] = {
        "nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2003.json.gz",
        "nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2002.json.gz",
        "nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2002.meta",
        "nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-recent.json.gz",
        "nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2004.json.gz/x",
        "storage.googleapis.com/osv-vulnerabilities/Debian/all.zip",
        "storage.googleapis.com/osv-vulnerabilities/AlmaLinux/all.zip",
        "storage.googleapis.com/osv-vulnerabilities/.hidden/all.zip",
        "storage.googleapis.com/osv-vulnerabilities/all.zip",
    };
    static const struct {
        const char *feed;
        unsigned count;
        const char *files[2];
    } cases[] = {
        {"nvd", 2, {"2002.json.gz", "2003.json.gz"}},
        {"osv", 2, {"AlmaLinux/all.zip", "Debian/all.zip"}},
        {"kev", 0, {NULL}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        free(place(names[i], STR("x")));
    }
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char **paths;
        unsigned count;
        assert_int_equal(
            feed_files(feed_find(str_from(cases[i].feed)), folder, &paths, &count, NULL), 0);
        assert_int_equal(count, cases[i].count);
        for (unsigned f = 0; f < count; f++) {
            assert_true(str_ends(str_from(paths[f]), str_from(cases[i].files[f])));
        }
        feed_files_free(paths, count);
    }
}

/* The small mirror that end-to-end tests build from: every odd form and fault once. */
static void reads_the_fixtures(void **state)
{
    static const struct {
        const char *feed;
        unsigned records;
        const char *skips;
    } cases[] = {
        {"nvd", 11,
         "wrong type 1, missing field 1, bad value 2, bad CPE 1, bad CVSS vector 1, too long 1"},
        {"endoflife", 3, "wrong type 1, missing field 1, bad value 1"},
        {"kev", 2, "bad value 1"},
        {"epss", 2, "bad value 1"},
        {"osv", 22, "wrong type 1, not JSON 2"},
        {"nvd-overrides", 1, ""},
        {"cvelist", 7,
         "not a version 1, not JSON 1, no product named 1, package of a distribution 1"},
    };
    struct feed_reader *reader = feed_reader_new();
    struct capture capture;
    (void)state;
    capture_init(&capture);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct feed *feed = feed_find(str_from(cases[i].feed));
        struct feed_sink sink = capture_sink(&capture);
        char **paths;
        unsigned count;
        feed_report_init(&capture.report);
        assert_int_equal(
            feed_files(feed, SOURCE_ROOT "/tests/fixtures/feeds", &paths, &count, NULL), 0);
        assert_true(count > 0);
        for (unsigned f = 0; f < count; f++) {
            capture.result =
                feed_reader_read(reader, feed, paths[f], &sink, &capture.report, &capture.err);
            assert_string_equal(read_error(&capture), "");
        }
        feed_files_free(paths, count);
        assert_int_equal(capture.report.records, cases[i].records);
        assert_string_equal(capture_skips(&capture), cases[i].skips);
    }
    feed_reader_free(reader);
    capture_done(&capture);
}

static void misses_files(void **state)
{
    struct error err = ERROR_INIT;
    struct feed_report report;
    struct feed_sink sink = {0};
    char **paths;
    unsigned count;
    (void)state;
    feed_report_init(&report);
    assert_int_equal(feed_files(&feeds[0], "/nowhere/at/all", &paths, &count, &err), 0);
    assert_int_equal(count, 0);
    feed_files_free(paths, count);
    assert_int_equal(feed_read_file(&feeds[0], "/nowhere/at/all", &sink, &report, &err),
                     ERR_NOT_FOUND);
    assert_int_equal(feed_read_file(&feeds[0], folder, &sink, &report, &err), ERR_IO);
    assert_null(feed_find(STR("nvdx")));
    assert_null(feed_find(STR("")));
}

static void every_feed_has_a_parser(void **state)
{
    for (unsigned i = 0; i < feed_count; i++) {
        assert_non_null(feed_parser_find(&feeds[i]));
    }
}

static void merges_reports(void **state)
{
    struct feed_report into, from;
    (void)state;
    feed_report_init(&into);
    feed_report_init(&from);
    for (unsigned i = 0; i < FEED_SAMPLES; i++) {
        feed_report_skip(&into, FEED_SKIP_TYPE, "into %u", i);
        feed_report_skip(&from, FEED_SKIP_JSON, "from %u", i);
    }
    into.sample_count = FEED_SAMPLES - 1;
    from.records = 5;
    from.newest = 7;
    feed_report_merge(&into, &from);
    assert_int_equal(into.records, 5);
    assert_int_equal(into.newest, 7);
    assert_int_equal(into.skipped[FEED_SKIP_JSON], FEED_SAMPLES);
    assert_int_equal(into.sample_count, FEED_SAMPLES);
    assert_string_equal(into.samples[FEED_SAMPLES - 1], "from 0");
}

static void changes_follow_the_years(void **state)
{
    static const char *const names[] = {
        "nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2023.json.gz",
        NVD_NAME,
        "nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-modified.json.gz",
        "services.nvd.nist.gov/rest/json/cves/2.0/changes-1.json",
        "services.nvd.nist.gov/rest/json/cves/2.0/changes-0.json.gz",
    };
    const unsigned all = sizeof names / sizeof names[0];
    char *placed[sizeof names / sizeof names[0]], **paths;
    unsigned count;
    (void)state;
    char *part = place("services.nvd.nist.gov/rest/json/cves/2.0/changes-2.json.part", STR("x"));
    for (unsigned i = 0; i < all; i++) {
        placed[i] = place(names[all - 1 - i], STR("x"));
    }
    assert_int_equal(feed_files(feed_find(STR("nvd")), folder, &paths, &count, NULL), 0);
    assert_int_equal(count, all);
    for (unsigned i = 0; i < all; i++) {
        assert_string_equal(paths[i] + strlen(folder) + 1, names[i]);
        unlink(placed[i]);
        free(placed[i]);
    }
    feed_files_free(paths, count);
    unlink(part);
    free(part);
}

/* An answer of the API may lie there as it came. */
static void reads_a_plain_page(void **state)
{
    struct capture capture;
    (void)state;
    capture_init(&capture);
    read_bytes(&capture, "nvd", "services.nvd.nist.gov/rest/json/cves/2.0/a.json", STR(NVD_FEED));
    assert_string_equal(read_error(&capture), "");
    assert_int_equal(capture.report.records, 1);
    capture_done(&capture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_gzip),
        cmocka_unit_test(changes_follow_the_years),
        cmocka_unit_test(reads_a_plain_page),
        cmocka_unit_test(reads_several_gzip_members),
        cmocka_unit_test(reads_what_grows),
        cmocka_unit_test(refuses_bad_gzip),
        cmocka_unit_test(refuses_what_unpacks_to_too_much),
        cmocka_unit_test(refuses_dense_json),
        cmocka_unit_test(places_errors_in_what_is_packed),
        cmocka_unit_test(reads_plain),
        cmocka_unit_test(reads_zip),
        cmocka_unit_test(refuses_bad_zip),
        cmocka_unit_test(leaves_out_members_that_unpack_to_too_much),
        cmocka_unit_test(refuses_a_zip_that_unpacks_to_too_much),
        cmocka_unit_test(passes_on_what_the_sink_says),
        cmocka_unit_test(lists_files),
        cmocka_unit_test(reads_the_fixtures),
        cmocka_unit_test(misses_files),
        cmocka_unit_test(every_feed_has_a_parser),
        cmocka_unit_test(merges_reports),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
