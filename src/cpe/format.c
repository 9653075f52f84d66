#include "cpe/cpe.h"

static const char *const attribute_names[CPE_ATTRIBUTES] = {
    "part",     "vendor",     "product",   "version",   "update", "edition",
    "language", "sw_edition", "target_sw", "target_hw", "other",
};

static void put_fs_value(const struct cpe_value *value, struct buf *out)
{
    if (value->kind != CPE_TEXT) {
        buf_put_byte(out, value->kind == CPE_ANY ? '*' : '-');
        return;
    }
    struct str text = value->text;
    for (size_t i = 0; i < text.len; i++) {
        /* A hyphen, full stop or underscore needs no quoting, except a hyphen alone: NA. */
        if (text.ptr[i] == '\\' && i + 1 < text.len) {
            i++;
            char c = text.ptr[i];
            bool bare = c == '.' || c == '_' || (c == '-' && text.len > 2);
            if (!bare) {
                buf_put_byte(out, '\\');
            }
        }
        buf_put_byte(out, text.ptr[i]);
    }
}

void cpe_format_fs(const struct cpe_name *name, struct buf *out)
{
    buf_put_text(out, "cpe:2.3");
    for (int i = 0; i < CPE_ATTRIBUTES; i++) {
        buf_put_byte(out, ':');
        put_fs_value(&name->values[i], out);
    }
}

void cpe_format_plain(char part, struct str vendor, struct str product, struct str version,
                      struct str update, struct buf *out)
{
    const struct str plain[CPE_ATTRIBUTES] = {[CPE_PART] = str_make(&part, 1),
                                              [CPE_VENDOR] = vendor,
                                              [CPE_PRODUCT] = product,
                                              [CPE_VERSION] = version,
                                              [CPE_UPDATE] = update};
    struct cpe_name name;
    struct arena arena;
    arena_init(&arena);
    for (unsigned i = 0; i < CPE_ATTRIBUTES; i++) {
        name.values[i] = plain[i].len > 0 ? cpe_value_quote(plain[i], &arena)
                                          : (struct cpe_value){.kind = CPE_ANY};
    }
    cpe_format_fs(&name, out);
    arena_done(&arena);
}

static void put_uri_character(char c, struct buf *out)
{
    if (str_is_alpha(c) || str_is_digit(c) || c == '_' || c == '-' || c == '.') {
        buf_put_byte(out, c);
    } else {
        buf_printf(out, "%%%02x", (unsigned char)c);
    }
}

/* put_uri_value is transform_for_uri() of 7695, 6.1.2.3; nothing for ANY. */
static void put_uri_value(const struct cpe_value *value, struct buf *out)
{
    struct str text = value->text;
    if (value->kind == CPE_NA) {
        buf_put_byte(out, '-');
    }
    if (value->kind != CPE_TEXT) {
        return;
    }
    if (str_eq(text, STR("\\-"))) {
        buf_put_text(out, "%2d");
        return;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '*' || text.ptr[i] == '?') {
            buf_put_text(out, text.ptr[i] == '?' ? "%01" : "%02");
        } else {
            i += text.ptr[i] == '\\' && i + 1 < text.len;
            put_uri_character(text.ptr[i], out);
        }
    }
}

static bool is_packed(const struct cpe_name *name)
{
    for (int i = CPE_SW_EDITION; i <= CPE_OTHER; i++) {
        if (name->values[i].kind != CPE_ANY) {
            return true;
        }
    }
    return false;
}

/* put_uri_edition packs the attributes that the URI has no place for (6.1.2.4). */
static void put_uri_edition(const struct cpe_name *name, struct buf *out)
{
    if (!is_packed(name)) {
        put_uri_value(&name->values[CPE_EDITION], out);
        return;
    }
    buf_put_byte(out, '~');
    put_uri_value(&name->values[CPE_EDITION], out);
    for (int i = CPE_SW_EDITION; i <= CPE_OTHER; i++) {
        buf_put_byte(out, '~');
        put_uri_value(&name->values[i], out);
    }
}

void cpe_format_uri(const struct cpe_name *name, struct buf *out)
{
    int last = CPE_LANGUAGE;
    while (last > CPE_PART && name->values[last].kind == CPE_ANY &&
           !(last == CPE_EDITION && is_packed(name))) {
        last--;
    }
    buf_put_text(out, "cpe:/");
    for (int i = CPE_PART; i <= last; i++) {
        if (i > CPE_PART) {
            buf_put_byte(out, ':');
        }
        if (i == CPE_EDITION) {
            put_uri_edition(name, out);
        } else {
            put_uri_value(&name->values[i], out);
        }
    }
}

void cpe_format_wfn(const struct cpe_name *name, struct buf *out)
{
    buf_put_text(out, "wfn:[");
    for (int i = 0; i < CPE_ATTRIBUTES; i++) {
        const struct cpe_value *value = &name->values[i];
        buf_printf(out, "%s%s=", i ? "," : "", attribute_names[i]);
        if (value->kind == CPE_TEXT) {
            buf_put_byte(out, '"');
            buf_put_str(out, value->text);
            buf_put_byte(out, '"');
        } else {
            buf_put_text(out, value->kind == CPE_ANY ? "ANY" : "NA");
        }
    }
    buf_put_byte(out, ']');
}

void cpe_value_plain(const struct cpe_value *value, struct buf *out)
{
    struct str text = value->text;
    for (size_t i = 0; value->kind == CPE_TEXT && i < text.len; i++) {
        i += text.ptr[i] == '\\' && i + 1 < text.len;
        buf_put_byte(out, text.ptr[i]);
    }
}
