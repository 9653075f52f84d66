/* Documents of the formats that are no bill of materials, each as its tool writes it. */
#include "../unit.h"

#include "import/import.h"

#include <stdio.h>
#include <stdlib.h>

/* What came, as text: a line a server, its software indented, "! TEXT" for what was left out. */
struct capture {
    struct buf out;
};

static int take_server(void *context, struct inventory *inventory, struct error *err)
{
    struct capture *capture = context;
    const struct inventory_os *os = &inventory->os;
    (void)err;
    buf_printf(&capture->out, "%.*s | %.*s | %.*s | %.*s | known %s\n", STR_ARG(inventory->name),
               STR_ARG(os->id), STR_ARG(os->version_id), STR_ARG(os->build),
               truth_name(inventory->software_known));
    for (uint32_t i = 0; i < inventory->software_count; i++) {
        const struct inventory_software *software = &inventory->software[i];
        buf_printf(&capture->out, "  %.*s %.*s %.*s", STR_ARG(software->ecosystem),
                   STR_ARG(software->name), STR_ARG(software->version));
        buf_printf(&capture->out, "%s%.*s", software->arch.len ? " " : "", STR_ARG(software->arch));
        buf_printf(&capture->out, "%s%.*s", software->source.len ? " from " : "",
                   STR_ARG(software->source));
        buf_printf(&capture->out, "%s%.*s\n", software->vendor.len ? " by " : "",
                   STR_ARG(software->vendor));
    }
    for (uint32_t i = 0; i < inventory->hotfix_count; i++) {
        buf_printf(&capture->out, "  %.*s\n", STR_ARG(inventory->hotfixes[i].id));
    }
    for (uint32_t i = 0; i < inventory->address_count; i++) {
        buf_printf(&capture->out, "  address %.*s %.*s\n", STR_ARG(inventory->addresses[i].address),
                   STR_ARG(inventory->addresses[i].mac));
    }
    if (inventory->machine.cpus > 0) {
        buf_printf(&capture->out, "  %u processors, %llu MB, %.*s\n",
                   (unsigned)inventory->machine.cpus,
                   (unsigned long long)inventory->machine.memory_bytes >> 20,
                   STR_ARG(inventory->machine.product_uuid));
    }
    return 0;
}

static void take_left_out(void *context, const char *text)
{
    buf_printf(&((struct capture *)context)->out, "! %s\n", text);
}

struct format_case {
    const char *file_name, *os, *text, *format, *expected;
};

static void check(const struct format_case *one)
{
    struct capture capture;
    struct error err = ERROR_INIT;
    const char *format = "";
    const struct import_hints hints = {str_from(one->file_name), str_from(one->os)};
    const struct import_sink sink = {&capture, take_server, take_left_out};
    char text[900];
    buf_init(&capture.out, 1 << 16);
    int r = import_read_all(str_from(one->text), &hints, &sink, &format, &err);
    if (r < 0) {
        buf_printf(&capture.out, "error: %s\n", error_text(&err, text, sizeof text));
    }
    assert_string_equal(format, one->format);
    assert_string_equal(buf_text(&capture.out), one->expected);
    buf_done(&capture.out);
}

static void check_all(const struct format_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        check(&cases[i]);
    }
}

static void reads_package_lists(void **state)
{
    static const struct format_case cases[] = {
        {"/tmp/db01.dpkg.txt", NULL,
         "Desired=Unknown/Install/Remove/Purge/Hold\n"
         "| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend\n"
         "|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)\n"
         "||/ Name           Version      Architecture Description\n"
         "+++-==============-============-============-=================================\n"
         "ii  base-files     12.4+deb12u5 amd64        Debian base system miscellaneous files\n"
         "ii  libssl3:amd64  3.0.11-1~deb12u2 amd64    Secure Sockets Layer toolkit\n"
         "rc  apache2        2.4.57-2     amd64        Apache HTTP Server\n"
         "hi  linux-image-amd64 6.1.76-1 amd64 Linux\n"
         "ii  broken\n"
         "noise\n",
         "dpkg -l",
         "! line 10: a row of dpkg -l has name, version and architecture\n"
         "! line 11: no row of dpkg -l\n"
         "db01 | debian | 12 |  | known yes\n"
         "  dpkg base-files 12.4+deb12u5 amd64\n"
         "  dpkg libssl3 3.0.11-1~deb12u2 amd64\n"
         "  dpkg linux-image-amd64 6.1.76-1 amd64\n"},
        {"web.txt", NULL, "base-files\t12ubuntu4.6\nopenssl\t3.0.2-0ubuntu1.15\n", "dpkg-query -W",
         "web | ubuntu | 22.04 |  | known yes\n"
         "  dpkg base-files 12ubuntu4.6\n"
         "  dpkg openssl 3.0.2-0ubuntu1.15\n"},
        {"status", "debian 11",
         "Package: libexpat1\nStatus: install ok installed\nArchitecture: amd64\n"
         "Source: expat (2.2.10-2)\nVersion: 2.2.10-2+deb11u5\nDescription: XML\n more\n\n"
         "Package: gone\nStatus: deinstall ok config-files\nVersion: 1\n",
         "dpkg status",
         "status | debian | 11 |  | known yes\n"
         "  dpkg libexpat1 2.2.10-2+deb11u5 amd64 from expat\n"},
        {"app.rpm-qa", NULL,
         "bash-5.1.8-9.el9.x86_64\nalmalinux-release-9.4-1.el9.x86_64\n"
         "gpg-pubkey-b86b3716-61e69f29\nbind-libs-32:9.16.23-18.el9_4.1.x86_64\nnot a package\n",
         "rpm -qa",
         "! line 5: not NAME-VERSION-RELEASE.ARCHITECTURE as rpm -qa writes it\n"
         "app | almalinux | 9.4 |  | known yes\n"
         "  rpm bash 5.1.8-9.el9 x86_64\n"
         "  rpm almalinux-release 9.4-1.el9 x86_64\n"
         "  rpm bind-libs 32:9.16.23-18.el9_4.1 x86_64\n"},
        {"edge.apk", NULL,
         "alpine-release-3.19.1-r0 x86_64 {alpine-base} (MIT) [installed]\n"
         "libcrypto3-3.1.4-r6 x86_64 {openssl} (Apache-2.0) [upgradable from: "
         "libcrypto3-3.1.4-r5]\n"
         "zsh-5.9-r2 x86_64 {zsh} (MIT)\n",
         "apk list",
         "edge | alpine | 3.19.1 |  | known yes\n"
         "  apk alpine-release 3.19.1-r0 x86_64 from alpine-base\n"
         "  apk libcrypto3 3.1.4-r5 x86_64 from openssl\n"},
        {"edge.apk", "alpine 3.18", "musl-1.2.4-r2\nbusybox-1.36.1-r5\n", "apk list",
         "edge | alpine | 3.18 |  | known yes\n"
         "  apk musl 1.2.4-r2\n"
         "  apk busybox 1.36.1-r5\n"},
    };
    (void)state;
    check_all(cases, sizeof cases / sizeof *cases);
}

static void reads_lists_of_servers(void **state)
{
    static const struct format_case cases[] = {
        {"RVTools_tabvInfo.csv", NULL,
         "VM,Powerstate,Template,DNS Name,CPUs,Memory,Primary IP Address,"
         "OS according to the configuration file,OS according to the VMware Tools,VM UUID\n"
         "db01,poweredOn,False,db01.example.org,4,\"16,384\",192.0.2.10,"
         "Microsoft Windows Server 2016 or later (64-bit),Microsoft Windows Server 2019 (64-bit),"
         "420f1234-aaaa-bbbb-cccc-0123456789ab\n"
         "tmpl,poweredOff,True,,2,4096,,Other (64-bit),,\n"
         "web,poweredOn,False,,many,8192,192.0.2.11,CentOS 4/5/6/7 (64-bit),,\n"
         "\"open,poweredOn\n"
         "app,poweredOn,False,,2,2048,,Red Hat Enterprise Linux 8 (64-bit),,\n",
         "list of servers",
         "db01 | windows | 2019 | 17763 | known unknown\n"
         "  address 192.0.2.10 \n"
         "  4 processors, 16384 MB, 420f1234-aaaa-bbbb-cccc-0123456789ab\n"
         "! line 4, column Cores: many is no number that can be\n"
         "web | centos |  |  | known unknown\n"
         "  address 192.0.2.11 \n"
         "! line 5: a quote that is not closed; the row is left out\n"
         "app | rhel | 8 |  | known unknown\n"
         "  2 processors, 2048 MB, \n"},
        {"AzureMigrateimporttemplate.csv", NULL,
         "\xef\xbb\xbf*Server name,IP addresses,*Cores,*Memory (In MB),*OS name,OS version,"
         "OS architecture,MAC address\r\n"
         "sql01.example.org,192.0.2.20;192.0.2.21,8,32768,Microsoft Windows Server 2012 R2,,x64,"
         "00:50:56:00:00:01\r\n"
         ",,1,1,x,,,\r\n"
         "ub,192.0.2.22,2,4096,Ubuntu Linux,22.04,x64,\r\n",
         "list of servers",
         "sql01.example.org | windows | 2012 R2 | 9600 | known unknown\n"
         "  address 192.0.2.20 00:50:56:00:00:01\n"
         "  address 192.0.2.21 \n"
         "  8 processors, 32768 MB, \n"
         "! line 3, column Server name: empty; the row is left out\n"
         "ub | ubuntu | 22.04 |  | known unknown\n"
         "  address 192.0.2.22 \n"
         "  2 processors, 4096 MB, \n"},
    };
    (void)state;
    check_all(cases, sizeof cases / sizeof *cases);
}

static void reads_software_of_servers(void **state)
{
    static const struct format_case cases[] = {
        {"apps.csv", NULL,
         "MachineName,Application,Version,Provider,MachineManagerFqdn\n"
         "win1,7-Zip 19.00 (x64),19.00,Igor Pavlov,\n"
         "lin1,openssl,1.1.1k-7.el8_6,,\n"
         "win1,\"Notepad++ (64-bit x64)\",8.4.1,Notepad++ Team,\n"
         ",lost,1,,\n",
         "software inventory of Azure Migrate",
         "! line 5, column MachineName: empty; the row is left out\n"
         "win1 | windows |  |  | known yes\n"
         "  windows 7-Zip 19.00 (x64) 19.00 by Igor Pavlov\n"
         "  windows Notepad++ (64-bit x64) 8.4.1 by Notepad++ Team\n"
         "lin1 |  |  |  | known yes\n"
         "  generic openssl 1.1.1k-7.el8_6\n"},
    };
    (void)state;
    check_all(cases, sizeof cases / sizeof *cases);
}

static void reads_systeminfo(void **state)
{
    static const struct format_case cases[] = {
        {"x.txt", NULL,
         "\r\nHost Name:                 WIN01\r\n"
         "OS Name:                   Microsoft Windows Server 2019 Standard\r\n"
         "OS Version:                10.0.17763 N/A Build 17763\r\n"
         "System Type:               x64-based PC\r\n"
         "Hotfix(s):                 2 Hotfix(s) Installed.\r\n"
         "                           [01]: KB5034768\r\n"
         "                           [02]: KB5034619\r\n"
         "Network Card(s):           1 NIC(s) Installed.\r\n"
         "                           [01]: Intel\r\n",
         "systeminfo",
         "WIN01 | windows | 2019 | 17763 | known unknown\n"
         "  KB5034768\n"
         "  KB5034619\n"},
        {"x.txt", NULL,
         "\nHostname:                           PC7\n"
         "Betriebssystemname:                 Microsoft Windows 10 Pro\n"
         "Betriebssystemversion:              10.0.19045 Nicht zutreffend Build 19045\n",
         "systeminfo", "PC7 | windows |  | 19045 | known unknown\n"},
    };
    (void)state;
    check_all(cases, sizeof cases / sizeof *cases);
}

static void reads_osquery(void **state)
{
    static const struct format_case cases[] = {
        {"host.json", NULL,
         "[{\"arch\":\"amd64\",\"maintainer\":\"D\",\"name\":\"bash\",\"revision\":\"2+b2\","
         "\"source\":\"\",\"status\":\"install ok installed\",\"version\":\"5.2.15-2+b2\"},"
         "{\"name\":\"old\",\"version\":\"1\",\"revision\":\"\",\"maintainer\":\"\","
         "\"status\":\"deinstall ok config-files\"}]",
         "osquery results",
         "host |  |  |  | known yes\n"
         "  dpkg bash 5.2.15-2+b2 amd64 by D\n"},
        {"host.json", NULL,
         "{\"os_version\":[{\"name\":\"Ubuntu\",\"platform\":\"ubuntu\",\"major\":\"22\","
         "\"minor\":\"4\"}],\"system_info\":[{\"hostname\":\"u1\",\"uuid\":\"AA\","
         "\"cpu_logical_cores\":\"2\",\"physical_memory\":\"2097152\"}],"
         "\"rpm_packages\":[{\"name\":\"x\",\"version\":\"1\",\"release\":\"2.el9\",\"epoch\":"
         "\"3\","
         "\"arch\":\"noarch\",\"vendor\":\"V\"}],\"mounts\":[{\"a\":\"b\"}]}",
         "osquery results",
         "! mounts: rows of a table that is not read\n"
         "u1 | ubuntu | 22.04 |  | known yes\n"
         "  rpm x 3:1-2.el9 noarch by V\n"
         "  2 processors, 2 MB, AA\n"},
        {"osqueryd.snapshots.log", NULL,
         "{\"snapshot\":[{\"name\":\"7-Zip\",\"version\":\"23.01\",\"publisher\":\"Igor Pavlov\","
         "\"identifying_number\":\"{1}\"}],\"action\":\"snapshot\",\"name\":\"pack\","
         "\"hostIdentifier\":\"W1\",\"unixTime\":1700000000}\n"
         "{broken\n"
         "{\"snapshot\":[{\"hotfix_id\":\"KB1\"}],\"hostIdentifier\":\"W1\"}\n",
         "osquery log",
         "! line 2: byte 1: not JSON: the name of a member was expected\n"
         "W1 |  |  |  | known yes\n"
         "  windows 7-Zip 23.01 by Igor Pavlov\n"
         "  KB1\n"},
    };
    (void)state;
    check_all(cases, sizeof cases / sizeof *cases);
}

static void reads_spdx(void **state)
{
    static const struct format_case cases[] = {
        {"image.spdx.json", NULL,
         "{\"spdxVersion\":\"SPDX-2.3\",\"name\":\"db01\",\"creationInfo\":{\"created\":"
         "\"2024-05-01T08:20:30Z\",\"creators\":[\"Tool: syft-1.4.1\"]},\"packages\":["
         "{\"name\":\"libssl3\",\"versionInfo\":\"3.0.11-1~deb12u2\",\"supplier\":"
         "\"Organization: Debian (x@example.org)\",\"externalRefs\":[{\"referenceCategory\":"
         "\"PACKAGE-MANAGER\",\"referenceType\":\"purl\",\"referenceLocator\":"
         "\"pkg:deb/debian/"
         "libssl3@3.0.11-1~deb12u2?arch=amd64&upstream=openssl&distro=debian-12\"}]},"
         "{\"name\":\"img\",\"primaryPackagePurpose\":\"CONTAINER\"},"
         "{\"versionInfo\":\"1\"},{\"name\":\"tool\",\"versionInfo\":\"NOASSERTION\"}]}",
         "SPDX",
         "db01 | debian | 12 |  | known yes\n"
         "  dpkg libssl3 3.0.11-1~deb12u2 amd64 from openssl by Debian\n"
         "  generic tool \n"},
        {"g.json", NULL,
         "{\"@context\":\"https://spdx.org/rdf/3.0.1/spdx-context.jsonld\",\"@graph\":["
         "{\"type\":\"software_Package\",\"name\":\"left-pad\",\"software_packageVersion\":\"1.3."
         "0\","
         "\"software_packageUrl\":\"pkg:npm/left-pad@1.3.0\"},{\"type\":\"Person\"}]}",
         "SPDX",
         "g |  |  |  | known yes\n"
         "  npm left-pad 1.3.0\n"},
    };
    (void)state;
    check_all(cases, sizeof cases / sizeof *cases);
}

static void reads_utf16(void **state)
{
    static const char ascii[] = "Host Name: W\r\nOS Name: Microsoft Windows 7\r\n"
                                "OS Version: 6.1.7601 Service Pack 1 Build 7601\r\n";
    char wide[2 * sizeof ascii] = "\xff\xfe";
    struct capture capture;
    struct error err = ERROR_INIT;
    const char *format = "";
    const struct import_hints hints = {STR(""), STR("")};
    const struct import_sink sink = {&capture, take_server, take_left_out};
    (void)state;
    for (size_t i = 0; i + 1 < sizeof ascii; i++) {
        wide[2 + 2 * i] = ascii[i];
    }
    buf_init(&capture.out, 4096);
    assert_int_equal(
        import_read_all(str_make(wide, 2 * sizeof ascii), &hints, &sink, &format, &err), 0);
    assert_string_equal(buf_text(&capture.out), "W | windows | 7 | 7601 | known unknown\n");
    buf_done(&capture.out);
}

static void refuses_what_it_cannot_read(void **state)
{
    static const char *const texts[] = {"",
                                        "hello world\n",
                                        "PK\x03\x04rest",
                                        "\x1f\x8b",
                                        "<xml/>",
                                        "{}",
                                        "[]",
                                        "[1]",
                                        "a,b\n1,2",
                                        "{\"spdxVersion\":\"SPDX-1.2\"}"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct inventory inventory;
        struct error err = ERROR_INIT;
        inventory_init(&inventory);
        assert_true(import_read(str_from(texts[i]), &inventory, &err) < 0);
        assert_true(err.message[0] != '\0');
        inventory_done(&inventory);
    }
}

static void one_server_where_one_is_wanted(void **state)
{
    struct inventory inventory;
    struct error err = ERROR_INIT;
    (void)state;
    inventory_init(&inventory);
    assert_int_equal(import_read(STR("VM,OS name\na,Debian 12\nb,Debian 11\n"), &inventory, &err),
                     ERR_FORMAT);
    assert_int_equal(import_read(STR("VM,OS name\na,Debian 12\n"), &inventory, &err), 0);
    assert_true(str_eq_text(inventory.os.version_id, "12"));
    inventory_done(&inventory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_package_lists),
        cmocka_unit_test(reads_lists_of_servers),
        cmocka_unit_test(reads_software_of_servers),
        cmocka_unit_test(reads_systeminfo),
        cmocka_unit_test(reads_osquery),
        cmocka_unit_test(reads_spdx),
        cmocka_unit_test(reads_utf16),
        cmocka_unit_test(refuses_what_it_cannot_read),
        cmocka_unit_test(one_server_where_one_is_wanted),
    };
    return cmocka_run_group_tests_name("import/formats", tests, NULL, NULL);
}
