/* What changelogs name as fixed: the sections, and the fixture's. */
#include "collected.h"

static const char packages[] =
    SECTION("packages.dpkg",
            "install ok installed\tlibexpat1\t2.5.0-1+deb12u1\tamd64\texpat\t1747699200\t\tDebian\n"
            "install ok installed\tcurl\t7.88.1-10\tamd64\t\t1747699200\t\tDebian\n");

static void reads_entries(void **state)
{
    static const struct {
        const char *lines;
        uint32_t count, cves; /* entries kept; CVEs of the first */
        enum section_state state;
    } cases[] = {
        {"", 0, 0, SECTION_OK},
        {"expat\t2.5.0-1+deb12u1\tCVE-2023-52425 CVE-2024-8176\n", 1, 2, SECTION_OK},
        {"curl\t7.88.1-10\tCVE-2023-1\n", 0, 0, SECTION_PARTIAL}, /* no identifier */
        {"curl\t7.88.1-10\tCVE-2023-27533 CAN-2023-0001\n", 0, 0, SECTION_PARTIAL},
        {"curl\t7.88.1-10\t\n", 0, 0, SECTION_PARTIAL},
        {"curl\t\tCVE-2023-27533\n", 0, 0, SECTION_PARTIAL},
        {"curl\t7.88.1-10\tCVE-2023-27533\tmore\n", 0, 0, SECTION_PARTIAL},
        {"curl 7.88.1-10 CVE-2023-27533\n", 0, 0, SECTION_PARTIAL},
        /* By source, not by binary; and nothing of what is not installed. */
        {"libexpat1\t2.5.0-1\tCVE-2023-52425\nopenssl\t3.0.9-1\tCVE-2023-0464\n"
         "expat\t2.5.0-1\tCVE-2022-43680\n",
         1, 1, SECTION_OK},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct inventory inventory;
        struct buf text;
        buf_init(&text, 1 << 16);
        buf_put_text(&text, packages);
        buf_put_text(&text, RS NONCE " B changelog.dpkg\n");
        buf_put_text(&text, cases[i].lines);
        buf_put_text(&text, RS NONCE " E changelog.dpkg 0 0.30\n" END);
        collect_bytes(buf_view(&text), &inventory);
        assert_int_equal(inventory.evidence_count, cases[i].count);
        if (cases[i].count > 0) {
            assert_int_equal(inventory.evidence[0].cve_count, cases[i].cves);
            assert_text(inventory.evidence[0].ecosystem, "dpkg");
            assert_text(inventory.evidence[0].source, "expat");
        }
        assert_int_equal(inventory.sections[inventory.section_count - 1].state, cases[i].state);
        inventory_done(&inventory);
        buf_done(&text);
    }
}

static void reads_fixtures(void **state)
{
    struct inventory inventory;
    (void)state;
    collect_fixture("debian12.probe", &inventory);
    assert_int_equal(inventory.evidence_count, 3);
    assert_text(inventory.evidence[0].source, "openssl");
    assert_text(inventory.evidence[0].version, "3.0.19-1~deb12u1");
    assert_int_equal(inventory.evidence[0].cve_count, 3);
    assert_text(inventory.evidence[2].version, "3.0.15-1~deb12u1");
    assert_text(inventory.evidence[2].cves[0], "CVE-2023-5678");
    inventory_done(&inventory);
    collect_fixture("rocky9.probe", &inventory);
    assert_int_equal(inventory.evidence_count, 1);
    assert_text(inventory.evidence[0].ecosystem, "rpm");
    assert_text(inventory.evidence[0].version, "1:3.0.7-1");
    inventory_done(&inventory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_entries),
        cmocka_unit_test(reads_fixtures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
