#include "assess/engine.h"

#include "identify/windows.h"

/* The CPE product of a distribution, by os-release ID. */
struct os_row {
    const char *id, *vendor, *product;
};

static const struct os_row systems[] = {
    {"debian", "debian", "debian_linux"},
    {"ubuntu", "canonical", "ubuntu_linux"},
    {"rhel", "redhat", "enterprise_linux"},
    {"rhel", "redhat", "enterprise_linux_server"},
    {"almalinux", "almalinux", "almalinux"},
    {"rocky", "rocky", "rocky_linux"},
    {"centos", "centos", "centos"},
    {"ol", "oracle", "linux"},
    {"fedora", "fedoraproject", "fedora"},
    {"amzn", "amazon", "linux_2"},
    {"amzn", "amazon", "amazon_linux"},
    {"sles", "suse", "linux_enterprise_server"},
    {"opensuse-leap", "opensuse", "leap"},
    {"opensuse-tumbleweed", "opensuse", "tumbleweed"},
    {"alpine", "alpinelinux", "alpine_linux"},
    {"arch", "archlinux", "arch_linux"},
    {"photon", "vmware", "photon_os"},
    {"azurelinux", "microsoft", "azure_linux"},
    {"mariner", "microsoft", "cbl-mariner"},
};

static void add(struct platform out[PLATFORMS_MAX], uint32_t *count, const char *vendor,
                struct str product, struct str version)
{
    if (*count < PLATFORMS_MAX) {
        out[(*count)++] = (struct platform){vendor, product, version};
    }
}

/* A build that is not listed: "Windows Server 2019 Datacenter" is windows_server_2019. */
static struct str windows_product(struct str name, struct arena *arena)
{
    struct str rest = name, word;
    struct str product = {0};
    while (str_next_word(&rest, &word)) {
        bool wanted = str_eq_nocase(word, STR("windows")) || str_eq_nocase(word, STR("server")) ||
                      str_eq_nocase(word, STR("r2")) || (word.len && str_is_digit(word.ptr[0]));
        if (wanted) {
            product = product.len
                          ? arena_printf(arena, "%.*s_%.*s", STR_ARG(product), STR_ARG(word))
                          : arena_str(arena, word);
        }
    }
    char *bytes = (char *)product.ptr;
    for (size_t i = 0; i < product.len; i++) {
        bytes[i] = str_lower_byte(bytes[i]);
    }
    return product;
}

/* NVD's names of the release: "windows_10_1809" in the version that runs, "windows_10" in the
 * version 1809. */
static void add_release(struct platform out[PLATFORMS_MAX], uint32_t *count,
                        const struct windows_release *release, struct arena *arena)
{
    struct str rest = release->cpe, word;
    /* Before Windows 10 the numbers in front differ from release to release. */
    struct str running = release->has_revision && release->cumulative
                             ? arena_printf(arena, "10.0.%u.%u", release->build, release->revision)
                             : STR("");
    while (str_next_word(&rest, &word)) {
        size_t at = str_find_byte(word, '@');
        struct str only = at == SIZE_MAX ? running : str_skip(word, at + 1);
        add(out, count, "microsoft", str_sub(word, 0, at == SIZE_MAX ? word.len : at),
            str_eq_text(only, "-") ? STR("") : only);
    }
}

static void add_windows(struct platform out[PLATFORMS_MAX], uint32_t *count,
                        const struct inventory *inventory, struct arena *arena)
{
    const struct inventory_os *os = &inventory->os;
    struct windows_release release;
    add(out, count, "microsoft", STR("windows"), STR(""));
    if (identify_windows_release(inventory, arena, &release)) {
        add_release(out, count, &release, arena);
        return;
    }
    struct str product = windows_product(os->name.len ? os->name : os->pretty, arena);
    if (product.len > sizeof "windows") {
        add(out, count, "microsoft", product, STR(""));
    }
}

uint32_t platforms_of(const struct inventory *inventory, struct platform out[PLATFORMS_MAX],
                      struct arena *arena)
{
    const struct inventory_os *os = &inventory->os;
    uint32_t count = 0;
    if (os->family == OS_FAMILY_LINUX) {
        add(out, &count, "linux", STR("linux_kernel"), STR(""));
    }
    if (os->family == OS_FAMILY_WINDOWS) {
        add_windows(out, &count, inventory, arena);
    }
    for (unsigned i = 0; i < sizeof systems / sizeof *systems; i++) {
        if (str_eq_text(os->id, systems[i].id)) {
            add(out, &count, systems[i].vendor, str_from(systems[i].product), os->version_id);
        }
    }
    return count;
}
