#include "import/builder.h"

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

/* Releases of Windows whose name is of one build. A longer name stands before what it begins with.
 */
static const struct windows_release {
    const char *name, *version, *build;
} windows_releases[] = {
    {"2025", "2025", "26100"},      {"2022", "2022", "20348"},      {"2019", "2019", "17763"},
    {"2016", "2016", "14393"},      {"2012 R2", "2012 R2", "9600"}, {"2012", "2012", "9200"},
    {"2008 R2", "2008 R2", "7601"}, {"Windows 8.1", "8.1", "9600"}, {"Windows 7", "7", "7601"},
};

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
    for (size_t i = 0; i < sizeof windows_releases / sizeof windows_releases[0]; i++) {
        const struct windows_release *known = &windows_releases[i];
        if (os->version_id.len == 0 && str_find_nocase(name, str_from(known->name)) != SIZE_MAX) {
            os->version_id = str_from(known->version);
            /* A name that is of one build only says the build; its revision stays unknown. */
            bool one = str_find_nocase(name, STR("or later")) == SIZE_MAX;
            os->build = os->build.len == 0 && one ? str_from(known->build) : os->build;
        }
    }
}

void import_set_os(struct arena *arena, struct str name, struct str release,
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

/* An operating system that a purl names: namespace "debian", distro "debian-12". */
void import_read_distro(struct import_builder *builder, const struct purl *purl)
{
    struct str distro = purl_get(purl, "distro");
    bool distribution = str_eq_text(purl->type, "deb") || str_eq_text(purl->type, "rpm") ||
                        str_eq_text(purl->type, "apk");
    if (!distribution || distro.len == 0 || distro.len > LIMIT_NAME ||
        builder->inventory->os.family != OS_FAMILY_UNKNOWN) {
        return;
    }
    size_t dash = SIZE_MAX;
    for (size_t i = 0; i + 1 < distro.len; i++) {
        dash = distro.ptr[i] == '-' && str_is_digit(distro.ptr[i + 1]) ? i : dash;
    }
    bool named = dash != SIZE_MAX;
    struct str name = named ? str_sub(distro, 0, dash) : purl->namespace;
    if (name.len > 0 && name.len <= LIMIT_NAME) {
        import_set_os(&builder->inventory->arena, name, named ? str_skip(distro, dash + 1) : distro,
                      &builder->inventory->os);
    }
}

/* ---- phrases of management products ---- */

static bool is_version_word(struct str word)
{
    return word.len > 0 && str_is_digit(word.ptr[0]) && str_find_byte(word, '/') == SIZE_MAX &&
           str_find_nocase(word, STR("bit")) == SIZE_MAX;
}

/* Cuts "(64-bit)" and the like, and the words that say nothing of the release. */
static struct str cut_phrase(struct str phrase)
{
    static const char *const fronts[] = {"Microsoft(R) ", "Microsoft ", NULL};
    size_t bracket = str_find(phrase, STR(" ("));
    phrase = str_trim(str_sub(phrase, 0, bracket));
    for (unsigned i = 0; fronts[i] != NULL; i++) {
        struct str front = str_from(fronts[i]);
        if (phrase.len > front.len && str_eq_nocase(str_sub(phrase, 0, front.len), front)) {
            phrase = str_skip(phrase, front.len);
        }
    }
    return phrase;
}

/* The first word of the phrase that is a release, and what stands before it. "4/5" and "7 or later"
 * name more than one release, so none. */
static void split_release(struct str phrase, struct str *ret_name, struct str *ret_release)
{
    struct str rest = phrase, word;
    *ret_name = phrase;
    *ret_release = STR("");
    bool several = str_find_nocase(phrase, STR("or later")) != SIZE_MAX;
    while (str_next_word(&rest, &word)) {
        if (str_is_digit(word.ptr[0]) && word.ptr > phrase.ptr) {
            *ret_name = str_trim(str_sub(phrase, 0, (size_t)(word.ptr - phrase.ptr)));
            *ret_release = is_version_word(word) && !several ? word : STR("");
            return;
        }
    }
}

void import_set_os_phrase(struct arena *arena, struct str phrase, struct str release,
                          struct inventory_os *os)
{
    struct str name, own;
    *os = (struct inventory_os){0};
    phrase = cut_phrase(phrase);
    if (phrase.len == 0 || str_starts(phrase, STR("Other"))) {
        return;
    }
    if (str_find_nocase(phrase, STR("windows")) != SIZE_MAX) {
        import_set_os(arena, phrase, release, os);
        return;
    }
    split_release(phrase, &name, &own);
    import_set_os(arena, name, release.len > 0 ? release : own, os);
}
