/* Who updates and supports this machine: automatic updates, subscriptions. */
#include "collect/probe.h"

#include "base/limits.h"
#include "json/json_reader.h"

/* Units that are enabled, and the fact that each stands for. */
static const struct {
    const char *unit, *fact, *value;
} units[] = {
    {"dnf-automatic-install.timer", "dnf-automatic", "enabled"},
    {"dnf-automatic-download.timer", "dnf-automatic", "download"},
    {"dnf-automatic-notifyonly.timer", "dnf-automatic", "notify"},
    {"transactional-update.timer", "transactional-update", "enabled"},
    {"rpm-ostreed-automatic.timer", "rpm-ostreed-automatic", "enabled"},
    {"packagekit-offline-update.service", "packagekit-offline-update", "enabled"},
    {"online_update.cron", "online-update", "enabled"},
};

/* is_yes reads the value of "apply_updates = yes". */
static bool is_yes(struct str line)
{
    struct str key;
    return str_split_byte(&line, '=', &key) && line.ptr != NULL &&
           str_glob(STR("yes|true|1|on"), str_trim(line));
}

/* What several lines decide together. */
struct automatic {
    bool dnf_timer, dnf_apply, yum_service, yum_apply;
};

static void read_unit(struct probe *probe, struct str unit, struct automatic *automatic)
{
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (str_eq_text(unit, units[i].unit)) {
            probe_add_fact(probe, units[i].fact, str_from(units[i].value));
            return;
        }
    }
    if (str_eq(unit, STR("dnf-automatic.timer")) || str_eq(unit, STR("dnf5-automatic.timer"))) {
        automatic->dnf_timer = true;
    } else if (str_eq(unit, STR("yum-cron.service"))) {
        automatic->yum_service = true;
    }
}

void parse_services(struct probe *probe, struct str text)
{
    struct automatic automatic = {0};
    struct str line, key, value, products = STR("");
    while (str_next_line(&text, &line)) {
        if (!probe_key(line, &key, &value)) {
            probe_bad_line(probe, line);
        } else if (str_eq(value, STR("enabled"))) {
            read_unit(probe, key, &automatic);
        } else if (str_ends(key, STR("/automatic.conf"))) {
            automatic.dnf_apply |=
                str_starts(str_trim(value), STR("apply_updates")) && is_yes(value);
        } else if (str_ends(key, STR("/yum-cron.conf"))) {
            automatic.yum_apply |=
                str_starts(str_trim(value), STR("apply_updates")) && is_yes(value);
        } else if (str_eq(key, STR("rhsm"))) {
            probe->registered = true;
        } else if (str_eq(key, STR("suse-product")) && products.len < LIMIT_NAME) {
            value = str_sub(value, 0, value.len - (str_ends(value, STR(".prod")) ? 5 : 0));
            products = arena_printf(probe->arena, "%.*s%s%.*s", STR_ARG(products),
                                    products.len ? "," : "", STR_ARG(value));
        }
    }
    if (automatic.dnf_timer) {
        probe_add_fact(probe, "dnf-automatic",
                       automatic.dnf_apply ? STR("enabled") : STR("notify"));
    }
    if (automatic.yum_service) {
        probe_add_fact(probe, "yum-cron", automatic.yum_apply ? STR("enabled") : STR("notify"));
    }
    if (products.len > 0) {
        probe_add_fact(probe, "suse-products", products);
    }
    if (str_find_nocase(products, STR("ltss")) != SIZE_MAX) {
        probe_add_fact(probe, "suse-ltss", STR("enabled"));
    }
}

/* read_setting reads `APT::Periodic::Unattended-Upgrade "1";`; false when it is another one. */
static bool read_setting(struct str line, struct str name, struct str *ret_value)
{
    if (!str_starts(line, name)) {
        return false;
    }
    struct str rest = str_skip(line, name.len), before;
    return str_split_byte(&rest, '"', &before) && str_trim(before).len == 0 && rest.ptr != NULL &&
           str_split_byte(&rest, '"', ret_value);
}

/* is_period: apt's "always" or a number (of days, or with a unit) above zero. */
static bool is_period(struct str value)
{
    return value.len > 0 && !str_eq(value, STR("0")) &&
           (str_is_digit(value.ptr[0]) || str_eq(value, STR("always")));
}

void parse_apt_periodic(struct probe *probe, struct str text)
{
    struct str line, value;
    bool enabled = true, upgrade = false, lists = false, download = false;
    while (str_next_line(&text, &line)) {
        if (read_setting(line, STR("APT::Periodic::Enable"), &value)) {
            enabled = !str_eq(value, STR("0"));
        } else if (read_setting(line, STR("APT::Periodic::Unattended-Upgrade"), &value)) {
            upgrade = is_period(value);
        } else if (read_setting(line, STR("APT::Periodic::Update-Package-Lists"), &value)) {
            lists = is_period(value);
        } else if (read_setting(line, STR("APT::Periodic::Download-Upgradeable-Packages"),
                                &value)) {
            download = is_period(value);
        }
    }
    /* What is set counts only with the program that does it. */
    bool installed =
        probe_find_software(probe, "dpkg", STR("unattended-upgrades"), STR("")) != NULL;
    if (installed) {
        probe_add_fact(probe, "unattended-upgrades",
                       enabled && upgrade ? STR("enabled") : STR("disabled"));
    }
    probe_add_fact(probe, "apt-periodic-update",
                   enabled && lists ? STR("enabled") : STR("disabled"));
    if (enabled && download) {
        probe_add_fact(probe, "apt-periodic-download", STR("enabled"));
    }
}

/* Programmes that a repository's identifier shows: RHEL's paid extensions. */
static const struct {
    const char *pattern, *programme;
} programmes[] = {
    {"*-els-*|*-els", "els"}, {"*-eus-*|*-eus", "eus"}, {"*-aus-*|*-aus", "aus"},
    {"*-tus-*|*-tus", "tus"}, {"*-e4s-*|*-e4s", "e4s"},
};

static void add_programme(struct probe *probe, struct str id)
{
    for (size_t i = 0; i < sizeof programmes / sizeof programmes[0]; i++) {
        struct str programme = str_from(programmes[i].programme);
        if (str_glob(str_from(programmes[i].pattern), id) &&
            str_find(probe->programmes, programme) == SIZE_MAX) {
            probe->programmes = arena_printf(probe->arena, "%.*s%s%.*s", STR_ARG(probe->programmes),
                                             probe->programmes.len ? "," : "", STR_ARG(programme));
        }
    }
}

void parse_rpm_repositories(struct probe *probe, struct str text)
{
    struct str line, file, id = STR("");
    while (str_next_line(&text, &line)) {
        struct str rest = line;
        if (!str_split_byte(&rest, ':', &file) || rest.ptr == NULL) {
            probe_bad_line(probe, line);
            continue;
        }
        rest = str_trim(rest);
        if (rest.len > 2 && rest.ptr[0] == '[') {
            id = str_skip(rest, 1);
            id = str_sub(id, 0, str_find_byte(id, ']'));
        } else if (is_yes(rest)) {
            add_programme(probe, id);
        }
    }
}

static bool has_fact(const struct probe *probe, const char *key)
{
    for (uint32_t i = 0; i < probe->fact_count; i++) {
        if (str_eq_text(probe->facts[i].key, key)) {
            return true;
        }
    }
    return false;
}

/* Programs that update by themselves once switched on, and their packages. */
static const struct {
    const char *fact, *package;
} switched[] = {
    {"dnf-automatic", "dnf-automatic"},
    {"dnf-automatic", "dnf5-plugin-automatic"},
    {"yum-cron", "yum-cron"},
    {"transactional-update", "transactional-update"},
};

void finish_services(struct probe *probe)
{
    for (size_t i = 0; i < sizeof switched / sizeof switched[0]; i++) {
        if (!has_fact(probe, switched[i].fact) &&
            probe_find_software(probe, "rpm", str_from(switched[i].package), STR("")) != NULL) {
            probe_add_fact(probe, switched[i].fact, STR("disabled"));
        }
    }
    /* Machines of a cloud get the repositories of a programme without being registered. */
    if (probe->registered || probe->programmes.len > 0) {
        const char *state = probe->registered ? "registered" : "unregistered";
        probe_add_fact(probe, "subscription",
                       arena_printf(probe->arena, "%s%s%.*s", state,
                                    probe->programmes.len > 0 ? ":" : "",
                                    STR_ARG(probe->programmes)));
    }
    if (str_find(probe->programmes, STR("els")) != SIZE_MAX) {
        probe_add_fact(probe, "rhel-els", STR("enabled"));
    }
}

static void list_services(struct json services, struct buf *out)
{
    struct json service;
    struct json_each each = json_each(services);
    while (json_next(&each, &service)) {
        struct str name = json_str(json_get(service, "name"));
        if (name.len > 0 && str_eq_text(json_str(json_get(service, "status")), "enabled")) {
            buf_printf(out, "%s%.*s", out->len > 0 ? "," : "", STR_ARG(name));
        }
    }
}

/* parse_ubuntu_pro reads the state that `pro` keeps of itself (status.json): "attached:" and the
 * services that are on. */
void parse_ubuntu_pro(struct probe *probe, struct str text)
{
    struct json_document document;
    struct buf services;
    if (json_parse(text, LIMIT_PROBE_SECTION, probe->arena, &document, NULL) < 0 ||
        json_type(json_root(&document)) != JSON_OBJECT) {
        probe->failure = STR("the cached status is no JSON object");
    } else if (json_type(json_get(json_root(&document), "attached")) != JSON_TRUE) {
        probe_add_fact(probe, "ubuntu-pro", STR("unattached"));
    } else {
        buf_init(&services, LIMIT_NAME);
        list_services(json_get(json_root(&document), "services"), &services);
        probe_add_fact(probe, "ubuntu-pro",
                       arena_printf(probe->arena, "attached:%.*s", STR_ARG(buf_view(&services))));
        buf_done(&services);
    }
    json_done(&document);
}
