/* What each scheme promises, case by case. */
#include "../unit.h"

#include "base/limits.h"
#include "version/version.h"

#include <stdio.h>
#include <string.h>

struct rule {
    enum version_scheme scheme;
    const char *a, *sign, *b;
};

static const struct rule rules[] = {
    /* deb-version(7) */
    {VERSION_DPKG, "1.0-1~bpo", "<", "1.0-1"},
    {VERSION_DPKG, "1:1.0-1", ">", "2.0-1"},
    {VERSION_DPKG, "0:1.0-1", "=", "1.0-1"},
    {VERSION_DPKG, "1.0a", "<", "1.0+"},
    {VERSION_DPKG, "1.0~", "<", "1.0"},
    {VERSION_DPKG, "1.", "=", "1.0"},
    {VERSION_DPKG, "2.5.0-1+deb12u1", "<", "2.5.0-1+deb12u2"},
    {VERSION_DPKG, "1.1.1f-1ubuntu2.fips.22", "?", "1.1.1f-1ubuntu2.23"},
    {VERSION_DPKG, "3.0.2-0ubuntu1.10+Fips1", "?", "3.0.2-0ubuntu1.16"},
    {VERSION_DPKG, "1.1.1f-1ubuntu2.fips.9", "<", "1.1.1f-1ubuntu2.fips.22"},
    {VERSION_DPKG, "1.0-1fipsy1", ">", "1.0-1"},
    {VERSION_DPKG, "1.0-", "?", "1.0"},
    {VERSION_DPKG, "x:1", "?", "1"},
    {VERSION_DPKG, "1:", "?", "1"},
    {VERSION_DPKG, "", "?", "1"},
    {VERSION_DPKG, "1.0 1", "?", "1"},
    /* rpm */
    {VERSION_RPM, "1.0~rc1", "<", "1.0"},
    {VERSION_RPM, "1.0^git1", ">", "1.0"},
    {VERSION_RPM, "1.0^git1", "<", "1.0.1"},
    {VERSION_RPM, "1.0", "<", "1:1.0"},
    {VERSION_RPM, "0:1.0", "=", "1.0"},
    {VERSION_RPM, "1.0-1", ">", "1.0"},
    {VERSION_RPM, "3.0.7-24.el9", "<", "3.0.7-25.el9_3"},
    {VERSION_RPM, "1-1.el7", "?", "1-1.el8"},
    {VERSION_RPM, "1-1.el7_9", "<", "1-2.el7"},
    {VERSION_RPM, "1-1", "<", "1-1.el8"},
    {VERSION_RPM, "1-1.fc38", "?", "1-1.fc39"},
    {VERSION_RPM, "1-1.fc38", "?", "1-1.el9"},
    {VERSION_RPM, "2-1.module_el8.5.0+1", ">", "1-1.module_el8.5.0+1"},
    {VERSION_RPM, "1-1.module+el8.4.0+1+abc", "?", "1-1.el8"},
    {VERSION_RPM, "1-1.module_f38+1", "?", "1-1.fc38"},
    {VERSION_RPM, "2.17-326.0.5.ksplice1.el7_9", "?", "2.17-326.el7_9"},
    {VERSION_RPM, "1.2-3.el8_fips", "?", "1.2-3.el8"},
    {VERSION_RPM, "4.18.0-1.el8.cloud", "?", "4.18.0-1.el8"},
    {VERSION_RPM, "2.4.6-99.el7.centos.1", "?", "2.4.6-99.el7"},
    {VERSION_RPM, "2.4.6-99.el7.centos.1", ">", "2.4.6-98.el7.centos.1"},
    {VERSION_RPM, "cloud-1", "<", "cloud-2"},
    {VERSION_RPM, "99999999999:1", "?", "1"},
    /* apk-tools */
    {VERSION_APK, "1.0_alpha", "<", "1.0_beta"},
    {VERSION_APK, "1.0_rc1", "<", "1.0"},
    {VERSION_APK, "1.0", "<", "1.0_cvs"},
    {VERSION_APK, "1.0_hg", "<", "1.0_p"},
    {VERSION_APK, "1.0", "<", "1.0-r0"},
    {VERSION_APK, "1.0-r9", "<", "1.0-r10"},
    {VERSION_APK, "1.0.05", "<", "1.0.4"},
    {VERSION_APK, "1.0a", ">", "1.0"},
    {VERSION_APK, "1.0~abc-r1", ">", "1.0-r1"},
    {VERSION_APK, "1.0~abc-r1", "<", "1.0~abc-r2"},
    /* Semantic Versioning, section 11 */
    {VERSION_SEMVER, "1.0.0-alpha", "<", "1.0.0-alpha.1"},
    {VERSION_SEMVER, "1.0.0-alpha.1", "<", "1.0.0-alpha.beta"},
    {VERSION_SEMVER, "1.0.0-alpha.beta", "<", "1.0.0-beta"},
    {VERSION_SEMVER, "1.0.0-beta", "<", "1.0.0-beta.2"},
    {VERSION_SEMVER, "1.0.0-beta.2", "<", "1.0.0-beta.11"},
    {VERSION_SEMVER, "1.0.0-beta.11", "<", "1.0.0-rc.1"},
    {VERSION_SEMVER, "1.0.0-rc.1", "<", "1.0.0"},
    {VERSION_SEMVER, "1.0.0+20130313144700", "=", "1.0.0"},
    {VERSION_SEMVER, "v1.2", "=", "1.2.0"},
    {VERSION_SEMVER, "1.2", "<", "1.2.0.1"},
    {VERSION_SEMVER, "1.2.515", ">", "1.2"},
    {VERSION_SEMVER, "1.0.0-", "?", "1.0.0"},
    {VERSION_SEMVER, "a.b", "?", "1.0.0"},
    {VERSION_SEMVER, "1..2", "?", "1.0.0"},
    /* Windows */
    {VERSION_WINDOWS, "10.0.17763.1", "<", "10.0.17763.6054"},
    {VERSION_WINDOWS, "10.0.17763.1", "?", "10.0.14393.1"},
    {VERSION_WINDOWS, "10.0.17763", "?", "10.0.17763.1"},
    {VERSION_WINDOWS, "10.0.17763", "=", "10.0.17763"},
    {VERSION_WINDOWS, "10.0", "?", "10.0"},
    {VERSION_WINDOWS, "10.0.1.2.3", "?", "10.0.1.2"},
    {VERSION_WINDOWS, "10.0.x.1", "?", "10.0.1.1"},
    /* NVD */
    {VERSION_NVD, "151.0", "=", "151.0.0"},
    {VERSION_NVD, "1.8.0_91", "<", "1.8.0 update201"},
    {VERSION_NVD, "1.8.0_201", "<", "1.8.1"},
    {VERSION_NVD, "1.0.2k", "<", "1.0.2l"},
    {VERSION_NVD, "1.0.2z", "<", "1.0.2za"},
    {VERSION_NVD, "1.1.1", "<", "1.1.1w"},
    {VERSION_NVD, "1.0.1l", "<", "1.0.1m"},
    {VERSION_NVD, "1.0.1m", ">", "1.0.1"},
    {VERSION_NVD, "1.1.1w", "<", "1.1.2"},
    {VERSION_NVD, "4.2.8p9", "<", "4.2.8p15"},
    {VERSION_NVD, "4.2.8", "<", "4.2.8p1"},
    {VERSION_NVD, "9.0.0.M1", "<", "9.0.0"},
    {VERSION_NVD, "9.0.0-m9", "<", "9.0.0-m10"},
    {VERSION_NVD, "9.0.0-milestone2", "=", "9.0.0.m2"},
    {VERSION_NVD, "15.6(3)m", "<", "15.6(3)m2"},
    {VERSION_NVD, "1.0-dev", "<", "1.0-alpha"},
    {VERSION_NVD, "1.0-alpha", "<", "1.0-beta"},
    {VERSION_NVD, "1.0-beta2", "<", "1.0-rc1"},
    {VERSION_NVD, "1.0-pre1", "<", "1.0-rc1"},
    {VERSION_NVD, "1.0-rc1", "<", "1.0"},
    {VERSION_NVD, "1.0.0-rc1", "=", "1.0:rc1"},
    {VERSION_NVD, "3.15.0a1", "<", "3.15.0"},
    {VERSION_NVD, "2.0b2", "<", "2.0"},
    {VERSION_NVD, "3.11.0a0", "<", "3.11.0a1"},
    {VERSION_NVD, "3.11.0a0", "<", "3.11.0"},
    {VERSION_NVD, "4.0.8-gamma", "<", "4.0.8"},
    {VERSION_NVD, "2024.2 eap3", "<", "2024.2"},
    {VERSION_NVD, "0.9.10-incubating", "=", "0.9.10"},
    {VERSION_NVD, "9.2 maintenance_pack3", "=", "9.2 mp3"},
    {VERSION_NVD, "8.0.x", "?", "8.0.4"},
    {VERSION_NVD, "1.06b43", ">", "1.06b1"},
    {VERSION_NVD, "1.06b43", ">", "1.06"},
    {VERSION_NVD, "v2.3", "=", "2.3"},
    {VERSION_NVD, "Version 2.3", "=", "2.3"},
    {VERSION_NVD, "4.2.0.Final", "=", "4.2"},
    {VERSION_NVD, "12.1-RELEASE-p5", "=", "12.1p5"},
    {VERSION_NVD, "10.1.6-h3", "<", "10.1.6-h10"},
    {VERSION_NVD, "18.4r1-s2", "<", "18.4r2"},
    {VERSION_NVD, "5.5.25_a", "=", "5.5.25a"},
    {VERSION_NVD, "2.4.6-p13", "<", "2.4.6-p14"},
    {VERSION_NVD, "0.0.0-20250616162021-79b2f26125a1", "<", "0.0.0-20260101000000-79b2f26125a1"},
    {VERSION_NVD, "xp sp2", "<", "xp sp3"},
    {VERSION_NVD, "xp", "?", "5.1"},
    {VERSION_NVD, "snv_74", "<", "snv_76"},
    {VERSION_NVD, "79b2f26125a1", "?", "79b2f26125a1"},
    {VERSION_NVD, "d22b54e8915f167a135046ceb857caaf8479c4da", "?", "1.0"},
    {VERSION_NVD, "20210101a", ">", "20210101"},
    {VERSION_NVD, "n/a", "?", "n/a"},
    {VERSION_NVD, "< 1.2", "?", "1.2"},
    {VERSION_NVD, "...", "?", "1.2"},
    /* Java: N before 9 is 1.N, its third number the update */
    {VERSION_JAVA, "8", "=", "1.8.0"},
    {VERSION_JAVA, "5.0", "=", "1.5"},
    {VERSION_JAVA, "6", "<", "1.8.0_201"},
    {VERSION_JAVA, "8.0.351", "=", "1.8.0_351"},
    {VERSION_JAVA, "8.0.351", ">", "1.8.0-update201"},
    {VERSION_JAVA, "8u201", "=", "1.8.0 update_201"},
    {VERSION_JAVA, "7.0.0", "=", "1.7"},
    {VERSION_JAVA, "4.2.20", "=", "1.4.2_20"},
    {VERSION_JAVA, "3.1.25", "=", "1.3.1_25"},
    {VERSION_JAVA, "1.3_02", "=", "1.3.0_02"},
    {VERSION_JAVA, "5.0_update5", "=", "1.5.0_05"},
    {VERSION_JAVA, "1.9", "=", "9.0.0"},
    {VERSION_JAVA, "1.9", ">", "8.0.501"},
    {VERSION_JAVA, "11.0.5", "<", "11.0.18"},
    {VERSION_JAVA, "9.0.4", ">", "1.8.0_401"},
    {VERSION_JAVA, "20-ea", "<", "20.0.1"},
    {VERSION_JAVA, "n/a", "?", "8"},
    {VERSION_BARE, "R33", "=", "33"},
    {VERSION_BARE, "r33 p2", "<", "34"},
    {VERSION_BARE, "build_7271", "<", "7280"},
    {VERSION_BARE, "X14.0.3", ">", "x8.6"},
    {VERSION_BARE, "rolling", "?", "33"},
    {VERSION_YEAR, "2021.001.20150", "=", "21.001.20150"},
    {VERSION_YEAR, "2021.001.20150", "<", "25.001.20997"},
    {VERSION_YEAR, "20.005.30636", "<", "2021.001.20150"},
    {VERSION_YEAR, "2020", "=", "20"},
    {VERSION_NVD, "#202403142053", "?", "11.0.3"},
    {VERSION_JAVA, "", "?", "8"},
};

static void keeps_the_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        const struct rule *rule = &rules[i];
        struct str a = str_from(rule->a), b = str_from(rule->b);
        char sign = "<=>?"[version_compare(rule->scheme, a, b) + 1];
        char back = "<=>?"[version_compare(rule->scheme, b, a) + 1];
        char expected_back = rule->sign[0] == '<' ? '>' : rule->sign[0] == '>' ? '<' : *rule->sign;
        if (sign != rule->sign[0] || back != expected_back) {
            fail_msg("%s: %s %s %s: found %c, the other way %c", version_scheme_name(rule->scheme),
                     rule->a, rule->sign, rule->b, sign, back);
        }
    }
}

static void folds_the_update_into_the_version(void **state)
{
    static const struct {
        const char *version, *update, *same;
    } updates[] = {
        {"8", "update_201", "8u201"},
        {"8.0", "update201", "8u201"},
        {"1.8.0", "update201", "1.8.0_201"},
        {"1.6.0", "update_1_b06", "1.6.0u1b06"},
        {"10.1.6", "h3", "10.1.6-h3"},
        {"2019", "cumulative_update_12", "2019 CU12"},
        {"1.0.2", "beta1", "1.0.2-beta1"},
        {"12.1", "p5", "12.1-RELEASE-p5"},
        {"6.0", "sp1", "6.0 Service Pack 1"},
        {"7.2", "fix_pack_3", "7.2fp3"},
        {"1.2.3", "", "1.2.3"},
        {"1.2.3", "ga", "1.2.3"},
        {"1.2.3", "unknown", "1.2.3"},
        {"xp", "sp3", "xp_sp3"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof updates / sizeof updates[0]; i++) {
        struct buf a, b;
        struct version_key folded, written;
        buf_init(&a, LIMIT_VERSION_KEY);
        buf_init(&b, LIMIT_VERSION_KEY);
        assert_int_equal(version_cpe_key_make(VERSION_NVD, str_from(updates[i].version),
                                              str_from(updates[i].update), &a, &folded, NULL),
                         0);
        assert_int_equal(
            version_key_make(VERSION_NVD, str_from(updates[i].same), &b, &written, NULL), 0);
        if (version_key_compare(&folded, &written) != VERSION_EQUAL) {
            fail_msg("%s:%s is not %s", updates[i].version, updates[i].update, updates[i].same);
        }
        buf_done(&a);
        buf_done(&b);
    }
}

static void reads_updates_of_java(void **state)
{
    static const struct {
        const char *version, *update, *same;
    } updates[] = {
        {"6", "update_13", "1.6.0_13"},   {"5.0", "19", "1.5.0_19"},
        {"1.6.0", "03", "1.6.0_3"},       {"1.6.0.200", "update20", "1.6.0_20"},
        {"1.8.0", "update_201", "8u201"}, {"17.0.2", "", "17.0.2"},
    };
    struct buf buf;
    (void)state;
    for (size_t i = 0; i < sizeof updates / sizeof updates[0]; i++) {
        struct version_key folded, written;
        unsigned char first[64];
        buf_init(&buf, LIMIT_VERSION_KEY);
        assert_int_equal(version_cpe_key_make(VERSION_JAVA, str_from(updates[i].version),
                                              str_from(updates[i].update), &buf, &folded, NULL),
                         0);
        assert_in_range(folded.len, 1, sizeof first);
        memcpy(first, folded.bytes, folded.len);
        folded.bytes = first;
        assert_int_equal(
            version_key_make(VERSION_JAVA, str_from(updates[i].same), &buf, &written, NULL), 0);
        if (version_key_compare(&folded, &written) != VERSION_EQUAL) {
            fail_msg("%s:%s is not %s", updates[i].version, updates[i].update, updates[i].same);
        }
        buf_done(&buf);
    }
}

static void products_have_schemes(void **state)
{
    (void)state;
    assert_int_equal(version_of_product(STR("oracle"), STR("jre")), VERSION_JAVA);
    assert_int_equal(version_of_product(STR("sun"), STR("openjdk")), VERSION_JAVA);
    assert_int_equal(version_of_product(STR("oracle"), STR("graalvm_for_jdk")), VERSION_NVD);
    assert_int_equal(version_of_product(STR("ibm"), STR("java")), VERSION_NVD);
    assert_int_equal(version_of_product(STR("oracle"), STR("mysql")), VERSION_NVD);
    assert_int_equal(version_of_product(STR("f5"), STR("nginx_plus")), VERSION_BARE);
    assert_int_equal(version_of_product(STR("f5"), STR("nginx")), VERSION_NVD);
    assert_int_equal(version_of_product(STR("adobe"), STR("acrobat_reader_dc")), VERSION_YEAR);
}

static void keeps_a_numeric_update_apart(void **state)
{
    struct buf buf;
    struct version_key a, b;
    (void)state;
    buf_init(&buf, LIMIT_VERSION_KEY);
    assert_int_equal(version_cpe_key_make(VERSION_NVD, STR("1.0"), STR("3"), &buf, &a, NULL), 0);
    size_t first = a.len;
    assert_int_equal(version_key_make(VERSION_NVD, STR("1.0.0"), &buf, &b, NULL), 0);
    a.bytes = (const unsigned char *)buf.data;
    assert_int_equal(version_key_compare(&a, &b), VERSION_GREATER);
    buf.len = first;
    assert_int_equal(version_key_make(VERSION_NVD, STR("1.0.3"), &buf, &b, NULL), 0);
    a.bytes = (const unsigned char *)buf.data;
    assert_int_equal(version_key_compare(&a, &b), VERSION_LESS);
    buf_done(&buf);
}

static void leaves_epochs_out_for_a_source(void **state)
{
    struct buf a, b;
    struct version_key with, without;
    (void)state;
    buf_init(&a, LIMIT_VERSION_KEY);
    buf_init(&b, LIMIT_VERSION_KEY);
    assert_int_equal(version_key_make(VERSION_RPM, STR("2:1.0-1"), &a, &with, NULL), 0);
    assert_int_equal(version_key_make(VERSION_RPM, STR("1.5-1"), &b, &without, NULL), 0);
    assert_int_equal(version_key_compare(&with, &without), VERSION_GREATER);
    with.stands_in = true;
    assert_int_equal(version_key_compare(&with, &without), VERSION_LESS);
    assert_int_equal(version_key_compare(&without, &with), VERSION_GREATER);
    assert_int_equal(without.epoch, VERSION_NO_EPOCH);
    buf_clear(&b);
    assert_int_equal(version_key_make(VERSION_RPM, STR("1:1.5-1"), &b, &without, NULL), 0);
    assert_int_equal(version_key_compare(&with, &without), VERSION_GREATER);
    buf_clear(&a);
    buf_clear(&b);
    assert_int_equal(version_key_make(VERSION_DPKG, STR("2:1.0-1"), &a, &with, NULL), 0);
    assert_int_equal(version_key_make(VERSION_DPKG, STR("1.5-1"), &b, &without, NULL), 0);
    with.stands_in = true;
    assert_int_equal(version_key_compare(&with, &without), VERSION_GREATER);
    buf_done(&a);
    buf_done(&b);
}

static void refuses_what_is_too_long(void **state)
{
    char text[LIMIT_VERSION + 1];
    struct buf buf;
    struct version_key key;
    struct error err = ERROR_INIT;
    (void)state;
    buf_init(&buf, LIMIT_VERSION_KEY);
    memset(text, '1', sizeof text);
    for (int scheme = 1; scheme < VERSION_SCHEMES; scheme++) {
        assert_int_equal(version_key_make((enum version_scheme)scheme,
                                          str_make(text, LIMIT_VERSION + 1), &buf, &key, &err),
                         ERR_LIMIT);
        assert_int_equal(buf.len, 0);
    }
    assert_int_equal(version_cpe_key_make(VERSION_NVD, str_make(text, LIMIT_VERSION), STR("1"),
                                          &buf, &key, &err),
                     ERR_LIMIT);
    assert_int_equal(version_key_make(VERSION_NVD, str_make(text, LIMIT_VERSION), &buf, &key, &err),
                     0);
    buf_done(&buf);
    buf_init(&buf, 4);
    assert_int_equal(version_key_make(VERSION_DPKG, STR("1.2.3-4"), &buf, &key, &err), ERR_LIMIT);
    buf_done(&buf);
}

static void knows_its_schemes(void **state)
{
    (void)state;
    for (int scheme = 1; scheme < VERSION_SCHEMES; scheme++) {
        const char *name = version_scheme_name((enum version_scheme)scheme);
        assert_int_equal(version_scheme_find(str_from(name)), scheme);
    }
    assert_int_equal(version_scheme_find(STR("deb")), VERSION_NONE);
    assert_int_equal(version_compare(VERSION_NONE, STR("1"), STR("1")), VERSION_INCOMPARABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_the_rules),
        cmocka_unit_test(folds_the_update_into_the_version),
        cmocka_unit_test(reads_updates_of_java),
        cmocka_unit_test(products_have_schemes),
        cmocka_unit_test(keeps_a_numeric_update_apart),
        cmocka_unit_test(leaves_epochs_out_for_a_source),
        cmocka_unit_test(refuses_what_is_too_long),
        cmocka_unit_test(knows_its_schemes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
