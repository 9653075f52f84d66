/* Whole answers: a real one, and hostile ones. */
#include "collected.h"

static void reads_debian(void **state)
{
    static const struct {
        const char *name, *version, *source, *source_version, *origin, *status;
    } expected[] = {
        {"bash", "5.2.15-2+b8", "bash", "5.2.15-2", "Debian", ""},
        {"libssl3", "3.0.19-1~deb12u2", "openssl", "", "Debian", ""},
        {"docker-ce", "5:27.3.1-1~debian.12~bookworm", "docker-ce", "", "Docker CE", "hold"},
        {"nodejs", "20.18.0-1nodesource1", "nodejs", "", "deb.nodesource.com", ""},
        {"postgresql-16", "16.4-1.pgdg120+1", "postgresql-16", "",
         "PostgreSQL for Debian/Ubuntu repository", ""},
        {"kubectl", "1:528.0.0-0", "kubectl", "", "local", ""},
        {"linux-image-6.1.0-25-amd64", "6.1.106-3", "linux-signed-amd64", "6.1.106+3", "",
         "kernel-running"},
        {"linux-image-6.1.0-30-amd64", "6.1.124-1", "linux-signed-amd64", "6.1.124+1", "",
         "kernel-image"},
    };
    struct inventory inventory;
    (void)state;
    collect_fixture("debian12.probe", &inventory);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        const struct inventory_software *got = software_named(&inventory, expected[i].name);
        assert_text(got->version, expected[i].version);
        assert_text(got->source, expected[i].source);
        assert_text(got->source_version, expected[i].source_version);
        assert_text(got->origin, expected[i].origin);
        assert_text(got->status, expected[i].status);
        assert_text(got->ecosystem, "dpkg");
    }
    assert_text(inventory.os.id, "debian");
    assert_text(inventory.os.version_id, "12");
    assert_text(inventory.os.version, "12.11");
    assert_text(inventory.os.codename, "bookworm");
    assert_text(inventory.name, "vm");
    assert_text(inventory.fqdn, "vm.example.org");
    assert_text(inventory.machine.virtualization, "kvm");
    assert_int_equal(inventory.machine.cpus, 2);
    assert_text(inventory.kernel.running_package, "linux-image-6.1.0-25-amd64");
    assert_text(inventory.kernel.newest, "6.1.0-30-amd64");
    assert_int_equal(inventory.reboot_required, TRUTH_YES);
    assert_text(inventory.reboot_reason,
                "kernel 6.1.0-25-amd64 is running, 6.1.0-30-amd64 is installed");
    assert_text(inventory_fact_value(&inventory, STR("unattended-upgrades")), "enabled");
    assert_int_equal(inventory.unsupported_known, TRUTH_YES);
    assert_int_equal(inventory.unsupported_count, 1);
    assert_text(inventory.unsupported[0].package, "binutils");
    assert_true(inventory.unsupported[0].limited);
    inventory_done(&inventory);
}

static void reads_debian_updates(void **state)
{
    static const struct {
        const char *name, *arch, *from, *to, *origin;
        enum update_class class;
    } expected[] = {
        {"bash", "amd64", "5.2.15-2+b8", "5.2.15-2+b13", "Debian:12.15/oldstable", UPDATE_OTHER},
        {"libgcrypt20", "amd64", "1.10.1-3", "1.10.1-3+deb12u1",
         "Debian:12.15/oldstable, Debian-Security:12/oldstable-security", UPDATE_SECURITY},
        {"libssl3", "amd64", "3.0.19-1~deb12u2", "3.0.22-1~deb12u2",
         "Debian-Security:12/oldstable-security", UPDATE_SECURITY},
        {"nodejs", "amd64", "20.18.0-1nodesource1", "20.18.1-1nodesource1",
         "deb.nodesource.com:nodistro", UPDATE_OTHER},
        {"linux-image-6.1.0-41-amd64", "", "", "6.1.158-1", "Debian-Security:12/oldstable-security",
         UPDATE_SECURITY},
    };
    struct inventory inventory;
    (void)state;
    collect_fixture("debian12.probe", &inventory);
    assert_int_equal(inventory.updates.known, TRUTH_YES);
    assert_true(inventory.updates.metadata_time == 1795359904);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        const struct inventory_update *got = update_named(&inventory, expected[i].name);
        assert_text(got->arch, expected[i].arch);
        assert_text(got->from, expected[i].from);
        assert_text(got->to, expected[i].to);
        assert_text(got->origin, expected[i].origin);
        assert_int_equal(got->class, expected[i].class);
    }
    assert_int_equal(inventory.note_count, 1);
    assert_text(inventory.notes[0], "apt keeps back 1 packages that have updates");
    inventory_done(&inventory);
}

static void reads_debian_connections(void **state)
{
    static const struct {
        enum connection_state state;
        const char *local, *remote;
        unsigned local_port, remote_port, pid;
        const char *process, *service;
    } expected[] = {
        {CONNECTION_LISTEN, "0.0.0.0", "0.0.0.0", 22, 0, 812, "sshd", "ssh.service"},
        {CONNECTION_LISTEN, "::", "::", 80, 0, 0, "", "nginx.service"},
        {CONNECTION_LISTEN, "127.0.0.53", "0.0.0.0", 53, 0, 0, "", "systemd-resolved.service"},
        {CONNECTION_LISTEN, "::1", "::", 631, 0, 0, "", ""},
        {CONNECTION_ESTABLISHED, "192.0.2.2", "203.0.113.80", 22, 50514, 0, "", ""},
        {CONNECTION_ESTABLISHED, "192.0.2.2", "203.0.113.9", 8080, 40000, 0, "",
         "container 0123456789ab"},
    };
    struct inventory inventory;
    (void)state;
    collect_fixture("debian12.probe", &inventory);
    assert_int_equal(inventory.connections_known, TRUTH_YES);
    assert_int_equal(inventory.connection_count, sizeof expected / sizeof expected[0]);
    for (size_t i = 0; i < inventory.connection_count; i++) {
        const struct inventory_connection *got = &inventory.connections[i];
        assert_int_equal(got->state, expected[i].state);
        assert_text(got->local_address, expected[i].local);
        assert_text(got->remote_address, expected[i].remote);
        assert_int_equal(got->local_port, expected[i].local_port);
        assert_int_equal(got->remote_port, expected[i].remote_port);
        assert_int_equal(got->pid, expected[i].pid);
        assert_text(got->process, expected[i].process);
        assert_text(got->service, expected[i].service);
    }
    inventory_done(&inventory);
}

#define PACKAGE(name)                                                                              \
    "install ok installed\t" name "\t1.0-1\tamd64\t\t1747699200\t\tSomebody <x@example.org>\n"

/* A package's text cannot end its section or begin another. */
static void ignores_forged_frames(void **state)
{
    struct inventory inventory;
    (void)state;
    collect_text(SECTION("packages.dpkg",
                         PACKAGE("good") RS "wrong E packages.dpkg 0 0.01\n" RS
                                            " EOF\n" PACKAGE("second") RS "5eedx EOF\n") END,
                 &inventory);
    assert_int_equal(inventory.software_count, 2);
    assert_int_equal(section_state_of(&inventory, "packages.dpkg"), SECTION_PARTIAL);
    assert_text(inventory.notes[0],
                "3 lines of packages.dpkg not understood, the first: wrong E packages.dpkg 0 0.01");
    inventory_done(&inventory);
}

static void reads_a_cut_answer(void **state)
{
    struct inventory inventory;
    (void)state;
    collect_text(SECTION("os", "/etc/os-release\tID=debian\n") RS
                 "5eed B packages.dpkg\n" PACKAGE("good") "install ok insta",
                 &inventory);
    assert_text(inventory.os.id, "debian");
    assert_int_equal(inventory.software_count, 1);
    assert_int_equal(section_state_of(&inventory, "os"), SECTION_OK);
    assert_int_equal(section_state_of(&inventory, "packages.dpkg"), SECTION_PARTIAL);
    assert_int_equal(inventory.note_count, 2);
    inventory_done(&inventory);
    /* Every cut of a real answer is read without harm. */
    struct buf file;
    char path[512];
    struct error err = ERROR_INIT;
    buf_init(&file, LIMIT_PROBE_OUTPUT);
    snprintf(path, sizeof path, "%s/probe/debian12.probe", getenv("ASSAY_FIXTURES"));
    assert_int_equal(file_read(path, &file, &err), 0);
    for (size_t cut = 20; cut < file.len; cut += 97) {
        collect_bytes(str_sub(buf_view(&file), 0, cut), &inventory);
        inventory_done(&inventory);
    }
    buf_done(&file);
}

static void says_how_sections_went(void **state)
{
    struct inventory inventory;
    (void)state;
    collect_text(SECTION_EXIT("packages.rpm", "", "absent") SECTION_EXIT("packages.dpkg", "", "2")
                     SECTION_EXIT("packages.snap", "", "124")
                         SECTION_EXIT("updates.pacman", "", "1") SECTION("new.thing", "x\n") END,
                 &inventory);
    assert_int_equal(section_state_of(&inventory, "packages.rpm"), SECTION_ABSENT);
    assert_int_equal(section_state_of(&inventory, "packages.dpkg"), SECTION_FAILED);
    assert_int_equal(section_state_of(&inventory, "packages.snap"), SECTION_FAILED);
    assert_text(inventory.sections[2].reason, "took too long");
    assert_int_equal(section_state_of(&inventory, "updates.pacman"), SECTION_OK);
    assert_text(inventory.notes[0], "section new.thing is not known here");
    inventory_done(&inventory);
}

static void refuses_what_has_no_frame(void **state)
{
    static const char *const cases[] = {"", "sh: not found\n", RS "other B os\n", RS, NONCE};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct inventory inventory;
        struct error err = ERROR_INIT;
        inventory_init(&inventory);
        assert_int_equal(collect_parse(str_from(cases[i]), STR(NONCE), &inventory, &err),
                         ERR_FORMAT);
        assert_int_equal(inventory.section_count, 0);
        inventory_done(&inventory);
    }
}

static void cleans_texts(void **state)
{
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"plain", "plain"},
        {"caf\xc3\xa9", "caf\xc3\xa9"},
        {"bad \xff\xfe.", "bad \xef\xbf\xbd\xef\xbf\xbd."},
        {"esc\x1b[31m", "esc[31m"},
        {"c1\xc2\x9b"
         "31m",
         "c131m"},
        {"cut \xe2\x82", "cut \xef\xbf\xbd\xef\xbf\xbd"},
        {"del\x7f\x01", "del"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct inventory inventory;
        struct buf output;
        buf_init(&output, 10000);
        buf_printf(&output, RS "5eed B os\n/etc/os-release\tNAME=\"%s\"\n" RS "5eed E os 0 0\n",
                   cases[i].in);
        collect_bytes(buf_view(&output), &inventory);
        assert_text(inventory.os.name, cases[i].out);
        inventory_done(&inventory);
        buf_done(&output);
    }
}

/* fill_section gives every section a body made by put, and reads the answer. */
static void fill_sections(void (*put)(struct buf *out), struct inventory *inventory)
{
    static const char *const names[] = {
        "os",
        "system",
        "addresses",
        "kernel",
        "reboot",
        "reboot.needs-restarting",
        "packages.dpkg",
        "packages.rpm",
        "packages.apk",
        "packages.pacman",
        "packages.snap",
        "packages.flatpak",
        "sockets.ss",
        "sockets.proc",
        "services",
        "origins.apt",
        "releases.apt",
        "metadata.apt",
        "periodic.apt",
        "support.debian",
        "repositories.rpm",
        "pro",
        "updates.apt",
        "metadata.rpm",
        "updates.dnf",
        "advisories.dnf",
        "cves.dnf",
        "origins.dnf",
        "updates.yum",
        "advisories.yum",
        "updates.zypper",
        "patches.zypper",
        "patchinfo.zypper",
        "updates.apk",
        "updates.pacman",
    };
    struct buf output;
    buf_init(&output, (size_t)256 << 20);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        buf_printf(&output, RS "5eed B %s\n", names[i]);
        put(&output);
        buf_printf(&output, RS "5eed E %s 0 0\n", names[i]);
    }
    buf_put_text(&output, END);
    collect_bytes(buf_view(&output), inventory);
    buf_done(&output);
}

static void put_garbage(struct buf *out)
{
    uint64_t state = 88172645463325252u;
    for (int i = 0; i < 30000; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        buf_put_byte(out, (char)(state >> 32));
    }
}

static void put_long_line(struct buf *out)
{
    for (int i = 0; i < 100000; i++) {
        buf_put_byte(out, 'x');
    }
    buf_put_byte(out, '\n');
}

static void put_many_lines(struct buf *out)
{
    static const char *const lines[] = {
        "a\tb\tc\td\te\tf\tg\th\n",
        "a:\n",
        " *** 1 500\n",
        "        500 http://x y/z a Packages\n",
        "P:a\nV:1\n\n",
        "name\tn\n",
        "%VERSION%\t1\n",
        "LISTEN 0 0 1:1 2:2\n",
        "   a (1 => 2)\n",
        "The following packages will be upgraded:\n",
    };
    for (int i = 0; i < 20000; i++) {
        buf_put_text(out, lines[i % 10]);
    }
}

static void survives_foreign_bytes(void **state)
{
    void (*const put[])(struct buf *) = {put_garbage, put_long_line, put_many_lines};
    (void)state;
    for (size_t i = 0; i < sizeof put / sizeof put[0]; i++) {
        struct inventory inventory;
        fill_sections(put[i], &inventory);
        assert_true(inventory.section_count > 30);
        inventory_done(&inventory);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_debian),
        cmocka_unit_test(reads_debian_updates),
        cmocka_unit_test(reads_debian_connections),
        cmocka_unit_test(ignores_forged_frames),
        cmocka_unit_test(reads_a_cut_answer),
        cmocka_unit_test(says_how_sections_went),
        cmocka_unit_test(refuses_what_has_no_frame),
        cmocka_unit_test(cleans_texts),
        cmocka_unit_test(survives_foreign_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
