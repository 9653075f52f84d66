/* Office and SharePoint: setup's version is that of the release, and listed updates decide. */
#include "server.h"

#define SHAREPOINT "Microsoft SharePoint Server 2019"
#define OFFICE     "Microsoft Office 2016 (64-bit edition)"
#define EXCEL      "Microsoft Excel 2016 (64-bit edition)"
#define BUILD      "16.0.10337.12109"

static struct server server;

static void fill(struct knowledge_fixture *to)
{
    static const struct {
        const char *posted, *cve;
        uint32_t kb;
        const char *product, *replaces;
    } rows[] = {
        /* Two parts, each with its chain; what replaced 5000010 is not said. */
        {"2021-01-12", "CVE-2021-0001", 5000010, SHAREPOINT, ""},
        {"2021-01-12", "CVE-2021-0001", 5000011, SHAREPOINT, ""},
        {"2021-03-09", "CVE-2021-0002", 5000020, SHAREPOINT, ""},
        {"2021-03-09", "CVE-2021-0003", 5000021, SHAREPOINT, "5000011"},
        {"2021-06-08", "CVE-2021-0004", 5000030, SHAREPOINT, "5000020"},
        {"2021-06-08", "CVE-2021-0005", 5000031, SHAREPOINT, "5000021"},
        {"2021-01-12", "CVE-2021-0001", 5000040, OFFICE, ""},
        {"2021-03-09", "CVE-2021-0002", 5000050, OFFICE, "5000040"},
        {"2021-03-09", "CVE-2021-0002", 5000051, EXCEL, ""},
        {"2021-06-08", "CVE-2021-0004", 5000060, OFFICE, "5000050"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        fixture_bulletin(to, rows[i].posted, rows[i].cve, rows[i].kb, rows[i].product, "",
                         rows[i].replaces);
    fixture_cve(to, "CVE-2021-0001", "2021-01-12", 88,
                (const char *[]){"cpe:2.3:a:microsoft:sharepoint_server:2019:*:*:*:*:*:*:*", NULL});
    fixture_cve(to, "CVE-2019-0009", "2019-01-12", 88,
                (const char *[]){"cpe:2.3:a:microsoft:sharepoint_server:2019:*:*:*:*:*:*:*", NULL});
}

static void start(const char *version, const char *bulletin, bool cumulative,
                  const char *const *updates)
{
    static struct identify_setup setup;
    setup = (struct identify_setup){str_from(bulletin), cumulative};
    server_init(&server, "windows", "");
    fill(&server.fixture);
    server.inventory.os.family = OS_FAMILY_WINDOWS;
    server.tables.setup = &setup;
    server.tables.setup_build = BUILD;
    server_add(&server, "windows", "The product", version, "");
    for (; *updates; updates++)
        server_add(&server, "windows", *updates, "", "");
    server_identity(&server, (struct fake_row){"The product", SUPPLIER_MAKER, "microsoft",
                                               "sharepoint_server", "2019", NULL, false, false});
    server_assess(&server);
}

struct answer {
    const char *cve, *answer;
};

static void check_all(const struct answer *answers)
{
    for (; answers->cve; answers++)
        assert_update(&server, answers->cve, answers->answer);
    server_done(&server);
}

static void nothing_listed_is_unconfirmed(void **state)
{
    (void)state;
    start(BUILD, SHAREPOINT, true, (const char *[]){NULL});
    assert_update(&server, "CVE-2021-0001", "?KB5000010");
    assert_update(&server, "CVE-2021-0004", "?KB5000030");
    /* What Microsoft has no update for stays with NVD. */
    assert_non_null(server_finding(&server, "CVE-2019-0009", NULL));
    server_done(&server);
    /* Updates to something else do not tell. */
    start(BUILD, SHAREPOINT, true,
          (const char *[]){"GDR 6300 for SQL Server 2016 (KB5003279) (64-bit)",
                           "Update for Microsoft .NET Framework 4.5.1 (KB2901549)", NULL});
    check_all((const struct answer[]){{"CVE-2021-0004", "?KB5000030"}, {0}});
    /* A version that is not setup's is for others to decide. */
    start("16.0.10400.1", SHAREPOINT, true, (const char *[]){NULL});
    check_all((const struct answer[]){{"CVE-2021-0004", ""}, {0}});
}

static void listed_updates_decide(void **state)
{
    static const char *const march[] = {
        "Security Update for Microsoft SharePoint Server 2019 Core (KB5000020) 64-Bit Edition",
        "Security Update for Microsoft SharePoint Server 2019 (KB5000021) 64-Bit Edition", NULL};
    static const char *const june[] = {
        "Security Update for Microsoft SharePoint Server 2019 Core (KB5000030) 64-Bit Edition",
        "Security Update for Microsoft SharePoint Server 2019 (KB5000031) 64-Bit Edition", NULL};
    (void)state;
    start(BUILD, SHAREPOINT, true, march);
    check_all((const struct answer[]){{"CVE-2021-0001", ""},
                                      {"CVE-2021-0002", ""},
                                      {"CVE-2021-0003", ""},
                                      {"CVE-2021-0004", "KB5000030"},
                                      {"CVE-2021-0005", "KB5000031"},
                                      {0}});
    start(BUILD, SHAREPOINT, true, june);
    check_all((const struct answer[]){
        {"CVE-2021-0001", ""}, {"CVE-2021-0004", ""}, {"CVE-2021-0005", ""}, {0}});
    /* One of the two that came that day: the other cannot be told. */
    start(BUILD, SHAREPOINT, true, (const char *[]){june[0], NULL});
    check_all((const struct answer[]){{"CVE-2021-0004", ""}, {"CVE-2021-0005", "?KB5000031"}, {0}});
    /* One of which nothing is known may hold what is of a lower number. */
    start(BUILD, SHAREPOINT, true,
          (const char *[]){
              march[0], march[1],
              "Update for Microsoft SharePoint Server 2019 Core (KB5000035) 64-Bit Edition", NULL});
    check_all((const struct answer[]){{"CVE-2021-0003", ""}, {"CVE-2021-0004", "?KB5000030"}, {0}});
}

/* Parts of Office have updates of their own: a later one of another part tells nothing. */
static void parts_stand_for_themselves(void **state)
{
    static const char *const office =
        "Security Update for Microsoft Office 2016 (KB5000050) 64-Bit Edition";
    (void)state;
    start(BUILD, OFFICE "|" EXCEL, false, (const char *[]){office, NULL});
    check_all((const struct answer[]){{"CVE-2021-0001", ""},
                                      {"CVE-2021-0002", "?KB5000051"},
                                      {"CVE-2021-0004", "KB5000060"},
                                      {0}});
    start(BUILD, OFFICE "|" EXCEL, false,
          (const char *[]){"Security Update for Microsoft Excel 2016 (KB5000051) 64-Bit Edition",
                           "Security Update for Microsoft Office 2016 (KB5000060) 64-Bit Edition",
                           NULL});
    check_all((const struct answer[]){
        {"CVE-2021-0001", ""}, {"CVE-2021-0002", ""}, {"CVE-2021-0004", ""}, {0}});
}

/* Click-to-Run: what NVD says of the product says nothing of the build, and the finding says so. */
static void click_to_run_says_why(void **state)
{
    (void)state;
    server_init(&server, "windows", "");
    fixture_cve(&server.fixture, "CVE-2024-0001", "2024-02-13", 88,
                (const char *[]){"cpe:2.3:a:microsoft:365_apps:-:*:*:*:*:*:*:*", NULL});
    server.inventory.os.family = OS_FAMILY_WINDOWS;
    server_add(&server, "windows", "Microsoft 365 Apps", "16.0.17928.20156", "");
    server_identity(&server, (struct fake_row){"Microsoft 365 Apps", SUPPLIER_MAKER, "microsoft",
                                               "365_apps", "16.0.17928.20156", NULL, false, false});
    server_assess(&server);
    const struct finding *finding = server_finding(&server, "CVE-2024-0001", NULL);
    assert_non_null(finding);
    assert_int_equal(finding->confidence, CONFIDENCE_PRODUCT);
    assert_true(str_ends(finding->criterion,
                         STR("; no record names the build of Click-to-Run with the fix")));
    server_done(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_listed_is_unconfirmed),
        cmocka_unit_test(listed_updates_decide),
        cmocka_unit_test(parts_stand_for_themselves),
        cmocka_unit_test(click_to_run_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
