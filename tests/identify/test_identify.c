#include "place.h"

static void fill_knowledge(struct knowledge_fixture *fixture)
{
    static const char *const products[] = {PRODUCT("f5", "nginx"),
                                           PRODUCT("nginx", "nginx"),
                                           PRODUCT("openssl", "openssl"),
                                           PRODUCT("nodejs", "node.js"),
                                           PRODUCT("joyent", "node.js"),
                                           PRODUCT("oracle", "jre"),
                                           PRODUCT("sun", "jre"),
                                           PRODUCT("redis", "redis"),
                                           PRODUCT("redislabs", "redis"),
                                           PRODUCT("haxx", "curl"),
                                           PRODUCT("haxx", "libcurl"),
                                           PRODUCT("docker", "docker"),
                                           PRODUCT("php", "php"),
                                           PRODUCT("postgresql", "postgresql"),
                                           PRODUCT("python", "python"),
                                           PRODUCT("notepad-plus-plus", "notepad\\+\\+"),
                                           PRODUCT("onlyvendor", "raretool"),
                                           PRODUCT("one", "twofold"),
                                           PRODUCT("two", "twofold"),
                                           PRODUCT("manymakers", "manymakers"),
                                           PRODUCT("other", "manymakers"),
                                           PRODUCT("acme", "rocket_manager"),
                                           PRODUCT("putty", "putty"),
                                           "cpe:2.3:a:plug:gadget:*:*:*:*:*:wordpress:*:* <2",
                                           "cpe:2.3:o:linux:linux_kernel:*:*:*:*:*:*:*:* <6.2",
                                           NULL};
    const struct feed_release nodes[] = {
        fixture_release("20", "2023-04-18", "2024-10-22", "2026-04-30", NULL),
        fixture_release("18", "2022-04-19", "2023-10-18", "2025-04-30", NULL),
    };
    const struct feed_release debians[] = {
        fixture_release("12", "2023-06-10", "2026-06-10", "2028-06-30", NULL),
    };
    const struct feed_release windows[] = {
        fixture_release("2022", "2021-08-18", "2026-10-13", "2031-10-14", NULL),
        fixture_release("2019", "2018-11-13", "2024-01-09", "2029-01-09", NULL),
    };
    fixture_cve(fixture, "CVE-2024-0001", "2024-01-01", 70, products);
    fixture_advisory(fixture, "DSA-1", "Debian:12", "nginx", "0", "1.22.1-9+deb12u1",
                     "CVE-2024-0001", "");
    fixture_advisory(fixture, "RLSA-1", "Rocky Linux:9", "openssl", "0", "1:3.0.7-25.el9_3",
                     "CVE-2024-0001", "");
    fixture_advisory(fixture, "DSA-2", "Debian:12", "linux", "0", "6.1.140-1", "CVE-2024-0001", "");
    fixture_advisory(fixture, "DSA-3", "Debian:12", "grub2", "0", "2.06-13+deb12u2",
                     "CVE-2024-0001", "");
    fixture_advisory(fixture, "ALSA-1", "AlmaLinux:9", "openssl-libs", "0", "1:3.0.7-25.el9",
                     "CVE-2024-0001", "");
    fixture_lifecycle(fixture, "nodejs", "cpe:2.3:a:nodejs:node.js", nodes, 2);
    fixture_lifecycle(fixture, "django", "pkg:pypi/django", nodes, 1);
    fixture_lifecycle(fixture, "debian", NULL, debians, 1);
    fixture_lifecycle(fixture, "windows-server", NULL, windows, 2);
}

static int set_up(void **state)
{
    return place_init(state, fill_knowledge);
}

static void set_os(struct inventory *inventory, const char *id, const char *version)
{
    inventory_init(inventory);
    inventory->os.family = strcmp(id, "windows") == 0 ? OS_FAMILY_WINDOWS : OS_FAMILY_LINUX;
    inventory->os.id = str_from(id);
    inventory->os.version_id = str_from(version);
}

/* ---- operating systems ---- */

static void identifies_systems(void **state)
{
    static const struct {
        const char *id, *name, *version, *codename, *edition, *build;
        const char *ecosystem, *lifecycle, *release;
        bool known;
    } cases[] = {
        {"debian", "Debian GNU/Linux", "12", "bookworm", "", "", "Debian:12", "debian", "12", true},
        {"debian", "Debian GNU/Linux", "", "bookworm", "", "", "Debian:12", "debian", "12", true},
        {"debian", "Debian GNU/Linux", "11", "bullseye", "", "", "Debian:11", "debian", "", false},
        {"almalinux", "AlmaLinux", "9.4", "", "", "", "AlmaLinux:9", "", "", true},
        {"rocky", "Rocky Linux", "8.9", "", "", "", "Rocky Linux:8", "", "", false},
        {"ubuntu", "Ubuntu", "22.04", "jammy", "", "", "Ubuntu:22.04:LTS", "", "", false},
        {"alpine", "Alpine Linux", "3.18.4", "", "", "", "Alpine:v3.18", "", "", false},
        {"sles", "SLES", "15.5", "", "", "", "SUSE:Linux Enterprise Server 15 SP5", "", "", false},
        {"opensuse-leap", "openSUSE Leap", "15.5", "", "", "", "openSUSE:Leap 15.5", "", "", false},
        {"centos", "CentOS Stream", "9", "", "", "", "", "", "", false},
        {"wolfi", "Wolfi", "20230201", "", "", "", "Wolfi", "", "", false},
        {"madeup", "Made Up", "1", "", "", "", "", "", "", false},
        {"", "", "", "", "", "", "", "", "", false},
        {"windows", "Windows Server 2022", "", "", "ServerStandard", "20348.2582", "",
         "windows-server", "2022", false},
        {"windows", "", "", "", "ServerDatacenter", "17763.1", "", "windows-server", "2019", false},
        {"windows", "", "", "", "ServerStandardACor", "17763.1", "", "windows-server", "", false},
        {"windows", "Windows 11 Pro", "", "", "Professional", "26100.1", "", "", "", false},
    };
    struct place *place = *state;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct inventory inventory;
        struct identity_os os;
        set_os(&inventory, cases[i].id, cases[i].version);
        inventory.os.name = str_from(cases[i].name);
        inventory.os.codename = str_from(cases[i].codename);
        inventory.os.edition = str_from(cases[i].edition);
        inventory.os.build = str_from(cases[i].build);
        identify_os(place->tables, place->knowledge, &inventory, &place->arena, &os);
        struct str lifecycle = os.has_lifecycle ? os.lifecycle.name : STR("");
        struct str release = os.has_release ? os.release.name : STR("");
        if (!str_eq_text(os.ecosystem_name, cases[i].ecosystem) ||
            !str_eq_text(lifecycle, cases[i].lifecycle) ||
            !str_eq_text(release, cases[i].release) || os.has_ecosystem != cases[i].known) {
            fail_msg("%s %s: %.*s, %.*s, %.*s", cases[i].id, cases[i].version,
                     STR_ARG(os.ecosystem_name), STR_ARG(lifecycle), STR_ARG(release));
        }
        assert_true(os.rule.len > 0);
        identify_os(place->tables, NULL, &inventory, &place->arena, &os);
        assert_true(str_eq_text(os.ecosystem_name, cases[i].ecosystem));
        inventory_done(&inventory);
    }
}

static void knows_support_without_feeds(void **state)
{
    static const struct {
        const char *id, *version, *codename, *until, *extended;
    } cases[] = {
        {"debian", "12", "", "2026-07-11", "2028-06-30"},
        {"debian", "", "trixie", "2028-08-09", "2030-06-30"},
        {"ubuntu", "22.04", "", "2027-06-01", "-"},
        {"ubuntu", "20.10", "", "2021-07-22", "-"},
        {"almalinux", "9.4", "", "2027-05-31", "2032-05-31"},
        {"madeup", "1", "", "", ""},
        {"debian", "", "", "", ""},
    };
    struct place *place = *state;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct inventory_os os = {.id = str_from(cases[i].id),
                                        .version_id = str_from(cases[i].version),
                                        .codename = str_from(cases[i].codename)};
        int32_t until = DATE_NONE, extended = DATE_NONE;
        char first[DATE_SIZE], second[DATE_SIZE];
        bool found = identify_os_support(place->tables, &os, &until, &extended);
        assert_int_equal(found, cases[i].until[0] != '\0');
        if (found) {
            assert_string_equal(date_format(until, first), cases[i].until);
            assert_string_equal(date_format(extended, second), cases[i].extended);
        }
    }
}

static void knows_what_is_unsupported(void **state)
{
    struct place *place = *state;
    struct identify_unsupported found;
    char date[DATE_SIZE];
    assert_true(identify_unsupported(place->tables, STR("Debian:12"), STR("pdns"), &found));
    assert_false(found.limited);
    assert_string_equal(date_format(found.since, date), "2025-10-01");
    assert_true(found.note.len > 0);
    assert_true(identify_unsupported(place->tables, STR("Debian:12"), STR("golang-1.19"), &found));
    assert_true(found.limited);
    assert_int_equal(found.since, DATE_NONE);
    assert_false(identify_unsupported(place->tables, STR("Debian:13"), STR("pdns"), &found));
    assert_false(identify_unsupported(place->tables, STR("Debian:12"), STR("openssl"), &found));
    assert_false(identify_unsupported(place->tables, STR(""), STR(""), &found));
}

/* ---- software ---- */

struct software_case {
    const char *os, *release; /* of the server */
    struct {
        const char *ecosystem, *name, *version, *source, *source_version, *vendor, *origin;
    } in;
    enum supplier supplier;
    const char *supplier_name;
    const char *advisory; /* name and version asked for */
    bool has_package;
    const char *product; /* first CPE product with version, "" for none */
    unsigned products;
    const char *lifecycle;
};

#define DEB "Debian OpenSSL Team <pkg-openssl-devel@alioth-lists.debian.net>"

static const struct software_case software_cases[] = {
    /* The distribution's own packages. */
    {"debian",
     "12",
     {"dpkg", "nginx-core", "1.22.1-9", "nginx", "", DEB, "Debian"},
     SUPPLIER_DISTRIBUTION,
     "Debian",
     "nginx 1.22.1-9",
     true,
     "f5:nginx 1.22.1",
     2,
     ""},
    {"debian",
     "12",
     {"dpkg", "libssl3", "3.0.11-1~deb12u2", "openssl", "", DEB, "Debian-Security"},
     SUPPLIER_DISTRIBUTION,
     "Debian",
     "openssl 3.0.11-1~deb12u2",
     false,
     "openssl:openssl 3.0.11",
     1,
     ""},
    {"debian",
     "12",
     {"dpkg", "bash", "5.2.15-2+b8", "bash", "5.2.15-2", "", "Debian:12/oldstable"},
     SUPPLIER_DISTRIBUTION,
     "Debian",
     "bash 5.2.15-2",
     false,
     "",
     0,
     ""},
    {"debian",
     "12",
     {"dpkg", "curl", "7.88.1-10+deb12u5", "curl", "", "", ""},
     SUPPLIER_DISTRIBUTION,
     "Debian",
     "curl 7.88.1-10+deb12u5",
     false,
     "haxx:curl 7.88.1",
     2,
     ""},
    {"debian",
     "12",
     {"dpkg", "redis", "5:7.0.15-1", "redis", "", "", ""},
     SUPPLIER_DISTRIBUTION,
     "Debian",
     "redis 5:7.0.15-1",
     false,
     "redis:redis 7.0.15",
     2,
     ""},
    {"debian",
     "12",
     {"dpkg", "linux-image-6.1.0-37-amd64", "6.1.140-1", "linux-signed-amd64", "6.1.140+1", "",
      "Debian"},
     SUPPLIER_DISTRIBUTION,
     "Debian",
     "linux 6.1.140-1",
     true,
     "linux:linux_kernel 6.1.140",
     1,
     ""},
    {"debian",
     "12",
     {"dpkg", "grub-efi-amd64-signed", "1+2.06+13+deb12u1", "grub-efi-amd64-signed", "", "",
      "Debian"},
     SUPPLIER_DISTRIBUTION,
     "Debian",
     "grub2 2.06-13+deb12u1",
     true,
     "",
     0,
     ""},
    {"almalinux",
     "9.4",
     {"rpm", "openssl-libs", "1:3.0.7-24.el9", "openssl", "", "AlmaLinux", "baseos"},
     SUPPLIER_DISTRIBUTION,
     "AlmaLinux",
     "openssl-libs 1:3.0.7-24.el9",
     true,
     "openssl:openssl 3.0.7",
     1,
     ""},
    {"almalinux",
     "9.4",
     {"rpm", "curl", "7.76.1-26.el9", "curl", "", "", ""},
     SUPPLIER_DISTRIBUTION,
     "AlmaLinux",
     "curl 7.76.1-26.el9",
     false,
     "haxx:curl 7.76.1",
     2,
     ""},
    {"rocky",
     "9.3",
     {"rpm", "curl", "7.76.1-26.el9", "curl", "", "Rocky Enterprise Software Foundation", ""},
     SUPPLIER_DISTRIBUTION,
     "Rocky Linux",
     "curl 7.76.1-26.el9",
     false,
     "haxx:curl 7.76.1",
     2,
     ""},
    {"ubuntu",
     "22.04",
     {"dpkg", "redis-server", "5:6.0.16-1ubuntu1", "redis", "",
      "Ubuntu Developers <ubuntu-devel-discuss@lists.ubuntu.com>", "Ubuntu"},
     SUPPLIER_DISTRIBUTION,
     "Ubuntu",
     "redis 5:6.0.16-1ubuntu1",
     false,
     "redis:redis 6.0.16",
     2,
     ""},
    {"alpine",
     "3.18",
     {"apk", "libssl3", "3.1.4-r5", "openssl", "", "", ""},
     SUPPLIER_DISTRIBUTION,
     "Alpine",
     "openssl 3.1.4-r5",
     false,
     "openssl:openssl 3.1.4",
     1,
     ""},
    {"arch",
     "",
     {"pacman", "openssl", "3.2.0-1", "", "", "", ""},
     SUPPLIER_DISTRIBUTION,
     "Arch Linux",
     "openssl 3.2.0-1",
     false,
     "openssl:openssl 3.2.0",
     1,
     ""},
    /* From their makers. */
    {"debian",
     "12",
     {"dpkg", "nodejs", "18.20.4-1nodesource1", "nodejs", "", "Ivan Iguaran <ivan@nodesource.com>",
      ""},
     SUPPLIER_MAKER,
     "NodeSource",
     "nodejs 18.20.4-1nodesource1",
     false,
     "nodejs:node.js 18.20.4",
     2,
     "nodejs"},
    {"debian",
     "12",
     {"dpkg", "nodejs", "18.20.4-1nodesource1", "", "", "", ""},
     SUPPLIER_MAKER,
     "NodeSource",
     "nodejs 18.20.4-1nodesource1",
     false,
     "nodejs:node.js 18.20.4",
     2,
     "nodejs"},
    {"debian",
     "12",
     {"dpkg", "nodejs", "18.13.0+dfsg1-1", "nodejs", "", "", "Debian"},
     SUPPLIER_DISTRIBUTION,
     "Debian",
     "nodejs 18.13.0+dfsg1-1",
     false,
     "nodejs:node.js 18.13.0",
     2,
     ""},
    {"debian",
     "12",
     {"dpkg", "docker-ce", "5:24.0.7-1~debian.12~bookworm", "docker-ce", "",
      "Docker <support@docker.com>", "Docker"},
     SUPPLIER_MAKER,
     "Docker",
     "docker-ce 5:24.0.7-1~debian.12~bookworm",
     false,
     "docker:docker 24.0.7",
     1,
     ""},
    {"ubuntu",
     "22.04",
     {"dpkg", "docker-ce", "5:24.0.7-1~ubuntu.22.04~jammy", "", "", "", ""},
     SUPPLIER_MAKER,
     "Docker",
     "docker-ce 5:24.0.7-1~ubuntu.22.04~jammy",
     false,
     "docker:docker 24.0.7",
     1,
     ""},
    {"debian",
     "12",
     {"dpkg", "nginx", "1.25.3-1~bookworm", "nginx", "", "NGINX Packaging <nginx-packaging@f5.com>",
      "nginx"},
     SUPPLIER_MAKER,
     "nginx.org",
     "nginx 1.25.3-1~bookworm",
     false,
     "f5:nginx 1.25.3",
     2,
     ""},
    {"debian",
     "12",
     {"dpkg", "postgresql-16", "16.1-1.pgdg120+1", "postgresql-16", "", "", "apt.postgresql.org"},
     SUPPLIER_MAKER,
     "PostgreSQL",
     "postgresql-16 16.1-1.pgdg120+1",
     false,
     "postgresql:postgresql 16.1",
     1,
     ""},
    {"debian",
     "12",
     {"dpkg", "postgresql-16-cron", "1.6-1.pgdg120+1", "pgcron", "", "", ""},
     SUPPLIER_MAKER,
     "PostgreSQL",
     "pgcron 1.6-1.pgdg120+1",
     false,
     "",
     0,
     ""},
    {"almalinux",
     "9.4",
     {"rpm", "redis", "6.2.7-1.el9", "redis", "", "Fedora Project", "epel"},
     SUPPLIER_MAKER,
     "EPEL",
     "redis 6.2.7-1.el9",
     false,
     "redis:redis 6.2.7",
     2,
     ""},
    {"rocky",
     "8.9",
     {"rpm", "php80-php", "8.0.30-1.el8.remi", "php80-php", "", "Remi Collet", "remi-safe"},
     SUPPLIER_MAKER,
     "Remi",
     "php80-php 8.0.30-1.el8.remi",
     false,
     "php:php 8.0.30",
     1,
     ""},
    /* Names with the release in them, where the version is of it. */
    {"rocky",
     "8.9",
     {"rpm", "nginx120", "1:1.20.2-1.el8.remi", "", "", "Remi Collet", "remi-safe"},
     SUPPLIER_MAKER,
     "Remi",
     "nginx120 1:1.20.2-1.el8.remi",
     false,
     "f5:nginx 1.20.2",
     2,
     ""},
    {"rocky",
     "8.9",
     {"rpm", "php74u-cli", "7.4.33-1.el8.remi", "", "", "Remi Collet", "remi-safe"},
     SUPPLIER_MAKER,
     "Remi",
     "php74u-cli 7.4.33-1.el8.remi",
     false,
     "php:php 7.4.33",
     1,
     ""},
    {"rocky",
     "8.9",
     {"rpm", "nginx120", "2.1-1.el8.remi", "", "", "Remi Collet", "remi-safe"},
     SUPPLIER_MAKER,
     "Remi",
     "nginx120 2.1-1.el8.remi",
     false,
     "",
     0,
     ""},
    {"debian",
     "12",
     {"dpkg", "internal-app", "1.0", "", "", "Ops <ops@example.org>", "Example"},
     SUPPLIER_MAKER,
     "Example",
     "internal-app 1.0",
     false,
     "",
     0,
     ""},
    {"fedora",
     "39",
     {"dpkg", "openssl", "3.0.11-1", "", "", "", ""},
     SUPPLIER_UNKNOWN,
     "",
     "openssl 3.0.11-1",
     false,
     "openssl:openssl 3.0.11",
     1,
     ""},
    /* Names that are something else than their beginning. */
    {"debian",
     "12",
     {"dpkg", "php8.2-redis", "5.3.7-1", "php-redis", "", "", "Debian"},
     SUPPLIER_DISTRIBUTION,
     "Debian",
     "php-redis 5.3.7-1",
     false,
     "",
     0,
     ""},
    {"debian",
     "12",
     {"dpkg", "php8.2-cli", "8.2.7-1~deb12u1", "php8.2", "", "", "Debian"},
     SUPPLIER_DISTRIBUTION,
     "Debian",
     "php8.2 8.2.7-1~deb12u1",
     false,
     "php:php 8.2.7",
     1,
     ""},
    {"debian",
     "12",
     {"dpkg", "python3-foo", "1.0-1", "python-foo", "", "", "Debian"},
     SUPPLIER_DISTRIBUTION,
     "Debian",
     "python-foo 1.0-1",
     false,
     "",
     0,
     ""},
    {"debian",
     "12",
     {"dpkg", "python3.11", "3.11.2-6", "python3.11", "", "", "Debian"},
     SUPPLIER_DISTRIBUTION,
     "Debian",
     "python3.11 3.11.2-6",
     false,
     "python:python 3.11.2",
     1,
     ""},
    /* By the knowledge's names. */
    {"debian",
     "12",
     {"dpkg", "raretool", "1.5-1", "", "", "", "Debian"},
     SUPPLIER_DISTRIBUTION,
     "Debian",
     "raretool 1.5-1",
     false,
     "",
     0,
     ""},
    {"debian",
     "12",
     {"dpkg", "libraretool2", "1.5-1", "raretool-2.0", "", "Only Vendor <team@x.org>", "Debian"},
     SUPPLIER_DISTRIBUTION,
     "Debian",
     "raretool-2.0 1.5-1",
     false,
     "onlyvendor:raretool 1.5",
     1,
     ""},
    {"debian",
     "12",
     {"dpkg", "twofold", "1.5-1", "", "", "", "Debian"},
     SUPPLIER_DISTRIBUTION,
     "Debian",
     "twofold 1.5-1",
     false,
     "",
     0,
     ""},
    {"debian",
     "12",
     {"dpkg", "manymakers", "1.5-1", "", "", "", "Debian"},
     SUPPLIER_DISTRIBUTION,
     "Debian",
     "manymakers 1.5-1",
     false,
     "manymakers:manymakers 1.5",
     1,
     ""},
    {"debian",
     "12",
     {"dpkg", "gadget", "1.5-1", "", "", "", "Debian"},
     SUPPLIER_DISTRIBUTION,
     "Debian",
     "gadget 1.5-1",
     false,
     "",
     0,
     ""},
    /* Windows. */
    {"windows",
     "",
     {"windows", "Java 8 Update 201 (64-bit)", "8.0.2010.9", "", "", "Oracle Corporation", ""},
     SUPPLIER_MAKER,
     "Oracle Corporation",
     "Java 8 Update 201 (64-bit) 8.0.2010.9",
     false,
     "oracle:jre 1.8.0 update201",
     2,
     ""},
    {"windows",
     "",
     {"windows", "Notepad++ (64-bit x64)", "8.5.4", "", "", "Notepad++ Team", ""},
     SUPPLIER_MAKER,
     "Notepad++ Team",
     "Notepad++ (64-bit x64) 8.5.4",
     false,
     "notepad-plus-plus:notepad++ 8.5.4",
     1,
     ""},
    {"windows",
     "",
     {"windows", "PuTTY release 0.74 (64-bit)", "0.74.0.0", "", "", "Simon Tatham", ""},
     SUPPLIER_MAKER,
     "Simon Tatham",
     "PuTTY release 0.74 (64-bit) 0.74.0.0",
     false,
     "putty:putty 0.74",
     1,
     ""},
    {"windows",
     "",
     {"windows", "Node.js", "20.10.0", "", "", "Node.js Foundation", ""},
     SUPPLIER_MAKER,
     "Node.js Foundation",
     "Node.js 20.10.0",
     false,
     "nodejs:node.js 20.10.0",
     2,
     "nodejs"},
    {"windows",
     "",
     {"windows", "Acme Rocket Manager 1.4 (x64)", "1.4.0", "", "", "Acme, Inc.", ""},
     SUPPLIER_MAKER,
     "Acme, Inc.",
     "Acme Rocket Manager 1.4 (x64) 1.4.0",
     false,
     "acme:rocket_manager 1.4.0",
     1,
     ""},
    {"windows",
     "",
     {"windows", "Totally Unknown Thing", "1.0", "", "", "Nobody", ""},
     SUPPLIER_MAKER,
     "Nobody",
     "Totally Unknown Thing 1.0",
     false,
     "",
     0,
     ""},
    /* Libraries of languages are no system software. */
    {"debian",
     "12",
     {"npm", "redis", "4.6.0", "", "", "", ""},
     SUPPLIER_UNKNOWN,
     "",
     "redis 4.6.0",
     false,
     "",
     0,
     ""},
    {"debian",
     "12",
     {"pypi", "openssl", "1.0", "", "", "", ""},
     SUPPLIER_UNKNOWN,
     "",
     "openssl 1.0",
     false,
     "",
     0,
     ""},
    /* Packed by Debian's maintainers, marked by whom they pack for. */
    {"debian",
     "12",
     {"dpkg", "postgresql-16", "16.6-1.pgdg120+1", "postgresql-16", "",
      "Debian PostgreSQL Maintainers <team+postgresql@tracker.debian.org>", ""},
     SUPPLIER_MAKER,
     "PostgreSQL",
     "postgresql-16 16.6-1.pgdg120+1",
     false,
     "postgresql:postgresql 16.6",
     1,
     ""},
    /* Advisories that name the source package, and those that may name either. */
    {"sles",
     "15.5",
     {"rpm", "libopenssl3", "3.0.8-150500.5.20.1", "openssl-3", "", "SUSE LLC", ""},
     SUPPLIER_DISTRIBUTION,
     "SUSE",
     "openssl-3 3.0.8-150500.5.20.1",
     false,
     "openssl:openssl 3.0.8",
     1,
     ""},
    {"rocky",
     "9.3",
     {"rpm", "openssl-libs", "1:3.0.7-24.el9", "openssl", "1:3.0.7-24.el9", "Rocky", ""},
     SUPPLIER_DISTRIBUTION,
     "Rocky Linux",
     "openssl 1:3.0.7-24.el9",
     true,
     "openssl:openssl 3.0.7",
     1,
     ""},
    {"debian",
     "12",
     {"snap", "redis", "7.0", "", "", "Snapcrafters", ""},
     SUPPLIER_MAKER,
     "Snapcrafters",
     "redis 7.0",
     false,
     "redis:redis 7.0",
     2,
     ""},
};

static void check_software(const struct place *place, const struct software_case *one)
{
    struct inventory inventory;
    struct identity_os os;
    struct identity identity;
    struct arena arena;
    char advisory[256], product[256] = "";
    arena_init(&arena);
    set_os(&inventory, one->os, one->release);
    const struct inventory_software software = {
        .ecosystem = str_from(one->in.ecosystem),
        .name = str_from(one->in.name),
        .version = str_from(one->in.version),
        .source = str_from(one->in.source),
        .source_version = str_from(one->in.source_version),
        .vendor = str_from(one->in.vendor),
        .origin = str_from(one->in.origin),
    };
    identify_os(place->tables, place->knowledge, &inventory, &arena, &os);
    identify_software(place->tables, place->knowledge, &inventory, &os, &software, &arena,
                      &identity);
    snprintf(advisory, sizeof advisory, "%.*s %.*s", STR_ARG(identity.advisory_name),
             STR_ARG(identity.advisory_version));
    if (identity.product_count > 0) {
        snprintf(
            product, sizeof product, "%.*s:%.*s %.*s", STR_ARG(identity.products[0].product.vendor),
            STR_ARG(identity.products[0].product.product), STR_ARG(identity.products[0].version));
        assert_true(identity.products[0].rule.len > 0);
        assert_int_not_equal(identity.products[0].key.class, 0);
    }
    struct str lifecycle = identity.has_lifecycle ? identity.lifecycle.name : STR("");
    if (identity.supplier != one->supplier ||
        !str_eq_text(identity.supplier_name, one->supplier_name) ||
        strcmp(advisory, one->advisory) != 0 || identity.has_package != one->has_package ||
        strcmp(product, one->product) != 0 || identity.product_count != one->products ||
        !str_eq_text(lifecycle, one->lifecycle)) {
        fail_msg("%s %s: %d %.*s, %s, package %d, %s (%u), %.*s; %.*s", one->in.name,
                 one->in.version, identity.supplier, STR_ARG(identity.supplier_name), advisory,
                 identity.has_package, product, identity.product_count, STR_ARG(lifecycle),
                 STR_ARG(identity.rule));
    }
    identify_software(place->tables, NULL, &inventory, &os, &software, &arena, &identity);
    assert_int_equal(identity.supplier, one->supplier);
    assert_false(identity.has_package || identity.has_lifecycle);
    inventory_done(&inventory);
    arena_done(&arena);
}

static void identifies_software(void **state)
{
    for (unsigned i = 0; i < sizeof software_cases / sizeof *software_cases; i++) {
        check_software(*state, &software_cases[i]);
    }
}

static void takes_stated_names(void **state)
{
    struct place *place = *state;
    struct inventory inventory;
    struct identity_os os;
    struct identity identity;
    set_os(&inventory, "debian", "12");
    identify_os(place->tables, place->knowledge, &inventory, &place->arena, &os);
    struct inventory_software software = {
        .ecosystem = STR("npm"),
        .name = STR("whatever"),
        .version = STR("1.5.0"),
        .cpe = STR("cpe:2.3:a:joyent:node.js:0.10.1:*:*:*:*:*:*:*"),
    };
    identify_software(place->tables, place->knowledge, &inventory, &os, &software, &place->arena,
                      &identity);
    assert_int_equal(identity.product_count, 2);
    assert_true(str_eq_text(identity.products[0].product.vendor, "joyent"));
    assert_true(str_eq_text(identity.products[0].version, "0.10.1"));
    assert_true(str_eq_text(identity.products[1].product.vendor, "nodejs"));
    software.cpe = STR("cpe:broken");
    software.purl = STR("pkg:pypi/django@20.1?x=y");
    identify_software(place->tables, place->knowledge, &inventory, &os, &software, &place->arena,
                      &identity);
    assert_int_equal(identity.product_count, 0);
    assert_true(identity.has_lifecycle);
    assert_true(str_eq_text(identity.lifecycle.name, "django"));
    assert_true(str_eq_text(identity.upstream, "1.5.0"));
    inventory_done(&inventory);
}

/* ---- what software is for ---- */

static void knows_categories(void **state)
{
    static const struct {
        const char *ecosystem, *name, *fact, *value, *subcategory;
        bool security, patch, kernel;
    } cases[] = {
        {"dpkg", "nginx-core", "", "", "Web Servers", false, false, false},
        {"dpkg", "postgresql-15", "", "", "Relational DB - PostgreSQL", false, false, false},
        {"dpkg", "openjdk-17-jre-headless", "", "", "Runtime Environment", false, false, false},
        {"dpkg", "clamav-daemon", "", "", "Anti-virus & Anti-malware", true, false, false},
        {"rpm", "falcon-sensor", "", "", "Threat Detection", true, false, false},
        {"dpkg", "mdatp", "", "", "Anti-virus & Anti-malware", true, false, false},
        {"dpkg", "fail2ban", "", "", "General Security Tools", false, false, false},
        {"dpkg", "sssd", "", "", "Identity and Access Management", false, false, false},
        {"rpm", "splunkforwarder", "", "", "SIEM", true, false, false},
        {"dpkg", "unattended-upgrades", "", "", "Patch Management", false, true, false},
        {"dpkg", "unattended-upgrades", "unattended-upgrades", "enabled", "Patch Management", false,
         true, false},
        {"dpkg", "unattended-upgrades", "unattended-upgrades", "disabled", "Patch Management",
         false, false, false},
        {"rpm", "BESAgent", "", "", "Patch Management", false, true, false},
        {"windows", "CrowdStrike Windows Sensor", "", "", "Threat Detection", true, false, false},
        {"windows", "Windows Defender", "", "", "Anti-virus & Anti-malware", false, false, false},
        {"windows", "Windows Defender", "defender", "running", "Anti-virus & Anti-malware", true,
         false, false},
        {"windows", "Configuration Manager Client", "", "", "Patch Management", false, true, false},
        {"windows", "Microsoft SQL Server 2019 (64-bit)", "", "", "Relational DB - SQL", false,
         false, false},
        {"windows", "Some Vendor Antivirus Plus", "", "", "Anti-virus & Anti-malware", false, false,
         false},
        {"windows", "Unheard Of", "", "", "", false, false, false},
        {"dpkg", "linux-image-6.1.0-37-amd64", "", "", "Operating System", false, false, true},
        {"dpkg", "linux-image-amd64", "", "", "Operating System", false, false, false},
        {"dpkg", "linux-libc-dev", "", "", "Supporting Components", false, false, false},
        {"dpkg", "linux-headers-6.1.0-37-amd64", "", "", "Supporting Components", false, false,
         false},
        {"rpm", "kernel-core", "", "", "Operating System", false, false, true},
        {"rpm", "kernel-headers", "", "", "Operating System", false, false, false},
        {"rpm", "kernel-tools", "", "", "Operating System", false, false, false},
        {"apk", "linux-lts", "", "", "Operating System", false, false, true},
        {"npm", "nginx", "", "", "", false, false, false},
    };
    struct place *place = *state;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct inventory inventory;
        struct identity_os os;
        struct identity identity;
        set_os(&inventory, "debian", "12");
        const struct inventory_fact fact = {str_from(cases[i].fact), str_from(cases[i].value)};
        inventory.facts = &fact;
        inventory.fact_count = cases[i].fact[0] != '\0';
        const struct inventory_software software = {.ecosystem = str_from(cases[i].ecosystem),
                                                    .name = str_from(cases[i].name),
                                                    .version = STR("1")};
        identify_os(place->tables, NULL, &inventory, &place->arena, &os);
        identify_software(place->tables, NULL, &inventory, &os, &software, &place->arena,
                          &identity);
        if (!str_eq_text(identity.subcategory, cases[i].subcategory) ||
            identity.security != cases[i].security || identity.patch != cases[i].patch ||
            identity.kernel_image != cases[i].kernel) {
            fail_msg("%s: %.*s, security %d, patch %d, kernel %d", cases[i].name,
                     STR_ARG(identity.subcategory), identity.security, identity.patch,
                     identity.kernel_image);
        }
        inventory_done(&inventory);
    }
}

static void names_confidence(void **state)
{
    assert_string_equal(confidence_name(CONFIDENCE_ADVISORY), "advisory");
    assert_string_equal(confidence_name(CONFIDENCE_UNCONFIRMED), "unconfirmed");
    assert_string_equal(confidence_name(CONFIDENCES), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identifies_systems),        cmocka_unit_test(knows_support_without_feeds),
        cmocka_unit_test(knows_what_is_unsupported), cmocka_unit_test(identifies_software),
        cmocka_unit_test(takes_stated_names),        cmocka_unit_test(knows_categories),
        cmocka_unit_test(names_confidence),
    };
    return cmocka_run_group_tests(tests, set_up, place_done);
}
