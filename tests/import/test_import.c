#include "../unit.h"

#include "base/file.h"
#include "base/limits.h"
#include "import/import.h"

#include <stdlib.h>

static int read_fixture(const char *name, struct inventory *inventory, struct error *err)
{
    struct buf bytes;
    buf_init(&bytes, LIMIT_INVENTORY);
    char *path = file_join(FIXTURES, name);
    int r = file_read(path, &bytes, err);
    free(path);
    r = r < 0 ? r : import_read(buf_view(&bytes), inventory, err);
    buf_done(&bytes);
    return r;
}

struct expected {
    const char *ecosystem, *name, *version, *arch, *source, *source_version, *module, *vendor;
};

static void assert_text(struct str got, const char *expected)
{
    if (!str_eq_text(got, expected)) {
        fail_msg("'%.*s' where '%s' is expected", STR_ARG(got), expected);
    }
}

static void assert_software(const struct inventory *inventory, const struct expected *expected,
                            uint32_t count)
{
    assert_int_equal(inventory->software_count, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct inventory_software *software = &inventory->software[i];
        assert_text(software->ecosystem, expected[i].ecosystem);
        assert_text(software->name, expected[i].name);
        assert_text(software->version, expected[i].version);
        assert_text(software->arch, expected[i].arch);
        assert_text(software->source, expected[i].source);
        assert_text(software->source_version, expected[i].source_version);
        assert_text(software->module, expected[i].module);
        assert_text(software->vendor, expected[i].vendor);
        assert_true(software->installed == TIME_NONE);
    }
}

static void reads_syft(void **state)
{
    static const struct expected expected[] = {
        {"dpkg", "libssl3", "3.0.11-1~deb12u2", "amd64", "openssl", "", "", "Debian OpenSSL Team"},
        {"dpkg", "bind9-host", "1:9.18.19-1~deb12u1", "amd64", "bind9", "1:9.18.19-1", "", ""},
        {"dpkg", "bash", "5.2.15-2+b2", "amd64", "bash", "5.2.15-2", "", ""},
        {"npm", "@angular/animation", "12.3.1", "", "", "", "", "@angular"},
        {"generic", "python", "3.11.2", "", "", "", "", ""},
        {"generic", "package-1", "1.0.1", "", "", "", "", ""},
    };
    struct inventory inventory;
    struct error err = ERROR_INIT;
    char time[TIME_SIZE];
    (void)state;
    inventory_init(&inventory);
    assert_int_equal(read_fixture("imports/syft-debian.cdx.json", &inventory, &err), 0);
    assert_software(&inventory, expected, sizeof expected / sizeof expected[0]);
    assert_text(inventory.collector, "cyclonedx: syft 1.4.1");
    assert_string_equal(time_format(inventory.collected, time), "2024-05-01T08:20:30Z");
    assert_text(inventory.name, "db01");
    assert_int_equal(inventory.os.family, OS_FAMILY_LINUX);
    assert_text(inventory.os.id, "debian");
    assert_text(inventory.os.version_id, "12");
    assert_text(inventory.os.codename, "bookworm");
    assert_text(inventory.os.pretty, "Debian GNU/Linux 12 (bookworm)");
    assert_text(inventory.software[4].cpe, "cpe:2.3:a:python:python:3.11.2:*:*:*:*:*:*:*");
    assert_text(inventory.software[4].purl, "pkg:generic/python@3.11.2");
    assert_text(inventory.software[5].purl, "");
    assert_int_equal(inventory.note_count, 1);
    assert_text(inventory.notes[0],
                "package-1: purl: it does not begin with pkg:; its purl is not used");
    assert_int_equal(inventory.software_known, TRUTH_YES);
    assert_int_equal(inventory.updates.known, TRUTH_UNKNOWN);
    assert_true(inventory.updates.reason.len > 0);
    assert_int_equal(inventory.connections_known, TRUTH_UNKNOWN);
    assert_int_equal(inventory.reboot_required, TRUTH_UNKNOWN);
    assert_int_equal(inventory.sections[0].state, SECTION_OK);
    inventory_done(&inventory);
}

static void reads_trivy(void **state)
{
    static const struct expected expected[] = {
        {"rpm", "openssl-libs", "1:3.0.7-24.el9", "x86_64", "openssl", "", "",
         "Rocky Enterprise Software Foundation"},
        {"rpm", "nodejs", "1:18.18.2-2.module+el9.3.0+16", "x86_64", "nodejs", "",
         "nodejs:18:9030020231030:rhel9", ""},
        {"rpm", "audit-libs", "3.0.7-104.el9", "x86_64", "audit", "", "", ""},
        {"rpm", "ldb", "2.7.2-2.el9", "x86_64", "samba", "4.18.6-1.el9", "", ""},
    };
    struct inventory inventory;
    struct error err = ERROR_INIT;
    (void)state;
    inventory_init(&inventory);
    assert_int_equal(read_fixture("imports/trivy-rocky.cdx.json", &inventory, &err), 0);
    assert_software(&inventory, expected, sizeof expected / sizeof expected[0]);
    assert_text(inventory.os.id, "rocky");
    assert_text(inventory.os.version_id, "9.3");
    assert_text(inventory.os.pretty, "Rocky Linux 9.3");
    assert_int_equal(inventory.note_count, 0);
    inventory_done(&inventory);
}

static void reads_nested(void **state)
{
    static const struct expected expected[] = {
        {"maven", "org.springframework:spring-core", "5.3.20", "", "", "", "",
         "org.springframework"},
        {"golang", "github.com/BurntSushi/toml", "v1.3.2", "", "", "", "", ""},
        {"pypi", "django-package", "1.11.1", "", "", "", "", ""},
        {"apk", "musl", "1.2.4-r2", "x86_64", "", "", "", ""},
        {"generic", "cart", "2", "", "", "", "", ""},
    };
    static const char *const notes[] = {
        "components[3]: version is missing; left out",
        "components[4]: name is missing; left out",
        "components[5].name: a number where a text is expected; left out",
        "components[6]: a text where an object is expected; left out",
    };
    struct inventory inventory;
    struct error err = ERROR_INIT;
    (void)state;
    inventory_init(&inventory);
    assert_int_equal(read_fixture("imports/cdxgen-nested.cdx.json", &inventory, &err), 0);
    assert_software(&inventory, expected, sizeof expected / sizeof expected[0]);
    assert_text(inventory.collector, "cyclonedx: cdxgen 9.0.0");
    assert_text(inventory.os.id, "alpine");
    assert_text(inventory.os.version_id, "3.18.4");
    assert_int_equal(inventory.note_count, 4);
    for (uint32_t i = 0; i < 4; i++) {
        assert_text(inventory.notes[i], notes[i]);
    }
    assert_int_equal(inventory.sections[0].state, SECTION_PARTIAL);
    assert_text(inventory.sections[0].reason, "4 of 9 left out");
    inventory_done(&inventory);
}

static void knows_releases(void **state)
{
    static const struct {
        const char *json; /* the component */
        enum os_family family;
        const char *id, *version_id, *version, *codename, *build;
    } cases[] = {
        {"{\"type\":\"operating-system\",\"name\":\"debian\",\"version\":\"11.9\"}",
         OS_FAMILY_LINUX, "debian", "11", "11.9", "bullseye", ""},
        {"{\"type\":\"operating-system\",\"name\":\"ubuntu\",\"version\":\"22.04\"}",
         OS_FAMILY_LINUX, "ubuntu", "22.04", "22.04", "jammy", ""},
        {"{\"type\":\"operating-system\",\"name\":\"redhat\",\"version\":\"8.6\"}", OS_FAMILY_LINUX,
         "rhel", "8.6", "8.6", "", ""},
        {"{\"type\":\"operating-system\",\"name\":\"alma\",\"version\":\"9.4\"}", OS_FAMILY_LINUX,
         "almalinux", "9.4", "9.4", "", ""},
        {"{\"type\":\"operating-system\",\"name\":\"amazon\",\"version\":\"2023.3.20240108 "
         "(Amazon Linux)\"}",
         OS_FAMILY_LINUX, "amzn", "2023", "2023.3.20240108", "", ""},
        {"{\"type\":\"operating-system\",\"name\":\"Haiku\"}", OS_FAMILY_LINUX, "Haiku", "", "", "",
         ""},
        {"{\"type\":\"operating-system\",\"name\":\"Microsoft Windows Server 2019 "
         "Standard\",\"version\":\"10.0.17763.5329\"}",
         OS_FAMILY_WINDOWS, "windows", "2019", "10.0.17763.5329", "", "17763.5329"},
        {"{\"type\":\"library\",\"name\":\"curl\",\"purl\":\"pkg:deb/debian/curl@7?distro="
         "jessie\"}",
         OS_FAMILY_LINUX, "debian", "8", "8", "jessie", ""},
        {"{\"type\":\"library\",\"name\":\"curl\",\"purl\":\"pkg:rpm/opensuse/"
         "curl@7?distro=opensuse-leap-15.5\"}",
         OS_FAMILY_LINUX, "opensuse-leap", "15.5", "15.5", "", ""},
        {"{\"type\":\"library\",\"name\":\"curl\",\"purl\":\"pkg:npm/curl@7?distro=debian-12\"}",
         OS_FAMILY_UNKNOWN, "", "", "", "", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct inventory inventory;
        struct buf json;
        struct error err = ERROR_INIT;
        inventory_init(&inventory);
        buf_init(&json, 10000);
        buf_printf(&json,
                   "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.4\",\"components\":[%s]}",
                   cases[i].json);
        assert_int_equal(import_read(buf_view(&json), &inventory, &err), 0);
        assert_int_equal(inventory.os.family, cases[i].family);
        assert_text(inventory.os.id, cases[i].id);
        assert_text(inventory.os.version_id, cases[i].version_id);
        assert_text(inventory.os.version, cases[i].version);
        assert_text(inventory.os.codename, cases[i].codename);
        assert_text(inventory.os.build, cases[i].build);
        buf_done(&json);
        inventory_done(&inventory);
    }
}

static void recognises(void **state)
{
    static const struct {
        const char *text;
        int code;
        const char *message;
    } cases[] = {
        {"", ERR_FORMAT, "empty"},
        {" \n", ERR_FORMAT, "empty"},
        {"<?xml version=\"1.0\"?><bom/>", ERR_UNSUPPORTED, "XML"},
        {"name,version\n", ERR_FORMAT, "not an inventory document"},
        {"[]", ERR_FORMAT, "not an inventory document of assay, CycloneDX or SPDX JSON"},
        {"{}", ERR_FORMAT, "not an inventory document"},
        {"{\"spdxVersion\":\"SPDX-2.3\"}", 0, ""},
        {"{\"artifacts\":[]}", ERR_UNSUPPORTED, "syft"},
        {"{\"SchemaVersion\":2}", ERR_UNSUPPORTED, "trivy"},
        {"{\"bomFormat\":\"CycloneDX\"}", ERR_VERSION, "CycloneDX  is not read"},
        {"{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"2.0\"}", ERR_VERSION, "CycloneDX 2.0"},
        {"{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.4\",\"components\":{}}", ERR_FORMAT,
         "components: an object where an array"},
        {"{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.4\"}", 0, ""},
        {"\xef\xbb\xbf{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.7\"}", 0, ""},
        {"{\"format\":\"assay-inventory\"}", ERR_FORMAT, "format_version"},
        {"{\"f\\u006frmat\":\"assay\\u002dinventory\"}", ERR_FORMAT, "format_version"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct inventory inventory;
        struct error err = ERROR_INIT;
        inventory_init(&inventory);
        int r = import_read(str_from(cases[i].text), &inventory, &err);
        if (r != cases[i].code || strstr(err.message, cases[i].message) == NULL) {
            fail_msg("%s: %d %s", cases[i].text, r, err.message);
        }
        if (r == 0) {
            assert_int_equal(inventory.software_known, TRUTH_UNKNOWN);
        } else {
            assert_null(inventory.arena.blocks);
        }
        inventory_done(&inventory);
    }
}

static void reads_inventories(void **state)
{
    struct inventory inventory;
    struct error err = ERROR_INIT;
    (void)state;
    inventory_init(&inventory);
    assert_int_equal(read_fixture("inventories/almalinux-9.json", &inventory, &err), 0);
    assert_text(inventory.os.version_id, "9.4");
    assert_text(inventory_fact_value(&inventory, STR("selinux")), "enforcing");
    assert_int_equal(read_fixture("inventories/unknown.json", &inventory, &err), 0);
    assert_int_equal(inventory.software_count, 0);
    assert_int_equal(inventory.os.family, OS_FAMILY_UNKNOWN);
    inventory_done(&inventory);
}

/* BEGIN ITEM,ITEM,... END */
static int read_many(const char *begin, const char *item, uint32_t count, const char *end,
                     struct inventory *inventory, struct error *err)
{
    struct buf json;
    buf_init(&json, LIMIT_INVENTORY);
    buf_put_text(&json, begin);
    for (uint32_t i = 0; i < count; i++) {
        buf_put_text(&json, item);
    }
    buf_put_text(&json, end);
    assert_false(json.overflow);
    int r = import_read(buf_view(&json), inventory, err);
    buf_done(&json);
    return r;
}

static void keeps_ceilings(void **state)
{
    static const char begin[] =
        "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.4\",\"components\":[";
    struct inventory inventory;
    struct error err = ERROR_INIT;
    (void)state;
    inventory_init(&inventory);
    assert_int_equal(read_many(begin, "{\"components\":[", 10000, "", &inventory, &err), ERR_LIMIT);
    assert_int_equal(read_many(begin, "{\"components\":[", 200, "]}", &inventory, &err),
                     ERR_FORMAT);
    assert_int_equal(read_many(begin, "{\"name\":\"a\"},", 1000000, "{}]}", &inventory, &err),
                     ERR_LIMIT);
    assert_non_null(strstr(err.message, "more than 200000 pieces of software"));
    assert_int_equal(read_many(begin, "7,", 1000000, "7]}", &inventory, &err), 0);
    assert_int_equal(inventory.note_count, 21);
    assert_text(inventory.notes[20], "999981 more left out");
    assert_int_equal(read_many(begin, "", 0, "{\"type\":[],\"name\":\"x\",\"properties\":7}]}",
                               &inventory, &err),
                     0);
    assert_int_equal(inventory.software_count, 1);
    inventory_done(&inventory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_syft),     cmocka_unit_test(reads_trivy),
        cmocka_unit_test(reads_nested),   cmocka_unit_test(knows_releases),
        cmocka_unit_test(recognises),     cmocka_unit_test(reads_inventories),
        cmocka_unit_test(keeps_ceilings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
