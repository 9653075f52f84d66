/* Windows itself: revisions, installed updates, what they replace and what holds them. */
#include "server.h"

#define SERVER_2019  "Windows Server 2019"
#define CORE_2019    SERVER_2019 " (Server Core installation)"
#define SERVER_2008  "Windows Server 2008 R2 for x64-based Systems Service Pack 1"
#define CPE(product) "cpe:2.3:o:microsoft:" product ":*:*:*:*:*:*:*:*"

/* How a test says what a server is. */
struct state {
    const char *build, *hotfixes, *pending, *arch, *edition, *type;
};

static struct server server;
static struct inventory_hotfix hotfixes[16];

/* Three months of cumulative updates, the oldest fixing many CVEs; months of rollups and
 * security-only updates; NVD's ranges where it has them. */
static void fill(struct knowledge_fixture *to)
{
    static const struct {
        const char *posted, *cve;
        uint32_t kb;
        const char *product, *component, *superseded;
    } rows[] = {
        {"2024-01-09", "CVE-2024-1001", 5034127, SERVER_2019, "Kernel", "5033371"},
        {"2024-02-13", "CVE-2024-2001", 5034768, SERVER_2019, "Kernel", "5034127"},
        {"2024-02-13", "CVE-2024-2002", 5034768, SERVER_2019, "DNS", "5034127"},
        {"2024-02-13", "CVE-2024-2002", 5034768, CORE_2019, "DNS", "5034127"},
        {"2024-03-12", "CVE-2024-3001", 5035849, SERVER_2019, "Kernel", "5034768"},
        {"2024-05-14", "CVE-2024-5001", 5037765, SERVER_2019, "Kernel", "5036896"},
        {"2020-07-14", "CVE-2020-7001", 4558997, SERVER_2019, "Windows Update Stack", ""},
        {"2020-06-09", "CVE-2020-6001", 4561600, SERVER_2019, "Adobe Flash Player", ""},
        {"2024-02-13", "CVE-2024-2001", 5034763, "Windows 10 Version 1809 for x64-based Systems",
         "Kernel", ""},
        {"2024-02-13", "CVE-2024-2003", 5034763, "Windows 10 Version 1809 for 32-bit Systems",
         "Kernel", ""},
        {"2017-03-14", "CVE-2017-0144", 4012212, SERVER_2008, "Windows SMB Server", ""},
        {"2017-03-14", "CVE-2017-0144", 4012215, SERVER_2008, "Windows SMB Server", "3212646"},
        {"2017-04-11", "CVE-2017-0155", 4015546, SERVER_2008, "Graphics", ""},
        {"2017-04-11", "CVE-2017-0155", 4015549, SERVER_2008, "Graphics", "4012215"},
        {"2017-06-13", "CVE-2017-8543", 4022722, SERVER_2008, "Search", ""},
        {"2017-06-13", "CVE-2017-8543", 4022719, SERVER_2008, "Search", "4019264"},
        {"2017-07-11", "CVE-2017-8590", 4025341, SERVER_2008, "CLFS", "4022719"},
        {"2014-11-11", "CVE-2014-6321", 2992611, SERVER_2008, "Schannel", ""},
        {"2008-10-23", "CVE-2008-4250", 958644, "Microsoft Windows XP Service Pack 3", "", ""},
    };
    char cve[32];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        fixture_bulletin(to, rows[i].posted, rows[i].cve, rows[i].kb, rows[i].product,
                         rows[i].component, rows[i].superseded);
    for (unsigned i = 0; i < 12; i++) {
        snprintf(cve, sizeof cve, "CVE-2024-11%02u", i);
        fixture_bulletin(to, "2024-01-09", cve, 5034127, SERVER_2019, "Kernel", "5033371");
        snprintf(cve, sizeof cve, "CVE-2017-11%02u", i);
        fixture_bulletin(to, "2017-03-14", cve, 4012215, SERVER_2008, "Kernel", "3212646");
        fixture_bulletin(to, "2017-07-11", cve, 4025341, SERVER_2008, "Kernel", "4022719");
    }
    fixture_cve(to, "CVE-2024-2001", "2024-02-13", 78,
                (const char *[]){CPE("windows_server_2019") " <10.0.17763.5458",
                                 CPE("windows_10_1809") " <10.0.17763.5458", NULL});
    fixture_cve(to, "CVE-2024-4001", "2024-04-09", 78,
                (const char *[]){CPE("windows_server_2019") " <10.0.17763.5696", NULL});
    fixture_cve(to, "CVE-2024-4002", "2024-04-09", 78,
                (const char *[]){CPE("windows_server_2019") " <10.0.20348.2402", NULL});
    fixture_cve(to, "CVE-2024-4003", "2024-04-09", 78,
                (const char *[]){"cpe:2.3:o:microsoft:windows_server_2019:*:*:*:*:*:*:x86:* "
                                 "<10.0.17763.5696",
                                 NULL});
    fixture_cve(to, "CVE-2023-9001", "2023-09-12", 78,
                (const char *[]){"cpe:2.3:o:microsoft:windows_server_2019:-:*:*:*:*:*:*:*", NULL});
    fixture_cve(to, "CVE-2021-9002", "2021-09-12", 78,
                (const char *[]){"cpe:2.3:o:microsoft:windows_10:1809:*:*:*:*:*:*:*", NULL});
}

static void start(const struct state *state)
{
    struct str rest = str_from(state->hotfixes), word;
    server_init(&server, "windows", "");
    fill(&server.fixture);
    struct inventory *inventory = &server.inventory;
    inventory->os.family = OS_FAMILY_WINDOWS;
    inventory->os.name = STR("Windows 10");
    inventory->os.edition = str_from(state->edition ? state->edition : "ServerDatacenter");
    inventory->os.build = str_from(state->build);
    inventory->machine.arch = str_from(state->arch ? state->arch : "AMD64");
    inventory->hotfixes = hotfixes;
    inventory->hotfixes_known = state->hotfixes ? TRUTH_YES : TRUTH_UNKNOWN;
    while (state->hotfixes && str_next_word(&rest, &word))
        hotfixes[inventory->hotfix_count++] = (struct inventory_hotfix){word, DATE_NONE};
    if (state->pending) {
        struct inventory_update *update =
            server_update(&server, "windows", state->pending, "", "", "Microsoft");
        update->advisory = str_from(state->pending);
    }
    if (state->type) {
        server.facts[0] =
            (struct inventory_fact){STR("windows-installation-type"), str_from(state->type)};
        inventory->fact_count = 1;
    }
}

struct windows_case {
    struct state state;
    const char *cve;
    const char *answer; /* "" silent, "KB5034768" confirmed, "?KB5034768" unconfirmed */
};

static void check(const struct windows_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char found[64] = "";
        start(&cases[i].state);
        server_assess(&server);
        const struct finding *finding = server_finding(&server, cases[i].cve, NULL);
        if (finding)
            snprintf(found, sizeof found, "%s%.*s",
                     finding->confidence <= CONFIDENCE_RANGE ? "" : "?",
                     STR_ARG(finding->fixed_in));
        if (strcmp(found, cases[i].answer) != 0)
            fail_msg("case %zu: %s on %s (%s): \"%s\", expected \"%s\"", i, cases[i].cve,
                     cases[i].state.build, cases[i].state.hotfixes ? cases[i].state.hotfixes : "-",
                     found, cases[i].answer);
        if (finding) {
            assert_int_equal(finding->first_software, FINDING_OF_OS);
            assert_int_equal(finding->package_count, 0);
        }
        server_done(&server);
    }
}
#define CHECK(cases) check((cases), sizeof(cases) / sizeof *(cases))

static void revision_decides(void **state)
{
    static const struct windows_case cases[] = {
        {{.build = "17763.5457"}, "CVE-2024-2001", "KB5034768"},
        {{.build = "17763.5458"}, "CVE-2024-2001", ""},
        {{.build = "10.0.17763.5458"}, "CVE-2024-2001", ""},
        {{.build = "17763"}, "CVE-2024-2001", "?KB5034768"},
        /* An update whose revision another CVE tells. */
        {{.build = "17763.5329"}, "CVE-2024-2002", "KB5034768"},
        {{.build = "17763.5458"}, "CVE-2024-2002", ""},
        {{.build = "17763.5458"}, "CVE-2024-3001", "KB5035849"},
        {{.build = "17763.5458"}, "CVE-2024-1001", ""},
        /* Before the first revision that is known, and behind the last. */
        {{.build = "17763.5329"}, "CVE-2024-1001", "?KB5034127"},
        {{.build = "17763.9999"}, "CVE-2024-5001", "?KB5037765"},
        /* NVD alone; a range of another build is none; another processor. */
        {{.build = "17763.5458"}, "CVE-2024-4001", "17763.5696"},
        {{.build = "17763.5696"}, "CVE-2024-4001", ""},
        {{.build = "17763"}, "CVE-2024-4001", "?17763.5696"},
        {{.build = "17763.5458"}, "CVE-2024-4002", ""},
        {{.build = "17763.5458"}, "CVE-2024-4003", ""},
        /* 17763 is also Windows 10 1809. */
        {{.build = "17763.5000", .edition = "Professional"}, "CVE-2024-2001", "KB5034763"},
        {{.build = "17763.5000", .edition = "Professional"}, "CVE-2024-3001", ""},
        {{.build = "17763.5000", .edition = "Professional"}, "CVE-2024-2003", ""},
        {{.build = "17763.5000", .edition = "Professional", .arch = "x86"},
         "CVE-2024-2003",
         "?KB5034763"},
        {{.build = "99999.1"}, "CVE-2024-2001", ""},
        {{.build = ""}, "CVE-2024-2001", ""},
    };
    (void)state;
    CHECK(cases);
}

static void updates_replace(void **state)
{
    static const struct windows_case cases[] = {
        /* A replaced update is not missing on a patched server. */
        {{.build = "17763", .hotfixes = "KB5035849"}, "CVE-2024-1001", ""},
        {{.build = "17763", .hotfixes = "KB5035849"}, "CVE-2024-2001", ""},
        {{.build = "17763", .hotfixes = "KB5035849"}, "CVE-2024-3001", ""},
        {{.build = "17763", .hotfixes = "kb5034768"}, "CVE-2024-3001", "KB5035849"},
        {{.build = "17763", .hotfixes = "KB5034127"}, "CVE-2024-2001", "KB5034768"},
        /* Across an update of which nothing is known, the day decides. */
        {{.build = "17763", .hotfixes = "KB5037765"}, "CVE-2024-3001", ""},
        {{.build = "17763", .hotfixes = "KB5034768"}, "CVE-2024-5001", "KB5037765"},
        /* An update of another product, or none that is known, tells nothing. */
        {{.build = "17763", .hotfixes = "KB5034763"}, "CVE-2024-2001", "?KB5034768"},
        {{.build = "17763", .hotfixes = ""}, "CVE-2024-2001", "?KB5034768"},
        /* The servicing stack comes with the cumulative update, Flash left with a later one. */
        {{.build = "17763", .hotfixes = "KB5034127"}, "CVE-2020-7001", ""},
        {{.build = "17763", .hotfixes = "KB5034127"}, "CVE-2020-6001", ""},
        /* Installed and pending: it waits for the restart. */
        {{.build = "17763", .hotfixes = "KB5034127 KB5034768", .pending = "KB5034768"},
         "CVE-2024-2001",
         "KB5034768"},
        {{.build = "17763.5329", .hotfixes = "KB5034127 KB5034768"}, "CVE-2024-2001", "KB5034768"},
        /* Server Core has its own rows. */
        {{.build = "17763", .hotfixes = "KB5034768", .type = "Server Core"}, "CVE-2024-3001", ""},
        {{.build = "17763.5329", .type = "Server Core"}, "CVE-2024-2002", "?KB5034768"},
        {{.build = "17763", .hotfixes = "KB5034768", .type = "Server Core"}, "CVE-2024-2002", ""},
        /* Named without a range: the day of the newest update decides. */
        {{.build = "17763", .hotfixes = "KB5034768"}, "CVE-2023-9001", ""},
        {{.build = "17763"}, "CVE-2023-9001", "?"},
        {{.build = "17763", .hotfixes = "KB5034768"}, "CVE-2021-9002", ""},
        {{.build = "17763", .edition = "Professional"}, "CVE-2021-9002", "?"},
        {{.build = "18363", .edition = "Professional"}, "CVE-2021-9002", ""},
    };
    (void)state;
    CHECK(cases);
}

static void rollups_and_single_updates(void **state)
{
    static const struct windows_case cases[] = {
        /* MS17-010: the security-only update, the rollup, a later rollup, neither. */
        {{.build = "7601", .hotfixes = "KB976932"}, "CVE-2017-0144", "KB4012215"},
        {{.build = "7601", .hotfixes = "KB4012212"}, "CVE-2017-0144", ""},
        {{.build = "7601", .hotfixes = "KB4012215"}, "CVE-2017-0144", ""},
        {{.build = "7601", .hotfixes = "KB4015549"}, "CVE-2017-0144", ""},
        /* The chain of rollups has a gap in May 2017: the day bridges it. */
        {{.build = "7601", .hotfixes = "KB4025341"}, "CVE-2017-0144", ""},
        {{.build = "7601", .hotfixes = "KB4025341"}, "CVE-2017-8543", ""},
        /* A security-only update holds its own month alone. */
        {{.build = "7601", .hotfixes = "KB4015546"}, "CVE-2017-0144", "KB4012215"},
        {{.build = "7601", .hotfixes = "KB4012212"}, "CVE-2017-0155", "KB4015549"},
        /* Older than the rollups: only the list tells, and not for sure behind a rollup. */
        {{.build = "7601", .hotfixes = "KB976932"}, "CVE-2014-6321", "KB2992611"},
        {{.build = "7601", .hotfixes = "KB2992611"}, "CVE-2014-6321", ""},
        {{.build = "7601", .hotfixes = "KB4025341"}, "CVE-2014-6321", "?KB2992611"},
        {{.build = "7601"}, "CVE-2017-0144", "?KB4012215"},
        /* Another product's update stays with it. */
        {{.build = "7601", .hotfixes = "KB976932"}, "CVE-2008-4250", ""},
        {{.build = "7601", .hotfixes = "KB976932", .edition = "Professional"}, "CVE-2017-0144", ""},
    };
    (void)state;
    CHECK(cases);
}

static void explains(void **state)
{
    static const struct {
        struct state state;
        enum verdict verdict;
        const char *step;
    } cases[] = {
        {{.build = "17763", .hotfixes = "KB5035849"}, VERDICT_FIXED, "KB5035849 replaces it"},
        {{.build = "17763", .hotfixes = "KB5034127"},
         VERDICT_VULNERABLE,
         "KB5034127 of 2024-01-09"},
        {{.build = "17763.5329"}, VERDICT_VULNERABLE, "10.0.17763.5329"},
        {{.build = "17763"}, VERDICT_UNCONFIRMED, "the revision is not known"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool found = false;
        start(&cases[i].state);
        server_explain(&server, "CVE-2024-2001", "");
        assert_int_equal(server.explanation_count, 1);
        const struct explanation *explanation = &server.explanations[0];
        assert_int_equal(explanation->verdict, cases[i].verdict);
        for (uint32_t s = 0; s < explanation->step_count; s++)
            found =
                found || str_find(explanation->steps[s].text, str_from(cases[i].step)) != SIZE_MAX;
        if (!found)
            fail_msg("case %zu: no step says \"%s\"", i, cases[i].step);
        server_done(&server);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(revision_decides),
        cmocka_unit_test(updates_replace),
        cmocka_unit_test(rollups_and_single_updates),
        cmocka_unit_test(explains),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
