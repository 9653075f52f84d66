/* SQL Server and Exchange Server: the build tells which of Microsoft's updates it holds. */
#include "server.h"

#define GDR "Microsoft SQL Server 2019 for x64-based Systems (GDR)"
#define CU  "Microsoft SQL Server 2019 for x64-based Systems (CU #)"
#define CU8 "Microsoft Exchange Server 2019 Cumulative Update 8"
#define CU9 "Microsoft Exchange Server 2019 Cumulative Update 9"
#define SQL "sql_server"
#define EX  "exchange_server"

static struct server server;

static uint32_t list_updates(struct identify_update *out)
{
    static const struct {
        const char *product, *line, *bulletin, *build;
        uint32_t kb;
        const char *day;
    } rows[] = {
        {SQL, "2019 GDR", GDR, "15.0.2000.5", 0, "2019-11-04"},
        {SQL, "2019 GDR", GDR, "15.0.2080.9", 4583458, "2021-01-12"},
        {SQL, "2019 GDR", GDR, "15.0.2095.3", 5014356, "2022-06-14"},
        {SQL, "2019 CU", CU, "15.0.4003.23", 0, "2020-01-07"},
        {SQL, "2019 CU", CU, "15.0.4083.2", 4583459, "2021-01-12"},
        {SQL, "2019 CU", CU, "15.0.4236.7", 5014353, "2022-06-14"},
        {EX, "2019", CU8, "15.2.792.3", 0, "2020-12-15"},
        {EX, "2019", CU8, "15.2.792.10", 5000871, "2021-03-02"},
        {EX, "2019", CU9, "15.2.858.5", 0, "2021-03-16"},
        {EX, "2019", CU9, "15.2.858.15", 5004780, "2021-07-13"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        out[i] = (struct identify_update){str_from(rows[i].product),
                                          str_from(rows[i].line),
                                          str_from(rows[i].bulletin),
                                          str_from(rows[i].build),
                                          rows[i].kb,
                                          fixture_date(rows[i].day)};
    return sizeof rows / sizeof *rows;
}

static void fill(struct knowledge_fixture *to)
{
    static const struct {
        const char *posted, *cve;
        uint32_t kb;
        const char *product;
    } rows[] = {
        {"2021-01-12", "CVE-2021-1636", 4583458, GDR},
        {"2021-01-12", "CVE-2021-1636", 4583459,
         "Microsoft SQL Server 2019 for x64-based Systems (CU 8)"},
        {"2022-06-14", "CVE-2022-29143", 5014356, GDR},
        {"2022-06-14", "CVE-2022-29143", 5014353,
         "Microsoft SQL Server 2019 for x64-based Systems (CU 16)"},
        /* Of later than the table. */
        {"2024-07-09", "CVE-2024-20701", 5040986, GDR},
        /* Of a day between two listed builds. */
        {"2021-09-14", "CVE-2021-9999", 5001111, GDR},
        {"2021-03-02", "CVE-2021-26855", 5000871, CU8},
        {"2021-07-13", "CVE-2021-34470", 5004780, CU9},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        fixture_bulletin(to, rows[i].posted, rows[i].cve, rows[i].kb, rows[i].product, "", "");
    /* NVD names the release; Microsoft's updates know more. */
    fixture_cve(to, "CVE-2021-1636", "2021-01-12", 88,
                (const char *[]){"cpe:2.3:a:microsoft:sql_server:2019:*:*:*:*:*:*:*", NULL});
    fixture_cve(to, "CVE-2019-1068", "2019-07-15", 88,
                (const char *[]){"cpe:2.3:a:microsoft:sql_server:2019:*:*:*:*:*:*:*", NULL});
    fixture_cve(to, "CVE-2021-26855", "2021-03-02", 98,
                (const char *[]){"cpe:2.3:a:microsoft:exchange_server:2019:*:*:*:*:*:*:*", NULL});
}

static void start(const char *name, const char *version, const char *product, const char *upstream)
{
    static struct identify_update updates[16];
    server_init(&server, "windows", "");
    fill(&server.fixture);
    server.inventory.os.family = OS_FAMILY_WINDOWS;
    server.tables.updates = updates;
    server.tables.update_count = list_updates(updates);
    server_add(&server, "windows", name, version, "");
    server_identity(&server, (struct fake_row){name, SUPPLIER_MAKER, "microsoft", product, upstream,
                                               NULL, false, false});
}

static void builds_decide_sql_server(void **state)
{
    static const struct {
        const char *version, *cve, *answer;
    } cases[] = {
        {"15.0.2000.5", "CVE-2021-1636", "KB4583458"},
        {"15.0.2080.9", "CVE-2021-1636", ""},
        {"15.0.2080.9", "CVE-2022-29143", "KB5014356"},
        {"15.0.2095.3", "CVE-2022-29143", ""},
        /* Cumulative updates are a line of their own. */
        {"15.0.4003.23", "CVE-2021-1636", "KB4583459"},
        {"15.0.4083.2", "CVE-2021-1636", ""},
        {"15.0.4198.2", "CVE-2022-29143", "KB5014353"},
        {"15.0.4236.7", "CVE-2022-29143", ""},
        {"15.0.4236.7", "CVE-2024-20701", ""},
        /* An update without a listed build is told by its day, a build that is not listed by the
         * listed ones around it. */
        {"15.0.2095.3", "CVE-2024-20701", "KB5040986"},
        {"15.0.2116.2", "CVE-2024-20701", "?KB5040986"},
        {"15.0.2085.1", "CVE-2024-20701", "KB5040986"},
        {"15.0.2085.1", "CVE-2021-9999", "?KB5001111"},
        {"15.0.2080.9", "CVE-2021-9999", "KB5001111"},
        {"15.0.2095.3", "CVE-2021-9999", ""},
        /* Windows shows service packs as minor versions. */
        {"15.1.2080.9", "CVE-2022-29143", "KB5014356"},
        /* Not in the table, no version at all. */
        {"14.0.1000.169", "CVE-2021-1636", ""},
        {"", "CVE-2022-29143", ""},
        {"99999.1.2.3", "CVE-2022-29143", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        start("SQL Server 2019 Database Engine Services", cases[i].version, "sql_server", "");
        server_assess(&server);
        assert_update(&server, cases[i].cve, cases[i].answer);
        server_done(&server);
    }
}

/* What Microsoft's updates know, NVD's name of the release does not bring back; the rest it does.
 */
static void microsoft_outdoes_names(void **state)
{
    (void)state;
    start("SQL Server 2019 Database Engine Services", "15.0.2080.9", "sql_server", "2019");
    server_assess(&server);
    assert_update(&server, "CVE-2021-1636", "");
    assert_non_null(server_finding(&server, "CVE-2019-1068", NULL));
    server_done(&server);
    start("SQL Server 2019 Database Engine Services", "15.0.2000.5", "sql_server", "2019");
    server_assess(&server);
    assert_update(&server, "CVE-2021-1636", "KB4583458");
    assert_text(server_finding(&server, "CVE-2021-1636", NULL)->source, "Microsoft");
    server_done(&server);
}

/* Setup lists parts of SQL Server that updates leave alone: the engine stands for them. */
static void engine_stands_for_the_others(void **state)
{
    (void)state;
    start("SQL Server 2019 Common Files", "15.0.2000.5", "sql_server", "");
    server_assess(&server);
    assert_update(&server, "CVE-2022-29143", "KB5014356");
    server_done(&server);
    start("SQL Server 2019 Common Files", "15.0.2000.5", "sql_server", "");
    server_add(&server, "windows", "SQL Server 2019 Database Engine Services", "15.0.2095.3", "");
    server_assess(&server);
    assert_update(&server, "CVE-2022-29143", "");
    server_done(&server);
    /* Of another release it does not. */
    start("SQL Server 2019 Common Files", "15.0.2000.5", "sql_server", "");
    server_add(&server, "windows", "SQL Server 2022 Database Engine Services", "16.0.1000.6", "");
    server_assess(&server);
    assert_update(&server, "CVE-2022-29143", "KB5014356");
    server_done(&server);
}

static void builds_decide_exchange(void **state)
{
    static const struct {
        const char *version, *patch, *cve, *answer;
    } cases[] = {
        {"15.2.792.3", NULL, "CVE-2021-26855", "KB5000871"},
        {"15.02.0792.003", NULL, "CVE-2021-26855", "KB5000871"},
        {"15.2.792.10", NULL, "CVE-2021-26855", ""},
        /* The version stays that of the cumulative update: the security update stands beside it. */
        {"15.2.792.3", "Security Update for Exchange Server 2019 Cumulative Update 8 (KB5000871)",
         "CVE-2021-26855", ""},
        {"15.2.792.3", "Security Update for Exchange Server 2019 Cumulative Update 8 (KB5000872)",
         "CVE-2021-26855", "KB5000871"},
        /* Fixed before the cumulative update came out, and after the last update of this one. */
        {"15.2.858.5", NULL, "CVE-2021-26855", ""},
        {"15.2.792.10", NULL, "CVE-2021-34470", "KB5004780"},
        {"15.2.858.5", NULL, "CVE-2021-34470", "KB5004780"},
        {"15.2.858.15", NULL, "CVE-2021-34470", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        start("Microsoft Exchange Server 2019", cases[i].version, "exchange_server", "");
        if (cases[i].patch)
            server_add(&server, "windows", cases[i].patch, "1", "");
        server_assess(&server);
        assert_update(&server, cases[i].cve, cases[i].answer);
        server_done(&server);
    }
}

static void explains(void **state)
{
    (void)state;
    start("SQL Server 2019 Database Engine Services", "15.0.2080.9", "sql_server", "");
    const struct explanation *explanation = server_explain(&server, "CVE-2022-29143", "");
    assert_int_equal(explanation->verdict, VERDICT_VULNERABLE);
    assert_true(has_step(explanation, "criterion", "KB5014356 (15.0.2095.3) fixes it in " GDR));
    explanation = server_explain(&server, "CVE-2021-1636", "");
    assert_int_equal(explanation->verdict, VERDICT_FIXED);
    server_done(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(builds_decide_sql_server),
        cmocka_unit_test(microsoft_outdoes_names),
        cmocka_unit_test(engine_stands_for_the_others),
        cmocka_unit_test(builds_decide_exchange),
        cmocka_unit_test(explains),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
