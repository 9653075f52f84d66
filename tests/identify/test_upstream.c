#include "../unit.h"

#include "identify/tables.h"

static void cuts_versions(void **state)
{
    static const struct {
        const char *ecosystem, *name, *version, *rule, *text, *update, *cycle;
    } cases[] = {
        {"dpkg", "openssl", "3.0.11-1~deb12u2", "", "3.0.11", "", "3.0.11"},
        {"dpkg", "vim", "2:9.0.1378-2", "", "9.0.1378", "", "9.0.1378"},
        {"dpkg", "samba", "2:4.17.12+dfsg-0+deb12u4", "", "4.17.12", "", "4.17.12"},
        {"dpkg", "docker-ce", "5:24.0.7-1~debian.12~bookworm", "", "24.0.7", "", "24.0.7"},
        {"dpkg", "docker-ce", "5:20.10.21~3-0~debian-bullseye", "", "20.10.21", "", "20.10.21"},
        {"dpkg", "docker-ce", "5:19.03.15~3-0~ubuntu-bionic", "", "19.03.15", "", "19.03.15"},
        {"dpkg", "docker-ce", "18.06.3~ce~3-0~debian", "", "18.06.3", "", "18.06.3"},
        {"dpkg", "docker-engine", "17.05.0~ce-0~debian-jessie", "", "17.05.0", "", "17.05.0"},
        {"dpkg", "nodejs", "18.20.4-1nodesource1", "", "18.20.4", "", "18.20.4"},
        {"dpkg", "nginx", "1.20.1-1~bullseye", "", "1.20.1", "", "1.20.1"},
        {"dpkg", "postgresql-15", "15.5-1.pgdg120+1", "", "15.5", "", "15.5"},
        {"dpkg", "mariadb-server", "1:10.11.6+maria~deb12", "", "10.11.6", "", "10.11.6"},
        {"dpkg", "openssh-server", "1:9.2p1-2+deb12u2", "", "9.2p1", "", "9.2p1"},
        {"dpkg", "ntp", "1:4.2.8p15+dfsg-1", "", "4.2.8p15", "", "4.2.8p15"},
        {"dpkg", "x", "2.0~rc1-1", "", "2.0rc1", "", "2.0rc1"},
        {"dpkg", "x", "7.4+really7.3-1", "", "7.3", "", "7.3"},
        {"dpkg", "ncurses", "6.4+20221231-1", "", "6.4", "", "6.4"},
        {"dpkg", "firefox-esr", "115.3.0esr-1~deb12u1", "mozilla", "115.3.0", "", "115.3.0"},
        {"dpkg", "openjdk-17-jre", "17.0.9+9-1~deb12u1", "openjdk", "17.0.9", "", "17.0.9"},
        {"dpkg", "openjdk-8-jre", "8u392-ga-1", "openjdk", "8", "update392", "8"},
        {"rpm", "openssl", "1:3.0.7-24.el9", "", "3.0.7", "", "3.0.7"},
        {"rpm", "git", "2.43.0~rc1-1.el9", "", "2.43.0rc1", "", "2.43.0rc1"},
        {"rpm", "x", "1.2^20230101git1-1.fc39", "", "1.2", "", "1.2"},
        {"rpm", "java-1.8.0-openjdk", "1:1.8.0.392.b08-2.el8", "openjdk", "8", "update392", "8"},
        {"rpm", "java-11-openjdk", "1:11.0.21.0.9-2.el8", "openjdk", "11.0.21.0.9", "",
         "11.0.21.0.9"},
        {"rpm", "jdk1.8.0_201", "2000:1.8.0_201-fcs", "java", "1.8.0", "update201", "8"},
        {"apk", "openssh", "9.3_p2-r0", "", "9.3p2", "", "9.3p2"},
        {"apk", "openssl", "3.1.4-r5", "", "3.1.4", "", "3.1.4"},
        {"apk", "busybox", "1.36.1-r15", "", "1.36.1", "", "1.36.1"},
        {"pacman", "openssl", "3.2.0-1", "", "3.2.0", "", "3.2.0"},
        {"windows", "Java 8 Update 201 (64-bit)", "8.0.2010.9", "java", "1.8.0", "update201", "8"},
        {"windows", "Java(TM) SE Development Kit 8", "8.0.2010.9", "java", "1.8.0", "update201",
         "8"},
        {"windows", "Java 7 Update 80", "7.0.800", "java", "1.7.0", "update80", "7"},
        {"windows", "Eclipse Temurin JRE (x64)", "8.0.392.8", "java", "1.8.0", "update392", "8"},
        {"windows", "Java(TM) SE Development Kit 17.0.9 (64-bit)", "17.0.9.0", "java", "17.0.9.0",
         "", "17.0.9.0"},
        {"windows", "Python 3.11.4 (64-bit)", "3.11.4150.0", "python", "3.11.4", "", "3.11.4"},
        {"windows", "Python 3.14.0a2 (64-bit)", "3.14.102.0", "python", "3.14.0", "alpha2",
         "3.14.0"},
        {"windows", "Python 3.12.0 (64-bit)", "3.12.150.0", "python", "3.12.0", "", "3.12.0"},
        {"windows", "Microsoft .NET Runtime - 6.0.25 (x64)", "48.100.4037", "name-version",
         "6.0.25", "", "6.0.25"},
        {"windows", "Microsoft .NET Framework 3.5 SP1", "3.5.30729", "dotnetfx", "3.5", "",
         "3.5-sp1"},
        {"windows", "Microsoft SharePoint Server Subscription Edition", "16.0.14326.20450", "year",
         "16.0.14326.20450", "", "subscription"},
        {"windows", "ImageMagick 7.1.1-21 Q16 (64-bit)", "7.1.1.21", "imagemagick", "7.1.1-21", "",
         "7.1.1-21"},
        {"windows", "Erlang OTP 25 (13.2)", "13.2", "otp", "25", "", "25"},
        {"windows", "Erlang OTP", "13.2", "otp", "13.2", "", "13.2"},
        {"windows", "7-Zip 23.01 (x64)", "23.01", "", "23.01", "", "23.01"},
        {"dpkg", "x", "-1", "", "-1", "", "-1"},
        {"dpkg", "x", "", "", "", "", ""},
    };
    struct arena arena;
    arena_init(&arena);
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct inventory_software software = {
            .ecosystem = str_from(cases[i].ecosystem),
            .name = str_from(cases[i].name),
            .version = str_from(cases[i].version),
        };
        struct upstream_version version;
        upstream_find(NULL, &software, str_from(cases[i].rule), &arena, &version);
        if (!str_eq_text(version.text, cases[i].text) ||
            !str_eq_text(version.update, cases[i].update) ||
            !str_eq_text(version.cycle, cases[i].cycle)) {
            fail_msg("%s %s: \"%.*s\" \"%.*s\" \"%.*s\"", cases[i].name, cases[i].version,
                     STR_ARG(version.text), STR_ARG(version.update), STR_ARG(version.cycle));
        }
    }
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cuts_versions)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
