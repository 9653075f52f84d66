#include "import/cyclonedx.h"

#include "base/limits.h"

/* How documents name a distribution, and what os-release on it says. parts is how many
 * components of the release VERSION_ID has, 0: all. */
static const struct distribution {
    const char *names; /* patterns of str_glob */
    const char *id, *name;
    unsigned parts;
} distributions[] = {
    {"debian*", "debian", "Debian GNU/Linux", 1},
    {"ubuntu*", "ubuntu", "Ubuntu", 2},
    {"alpine*", "alpine", "Alpine Linux", 0},
    {"alma|almalinux*", "almalinux", "AlmaLinux", 2},
    {"rocky*", "rocky", "Rocky Linux", 2},
    {"redhat|rhel|red hat enterprise linux*", "rhel", "Red Hat Enterprise Linux", 2},
    {"centos*", "centos", "CentOS", 1},
    {"fedora*", "fedora", "Fedora Linux", 1},
    {"ol|oracle|oraclelinux|oracle linux*", "ol", "Oracle Linux Server", 2},
    {"amzn|amazon*", "amzn", "Amazon Linux", 1},
    {"sles|suse linux enterprise server*|suse", "sles", "SLES", 0},
    {"opensuse?leap|opensuse", "opensuse-leap", "openSUSE Leap", 0},
    {"opensuse?tumbleweed", "opensuse-tumbleweed", "openSUSE Tumbleweed", 0},
    {"arch|archlinux|arch linux", "arch", "Arch Linux", 0},
    {"photon*", "photon", "VMware Photon OS", 0},
    {"mariner|cbl-mariner", "mariner", "CBL-Mariner", 2},
    {"azurelinux", "azurelinux", "Microsoft Azure Linux", 2},
    {"wolfi", "wolfi", "Wolfi", 0},
    {"chainguard", "chainguard", "Chainguard", 0},
};

/* Releases that some documents name by codename alone. */
static const struct codename {
    const char *codename, *id, *version;
} codenames[] = {
    {"jessie", "debian", "8"},     {"stretch", "debian", "9"},    {"buster", "debian", "10"},
    {"bullseye", "debian", "11"},  {"bookworm", "debian", "12"},  {"trixie", "debian", "13"},
    {"trusty", "ubuntu", "14.04"}, {"xenial", "ubuntu", "16.04"}, {"bionic", "ubuntu", "18.04"},
    {"focal", "ubuntu", "20.04"},  {"jammy", "ubuntu", "22.04"},  {"noble", "ubuntu", "24.04"},
};

/* The first count components of a release. */
static struct str cut_release(struct str release, unsigned count)
{
    for (size_t i = 0; i < release.len && count > 0; i++) {
        if (release.ptr[i] == '.' && --count == 0) {
            return str_sub(release, 0, i);
        }
    }
    return release;
}

static void set_release(const struct distribution *distribution, struct str release,
                        struct inventory_os *os)
{
    /* "2023.3.20240108 (Amazon Linux)" */
    struct str rest = release, word = STR("");
    str_next_word(&rest, &word);
    os->version = word;
    os->version_id = distribution ? cut_release(word, distribution->parts) : word;
    for (size_t i = 0; i < sizeof codenames / sizeof codenames[0]; i++) {
        bool by_name = str_eq_text(word, codenames[i].codename);
        bool same = by_name || str_eq_text(os->version_id, codenames[i].version);
        if (same && str_eq_text(os->id, codenames[i].id)) {
            os->codename = str_from(codenames[i].codename);
            os->version_id = str_from(codenames[i].version);
            os->version = by_name ? os->version_id : word;
            return;
        }
    }
}

static void set_windows(struct str name, struct str release, struct inventory_os *os)
{
    os->family = OS_FAMILY_WINDOWS;
    os->id = STR("windows");
    os->name = os->pretty = name;
    os->version = release;
    /* "10.0.20348.2582" is build 20348, revision 2582. */
    if (str_starts(release, STR("10.0."))) {
        os->build = str_skip(release, 5);
    }
    static const char *const releases[] = {"2012 R2", "2012", "2016", "2019", "2022", "2025"};
    for (size_t i = 0; i < sizeof releases / sizeof releases[0]; i++) {
        if (os->version_id.len == 0 && str_find_nocase(name, str_from(releases[i])) != SIZE_MAX) {
            os->version_id = str_from(releases[i]);
        }
    }
}

void cyclonedx_set_os(struct arena *arena, struct str name, struct str release,
                      struct inventory_os *os)
{
    const struct distribution *found = NULL;
    *os = (struct inventory_os){0};
    if (str_find_nocase(name, STR("windows")) != SIZE_MAX) {
        set_windows(name, release, os);
        return;
    }
    for (size_t i = 0; i < sizeof distributions / sizeof distributions[0] && !found; i++) {
        if (str_glob(str_from(distributions[i].names), name)) {
            found = &distributions[i];
        }
    }
    os->family = OS_FAMILY_LINUX;
    os->id = found ? str_from(found->id) : name;
    os->name = found ? str_from(found->name) : os->id;
    set_release(found, release, os);
    struct str pretty = arena_printf(arena, "%.*s%s%.*s", STR_ARG(os->name),
                                     os->version_id.len ? " " : "", STR_ARG(os->version_id));
    os->pretty = str_cut_utf8(pretty, LIMIT_NAME);
}
