#include "../unit.h"

#include "base/limits.h"
#include "inventory/inventory.h"

#include <stdio.h>

/* An inventory in which every field is known. */
static void fill(struct inventory *inventory)
{
    static const struct inventory_address addresses[] = {
        {STR("eth0"), STR("192.0.2.1"), STR("52:54:00:12:34:56")},
        {STR("eth0"), STR("2001:db8::1"), STR("")},
    };
    static const struct inventory_software software[] = {
        {STR("dpkg"), STR("openssl"), STR("3.0.15-1~deb12u1"), STR("amd64"), STR("openssl"),
         STR(""), STR("Debian OpenSSL Team <x@example.org>"), STR("Debian"), STR(""), STR(""),
         STR(""), STR("hold"), 1700000000},
        {STR("rpm"), STR("nodejs"), STR("1:14.21.3-1.module_el8"), STR("x86_64"), STR("nodejs"),
         STR("1:14.21.3-1"), STR("AlmaLinux"), STR("appstream"), STR("nodejs:14:8040:1"),
         STR("cpe:2.3:a:nodejs:node.js:14.21.3:*:*:*:*:*:*:*"),
         STR("pkg:rpm/almalinux/nodejs@14.21.3-1?epoch=1"), STR(""), TIME_NONE},
        {STR("windows"), STR("A \"quoted\" \\ na\xc3\xafve name\n"), STR(""), .installed = 0},
    };
    static const struct str cves[] = {STR("CVE-2024-0001"), STR("CVE-2024-0002")};
    static const struct inventory_update updates[] = {
        {STR("dpkg"), STR("openssl"), STR("amd64"), STR("3.0.15-1~deb12u1"),
         STR("3.0.18-1~deb12u2"), STR("openssl"), STR("Debian-Security:12/oldstable-security"),
         UPDATE_SECURITY, STR("DSA-1-1"), cves, 2},
        {.ecosystem = STR("rpm"), .name = STR("kernel"), .class = UPDATE_CRITICAL},
    };
    static const struct inventory_connection connections[] = {
        {CONNECTION_LISTEN, STR("::"), STR(""), 22, 0, STR("sshd"), STR("ssh.service"), 611},
        {CONNECTION_ESTABLISHED, STR("192.0.2.1"), STR("192.0.2.9"), 22, 51000},
    };
    static const struct inventory_fact facts[] = {
        {STR("unattended-upgrades"), STR("enabled")},
        {STR("selinux"), STR("")},
    };
    static const struct inventory_unsupported unsupported[] = {
        {STR("webkit2gtk"), true, 19000, STR("no fixes any more")},
        {STR("xen"), false, DATE_NONE, STR("")},
    };
    static const struct inventory_hotfix hotfixes[] = {{STR("KB5034768"), 19767},
                                                       {STR("KB5035849"), DATE_NONE}};
    static const struct inventory_evidence evidence[] = {
        {STR("dpkg"), STR("openssl"), STR("3.0.15-1~deb12u1"), cves, 2},
        {STR("rpm"), STR("nodejs"), STR("1:14.21.3-1"), cves, 1},
    };
    static const struct inventory_section sections[] = {
        {STR("packages.dpkg"), SECTION_OK, STR("")},
        {STR("updates.apt"), SECTION_PARTIAL, STR("cut after 16 MB")},
        {STR("packages.rpm"), SECTION_ABSENT, STR("")},
        {STR("connections"), SECTION_FAILED, STR("no ss")},
    };
    static const struct str notes[] = {STR("12 rows left out: no version")};
    struct arena arena = inventory->arena;
    *inventory = (struct inventory){
        .arena = arena,
        .collected = 1763800000,
        .collector = STR("assay 0.1.0 local"),
        .name = STR("db01"),
        .fqdn = STR("db01.example.org"),
        .os = {OS_FAMILY_LINUX, STR("debian"), STR("a b"), STR("Debian GNU/Linux"),
               STR("Debian GNU/Linux 12 (bookworm)"), STR("12"), STR("12.12"), STR("bookworm"),
               STR("cpe:/o:debian:debian_linux:12"), STR("server"), STR("20348.2582")},
        .kernel = {STR("6.1.0-37-amd64"), STR("linux-image-6.1.0-37-amd64"), STR("6.1.0-38-amd64"),
                   STR("linux-image-6.1.0-38-amd64")},
        .machine = {STR("0123"), STR("uuid"), STR("serial"), STR("QEMU"), STR("pc"), STR("i-1"),
                    STR("kvm"), STR("Some CPU"), 4, UINT64_C(8589934592), STR("x86_64"),
                    1763700000},
        .addresses = addresses,
        .address_count = 2,
        .software_known = TRUTH_YES,
        .software = software,
        .software_count = 3,
        .updates = {TRUTH_YES, STR("no advisory data for Docker"), 1763790000, updates, 2},
        .connections_known = TRUTH_YES,
        .connections = connections,
        .connection_count = 2,
        .reboot_required = TRUTH_YES,
        .reboot_reason = STR("kernel"),
        .facts = facts,
        .fact_count = 2,
        .unsupported_known = TRUTH_NO,
        .unsupported = unsupported,
        .unsupported_count = 2,
        .hotfixes_known = TRUTH_YES,
        .hotfixes = hotfixes,
        .hotfix_count = 2,
        .evidence = evidence,
        .evidence_count = 2,
        .sections = sections,
        .section_count = 4,
        .notes = notes,
        .note_count = 1,
    };
}

static void assert_round_trip(const struct inventory *inventory)
{
    struct buf first, second;
    struct inventory again;
    struct error err = ERROR_INIT;
    buf_init(&first, LIMIT_INVENTORY);
    buf_init(&second, LIMIT_INVENTORY);
    inventory_init(&again);
    inventory_write(inventory, &first);
    if (inventory_read(buf_view(&first), &again, &err) < 0) {
        fail_msg("%s", err.message);
    }
    inventory_write(&again, &second);
    assert_string_equal(buf_text(&first), buf_text(&second));
    assert_int_equal(again.note_count, inventory->note_count);
    inventory_done(&again);
    buf_done(&first);
    buf_done(&second);
}

static void keeps_everything(void **state)
{
    struct inventory inventory;
    (void)state;
    inventory_init(&inventory);
    assert_round_trip(&inventory);
    fill(&inventory);
    assert_round_trip(&inventory);
    inventory_done(&inventory);
}

static void reads_values(void **state)
{
    struct inventory inventory, again;
    struct buf out;
    struct error err = ERROR_INIT;
    (void)state;
    inventory_init(&inventory);
    inventory_init(&again);
    buf_init(&out, LIMIT_INVENTORY);
    fill(&inventory);
    inventory_write(&inventory, &out);
    assert_int_equal(inventory_read(buf_view(&out), &again, &err), 0);
    assert_true(str_eq(again.os.codename, STR("bookworm")));
    assert_int_equal(again.os.family, OS_FAMILY_LINUX);
    assert_true(again.machine.memory_bytes == UINT64_C(8589934592));
    assert_int_equal(again.software_count, 3);
    assert_true(str_eq(again.software[2].name, inventory.software[2].name));
    assert_true(again.software[1].installed == TIME_NONE && again.software[2].installed == 0);
    assert_int_equal(again.updates.items[0].class, UPDATE_SECURITY);
    assert_int_equal(again.updates.items[0].cve_count, 2);
    assert_true(str_eq(again.updates.items[0].cves[1], STR("CVE-2024-0002")));
    assert_int_equal(again.connections[0].local_port, 22);
    assert_int_equal(again.unsupported[0].since, 19000);
    assert_int_equal(again.unsupported[1].since, DATE_NONE);
    assert_int_equal(again.evidence_count, 2);
    assert_true(str_eq(again.evidence[0].cves[1], STR("CVE-2024-0002")));
    assert_true(str_eq(again.evidence[1].version, STR("1:14.21.3-1")));
    assert_true(str_eq(inventory_fact_value(&again, STR("unattended-upgrades")), STR("enabled")));
    assert_true(str_eq(inventory_fact_value(&again, STR("nothing")), STR("")));
    assert_int_equal(again.sections[2].state, SECTION_ABSENT);
    assert_int_equal(again.hotfix_count, 2);
    assert_true(str_eq_text(again.hotfixes[0].id, "KB5034768"));
    assert_int_equal(again.hotfixes[0].installed, 19767);
    inventory_done(&inventory);
    inventory_done(&again);
    buf_done(&out);
}

#define HEAD           "{\"format\":\"assay-inventory\",\"format_version\":1,\"software_known\":\"yes\","
#define OS             "\"server\":{\"os\":{\"family\":\"linux\"}}"
#define DEBIAN(member) HEAD "\"server\":{\"os\":{\"family\":\"linux\"," member "}}}"

static void refuses(void **state)
{
    static const struct {
        const char *json;
        int code;
        const char *message;
    } cases[] = {
        {"", ERR_FORMAT, "cut short"},
        {"[]", ERR_FORMAT, "not an inventory document"},
        {"{\"format\":1}", ERR_FORMAT, "not an inventory document"},
        {"{\"format\":\"assay-inventory\"}", ERR_FORMAT, "format_version"},
        {"{\"format\":\"assay-inventory\",\"format_version\":0}", ERR_FORMAT, "format_version"},
        {"{\"format\":\"assay-inventory\",\"format_version\":2}", ERR_VERSION, "newer assay"},
        {"{\"format\":\"assay-inventory\",\"format_version\":1}", ERR_FORMAT,
         "software_known is missing"},
        {HEAD "\"collected\":1," OS "}", ERR_FORMAT, "collected: a number where a time"},
        {HEAD "\"collected\":\"now\"," OS "}", ERR_FORMAT, "collected: not a time"},
        {HEAD "\"x\":1}", ERR_FORMAT, "server is missing"},
        {HEAD "\"server\":{}}", ERR_FORMAT, "server.os is missing"},
        {HEAD "\"server\":[]}", ERR_FORMAT, "server.os is missing"},
        {HEAD "\"server\":{\"os\":[]}}", ERR_FORMAT, "server.os: an array where an object"},
        {HEAD "\"server\":{\"os\":{}}}", ERR_FORMAT, "server.os: family is missing"},
        {HEAD "\"server\":{\"os\":{\"family\":\"amiga\"}}}", ERR_FORMAT, "'amiga' is not one of"},
        {DEBIAN("\"id\":12"), ERR_FORMAT, "server.os.id: a number where a text is expected"},
        {HEAD OS ",\"software\":{}}", ERR_FORMAT, "software: an object where an array"},
        {HEAD OS ",\"updates\":{}}", ERR_FORMAT, "updates: known is missing"},
        {HEAD OS ",\"updates\":[]}", ERR_FORMAT, "updates: an array where an object"},
        {HEAD OS ",\"reboot\":{\"required\":true}}", ERR_FORMAT, "reboot.required: true where"},
        {HEAD OS ",\"notes\":\"x\"}", ERR_FORMAT, "notes: a text where an array"},
        {HEAD OS "} x", ERR_FORMAT, "something follows"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct inventory inventory;
        struct error err = ERROR_INIT;
        inventory_init(&inventory);
        int r = inventory_read(str_from(cases[i].json), &inventory, &err);
        if (r != cases[i].code || strstr(err.message, cases[i].message) == NULL) {
            fail_msg("%s: %d %s", cases[i].json, r, err.message);
        }
        assert_null(inventory.arena.blocks);
        inventory_done(&inventory);
    }
}

static void leaves_out_bad_items(void **state)
{
    static const char json[] = HEAD OS
        ",\"unheard_of\":{\"a\":[]},\"software\":["
        "{\"ecosystem\":\"dpkg\",\"name\":\"a\",\"version\":\"1\",\"more\":1},"
        "{\"ecosystem\":\"dpkg\",\"name\":\"b\"},"
        "{\"ecosystem\":\"windows\",\"name\":\"c\"},"
        "{\"ecosystem\":\"dpkg\",\"name\":\"d\",\"version\":2},"
        "7,"
        "{\"ecosystem\":\"dpkg\",\"name\":\"e\",\"version\":\"1\",\"version\":null}],"
        "\"connections\":[{\"state\":\"listen\",\"local_address\":\"::\",\"local_port\":65536}],"
        "\"updates\":{\"known\":\"yes\",\"items\":[{\"ecosystem\":\"rpm\",\"name\":\"k\","
        "\"cves\":[1]}]}}";
    struct inventory inventory;
    struct error err = ERROR_INIT;
    (void)state;
    inventory_init(&inventory);
    assert_int_equal(inventory_read(STR(json), &inventory, &err), 0);
    assert_int_equal(inventory.software_count, 3);
    assert_true(str_eq(inventory.software[1].name, STR("c")));
    assert_true(str_eq(inventory.software[2].name, STR("e")));
    assert_int_equal(inventory.connection_count, 0);
    static const char *const notes[] = {
        "updates.items[0].cves[0]: a number where a text is expected; left out",
        "software[1]: version is missing; left out",
        "software[3].version: a number where a text is expected; left out",
        "software[4]: a number where an object is expected; left out",
        "connections[0].local_port: not a whole number from 0 to 65535; left out",
    };
    assert_int_equal(inventory.note_count, sizeof notes / sizeof notes[0]);
    for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++) {
        assert_string_equal(inventory.notes[i].ptr, notes[i]);
    }
    inventory_done(&inventory);
}

/* Builds HEAD OS ,"software":[ITEM,ITEM,...]} and reads it. */
static int read_many(const char *item, uint32_t count, struct inventory *inventory,
                     struct error *err)
{
    struct buf json;
    buf_init(&json, LIMIT_INVENTORY);
    buf_put_text(&json, HEAD OS ",\"software\":[");
    for (uint32_t i = 0; i < count; i++) {
        buf_put_text(&json, i > 0 ? "," : "");
        buf_put_text(&json, item);
    }
    buf_put_text(&json, "]}");
    assert_false(json.overflow);
    int r = inventory_read(buf_view(&json), inventory, err);
    buf_done(&json);
    return r;
}

static void keeps_ceilings(void **state)
{
    struct inventory inventory;
    struct error err = ERROR_INIT;
    (void)state;
    inventory_init(&inventory);
    assert_int_equal(read_many("{}", 100000, &inventory, &err), 0);
    assert_int_equal(inventory.software_count, 0);
    assert_int_equal(inventory.note_count, 21);
    assert_string_equal(inventory.notes[20].ptr, "software: 99980 more items left out");
    assert_int_equal(read_many("{}", 1000000, &inventory, &err), ERR_LIMIT);
    assert_non_null(strstr(err.message, "software: 1000000 items; at most 200000 are read"));

    struct buf name;
    buf_init(&name, 10000);
    buf_put_text(&name, "{\"ecosystem\":\"windows\",\"name\":\"");
    for (unsigned i = 0; i <= LIMIT_NAME; i++) {
        buf_put_byte(&name, 'x');
    }
    buf_put_text(&name, "\"}");
    assert_int_equal(read_many(buf_text(&name), 1, &inventory, &err), 0);
    assert_int_equal(inventory.software_count, 0);
    assert_string_equal(inventory.notes[0].ptr,
                        "software[0].name: 513 bytes; at most 512 are read; left out");
    buf_done(&name);
    inventory_done(&inventory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_everything), cmocka_unit_test(reads_values),
        cmocka_unit_test(refuses),          cmocka_unit_test(leaves_out_bad_items),
        cmocka_unit_test(keeps_ceilings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
