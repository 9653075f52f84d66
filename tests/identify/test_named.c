#include "../unit.h"

#include "identify/identify.h"

/* Packages of which nobody says the system, editions, module streams: what share/ says alone. */

static int set_up(void **state)
{
    struct identify_tables *tables;
    struct error err = ERROR_INIT;
    if (identify_tables_load(SHARE_FOLDER, &tables, &err) < 0) {
        print_error("%s: %s\n", err.where, err.message);
        return -1;
    }
    *state = tables;
    return 0;
}

static int tear_down(void **state)
{
    identify_tables_free(*state);
    return 0;
}

struct place {
    struct inventory inventory;
    struct identity_os os;
    struct inventory_software software;
    struct identity identity;
    struct arena arena;
};

static void identify(const struct identify_tables *tables, const char *id, const char *release,
                     const char *name, const char *vendor, const char *version, struct place *place)
{
    inventory_init(&place->inventory);
    arena_init(&place->arena);
    place->inventory.os.family = OS_FAMILY_LINUX;
    place->inventory.os.id = str_from(id);
    place->inventory.os.version_id = str_from(release);
    identify_os(tables, NULL, &place->inventory, &place->arena, &place->os);
    place->software = (struct inventory_software){
        .ecosystem = identify_manager(tables, &place->os, str_from(vendor), str_from(version)),
        .name = str_from(name),
        .version = str_from(version),
        .vendor = str_from(vendor)};
    identify_software(tables, NULL, &place->inventory, &place->os, &place->software, &place->arena,
                      &place->identity);
}

static void done(struct place *place)
{
    inventory_done(&place->inventory);
    arena_done(&place->arena);
}

static void packages_name_their_distribution(void **state)
{
    static const struct {
        const char *name, *vendor, *version;
        const char *manager, *id, *release; /* "" when it is a maker's or not known */
    } cases[] = {
        {"php7.4-cli", "Debian PHP Maintainers <team+pkg-php@tracker.debian.org>",
         "7.4.33-1+deb11u5", "dpkg", "debian", "11"},
        {"php7.4-cli", "Debian PHP Maintainers <team+pkg-php@tracker.debian.org>",
         "7.4.33-1+0~20221108.73+debian11~1.gbp1e9f5a", "dpkg", "", ""},
        {"bash", "Matthias Klose <doko@debian.org>", "5.1-2+b3", "dpkg", "debian", ""},
        {"sudo", "", "1.9.5p2-3+deb11u1", "dpkg", "debian", "11"},
        {"python3.8", "Ubuntu Developers <ubuntu-devel-discuss@lists.ubuntu.com>",
         "3.8.10-0ubuntu1~20.04.18", "dpkg", "ubuntu", "20.04"},
        {"postgresql-12", "", "12.22-0ubuntu0.20.04.1", "dpkg", "ubuntu", "20.04"},
        {"curl", "", "7.81.0-1ubuntu1.18", "dpkg", "ubuntu", ""},
        {"git", "", "1:2.47.0-0ppa1~ubuntu22.04.1", "dpkg", "", ""},
        {"example", "Example <root@example.com>", "1.0-1ubuntu1", "dpkg", "", ""},
        {"httpd", "CentOS", "2.4.6-99.el7.centos.1", "rpm", "centos", "7"},
        {"httpd", "Red Hat, Inc.", "2.4.37-65.module+el8.10.0+1+f", "rpm", "rhel", "8"},
        {"httpd", "Oracle America", "2.4.57-5.0.1.el9", "rpm", "ol", "9"},
        {"mysql-community-server", "Oracle and/or its affiliates", "8.0.36-1.el9", "rpm", "", ""},
        {"amazon-ssm-agent", "Amazon.com, Inc.", "3.3.987.0-1", "rpm", "", ""},
        {"httpd", "Amazon Linux", "2.4.58-1.amzn2", "rpm", "amzn", "2"},
        {"code", "Microsoft Corporation", "1.93.1-1726079423.el8", "rpm", "", ""},
        {"tmux", "Fedora Project", "2.9a-2.fc29", "rpm", "fedora", "29"},
        {"nginx", "Fedora Project", "1.12.2-2.el7", "rpm", "", ""},
        {"libopenssl1_1", "SUSE LLC <https://www.suse.com/>", "1.1.1l-150500.17.31.1", "rpm",
         "sles", "15.5"},
        {"busybox", "", "1.36.1-r15", "apk", "", ""},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct place place;
        identify(*state, "", "", cases[i].name, cases[i].vendor, cases[i].version, &place);
        bool distribution = cases[i].id[0] != '\0';
        if (!str_eq_text(place.software.ecosystem, cases[i].manager) ||
            !str_eq_text(place.identity.system_id, cases[i].id) ||
            !str_eq_text(place.identity.system_release, cases[i].release) ||
            (place.identity.supplier == SUPPLIER_DISTRIBUTION) != distribution) {
            fail_msg("%s %s: %.*s, %.*s %.*s; %.*s", cases[i].name, cases[i].version,
                     STR_ARG(place.software.ecosystem), STR_ARG(place.identity.system_id),
                     STR_ARG(place.identity.system_release), STR_ARG(place.identity.rule));
        }
        done(&place);
    }
}

static void suppliers_of_a_known_system(void **state)
{
    static const struct {
        const char *id, *release, *name, *vendor, *version;
        enum supplier supplier;
        const char *supplier_name;
    } cases[] = {
        {"ubuntu", "22.04", "git", "", "1:2.47.0-0ppa1~ubuntu22.04.1", SUPPLIER_MAKER,
         "Launchpad PPA"},
        {"ubuntu", "22.04", "python3.12", "", "3.12.7-1+jammy1", SUPPLIER_MAKER, "Launchpad PPA"},
        {"ubuntu", "22.04", "mysql-server", "", "8.0.41-0ubuntu0.22.04.1", SUPPLIER_DISTRIBUTION,
         "Ubuntu"},
        {"ubuntu", "22.04", "mysql-community-server", "", "8.4.2-1ubuntu22.04", SUPPLIER_MAKER,
         "MySQL"},
        {"rhel", "8.9", "docker-ce", "", "3:26.1.3-1.el8", SUPPLIER_MAKER, "Docker"},
        {"rhel", "8.9", "httpd", "", "2.4.37-65.module+el8.10.0+1+f", SUPPLIER_DISTRIBUTION,
         "Red Hat"},
        /* The vendor outdoes the name. */
        {"rhel", "8.9", "docker-ce", "Red Hat, Inc.", "3:26.1.3-1.el8", SUPPLIER_DISTRIBUTION,
         "Red Hat"},
        {"", "", "postgresql-server", "", "10.23-1.module+el8.7.0+17280+3a452e1f",
         SUPPLIER_DISTRIBUTION, ""},
        {"", "", "example", "", "1.0-1", SUPPLIER_UNKNOWN, ""},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct place place;
        identify(*state, cases[i].id, cases[i].release, cases[i].name, cases[i].vendor,
                 cases[i].version, &place);
        if (place.identity.supplier != cases[i].supplier ||
            !str_eq_text(place.identity.supplier_name, cases[i].supplier_name)) {
            fail_msg("%s %s: %d %.*s; %.*s", cases[i].name, cases[i].version,
                     place.identity.supplier, STR_ARG(place.identity.supplier_name),
                     STR_ARG(place.identity.rule));
        }
        done(&place);
    }
}

static void editions_are_the_product(void **state)
{
    struct place place;
    identify(*state, "", "", "vault-enterprise-hsm", "HashiCorp", "1.21.2+ent-1", &place);
    assert_true(str_eq_text(place.identity.named.product, "vault"));
    assert_true(str_eq_text(place.identity.cpe_version, "1.21.2"));
    assert_true(str_eq_text(place.identity.subcategory, "General Security Tools"));
    done(&place);

    /* What all software of a maker is for, where no name says. */
    identify(*state, "", "", "never-heard-of", "Grafana Labs <support@grafana.com>", "1.0", &place);
    assert_true(str_eq_text(place.identity.subcategory, "Observability"));
    done(&place);
    identify(*state, "", "", "never-heard-of", "Example <root@example.com>", "1.0", &place);
    assert_int_equal(place.identity.subcategory.len, 0);
    done(&place);
}

static void module_streams(void **state)
{
    static const struct {
        const char *id, *release, *name, *version, *module;
        const char *until; /* NULL: as the release */
    } cases[] = {
        {"rhel", "8.9", "postgresql-server", "10.23-1.module+el8.7.0+17280+3a452e1f",
         "postgresql:10:8070020221117:bd1311ed", "2024-05-31"},
        {"almalinux", "8.10", "postgresql-server", "10.23-1.module_el8.9.0+3706+885c732e",
         "postgresql:10:8090020231201:a75119d5", "2024-05-31"},
        {"rhel", "8.9", "postgresql-server", "12.22-1.module+el8.10.0+22702+e65b2e3d",
         "postgresql:12:8100020241122:489197e6", NULL},
        {"rhel", "9.5", "nodejs", "1:18.20.4-1.module+el9.5.0+1+f", "nodejs:18:9050:rhel9",
         "2025-04-30"},
        /* Without a label, by what the package is. */
        {"rhel", "8.9", "postgresql-server", "10.23-1.module+el8.7.0+17280+3a452e1f", "",
         "2024-05-31"},
        {"rhel", "8.9", "postgresql-server", "10.23-1.el8", "", NULL},
        {"rhel", "8.9", "nginx", "1:1.24.0-1.module+el8.9.0+1+f", "", NULL},
        {"debian", "12", "postgresql", "10.23-1", "postgresql:10:1:2", NULL},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct place place;
        struct identify_stream stream;
        char until[DATE_SIZE] = "none";
        identify(*state, cases[i].id, cases[i].release, cases[i].name, "", cases[i].version,
                 &place);
        place.software.module = str_from(cases[i].module);
        bool found =
            identify_stream(*state, &place.inventory.os, &place.software, &place.identity, &stream);
        if (found) {
            date_format(stream.until, until);
        }
        assert_string_equal(until, cases[i].until ? cases[i].until : "none");
        done(&place);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packages_name_their_distribution),
        cmocka_unit_test(suppliers_of_a_known_system),
        cmocka_unit_test(editions_are_the_product),
        cmocka_unit_test(module_streams),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
