/* Microsoft's updates in the knowledge file. */
#include "../unit.h"

#include "../knowledge_fixture.h"
#include "knowledge/microsoft.h"

static struct knowledge_fixture fixture;

static int set_up(void **state)
{
    (void)state;
    fixture_init(&fixture);
    fixture_bulletin(&fixture, "2024-02-13", "CVE-2024-21338", 5034768, "Windows Server 2019",
                     "Windows Kernel", "5034127");
    fixture_bulletin(&fixture, "2024-07-19", "CVE-2024-30000", 5034768, "WINDOWS SERVER 2019", "",
                     "5034127 5034768");
    fixture_bulletin(&fixture, "2024-02-13", "CVE-2024-21338", 5034768, "Windows Server 2019",
                     "Windows Kernel", "");
    fixture_bulletin(&fixture, "2024-01-09", "CVE-2024-20674", 5034127, "Windows Server 2019", "",
                     "5033371");
    fixture_bulletin(&fixture, "2024-02-13", "CVE-2024-21338", 5034770, "Windows Server 2022", "",
                     "");
    fixture_bulletin(&fixture, "2024-02-13", NULL, 5034763, "Windows 10", "", "5033371 5034122");
    fixture_bulletin(&fixture, "2024-02-13", "CVE-2024-30001", 0, "Azure", "", "1");
    fixture_open(&fixture);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_done(&fixture);
    return 0;
}

static void finds_products(void **state)
{
    const struct knowledge *knowledge = fixture.knowledge;
    struct knowledge_bulletin_product product;
    (void)state;
    assert_int_equal(knowledge_bulletin_product_count(knowledge), 3);
    assert_true(knowledge_find_bulletin_product(knowledge, STR("windows server 2019"), &product));
    assert_true(str_eq_text(product.name, "Windows Server 2019"));
    assert_int_equal(product.update_count, 2);
    assert_int_equal(product.superseder_count, 2);
    assert_true(knowledge_find_bulletin_product(knowledge, STR("Windows 10"), &product));
    assert_int_equal(product.update_count, 1);
    assert_false(knowledge_find_bulletin_product(knowledge, STR("Windows Server 201"), &product));
    assert_false(knowledge_find_bulletin_product(knowledge, STR("Azure"), &product));
    assert_false(knowledge_find_bulletin_product(knowledge, STR(""), &product));
    assert_int_equal(knowledge_faults(knowledge), 0);
}

static void finds_updates(void **state)
{
    const struct knowledge *knowledge = fixture.knowledge;
    struct knowledge_bulletin_product product;
    struct knowledge_update update;
    struct knowledge_superseder superseder;
    struct knowledge_fix fix;
    uint32_t first, kb;
    (void)state;
    assert_true(knowledge_find_bulletin_product(knowledge, STR("Windows Server 2019"), &product));
    assert_true(knowledge_find_update(knowledge, &product, 5034768, &update));
    /* The day of most rows, not of one that came late. */
    assert_int_equal(update.posted, fixture_date("2024-02-13"));
    assert_int_equal(update.fix_count, 2);
    assert_true(knowledge_find_fix(knowledge, &update, fixture_id("CVE-2024-21338"), &fix));
    assert_true(str_eq_text(fix.component, "Windows Kernel"));
    assert_int_equal(fix.severity, KNOWLEDGE_SEVERITY_IMPORTANT);
    assert_false(knowledge_find_fix(knowledge, &update, fixture_id("CVE-2024-20674"), &fix));
    /* It does not replace itself, and another once. */
    assert_int_equal(update.superseded_count, 1);
    assert_true(knowledge_superseded(knowledge, update.first_superseded, &kb));
    assert_int_equal(kb, 5034127);
    assert_int_equal(knowledge_superseders(knowledge, &product, 5034127, &first), 1);
    assert_true(knowledge_superseder(knowledge, first, &superseder));
    assert_int_equal(superseder.update, update.index);
    assert_int_equal(knowledge_superseders(knowledge, &product, 5033371, &first), 1);
    assert_int_equal(knowledge_superseders(knowledge, &product, 5034768, &first), 0);
    /* Another product's update is not this one's. */
    assert_false(knowledge_find_update(knowledge, &product, 5034770, &update));
    assert_int_equal(knowledge_faults(knowledge), 0);
}

static void verifies(void **state)
{
    struct error err = ERROR_INIT;
    (void)state;
    assert_int_equal(knowledge_verify(fixture.knowledge, &err), 0);
}

static void rolls_back(void **state)
{
    struct knowledge_fixture other;
    struct knowledge_bulletin_product product;
    struct knowledge_update update;
    (void)state;
    fixture_init(&other);
    fixture_bulletin(&other, "2024-01-09", "CVE-2024-20674", 1, "kept", "", "");
    knowledge_builder_begin(other.builder);
    fixture_bulletin(&other, "2024-01-09", "CVE-2024-20675", 2, "kept", "", "1");
    fixture_bulletin(&other, "2024-01-09", "CVE-2024-20676", 3, "gone", "", "1");
    knowledge_builder_rollback(other.builder);
    fixture_open(&other);
    assert_int_equal(knowledge_bulletin_product_count(other.knowledge), 1);
    assert_true(knowledge_find_bulletin_product(other.knowledge, STR("kept"), &product));
    assert_int_equal(product.update_count, 1);
    assert_int_equal(product.superseder_count, 0);
    assert_true(knowledge_find_update(other.knowledge, &product, 1, &update));
    assert_int_equal(knowledge_verify(other.knowledge, NULL), 0);
    fixture_done(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(finds_products, set_up, tear_down),
        cmocka_unit_test_setup_teardown(finds_updates, set_up, tear_down),
        cmocka_unit_test_setup_teardown(verifies, set_up, tear_down),
        cmocka_unit_test(rolls_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
