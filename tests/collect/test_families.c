/* Other families of systems: a real answer of an rpm system, and samples of the others' forms. */
#include "collected.h"

static void reads_rocky(void **state)
{
    static const struct {
        const char *name, *version, *source, *source_version, *origin, *vendor, *module, *status;
    } expected[] = {
        {"acme-cli", "5-1.el9", "acme-cli", "", "baseos", "Rocky", "", ""},
        {"openssl-libs", "1:3.0.7-1.el9", "openssl-libs", "", "baseos", "Rocky", "", ""},
        {"third", "1.0-1", "third", "", "third-stable", "Third Party", "", ""},
        {"kernel-core", "5.14.0-1.el9", "kernel-core", "", "baseos", "Rocky", "", "kernel-running"},
        {"nodejs", "1:18.20.4-1.module+el9.4.0+22195+c221878e", "nodejs", "", "", "Rocky",
         "nodejs:18:9040020240807131341:rhel9", ""},
    };
    struct inventory inventory;
    (void)state;
    collect_fixture("rocky9.probe", &inventory);
    assert_int_equal(inventory.software_count, 8);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        const struct inventory_software *got = software_named(&inventory, expected[i].name);
        assert_text(got->version, expected[i].version);
        assert_text(got->source, expected[i].source);
        assert_text(got->source_version, expected[i].source_version);
        assert_text(got->origin, expected[i].origin);
        assert_text(got->vendor, expected[i].vendor);
        assert_text(got->module, expected[i].module);
        assert_text(got->status, expected[i].status);
    }
    assert_text(inventory.os.id, "rocky");
    assert_text(inventory.os.id_like, "rhel centos fedora");
    assert_text(inventory.os.version, "9.4");
    assert_text(inventory.os.cpe, "cpe:/o:rocky:rocky:9::baseos");
    assert_text(inventory.kernel.running_package, "kernel-core");
    assert_text(inventory.kernel.newest, "5.14.0-1.el9.x86_64");
    assert_int_equal(inventory.reboot_required, TRUTH_YES);
    assert_text(inventory_fact_value(&inventory, STR("dnf-automatic")), "enabled");
    assert_text(inventory_fact_value(&inventory, STR("subscription")), "registered:eus");
    inventory_done(&inventory);
}

static void reads_rocky_updates(void **state)
{
    static const struct {
        const char *name, *arch, *from, *to, *origin, *source, *advisory;
        enum update_class class;
        unsigned cves;
    } expected[] = {
        {"acme-cli", "noarch", "5-1.el9", "6-1.el9", "baseos", "acme-cli", "ACSA-2026:0003",
         UPDATE_CRITICAL, 2},
        {"kernel-core", "x86_64", "5.14.0-1.el9", "5.14.0-2.el9", "baseos", "kernel-core",
         "ACSA-2026:0006", UPDATE_SECURITY, 1},
        {"openssl-libs", "x86_64", "1:3.0.7-1.el9", "1:3.0.7-2.el9", "baseos", "openssl-libs",
         "ACSA-2026:0004", UPDATE_SECURITY, 1},
        {"tzdata", "noarch", "2024a-1.el9", "2024b-1.el9", "baseos", "tzdata", "ACBA-2026:0005",
         UPDATE_OTHER, 0},
        {"plain", "noarch", "1.0-1.el9", "1.1-1.el9", "baseos", "plain", "", UPDATE_OTHER, 0},
        {"third", "x86_64", "1.0-1", "1.1-1", "third-stable", "third", "", UPDATE_UNKNOWN, 0},
    };
    struct inventory inventory;
    (void)state;
    collect_fixture("rocky9.probe", &inventory);
    assert_int_equal(inventory.updates.known, TRUTH_YES);
    assert_int_equal(inventory.updates.count, sizeof expected / sizeof expected[0]);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        const struct inventory_update *got = update_named(&inventory, expected[i].name);
        assert_text(got->arch, expected[i].arch);
        assert_text(got->from, expected[i].from);
        assert_text(got->to, expected[i].to);
        assert_text(got->origin, expected[i].origin);
        assert_text(got->source, expected[i].source);
        assert_text(got->advisory, expected[i].advisory);
        assert_int_equal(got->class, expected[i].class);
        assert_int_equal(got->cve_count, expected[i].cves);
    }
    assert_text(update_named(&inventory, "acme-cli")->cves[1], "CVE-2026-2222");
    inventory_done(&inventory);
}

static void reads_suse_updates(void **state)
{
    static const struct {
        const char *name, *arch, *from, *to, *origin, *advisory;
        enum update_class class;
        unsigned cves;
    } expected[] = {
        {"acme-cli", "noarch", "5-1.el9", "6-1.el9", "base", "ACSA-2026:0003", UPDATE_CRITICAL, 2},
        {"openssl-libs", "x86_64", "1:3.0.7-1.el9", "1:3.0.7-2.el9", "base", "ACSA-2026:0004",
         UPDATE_SECURITY, 1},
        {"kernel-core", "x86_64", "5.14.0-1.el9", "5.14.0-2.el9", "base", "ACSA-2026:0006",
         UPDATE_SECURITY, 1},
        {"tzdata", "noarch", "2024a-1.el9", "2024b-1.el9", "base", "ACBA-2026:0005", UPDATE_OTHER,
         0},
        {"plain", "noarch", "1.0-1.el9", "1.1-1.el9", "base", "", UPDATE_OTHER, 0},
        {"third", "x86_64", "1.0-1", "1.1-1", "third", "", UPDATE_UNKNOWN, 0},
    };
    struct inventory inventory;
    (void)state;
    collect_fixture("sles15.probe", &inventory);
    assert_int_equal(inventory.updates.known, TRUTH_YES);
    assert_int_equal(inventory.updates.count, sizeof expected / sizeof expected[0]);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        const struct inventory_update *got = update_named(&inventory, expected[i].name);
        assert_text(got->arch, expected[i].arch);
        assert_text(got->from, expected[i].from);
        assert_text(got->to, expected[i].to);
        assert_text(got->origin, expected[i].origin);
        assert_text(got->advisory, expected[i].advisory);
        assert_int_equal(got->class, expected[i].class);
        assert_int_equal(got->cve_count, expected[i].cves);
    }
    assert_int_equal(inventory.reboot_required, TRUTH_NO);
    inventory_done(&inventory);
}

#define RPM_ROWS                                                                                   \
    "bind-libs\t32\t9.11.4\t26.P2.el7\tx86_64\tbind-9.11.4-26.P2.el7.src."                         \
    "rpm\tCentOS\t1600000000\t\n"                                                                  \
    "a-package-with-a-long-name\t(none)\t1\t1.el7\tnoarch\ta-1-1.el7.src.rpm\tCentOS\t1\t\n"

static void reads_yum(void **state)
{
    struct inventory inventory;
    (void)state;
    collect_text(
        SECTION("os", "/etc/redhat-release\tCentOS Linux release 7.9.2009 (Core)\n")
            SECTION("packages.rpm", RPM_ROWS) SECTION(
                "metadata.rpm", "mtime\t1700000000\t/var/cache/yum/x86_64/7/base/repomd.xml\n"
                                "updateinfo\t/var/cache/yum/x86_64/7/epel\n")
                SECTION_EXIT("updates.yum",
                             "\nbind-libs.x86_64   32:9.11.4-26.P2.el7_9.16   updates\n"
                             "a-package-with-a-long-name.noarch\n"
                             "                   1-2.el7              epel\n"
                             "Obsoleting Packages\nx.noarch 1-1 base\n    y.noarch 1-1 base\n",
                             "100")
                    SECTION("advisories.yum", "FEDORA-EPEL-2024-1 Important/Sec. "
                                              "a-package-with-a-long-name-1-2.el7.noarch\n") END,
        &inventory);
    assert_text(inventory.os.id, "centos");
    assert_text(inventory.os.version, "7.9.2009");
    assert_int_equal(inventory.updates.known, TRUTH_YES);
    assert_int_equal(inventory.updates.count, 2);
    /* CentOS publishes no advisories: not "other". */
    const struct inventory_update *bind = update_named(&inventory, "bind-libs");
    assert_int_equal(bind->class, UPDATE_UNKNOWN);
    assert_text(bind->from, "32:9.11.4-26.P2.el7");
    assert_text(bind->to, "32:9.11.4-26.P2.el7_9.16");
    assert_text(bind->source, "bind");
    const struct inventory_update *other = update_named(&inventory, "a-package-with-a-long-name");
    assert_int_equal(other->class, UPDATE_SECURITY);
    assert_text(other->advisory, "FEDORA-EPEL-2024-1");
    inventory_done(&inventory);
}

static void says_why_updates_are_unknown(void **state)
{
    static const struct {
        const char *output, *reason;
    } cases[] = {
        {SECTION_EXIT("updates.dnf", "Error: Cache-only enabled but no cache for 'baseos'\n", "1"),
         "Error: Cache-only enabled but no cache for 'baseos'"},
        {SECTION_EXIT("updates.dnf", "ModuleNotFoundError: No module named 'dnf'\n", "1"),
         "ModuleNotFoundError: No module named 'dnf'"},
        {SECTION("updates.dnf", "end\n"), "the package manager has no cached repository metadata"},
        {SECTION("updates.apt", "E: Unable to locate the cache\n"),
         "apt: Unable to locate the cache"},
        {SECTION("updates.apt", "0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n"),
         "apt has no package lists; `apt-get update` was not run"},
        {SECTION("updates.apk", ""), "no package index is cached on the machine"},
        {SECTION_EXIT("updates.pacman", "error: failed to read\n", "1"), "error: failed to read"},
        {SECTION("os", ""), "no package manager that can tell"},
        {SECTION("packages.snap", "Name Version Rev Tracking Publisher Notes\n"
                                  "core22 20240823 1621 latest/stable canonical** base\n"),
         "snap: its store was not asked"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct inventory inventory;
        collect_text(cases[i].output, &inventory);
        assert_int_equal(inventory.updates.known, TRUTH_UNKNOWN);
        assert_text(inventory.updates.reason, cases[i].reason);
        inventory_done(&inventory);
    }
}

static void reads_alpine(void **state)
{
    struct inventory inventory;
    (void)state;
    collect_text(
        SECTION("os", "/etc/os-release\tNAME=\"Alpine Linux\"\n/etc/os-release\tID=alpine\n"
                      "/etc/os-release\tVERSION_ID=3.20.3\n/etc/alpine-release\t3.20.3\n")
            SECTION("kernel", "running\t6.6.56-0-lts\nmodules\t6.6.56-0-lts\n")
                SECTION("packages.apk",
                        "C:Q1x\nP:musl\nV:1.2.5-r0\nA:x86_64\no:musl\nm:A <a@b.org>\nt:1\n\n"
                        "P:busybox-binsh\nV:1.36.1-r28\nA:x86_64\no:busybox\n\n"
                        "P:linux-lts\nV:6.6.56-r0\nA:x86_64\no:linux-lts\n\n")
                    SECTION("updates.apk", "mtime\t1730000000\t/var/cache/apk/APKINDEX.1.tar.gz\n"
                                           "Installed:                                Available:\n"
                                           "busybox-binsh-1.36.1-r28          < 1.36.1-r29\n"
                                           "WARNING: opening from cache: No such file\n") END,
        &inventory);
    assert_text(inventory.os.version, "3.20.3");
    assert_int_equal(inventory.software_count, 3);
    assert_text(software_named(&inventory, "busybox-binsh")->source, "busybox");
    assert_text(software_named(&inventory, "linux-lts")->status, "kernel-running");
    assert_int_equal(inventory.reboot_required, TRUTH_NO);
    assert_int_equal(inventory.updates.known, TRUTH_YES);
    const struct inventory_update *update = update_named(&inventory, "busybox-binsh");
    assert_text(update->from, "1.36.1-r28");
    assert_text(update->to, "1.36.1-r29");
    assert_text(update->source, "busybox");
    assert_int_equal(update->class, UPDATE_UNKNOWN);
    inventory_done(&inventory);
}

static void reads_arch(void **state)
{
    struct inventory inventory;
    (void)state;
    collect_text(
        SECTION("os", "/etc/os-release\tID=arch\n/etc/os-release\tBUILD_ID=rolling\n")
            SECTION("kernel", "running\t6.11.5-arch1-1\nmodules\t6.11.5-arch1-1\n"
                              "pkgbase\t6.11.5-arch1-1\tlinux\n")
                SECTION("packages.pacman",
                        "name\tlinux\n%VERSION%\t6.11.5.arch1-1\n%BASE%\tlinux\n%ARCH%\tx86_64\n"
                        "%INSTALLDATE%\t1730000000\n%PACKAGER%\tJan <j@archlinux.org>\n"
                        "name\topenssl\n%VERSION%\t3.4.0-1\n%BASE%\topenssl\n%ARCH%\tx86_64\n")
                    SECTION("updates.pacman", "mtime\t1730000000\t/var/lib/pacman/sync/core.db\n"
                                              "openssl 3.4.0-1 -> 3.4.1-1\n") END,
        &inventory);
    assert_text(software_named(&inventory, "linux")->status, "kernel-running");
    assert_text(software_named(&inventory, "linux")->vendor, "Jan <j@archlinux.org>");
    assert_text(update_named(&inventory, "openssl")->to, "3.4.1-1");
    assert_int_equal(inventory.updates.known, TRUTH_YES);
    inventory_done(&inventory);
}

static void reads_snap_and_flatpak(void **state)
{
    struct inventory inventory;
    (void)state;
    collect_text(SECTION("packages.snap",
                         "Name    Version   Rev   Tracking       Publisher   Notes\n"
                         "core22  20240823  1621  latest/stable  canonical\xe2\x9c\x93  base\n"
                         "lxd     5.0.3     28373 5.0/stable     canonical** disabled\n"
                         "lxd     5.0.4     29351 5.0/stable     canonical** -\n")
                     SECTION("packages.flatpak",
                             "org.mozilla.firefox\t132.0\tstable\tx86_64\tflathub\n"
                             "org.freedesktop.Platform\t\t23.08\tx86_64\tflathub\n") END,
                 &inventory);
    assert_int_equal(inventory.software_count, 4);
    assert_text(software_named(&inventory, "lxd")->version, "5.0.4");
    assert_text(software_named(&inventory, "core22")->vendor, "canonical");
    assert_text(software_named(&inventory, "org.freedesktop.Platform")->version, "23.08");
    inventory_done(&inventory);
}

static void reads_old_release_files(void **state)
{
    static const struct {
        const char *lines, *id, *version_id, *version, *pretty;
    } cases[] = {
        {"/etc/redhat-release\tRed Hat Enterprise Linux Server release 6.10 (Santiago)\n", "rhel",
         "6.10", "6.10", "Red Hat Enterprise Linux Server release 6.10 (Santiago)"},
        {"/etc/SuSE-release\tSUSE Linux Enterprise Server 11 (x86_64)\n", "sles", "11", "11",
         "SUSE Linux Enterprise Server 11 (x86_64)"},
        {"/etc/debian_version\t7.11\n", "debian", "7", "7.11", "Debian GNU/Linux 7.11"},
        {"/etc/lsb-release\tDISTRIB_ID=Ubuntu\n/etc/lsb-release\tDISTRIB_RELEASE=12.04\n"
         "/etc/lsb-release\tDISTRIB_DESCRIPTION=\"Ubuntu 12.04.5 LTS\"\n"
         "/etc/debian_version\twheezy/sid\n",
         "ubuntu", "12.04", "12.04", "Ubuntu 12.04.5 LTS"},
        {"/etc/os-release\tID=ubuntu\n/etc/os-release\tVERSION_ID=\"24.04\"\n"
         "/etc/debian_version\ttrixie/sid\n",
         "ubuntu", "24.04", "24.04", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct inventory inventory;
        struct buf output;
        buf_init(&output, 10000);
        buf_printf(&output, RS "5eed B os\n%s" RS "5eed E os 0 0\n" END, cases[i].lines);
        collect_bytes(buf_view(&output), &inventory);
        assert_text(inventory.os.id, cases[i].id);
        assert_text(inventory.os.version_id, cases[i].version_id);
        assert_text(inventory.os.version, cases[i].version);
        assert_text(inventory.os.pretty, cases[i].pretty);
        inventory_done(&inventory);
        buf_done(&output);
    }
}

static void reads_proc_sockets(void **state)
{
    struct inventory inventory;
    (void)state;
    collect_text(
        SECTION("system", "arch\tx86_64\n")
            SECTION("sockets.proc",
                    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   "
                    "uid  timeout inode\n"
                    "   0: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000   "
                    "101        0 20001 1 x 100 0 0 10 0\n"
                    "   1: 020200C0:0016 505100CB:C552 01 00000000:00000000 02:000A7214 00000000   "
                    "  0        0 20002 4 x 20 4 31 10 -1\n"
                    "   2: 020200C0:0016 505100CB:C553 06 00000000:00000000 03:000A7214 00000000   "
                    "  0        0 0 3 x\n"
                    "   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:"
                    "0000 0A 00000000:00000000 00:00000000 00000000     0        0 20003 1 x\n"
                    "   1: 0000000000000000FFFF0000020200C0:1F90 0000000000000000FFFF00000900CB00:"
                    "9C40 01 00000000:00000000 00:00000000 00000000     0        0 20004 1 x\n"
                    "socket\t20001\t612\tpostgres\nsocket\t99\t1\tinit\n") END,
        &inventory);
    assert_int_equal(section_state_of(&inventory, "sockets.proc"), SECTION_OK);
    assert_int_equal(inventory.connection_count, 4);
    assert_text(inventory.connections[0].local_address, "127.0.0.1");
    assert_int_equal(inventory.connections[0].local_port, 5432);
    assert_text(inventory.connections[0].process, "postgres");
    assert_int_equal(inventory.connections[0].pid, 612);
    assert_text(inventory.connections[1].remote_address, "203.0.81.80");
    assert_int_equal(inventory.connections[1].state, CONNECTION_ESTABLISHED);
    assert_text(inventory.connections[2].local_address, "::");
    assert_text(inventory.connections[3].local_address, "192.0.2.2");
    inventory_done(&inventory);
}

static void reads_addresses(void **state)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"mac\teth0\t02:fc:00:00:00:01\n"
         "2: eth0    inet 192.0.2.2/24 brd 192.0.2.255 scope global eth0\\       valid_lft\n"
         "3: veth1@if4    inet6 fe80::1/64 scope link \\  valid_lft forever\n",
         "eth0 192.0.2.2 02:fc:00:00:00:01;veth1 fe80::1 ;"},
        {"eth0: flags=4163<UP>  mtu 1500\n        inet 192.0.2.2  netmask 255.255.255.0\n"
         "        inet6 fe80::1  prefixlen 64\n",
         "eth0 192.0.2.2 ;eth0 fe80::1 ;"},
        {"eth0      Link encap:Ethernet  HWaddr 02:FC:00:00:00:01\n"
         "          inet addr:192.0.2.2  Bcast:192.0.2.255\n"
         "          inet6 addr: fe80::1/64 Scope:Link\n",
         "eth0 192.0.2.2 ;eth0 fe80::1 ;"},
        {"Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 192.0.2.2\n        /32 host LOCAL\n"
         "     |-- 192.0.2.255\n        /32 link BROADCAST\n"
         "fe8000000000000000fc00fffe000001 04 40 20 80     eth0\n",
         " 192.0.2.2 ;eth0 fe80::fc:ff:fe00:1 ;"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct inventory inventory;
        struct buf output;
        char got[512] = "", *at = got;
        buf_init(&output, 10000);
        buf_printf(&output, RS "5eed B addresses\n%s" RS "5eed E addresses 0 0\n" END,
                   cases[i].text);
        collect_bytes(buf_view(&output), &inventory);
        for (uint32_t a = 0; a < inventory.address_count; a++) {
            const struct inventory_address *address = &inventory.addresses[a];
            at += sprintf(at, "%.*s %.*s %.*s;", STR_ARG(address->interface),
                          STR_ARG(address->address), STR_ARG(address->mac));
        }
        assert_string_equal(got, cases[i].expected);
        inventory_done(&inventory);
        buf_done(&output);
    }
}

static void reads_facts(void **state)
{
    static const struct {
        const char *output, *key, *value;
    } cases[] = {
        {SECTION("pro", "{\"attached\": true, \"services\": [{\"name\": \"esm-infra\", "
                        "\"status\": \"enabled\"}, {\"name\": \"fips\", \"status\": \"disabled\"}, "
                        "{\"name\": \"esm-apps\", \"status\": \"enabled\"}]}"),
         "ubuntu-pro", "attached:esm-infra,esm-apps"},
        {SECTION("pro", "{\"attached\": false, \"services\": []}"), "ubuntu-pro", "unattached"},
        {SECTION("pro", "{\"attached\": tr"), "ubuntu-pro", ""},
        {SECTION("services", "yum-cron.service\tenabled\n/etc/yum/yum-cron.conf\tapply_updates = "
                             "no\n"),
         "yum-cron", "notify"},
        {SECTION("services", "suse-product\tSLES.prod\nsuse-product\tSLES-LTSS.prod\n"),
         "suse-ltss", "enabled"},
        {SECTION("services", "rhsm\tregistered\n")
             SECTION("repositories.rpm", "/etc/yum.repos.d/redhat.repo:[rhel-7-server-els-rpms]\n"
                                         "/etc/yum.repos.d/redhat.repo:enabled = 1\n"
                                         "/etc/yum.repos.d/redhat.repo:[rhel-7-server-eus-rpms]\n"
                                         "/etc/yum.repos.d/redhat.repo:enabled = 0\n"),
         "subscription", "registered:els"},
        {SECTION("repositories.rpm",
                 "/etc/yum.repos.d/rh-cloud.repo:[rhui-rhel-9-for-x86_64-baseos-eus-rhui-rpms]\n"
                 "/etc/yum.repos.d/rh-cloud.repo:enabled=1\n"),
         "subscription", "unregistered:eus"},
        {SECTION("packages.dpkg", "install ok installed\tunattended-upgrades\t2.9\tall\t\t\t\tx\n")
             SECTION("periodic.apt", "APT::Periodic::Unattended-Upgrade \"0\";\n"),
         "unattended-upgrades", "disabled"},
        {SECTION("periodic.apt", "APT::Periodic::Unattended-Upgrade \"1\";\n"),
         "unattended-upgrades", ""},
        {SECTION("system", "selinux\t1\n"), "selinux", "enforcing"},
        {SECTION("system", "kvp\tVirtualMachineId\nkvp\t7F6E\nkvp\tHostName\nkvp\th\n"),
         "hyperv-vm-id", "7F6E"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct inventory inventory;
        collect_text(cases[i].output, &inventory);
        assert_text(inventory_fact_value(&inventory, str_from(cases[i].key)), cases[i].value);
        inventory_done(&inventory);
    }
}

static void reads_unsupported(void **state)
{
    struct inventory inventory;
    (void)state;
    collect_text(SECTION("packages.dpkg",
                         "install ok installed\tphp-horde-core\t2.1\tall\t\t\t\tx\n"
                         "install ok installed\tpdns-server\t4.7.3-2\tamd64\tpdns\t\t\tx\n"
                         "install ok installed\tlibsoup-2.4-1\t2.7\tamd64\tlibsoup2.4\t\t\tx\n")
                     SECTION("support.debian",
                             "file\tsecurity-support-ended.deb12\n\n"
                             "php-horde.*\t0\t\t2025-03-22\thttps://example.org; not with PHP8\n"
                             "pdns            4.7.3-2                 2025-10-01      No support\n"
                             "bad line\n"
                             "file\tsecurity-support-limited\n"
                             "libsoup2.4      Only as a client\nbinutils Only trusted\n") END,
                 &inventory);
    assert_int_equal(inventory.unsupported_known, TRUTH_YES);
    assert_int_equal(inventory.unsupported_count, 3);
    char date[DATE_SIZE];
    assert_text(inventory.unsupported[0].package, "php-horde-core");
    assert_string_equal(date_format(inventory.unsupported[0].since, date), "2025-03-22");
    assert_text(inventory.unsupported[1].package, "pdns");
    assert_false(inventory.unsupported[1].limited);
    assert_text(inventory.unsupported[2].package, "libsoup2.4");
    assert_true(inventory.unsupported[2].limited);
    assert_text(inventory.unsupported[2].note, "Only as a client");
    inventory_done(&inventory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_rocky),
        cmocka_unit_test(reads_rocky_updates),
        cmocka_unit_test(reads_suse_updates),
        cmocka_unit_test(reads_yum),
        cmocka_unit_test(says_why_updates_are_unknown),
        cmocka_unit_test(reads_alpine),
        cmocka_unit_test(reads_arch),
        cmocka_unit_test(reads_snap_and_flatpak),
        cmocka_unit_test(reads_old_release_files),
        cmocka_unit_test(reads_proc_sockets),
        cmocka_unit_test(reads_addresses),
        cmocka_unit_test(reads_facts),
        cmocka_unit_test(reads_unsupported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
