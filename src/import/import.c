#include "import/formats.h"

#include "base/limits.h"
#include "import/cyclonedx.h"

#include <stdio.h>

/* Where the name of our own format stands in a document that assay wrote. */
enum { FORMAT_NEAR = 256 };

#define FORMATS                                                                                    \
    "an inventory document of assay, CycloneDX or SPDX JSON, osquery JSON, a CSV of Azure "        \
    "Migrate "                                                                                     \
    "or RVTools, systeminfo, or a list of dpkg, rpm or apk"

static bool is_cyclonedx(struct json root)
{
    return str_eq_text(json_str(json_get(root, "bomFormat")), "CycloneDX");
}

static int read_cyclonedx(struct import_run *run, struct error *err)
{
    int r = cyclonedx_read(run->root, &run->inventory, err);
    return r < 0 ? r : import_give(run, &run->inventory, err);
}

static bool is_ours(struct json root)
{
    return str_eq_text(json_str(json_get(root, "format")), INVENTORY_FORMAT_NAME);
}

static int read_ours(struct import_run *run, struct error *err)
{
    struct inventory inventory;
    inventory_init(&inventory);
    int r = inventory_read(run->bytes, &inventory, err);
    if (r == 0) {
        r = import_give(run, &inventory, err);
    }
    inventory_done(&inventory);
    return r;
}

static const struct json_format {
    const char *name;
    bool (*matches)(struct json root);
    int (*read_all)(struct import_run *run, struct error *err);
} json_formats[] = {
    {"inventory of assay", is_ours, read_ours},
    {"CycloneDX", is_cyclonedx, read_cyclonedx},
    {"SPDX", spdx_matches, spdx_read_all},
    {"osquery results", osquery_matches, osquery_read_all},
};

/* More particular ones first. */
static const struct text_format {
    const char *name;
    bool (*matches)(struct str bytes);
    int (*read_all)(struct import_run *run, struct error *err);
} text_formats[] = {
    {"osquery log", osquery_log_matches, osquery_log_read_all},
    {"systeminfo", systeminfo_matches, systeminfo_read_all},
    {"dpkg -l", dpkg_list_matches, dpkg_list_read_all},
    {"dpkg status", dpkg_status_matches, dpkg_status_read_all},
    {"dpkg-query -W", dpkg_query_matches, dpkg_query_read_all},
    {"software inventory of Azure Migrate", applications_matches, applications_read_all},
    {"list of servers", servers_matches, servers_read_all},
    {"apk list", apk_list_matches, apk_list_read_all},
    {"rpm -qa", rpm_list_matches, rpm_list_read_all},
};

/* Formats that are known and not read, by a member that names them. */
static int refuse(struct json root, struct error *err)
{
    const char *what = NULL;
    if (json_type(json_get(root, "artifacts")) == JSON_ARRAY) {
        what = "a syft document";
    } else if (json_type(json_get(root, "SchemaVersion")) == JSON_NUMBER) {
        what = "a trivy report";
    }
    return what ? error_set(err, ERR_UNSUPPORTED,
                            "%s is not read here; have the tool write CycloneDX JSON", what)
                : error_set(err, ERR_FORMAT, "not %s", FORMATS);
}

static int read_json(struct import_run *run, const char **ret_format, struct error *err)
{
    struct json_document document;
    const struct json_format *format = NULL;
    inventory_init(&run->inventory);
    int r = json_parse(run->bytes, LIMIT_INVENTORY, &run->inventory.arena, &document, err);
    if (r < 0) {
        inventory_done(&run->inventory);
        return r;
    }
    run->root = json_root(&document);
    for (size_t i = 0; i < sizeof json_formats / sizeof *json_formats && format == NULL; i++) {
        format = json_formats[i].matches(run->root) ? &json_formats[i] : NULL;
    }
    if (format == NULL) {
        r = refuse(run->root, err);
    } else {
        *ret_format = format->name;
        r = format->read_all(run, err);
    }
    json_done(&document);
    inventory_done(&run->inventory);
    return r;
}

static int read_text(struct import_run *run, const char **ret_format, struct error *err)
{
    for (size_t i = 0; i < sizeof text_formats / sizeof *text_formats; i++) {
        if (text_formats[i].matches(run->bytes)) {
            *ret_format = text_formats[i].name;
            return text_formats[i].read_all(run, err);
        }
    }
    return error_set(err, ERR_FORMAT, "not %s", FORMATS);
}

/* PowerShell's `>` writes UTF-16 with a byte order mark. */
static struct str make_utf8(struct str bytes, struct buf *out)
{
    const unsigned char *at = (const unsigned char *)bytes.ptr;
    if (bytes.len < 2 || at[0] != 0xff || at[1] != 0xfe) {
        return str_starts(bytes, STR("\xef\xbb\xbf")) ? str_skip(bytes, 3) : bytes;
    }
    for (size_t i = 2; i + 1 < bytes.len; i += 2) {
        uint32_t c = at[i] | (uint32_t)at[i + 1] << 8;
        if (c >= 0xd800 && c < 0xdc00 && i + 3 < bytes.len) {
            uint32_t low = at[i + 2] | (uint32_t)at[i + 3] << 8;
            if (low >= 0xdc00 && low < 0xe000) {
                c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
                i += 2;
            }
        }
        c = (c >= 0xd800 && c < 0xe000) || c == 0 ? 0xfffd : c;
        if (c >= 0x10000) {
            buf_put_byte(out, (char)(0xf0 | c >> 18));
            buf_put_byte(out, (char)(0x80 | (c >> 12 & 0x3f)));
        } else if (c >= 0x800) {
            buf_put_byte(out, (char)(0xe0 | c >> 12));
        }
        if (c >= 0x800) {
            buf_put_byte(out, (char)(0x80 | (c >> 6 & 0x3f)));
        } else if (c >= 0x80) {
            buf_put_byte(out, (char)(0xc0 | c >> 6));
        }
        buf_put_byte(out, (char)(c >= 0x80 ? 0x80 | (c & 0x3f) : c));
    }
    return buf_view(out);
}

/* Bytes that are of formats which need a library that this one does without. */
static int refuse_packed(struct str bytes, struct error *err)
{
    if (str_starts(bytes, STR("PK\x03\x04"))) {
        return error_set(err, ERR_UNSUPPORTED,
                         "a workbook or a bundle; `assay import` reads it, this does not");
    }
    if (str_starts(bytes, STR("\x1f\x8b"))) {
        return error_set(err, ERR_UNSUPPORTED, "packed with gzip; unpack it first");
    }
    return error_set(err, ERR_UNSUPPORTED,
                     "XML is not read here; have the tool write CycloneDX JSON");
}

int import_read_all(struct str bytes, const struct import_hints *hints,
                    const struct import_sink *sink, const char **ret_format, struct error *err)
{
    struct buf wide;
    struct import_run run = {.hints = hints, .sink = sink};
    const char *format = "";
    if (bytes.len > LIMIT_IMPORT) {
        return error_set(err, ERR_LIMIT, "more than %zu MB", LIMIT_IMPORT >> 20);
    }
    buf_init(&wide, LIMIT_IMPORT * 2);
    run.bytes = make_utf8(bytes, &wide);
    struct str text = str_trim(run.bytes);
    int r;
    if (text.len == 0) {
        r = error_set(err, ERR_FORMAT, "empty; %s is expected", FORMATS);
    } else if (text.ptr[0] == '<' || str_starts(text, STR("PK\x03\x04")) ||
               str_starts(text, STR("\x1f\x8b"))) {
        r = refuse_packed(text, err);
    } else if (str_find(str_sub(text, 0, FORMAT_NEAR), STR("\"" INVENTORY_FORMAT_NAME "\"")) !=
               SIZE_MAX) {
        format = json_formats[0].name;
        r = read_ours(&run, err);
    } else if ((text.ptr[0] == '{' || text.ptr[0] == '[') && !osquery_log_matches(text)) {
        r = read_json(&run, &format, err);
    } else {
        r = read_text(&run, &format, err);
    }
    buf_done(&wide);
    if (r == 0 && run.servers == 0) {
        r = error_set(err, ERR_FORMAT, "%s without a server", format);
    }
    if (r == 0) {
        *ret_format = format;
    }
    return r;
}

bool import_is_table(struct str text)
{
    return applications_matches(text) || servers_matches(text);
}

/* ---- documents of one server ---- */

struct single {
    struct inventory *inventory;
    uint32_t servers;
};

static int take_single(void *context, struct inventory *inventory, struct error *err)
{
    struct single *single = context;
    if (single->servers++ > 0) {
        return error_set(err, ERR_FORMAT, "holds several servers; `assay import` takes them all");
    }
    inventory_done(single->inventory);
    *single->inventory = *inventory;
    inventory_init(inventory);
    return 0;
}

static void ignore_left_out(void *context, const char *text)
{
    (void)context;
    (void)text;
}

int import_read(struct str bytes, struct inventory *inventory, struct error *err)
{
    struct single single = {.inventory = inventory};
    const struct import_sink sink = {&single, take_single, ignore_left_out};
    const struct import_hints hints = {STR(""), STR("")};
    const char *format;
    inventory_done(inventory);
    int r = import_read_all(bytes, &hints, &sink, &format, err);
    if (r < 0) {
        inventory_done(inventory);
    }
    return r;
}
