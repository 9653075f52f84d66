#include "knowledge/builder.h"

#include <string.h>

/* Ecosystems of the OSV schema (1.7, "Defined Ecosystems") whose packages a server's package
 * manager installs, by what stands before the first colon. */
static const struct {
    struct str prefix;
    enum version_scheme scheme;
} rows[] = {
    {{"Debian", 6}, VERSION_DPKG},      {{"Ubuntu", 6}, VERSION_DPKG},
    {{"Echo", 4}, VERSION_DPKG},        {{"AlmaLinux", 9}, VERSION_RPM},
    {{"Rocky Linux", 11}, VERSION_RPM}, {{"Red Hat", 7}, VERSION_RPM},
    {{"SUSE", 4}, VERSION_RPM},         {{"openSUSE", 8}, VERSION_RPM},
    {{"Mageia", 6}, VERSION_RPM},       {{"openEuler", 9}, VERSION_RPM},
    {{"Photon OS", 9}, VERSION_RPM},    {{"Azure Linux", 11}, VERSION_RPM},
    {{"Alpine", 6}, VERSION_APK},       {{"Wolfi", 5}, VERSION_APK},
    {{"Chainguard", 10}, VERSION_APK},  {{"MinimOS", 7}, VERSION_APK},
    {{"Alpaquita", 9}, VERSION_APK},    {{"BellSoft Hardened Containers", 28}, VERSION_APK},
};

enum version_scheme ecosystem_scheme(struct str name)
{
    size_t colon = str_find_byte(name, ':');
    struct str prefix = str_sub(name, 0, colon == SIZE_MAX ? name.len : colon);
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (str_eq(prefix, rows[i].prefix)) {
            return rows[i].scheme;
        }
    }
    return VERSION_NONE;
}

/* From RHEL 10 on Red Hat names the mainstream of a release with the minor release that is current
 * ("enterprise_linux:10.1"; before, "enterprise_linux:9"): all are updates to the one release. */
static struct str red_hat_release(struct str name)
{
    static const struct str mainstream = {"Red Hat:enterprise_linux:", 25};
    size_t dot = str_find_byte(name, '.');
    return str_starts(name, mainstream) && dot != SIZE_MAX ? str_sub(name, 0, dot) : name;
}

/* Red Hat's and SUSE's advisories name the repository, of which a server has several: what is
 * looked up is the release. */
struct str ecosystem_release(struct str name, struct arena *arena)
{
    static const struct str module = {"SUSE:Linux Enterprise Module for ", 33};
    static const struct str server = {"SUSE:Linux Enterprise Server ", 29};
    if (str_starts(name, STR("Red Hat:"))) {
        return red_hat_release(str_sub(name, 0, str_find(name, STR("::"))));
    }
    if (!str_starts(name, module)) {
        return name;
    }
    size_t at = name.len; /* "... Basesystem 15 SP5": the last two words */
    for (unsigned words = 0; words < 2 && at > module.len; words++) {
        at -= at > module.len;
        while (at > module.len && name.ptr[at - 1] != ' ') {
            at--;
        }
    }
    struct str release = str_skip(name, at);
    char *text = arena_alloc(arena, server.len + release.len);
    memcpy(text, server.ptr, server.len);
    memcpy(text + server.len, release.ptr, release.len);
    return str_make(text, server.len + release.len);
}
