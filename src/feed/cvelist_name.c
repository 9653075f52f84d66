/*
 * CPE names of what a CVE record says is affected, with the place of the version left open: read
 * from a CPE name that the publisher gives, or made of the names of vendor and product.
 */
#include "feed/cvelist.h"

#include <string.h>

/* ---- names of vendor and product ---- */

/* Vendors and products whose CPE name is not what publishers write. An empty product is any, an
 * empty CPE product what is written. */
static const struct {
    const char *vendor, *product; /* as globs */
    char part;
    const char *cpe_vendor, *cpe_product;
} renamed[] = {
    {"linux|kernel.org|kernel", "linux|kernel|linux kernel", 'o', "linux", "linux_kernel"},
    {"vmware*", "esxi|vmware esxi|vmware esxi*", 'o', "vmware", "esxi"},
    {"palo alto networks", "pan-os", 'o', "paloaltonetworks", "pan-os"},
    {"fortinet", "fortios", 'o', "fortinet", "fortios"},
    {"*apache software foundation", "", 'a', "apache", ""},
    {"*python software foundation", "cpython", 'a', "python", "python"},
    {"*python software foundation", "", 'a', "python", ""},
    {"php group|the php group", "", 'a', "php", ""},
    {"red hat*", "", 'a', "redhat", ""},
    {"cisco systems*", "", 'a', "cisco", ""},
    {"palo alto networks", "", 'a', "paloaltonetworks", ""},
    {"trend micro*", "", 'a', "trendmicro", ""},
    {"check point*", "", 'a', "checkpoint", ""},
    {"zoho*|manageengine", "", 'a', "zohocorp", ""},
    {"progress software*", "", 'a', "progress", ""},
    {"hashicorp*", "", 'a', "hashicorp", ""},
    {"the document foundation", "", 'a', "libreoffice", ""},
    {"internet systems consortium|isc", "bind 9|bind", 'a', "isc", "bind"},
    {"f5*|nginx*", "nginx|nginx open source", 'a', "f5", "nginx"},
    {"node|nodejs|node.js", "node|nodejs|node.js", 'a', "nodejs", "node.js"},
    {"go standard library|go toolchain", "", 'a', "golang", "go"},
    {"hcl|hcl software", "", 'a', "hcltech", ""},
    {"sap_se|sap se", "", 'a', "sap", ""},
};

/* Where a library lives, for target_sw: it is not the system's package of that name. */
static const struct {
    const char *collection, *target;
} collections[] = {
    {"*wordpress.org*", "wordpress"},
    {"*npmjs*|*npm.*", "node.js"},
    {"*pypi.*", "python"},
    {"*rubygems*", "ruby"},
    {"*packagist*", "php"},
    {"*maven*|*mvnrepo*", "maven"},
    {"*nuget.*", ".net"},
    {"*crates.*", "rust"},
    {"*go.dev*", "go"},
    {"*hex.pm*", "hex"},
};

bool cvelist_is_nameless(struct str text)
{
    return text.len == 0 || str_eq(text, STR("*")) ||
           str_glob(STR("n/a|na|unspecified|unknown|-|none"), text);
}

static size_t quote(char *out, char c)
{
    size_t len = 0;
    if (!str_is_alpha(c) && !str_is_digit(c) && c != '.' && c != '_' && c != '-') {
        out[len++] = '\\';
    }
    out[len++] = str_lower_byte(c);
    return len;
}

/* A word without the marks of brands: "Intel(R)". */
static struct str drop_mark(struct str word)
{
    static const struct str marks[] = {{"(r)", 3}, {"(tm)", 4}};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (word.len > marks[i].len &&
            str_eq_nocase(str_skip(word, word.len - marks[i].len), marks[i])) {
            word.len -= marks[i].len;
        }
    }
    return word;
}

/* A name as CPE writes it: lower case, `_` for blanks, signs like (R) left out. */
static void put_name(struct buf *out, struct str name)
{
    struct str word;
    bool first = true;
    while (str_next_word(&name, &word)) {
        word = drop_mark(word);
        if (!first) {
            buf_put_byte(out, '_');
        }
        for (size_t i = 0; i < word.len; i++) {
            char quoted[2];
            if (word.ptr[i] > ' ' && word.ptr[i] < 0x7f) {
                buf_put(out, quoted, quote(quoted, word.ptr[i]));
            }
        }
        first = false;
    }
}

/* Sets `any`, which most criteria of an entry share. */
static void put_any(struct arena *arena, struct cvelist_name *name)
{
    size_t len = name->before.len + 1 + name->behind.len;
    char *text = arena_alloc(arena, len);
    memcpy(text, name->before.ptr, name->before.len);
    text[name->before.len] = '*';
    memcpy(text + name->before.len + 1, name->behind.ptr, name->behind.len);
    name->any = (struct str){text, len};
}

static struct str keep(struct arena *arena, struct buf *text)
{
    struct str kept = arena_str(arena, buf_view(text));
    buf_clear(text);
    return kept;
}

static struct str target_of(struct str collection)
{
    for (size_t i = 0; i < sizeof collections / sizeof collections[0]; i++) {
        if (str_glob(str_from(collections[i].collection), collection)) {
            return str_from(collections[i].target);
        }
    }
    return STR("*");
}

/* "Example, Inc." is "example". */
static struct str strip_form(struct str vendor)
{
    size_t blank = vendor.len;
    while (blank > 0 && vendor.ptr[blank - 1] != ' ') {
        blank--;
    }
    if (blank > 1 &&
        str_glob(STR("inc|inc.|llc|ltd|ltd.|corp|corp.|corporation|gmbh|co.|limited|b.v.|s.r.l.|ag|"
                     "s.a.|s.p.a.|co.,ltd.|plc|oy|ab|a/s|k.k.|s.r.o."),
                 str_skip(vendor, blank))) {
        vendor = str_trim(str_sub(vendor, 0, blank - 1));
        vendor.len -= vendor.len > 0 && vendor.ptr[vendor.len - 1] == ',';
    }
    return vendor;
}

struct str cvelist_name_vendor(struct str product)
{
    static const struct str brands[] = {{"VMware", 6}, {"Intel(R)", 8}, {"Spring", 6}};
    struct str rest = product, word = {0};
    if (!str_next_word(&rest, &word) || str_find_byte(word, '/') != SIZE_MAX) {
        return STR("");
    }
    bool alone = str_trim(rest).len == 0 && str_find_byte(word, ':') == SIZE_MAX;
    for (size_t i = 0; !alone && i < sizeof brands / sizeof brands[0]; i++) {
        alone = str_eq_nocase(word, brands[i]);
    }
    return alone ? word : STR("");
}

/* The last but one label of a host: "sqlite" of "www.sqlite.org". */
static struct str site_of(struct str host)
{
    struct str label, before = {0}, last = {0};
    while (str_split_byte(&host, '.', &label)) {
        before = last;
        last = label;
    }
    return before;
}

struct str cvelist_name_maker(struct str collection, struct str package)
{
    struct str rest = collection, host, owner;
    size_t scheme = str_find(rest, STR("://"));
    rest = scheme == SIZE_MAX ? rest : str_skip(rest, scheme + 3);
    if (!str_eq(target_of(collection), STR("*"))) {
        return str_sub(package, 0, str_find_byte(package, ':'));
    }
    if (!str_split_byte(&rest, '/', &host)) {
        return STR("");
    }
    if (str_glob(STR("github.com|gitlab.com|codeberg.org|bitbucket.org|gitee.com"), host)) {
        return str_split_byte(&rest, '/', &owner) ? owner : STR("");
    }
    return str_eq(host, STR("sourceforge.net")) ? package : site_of(host);
}

/* "Apache Tomcat" of Apache is "tomcat". */
static struct str strip_vendor(struct str product, struct str vendor)
{
    bool repeats = product.len > vendor.len + 1 &&
                   str_eq_nocase(str_sub(product, 0, vendor.len), vendor) &&
                   product.ptr[vendor.len] == ' ';
    return repeats ? str_trim(str_skip(product, vendor.len)) : product;
}

struct cvelist_name cvelist_name_product(struct arena *arena, struct str vendor, struct str product,
                                         struct str collection)
{
    char kind = 'a';
    vendor = strip_form(strip_form(str_trim(vendor)));
    product = str_trim(product);
    for (size_t i = 0; i < sizeof renamed / sizeof renamed[0]; i++) {
        const char *pattern = renamed[i].product;
        if (str_glob(str_from(renamed[i].vendor), vendor) &&
            (pattern[0] == '\0' || str_glob(str_from(pattern), product))) {
            kind = renamed[i].part;
            product = renamed[i].cpe_product[0] == '\0' ? strip_vendor(product, vendor)
                                                        : str_from(renamed[i].cpe_product);
            vendor = str_from(renamed[i].cpe_vendor);
            break;
        }
    }
    struct buf text;
    buf_init(&text, LIMIT_CPE * 4);
    buf_printf(&text, "cpe:2.3:%c:", kind);
    put_name(&text, vendor);
    buf_put_byte(&text, ':');
    put_name(&text, strip_vendor(product, vendor));
    buf_put_byte(&text, ':');
    struct cvelist_name name = {.whole = STR("")};
    name.before = keep(arena, &text);
    buf_printf(&text, ":*:*:*:*:");
    buf_put_str(&text, target_of(collection));
    buf_printf(&text, ":*:*");
    name.behind = keep(arena, &text);
    buf_done(&text);
    put_any(arena, &name);
    return name;
}

/* ---- CPE names that are given ---- */

/* The end of the attribute that begins at `at`: an unquoted colon or the end of the text. */
static size_t field_end(struct str text, size_t at)
{
    while (at < text.len && text.ptr[at] != ':') {
        at += text.ptr[at] == '\\' ? 2 : 1;
    }
    return at < text.len ? at : text.len;
}

/* A formatted string around its version; an update goes with the version it belongs to. */
static bool name_of_string(struct arena *arena, struct str cpe, struct cvelist_name *ret)
{
    size_t at = 8, version = 0, update = 0;
    for (unsigned field = 0; field < 5 && at < cpe.len; field++) {
        version = field == 3 ? at : version;
        update = field == 4 ? at : update;
        at = field_end(cpe, at) + 1;
    }
    if (update == 0 || at > cpe.len) {
        return false;
    }
    struct str text = str_sub(cpe, version, update - 1 - version);
    bool own = !str_eq(text, STR("*")) && !str_eq(text, STR("-"));
    struct buf behind;
    buf_init(&behind, LIMIT_CPE * 2);
    buf_put_text(&behind, own ? ":*" : "");
    buf_put_str(&behind, str_skip(cpe, own ? at - 1 : update - 1));
    *ret = (struct cvelist_name){.before = str_sub(cpe, 0, version),
                                 .behind = keep(arena, &behind),
                                 .whole = own ? cpe : STR("")};
    buf_done(&behind);
    put_any(arena, ret);
    return true;
}

/* A URI ("cpe:/a:vendor:product:1.0") as far as its product. */
static bool name_of_uri(struct str cpe, struct cvelist_name *ret)
{
    size_t at = 5;
    for (unsigned field = 0; field < 3 && at <= cpe.len; field++) {
        at = field_end(cpe, at) + 1;
    }
    *ret = (struct cvelist_name){.before = str_sub(cpe, 0, at - 1),
                                 .behind = STR(""),
                                 .any = STR(""),
                                 .whole = at < cpe.len ? cpe : STR("")};
    return true;
}

bool cvelist_name_read(struct arena *arena, struct str cpe, struct cvelist_name *ret)
{
    if (cpe.len > LIMIT_CPE) {
        return false;
    }
    return str_starts(cpe, STR("cpe:2.3:"))
               ? name_of_string(arena, cpe, ret)
               : str_starts(cpe, STR("cpe:/")) && name_of_uri(cpe, ret);
}

/* ---- criteria ---- */

static struct str join(struct arena *arena, const struct cvelist_name *name, struct str version)
{
    char *text = arena_alloc(arena, name->before.len + 2 * version.len + name->behind.len);
    size_t len = name->before.len;
    memcpy(text, name->before.ptr, len);
    for (size_t i = 0; i < version.len; i++) {
        len += quote(text + len, version.ptr[i]);
    }
    memcpy(text + len, name->behind.ptr, name->behind.len);
    return (struct str){text, len + name->behind.len};
}

struct feed_match cvelist_name_match(struct arena *arena, const struct cvelist_name *name,
                                     const struct stretch *stretch)
{
    bool uri = name->behind.len == 0; /* which ends before the version */
    struct feed_match match = {.vulnerable = true, .start = STR(""), .end = STR("")};
    if (stretch->exact && !uri) {
        match.criteria = join(arena, name, stretch->start);
        return match;
    }
    match.criteria = uri ? name->before : name->any;
    match.start = stretch->start;
    match.end = stretch->exact ? stretch->start : stretch->end;
    match.start_excluding = stretch->start_excluding;
    match.end_including = stretch->end_including || stretch->exact;
    return match;
}
