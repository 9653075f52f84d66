#include "assess/engine.h"

/* Where a piece of software lives, as far as target_sw tells worlds apart. */
enum world {
    WORLD_UNKNOWN, /* a word not listed: cannot be told */
    WORLD_LINUX,   /* a Linux system */
    WORLD_WINDOWS,
    WORLD_COMPILED, /* of a language's repository, and also shipped as the program it makes */
    WORLD_LIBRARY,  /* a package of a language's own manager */
    WORLD_FOREIGN   /* plug-ins, phones, desktops of another maker */
};

struct world_row {
    const char *target_sw; /* quoting backslashes taken out */
    enum world world;
    const char *ecosystem; /* of an inventory, that lives there */
};

static const struct world_row worlds[] = {
    {"linux|linux_kernel|unix|posix|x11|debian*|ubuntu*|red_hat*|redhat*|rhel*|centos*|suse*|sles*|"
     "fedora*|alpine*|almalinux*|rocky*|oracle_linux*|amazon_linux*",
     WORLD_LINUX, ""},
    {"windows*|win32|win64|microsoft_windows*", WORLD_WINDOWS, "windows"},
    {"node.js|nodejs|node|npm", WORLD_LIBRARY, "npm"},
    {"python|pypi|pip", WORLD_LIBRARY, "pypi"},
    {"ruby|rubygems|rails|ruby_on_rails", WORLD_LIBRARY, "gem"},
    {"php|packagist|composer|laravel|symfony", WORLD_LIBRARY, "composer"},
    {"java|jdk|gradle|grails|spring*", WORLD_LIBRARY, "maven"},
    {".net|.net_framework|nuget|asp.net*", WORLD_LIBRARY, "nuget"},
    {"perl|cpan", WORLD_LIBRARY, "cpan"},
    {"dart|pub|flutter", WORLD_LIBRARY, "pub"},
    {"erlang|hex|elixir", WORLD_LIBRARY, "hex"},
    {"maven", WORLD_COMPILED, "maven"},
    {"go|golang", WORLD_COMPILED, "golang"},
    {"rust|crates*|cargo", WORLD_COMPILED, "cargo"},
    {"wordpress|woocommerce|joomla*|drupal*|typo3|mediawiki|mybb|moodle|prestashop|magento*|"
     "concrete*|craft_cms|nextcloud|owncloud|discourse|glpi|opencart|shopware|phpbb|dokuwiki|"
     "backdrop*|october*|silverstripe",
     WORLD_FOREIGN, ""},
    {"jenkins|jira*|confluence*|bamboo|bitbucket*|sonarqube|teamcity|mattermost|jupyter*|qgis",
     WORLD_FOREIGN, ""},
    {"chrome|firefox|edge*|internet_explorer*|safari|thunderbird|opera|visual_studio*|vscode|"
     "intellij*|eclipse|foxit*|phantompdf|office*|outlook|word|excel",
     WORLD_FOREIGN, ""},
    {"android*|iphone*|ios|ipad*|ipados|watchos|tvos|apple*|mac|macos|mac_os*|os_x|windows_phone*|"
     "blackberry*|harmonyos|tizen|cordova|react_native|chrome_os",
     WORLD_FOREIGN, ""},
    {"z\\/os|z\\/linux|aix|hp-ux|hpux|solaris|sunos|freebsd|openbsd|netbsd|os\\/2|netware|vms|"
     "openvms|i5\\/os|ibm_i|qnx|vxworks",
     WORLD_FOREIGN, ""},
};

/* The editions that NVD tells apart where the software's name may say which it is. */
enum edition_kind { EDITION_UNSAID, EDITION_COMMUNITY, EDITION_ENTERPRISE };

static enum edition_kind edition_of_criterion(struct str value)
{
    if (str_glob(STR("community*|open_source|oss|free"), value)) {
        return EDITION_COMMUNITY;
    }
    if (str_glob(STR("enterprise*|commercial|premium*|professional|pro|ultimate|plus"), value)) {
        return EDITION_ENTERPRISE;
    }
    return EDITION_UNSAID;
}

static enum edition_kind edition_of_name(struct str name)
{
    if (str_glob(STR("*-ce|*-oss|*community*"), name)) {
        return EDITION_COMMUNITY;
    }
    if (str_glob(STR("*-ee|*enterprise*"), name)) {
        return EDITION_ENTERPRISE;
    }
    return EDITION_UNSAID;
}

static bool is_open(struct str value)
{
    return !value.len || str_eq_text(value, "*") || str_eq_text(value, "-");
}

static const struct world_row *find_world(struct str target_sw)
{
    for (unsigned i = 0; i < sizeof worlds / sizeof *worlds; i++) {
        if (str_glob(str_from(worlds[i].target_sw), target_sw)) {
            return &worlds[i];
        }
    }
    return NULL;
}

/* The plain word of a quoted value: "joomla\!" is "joomla!". */
static struct str unquote(struct str value, char out[64])
{
    size_t len = 0;
    for (size_t i = 0; i < value.len && len < 64; i++) {
        if (value.ptr[i] != '\\' || (i + 1 < value.len && value.ptr[i + 1] == '/')) {
            out[len++] = value.ptr[i];
        }
    }
    return str_make(out, len);
}

static bool is_library(struct str ecosystem)
{
    for (unsigned i = 0; i < sizeof worlds / sizeof *worlds; i++) {
        if ((worlds[i].world == WORLD_LIBRARY || worlds[i].world == WORLD_COMPILED) &&
            str_eq_text(ecosystem, worlds[i].ecosystem)) {
            return true;
        }
    }
    return false;
}

/* What the document states about the software itself outdoes what is known of its world. */
static enum match_answer answer_stated(struct str asked, const struct world_row *row,
                                       struct str stated)
{
    bool same =
        str_eq(asked, stated) || (row && row->world != WORLD_FOREIGN && row == find_world(stated));
    return same ? MATCH_PRODUCT : MATCH_WORLD;
}

static enum match_answer answer_target(struct str target_sw, const struct match_world *world)
{
    char plain[64];
    if (is_open(target_sw)) {
        return MATCH_PRODUCT;
    }
    struct str asked = unquote(target_sw, plain);
    const struct world_row *row = find_world(asked);
    if (world->stated.target_sw.len > 0) {
        return answer_stated(asked, row, world->stated.target_sw);
    }
    if (!row) {
        return MATCH_UNCERTAIN;
    }
    if (row->ecosystem[0] && str_eq_text(world->ecosystem, row->ecosystem)) {
        return MATCH_PRODUCT;
    }
    switch (row->world) {
    case WORLD_LINUX:
        return world->family == OS_FAMILY_WINDOWS ? MATCH_WORLD : MATCH_PRODUCT;
    case WORLD_WINDOWS:
        return world->family == OS_FAMILY_LINUX ? MATCH_WORLD : MATCH_PRODUCT;
    case WORLD_COMPILED:
        return is_library(world->ecosystem) ? MATCH_WORLD : MATCH_PRODUCT;
    default:
        return MATCH_WORLD;
    }
}

static bool hardware_differs(struct str target_hw, struct str arch)
{
    static const char *const same[][2] = {
        {"x64|x86_64|amd64", "x86_64|amd64|x64"},
        {"x86|i386|i686", "i?86|x86"},
        {"arm64|aarch64", "aarch64|arm64"},
        {"itanium*|ia64", "ia64|itanium*"},
        {"sparc*", "sparc*|sun4*"},
        {"powerpc*|ppc*|power*", "ppc*|powerpc*"},
        {"s390*", "s390*"},
    };
    if (is_open(target_hw) || !arch.len) {
        return false;
    }
    for (unsigned i = 0; i < sizeof same / sizeof *same; i++) {
        if (str_glob(str_from(same[i][0]), target_hw)) {
            return !str_glob(str_from(same[i][1]), arch);
        }
    }
    return false;
}

/* Another edition than the document states the software to be. */
static bool stated_differs(const struct knowledge_match *match, struct str stated)
{
    char plain[64];
    if (is_open(match->sw_edition) || stated.len == 0) {
        return false;
    }
    enum edition_kind asked = edition_of_criterion(match->sw_edition);
    enum edition_kind named = edition_of_criterion(stated);
    return asked == EDITION_UNSAID || named == EDITION_UNSAID
               ? !str_eq(unquote(match->sw_edition, plain), stated)
               : asked != named;
}

static bool edition_differs(const struct knowledge_match *match, struct str name)
{
    if (is_open(match->sw_edition) && is_open(match->edition)) {
        return false;
    }
    enum edition_kind asked = edition_of_criterion(match->sw_edition);
    if (asked == EDITION_UNSAID) {
        asked = edition_of_criterion(match->edition);
    }
    if (asked == EDITION_UNSAID) {
        return false;
    }
    enum edition_kind named = edition_of_name(name);
    return named != EDITION_UNSAID && asked != named;
}

enum match_answer match_applies(const struct knowledge_match *match,
                                const struct match_world *world)
{
    struct str arch = world->stated.target_hw.len > 0 ? world->stated.target_hw : world->arch;
    if (edition_differs(match, world->name) || hardware_differs(match->target_hw, arch) ||
        stated_differs(match, world->stated.sw_edition) ||
        !edition_fits(&world->edition, match->sw_edition)) {
        return MATCH_WORLD;
    }
    return answer_target(match->target_sw, world);
}

static enum match_answer answer_range(const struct knowledge_match *match,
                                      const struct version_key *key)
{
    if (match->start.class) {
        enum version_order order = version_key_compare(key, &match->start);
        if (order == VERSION_INCOMPARABLE) {
            return MATCH_UNDEFINED;
        }
        if (order == VERSION_LESS || (order == VERSION_EQUAL && match->start_excluding)) {
            return MATCH_NO;
        }
    }
    if (match->end.class) {
        enum version_order order = version_key_compare(key, &match->end);
        if (order == VERSION_INCOMPARABLE) {
            return MATCH_UNDEFINED;
        }
        if (order == VERSION_GREATER || (order == VERSION_EQUAL && !match->end_including)) {
            return MATCH_NO;
        }
    }
    return MATCH_RANGE;
}

enum match_answer match_version(const struct knowledge_match *match, const struct version_key *key)
{
    switch (match->kind) {
    case KNOWLEDGE_MATCH_ANY:
    case KNOWLEDGE_MATCH_NA:
        return MATCH_PRODUCT;
    case KNOWLEDGE_MATCH_RANGE:
        return key->class ? answer_range(match, key) : MATCH_UNDEFINED;
    case KNOWLEDGE_MATCH_EXACT: {
        enum version_order order =
            key->class ? version_key_compare(key, &match->version) : VERSION_INCOMPARABLE;
        return order == VERSION_EQUAL          ? MATCH_EXACT
               : order == VERSION_INCOMPARABLE ? MATCH_UNDEFINED
                                               : MATCH_NO;
    }
    case KNOWLEDGE_MATCH_NEVER:
        break;
    }
    return MATCH_UNDEFINED;
}

enum match_answer match_answer(const struct knowledge_match *match, const struct version_key *key,
                               const struct match_world *world)
{
    enum match_answer version = match_version(match, key);
    if (version <= MATCH_UNDEFINED) {
        return version;
    }
    enum match_answer applies = match_applies(match, world);
    return applies == MATCH_PRODUCT ? version : applies;
}

static void put_bounds(const struct knowledge_match *match, struct buf *out)
{
    if (match->start.class) {
        buf_put_text(out, match->start_excluding ? " > " : " >= ");
        buf_put_str(out, match->start_text);
        buf_put_text(out, match->end.class ? "," : "");
    }
    if (match->end.class) {
        buf_put_text(out, match->end_including ? " <= " : " < ");
        buf_put_str(out, match->end_text);
    }
}

static void put_version(const struct knowledge_match *match, struct buf *out)
{
    switch (match->kind) {
    case KNOWLEDGE_MATCH_RANGE:
        put_bounds(match, out);
        break;
    case KNOWLEDGE_MATCH_EXACT:
        buf_put_text(out, " = ");
        buf_put_str(out, match->version_text);
        if (!is_open(match->update_text)) {
            buf_put_byte(out, ' ');
            buf_put_str(out, match->update_text);
        }
        break;
    case KNOWLEDGE_MATCH_ANY:
        buf_put_text(out, " (any version)");
        break;
    case KNOWLEDGE_MATCH_NA:
        buf_put_text(out, " (no version)");
        break;
    case KNOWLEDGE_MATCH_NEVER:
        buf_put_text(out, " (bounds that are no versions)");
        break;
    }
}

void match_text(const struct knowledge *knowledge, const struct knowledge_match *match,
                struct buf *out)
{
    struct knowledge_product product = {.part = 'a'};
    knowledge_product(knowledge, match->product, &product);
    buf_put_text(out, "cpe:2.3:");
    buf_put_byte(out, product.part);
    buf_put_byte(out, ':');
    buf_put_str(out, product.vendor);
    buf_put_byte(out, ':');
    buf_put_str(out, product.product);
    put_version(match, out);
    if (!is_open(match->sw_edition)) {
        buf_put_text(out, ", edition ");
        buf_put_str(out, match->sw_edition);
    }
    if (!is_open(match->target_sw)) {
        buf_put_text(out, ", for ");
        buf_put_str(out, match->target_sw);
    }
}
