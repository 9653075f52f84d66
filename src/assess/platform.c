#include "assess/engine.h"

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

/* "Windows Server 2019 Datacenter" is windows_server_2019. */
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

uint32_t platforms_of(const struct inventory *inventory, struct platform out[PLATFORMS_MAX],
                      struct arena *arena)
{
    const struct inventory_os *os = &inventory->os;
    uint32_t count = 0;
    if (os->family == OS_FAMILY_LINUX) {
        add(out, &count, "linux", STR("linux_kernel"), STR(""));
    }
    if (os->family == OS_FAMILY_WINDOWS) {
        struct str product = windows_product(os->name.len ? os->name : os->pretty, arena);
        add(out, &count, "microsoft", STR("windows"), STR(""));
        if (product.len > sizeof "windows") {
            add(out, &count, "microsoft", product, STR(""));
        }
    }
    for (unsigned i = 0; i < sizeof systems / sizeof *systems; i++) {
        if (str_eq_text(os->id, systems[i].id)) {
            add(out, &count, systems[i].vendor, str_from(systems[i].product), os->version_id);
        }
    }
    return count;
}
