#include "version/version.h"

#include "version/key.h"

#include <string.h>

enum { CLASS_SCHEME_SHIFT = 56 };

static const struct {
    const char *name;
    int (*make)(struct str text, struct key_draft *draft, struct error *err);
    /* For versions of CPE names, which have an update and blanks; NULL in others. */
    int (*make_cpe)(struct str text, struct str update, struct key_draft *draft, struct error *err);
} schemes[VERSION_SCHEMES] = {
    [VERSION_DPKG] = {"dpkg", version_dpkg_make, NULL},
    [VERSION_RPM] = {"rpm", version_rpm_make, NULL},
    [VERSION_APK] = {"apk", version_apk_make, NULL},
    [VERSION_SEMVER] = {"semver", version_semver_make, NULL},
    [VERSION_WINDOWS] = {"windows", version_windows_make, NULL},
    [VERSION_NVD] = {"nvd", NULL, version_nvd_make},
    [VERSION_JAVA] = {"java", NULL, version_java_make},
    [VERSION_BARE] = {"bare", NULL, version_bare_make},
    [VERSION_YEAR] = {"year", NULL, version_year_make},
};

/* Products whose versions are not read as all others are; products as globs. Few vendors are here,
 * and each piece of software asks: a name of another length is passed over at once. */
static const struct {
    struct str vendor, products;
    enum version_scheme scheme;
} products[] = {
#define JAVA "jre|jdk|java_se|openjdk|java|j2se|sdk"
#define ROW(vendor, products, scheme)                                                              \
    {                                                                                              \
        {vendor, sizeof(vendor) - 1}, {products, sizeof(products) - 1}, scheme                     \
    }
    ROW("sun", JAVA, VERSION_JAVA),
    ROW("oracle", JAVA, VERSION_JAVA),
    ROW("f5", "nginx_plus", VERSION_BARE),
    ROW("nginx", "nginx_plus", VERSION_BARE),
    ROW("ggml", "llama.cpp", VERSION_BARE),
    ROW("ggerganov", "llama.cpp", VERSION_BARE),
    ROW("manageengine", "adaudit_plus|manageengine_adaudit_plus", VERSION_BARE),
    ROW("zohocorp", "adaudit_plus|manageengine_adaudit_plus", VERSION_BARE),
    ROW("cisco", "expressway_software|telepresence_video_communication_server*", VERSION_BARE),
    ROW("adobe", "acrobat*", VERSION_YEAR),
#undef ROW
#undef JAVA
};

enum version_scheme version_of_product(struct str vendor, struct str product)
{
    for (unsigned i = 0; i < sizeof products / sizeof *products; i++) {
        if (str_eq_nocase(products[i].vendor, vendor) && str_glob(products[i].products, product)) {
            return products[i].scheme;
        }
    }
    return VERSION_NVD;
}

enum version_scheme version_scheme_find(struct str name)
{
    for (unsigned i = 1; i < VERSION_SCHEMES; i++) {
        if (str_eq_text(name, schemes[i].name)) {
            return (enum version_scheme)i;
        }
    }
    return VERSION_NONE;
}

const char *version_scheme_name(enum version_scheme scheme)
{
    return scheme > VERSION_NONE && scheme < VERSION_SCHEMES ? schemes[scheme].name : "none";
}

/* check_text refuses what no scheme takes. */
static int check_text(struct str text, size_t more, struct error *err)
{
    if (text.len == 0) {
        return error_set(err, ERR_FORMAT, "the version is empty");
    }
    if (text.len > LIMIT_VERSION || more > LIMIT_VERSION - text.len) {
        return error_set(err, ERR_LIMIT, "a version longer than %u bytes", LIMIT_VERSION);
    }
    return 0;
}

static int check_characters(struct str text, struct error *err)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c <= ' ' || c == 0x7f) {
            return error_set_at(err, ERR_FORMAT, i, "a blank or control character in a version");
        }
    }
    return 0;
}

static int finish(enum version_scheme scheme, const struct key_draft *draft, struct buf *out,
                  struct version_key *ret_key, struct error *err)
{
    size_t at = out->len;
    if (!draft->overflow) {
        buf_put(out, draft->bytes, draft->len);
    }
    if (draft->overflow || out->overflow) {
        return error_set(err, ERR_LIMIT, "no room for the key of a version");
    }
    *ret_key = (struct version_key){
        .class = (uint64_t)scheme << CLASS_SCHEME_SHIFT | draft->class,
        .epoch = draft->epoch,
        .len = draft->len,
        .bytes = (const unsigned char *)out->data + at,
    };
    return 0;
}

static void draft_init(struct key_draft *draft)
{
    draft->class = 0;
    draft->epoch = VERSION_NO_EPOCH;
    draft->len = 0;
    draft->overflow = false;
}

int version_key_make(enum version_scheme scheme, struct str text, struct buf *out,
                     struct version_key *ret_key, struct error *err)
{
    struct key_draft draft;
    if (scheme <= VERSION_NONE || scheme >= VERSION_SCHEMES) {
        return error_set(err, ERR_FORMAT, "no version scheme");
    }
    if (schemes[scheme].make_cpe != NULL) {
        return version_cpe_key_make(scheme, text, STR(""), out, ret_key, err);
    }
    int result = check_text(text, 0, err);
    if (result == 0) {
        result = check_characters(text, err);
    }
    draft_init(&draft);
    if (result == 0) {
        result = schemes[scheme].make(text, &draft, err);
    }
    return result < 0 ? result : finish(scheme, &draft, out, ret_key, err);
}

int version_cpe_key_make(enum version_scheme scheme, struct str version, struct str update,
                         struct buf *out, struct version_key *ret_key, struct error *err)
{
    struct key_draft draft;
    int result = check_text(version, update.len, err);
    draft_init(&draft);
    if (result == 0) {
        result = schemes[scheme].make_cpe(version, update, &draft, err);
    }
    return result < 0 ? result : finish(VERSION_NVD, &draft, out, ret_key, err);
}

static bool is_comparable(const struct version_key *a, const struct version_key *b)
{
    if (a->class >> CLASS_SCHEME_SHIFT == VERSION_WINDOWS && (a->len == 0) != (b->len == 0)) {
        return false;
    }
    if (a->class == b->class) {
        return true;
    }
    return a->class >> CLASS_SCHEME_SHIFT == VERSION_RPM &&
           b->class >> CLASS_SCHEME_SHIFT == VERSION_RPM &&
           version_rpm_comparable(a->class, b->class);
}

static enum version_order compare_bytes(const struct version_key *a, const struct version_key *b)
{
    int order = str_cmp((struct str){(const char *)a->bytes, a->len},
                        (struct str){(const char *)b->bytes, b->len});
    return order < 0 ? VERSION_LESS : order > 0 ? VERSION_GREATER : VERSION_EQUAL;
}

enum version_order version_key_compare(const struct version_key *a, const struct version_key *b)
{
    uint32_t epoch_a = a->epoch == VERSION_NO_EPOCH ? 0 : a->epoch;
    uint32_t epoch_b = b->epoch == VERSION_NO_EPOCH ? 0 : b->epoch;
    if (!is_comparable(a, b)) {
        return VERSION_INCOMPARABLE;
    }
    if (epoch_a != epoch_b) {
        if ((a->stands_in || b->stands_in) &&
            (a->epoch == VERSION_NO_EPOCH || b->epoch == VERSION_NO_EPOCH)) {
            return compare_bytes(a, b);
        }
        return epoch_a < epoch_b ? VERSION_LESS : VERSION_GREATER;
    }
    return compare_bytes(a, b);
}

enum version_order version_compare(enum version_scheme scheme, struct str a, struct str b)
{
    struct buf first, second;
    struct version_key key_a, key_b;
    enum version_order order = VERSION_INCOMPARABLE;
    buf_init(&first, LIMIT_VERSION_KEY);
    buf_init(&second, LIMIT_VERSION_KEY);
    if (version_key_make(scheme, a, &first, &key_a, NULL) == 0 &&
        version_key_make(scheme, b, &second, &key_b, NULL) == 0) {
        order = version_key_compare(&key_a, &key_b);
    }
    buf_done(&first);
    buf_done(&second);
    return order;
}
