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
        {"2024-02-20", "CVE-2024-9001", 5034900, SERVER_2019, "Windows Secure Boot", ""},
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

/* NVD alone names these releases, without a range. */
static void fill_named(struct knowledge_fixture *to)
{
    fixture_cve(to, "CVE-2024-9003", "2024-04-20", 78,
                (const char *[]){"cpe:2.3:o:microsoft:windows_server_2019:-:*:*:*:*:*:*:*", NULL});
    fixture_cve(to, "CVE-2024-9004", "2024-04-20", 78,
                (const char *[]){"cpe:2.3:o:microsoft:windows_10:*:*:*:*:*:*:*:*",
                                 "cpe:2.3:o:microsoft:windows_10_1909:*:*:*:*:*:*:*:* <10.0.1",
                                 NULL});
    fixture_cve(
        to, "CVE-2016-9005", "2016-05-10", 78,
        (const char *[]){"cpe:2.3:o:microsoft:windows_server_2008:r2:sp1:*:*:*:*:*:*", NULL});
    fixture_cve(
        to, "CVE-2016-9006", "2016-05-10", 78,
        (const char *[]){"cpe:2.3:o:microsoft:windows_server_2008:r2:sp1:*:*:*:*:*:*", NULL});
    fixture_cve(
        to, "CVE-2017-9007", "2017-05-10", 78,
        (const char *[]){"cpe:2.3:o:microsoft:windows_server_2008:r2:sp1:*:*:*:*:*:*", NULL});
    fixture_bulletin(to, "2016-05-10", "CVE-2016-9005", 3156000, SERVER_2019, "", "");
    fixture_bulletin(to, "2017-05-10", "CVE-2017-9007", 3156001,
                     "Windows 8.1 for x64-based systems", "", "");
}

static void start(const struct state *state)
{
    struct str rest = str_from(state->hotfixes), word;
    server_init(&server, "windows", "");
    fill(&server.fixture);
    fill_named(&server.fixture);
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
        if (strlen(state->pending) < 12)
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
    const char
        *answer; /* "" silent, "KB5034768" confirmed, "?KB5034768" unconfirmed, "!" without fix */
};

static void put_answer(const struct finding *finding, char *out, size_t size)
{
    *out = '\0';
    if (finding) {
        bool sure = finding->confidence <= CONFIDENCE_RANGE;
        snprintf(out, size, "%s%.*s",
                 !sure                   ? "?"
                 : finding->fixed_in.len ? ""
                                         : "!",
                 STR_ARG(finding->fixed_in));
    }
}

static void check(const struct windows_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char found[64] = "";
        start(&cases[i].state);
        server_assess(&server);
        const struct finding *finding = server_finding(&server, cases[i].cve, NULL);
        put_answer(finding, found, sizeof found);
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

/* Three CVEs of one day share a revision: it is of that day, and what lies before is held, what
 * lies behind a higher one is missing, whether or not an update of the day is known. */
static void revisions_are_dated(void **state)
{
    static const struct {
        const char *build, *cve, *answer;
    } cases[] = {
        {"17763.5696", "CVE-2024-3001", ""},           /* no revision of its own, of March */
        {"17763.5700", "CVE-2024-3001", ""},           /* between two that are dated */
        {"17763.5696", "CVE-2023-9001", ""},           /* named without a range, of 2023 */
        {"17763.5700", "CVE-2024-5001", "?KB5037765"}, /* of May: before or behind 5700 */
        {"17763.5700", "CVE-2024-7001", "KB5040430"},  /* of July, behind 5820 of June */
        {"17763.5820", "CVE-2024-5001", ""},
        {"17763.5000", "CVE-2024-7001", "KB5040430"},
        /* Two CVEs are no day: a slip would date the server wrongly. */
        {"17763.5600", "CVE-2024-7002", "KB5040430"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct state server_state = {.build = cases[i].build};
        char found[64] = "", cve[32];
        start(&server_state);
        for (unsigned k = 0; k < 3; k++) {
            snprintf(cve, sizeof cve, "CVE-2024-401%u", k);
            fixture_cve(&server.fixture, cve, "2024-04-09", 78,
                        (const char *[]){CPE("windows_server_2019") " <10.0.17763.5696", NULL});
            snprintf(cve, sizeof cve, "CVE-2024-601%u", k);
            fixture_cve(&server.fixture, cve, "2024-06-11", 78,
                        (const char *[]){CPE("windows_server_2019") " <10.0.17763.5820", NULL});
            snprintf(cve, sizeof cve, "CVE-2024-801%u", k);
            fixture_cve(&server.fixture, cve, k == 2 ? "2024-08-01" : "2024-08-13", 78,
                        (const char *[]){CPE("windows_server_2019") " <10.0.17763.5", NULL});
        }
        fixture_bulletin(&server.fixture, "2024-07-09", "CVE-2024-7001", 5040430, SERVER_2019,
                         "Kernel", "");
        fixture_bulletin(&server.fixture, "2024-07-09", "CVE-2024-7002", 5040430, SERVER_2019,
                         "Kernel", "");
        server_assess(&server);
        const struct finding *finding = server_finding(&server, cases[i].cve, NULL);
        put_answer(finding, found, sizeof found);
        if (strcmp(found, cases[i].answer) != 0)
            fail_msg("%s on %s: \"%s\", expected \"%s\"", cases[i].cve, cases[i].build, found,
                     cases[i].answer);
        server_done(&server);
    }
}

/* Microsoft lists a CVE again where a later update completes its fix. NVD's revision is that of the
 * first one, and says nothing of the later. */
static void listed_again_dates_no_update(void **state)
{
    static const struct {
        const char *build, *cve, *answer;
    } cases[] = {
        {"17763.5458", "CVE-2025-1001", "KB5066586"},
        {"17763.5458", "CVE-2024-5001", "KB5037765"},
        {"17763.5458", "CVE-2024-2002", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct state server_state = {.build = cases[i].build};
        char found[64] = "";
        start(&server_state);
        fixture_cve(&server.fixture, "CVE-2024-2009", "2024-02-13", 78,
                    (const char *[]){CPE("windows_server_2019") " <10.0.17763.5458", NULL});
        fixture_bulletin(&server.fixture, "2025-10-14", "CVE-2024-2009", 5066586, SERVER_2019,
                         "Cryptographic Services", "5037765");
        fixture_bulletin(&server.fixture, "2025-10-14", "CVE-2025-1001", 5066586, SERVER_2019,
                         "Kernel", "5037765");
        server_assess(&server);
        put_answer(server_finding(&server, cases[i].cve, NULL), found, sizeof found);
        if (strcmp(found, cases[i].answer) != 0)
            fail_msg("%s on %s: \"%s\", expected \"%s\"", cases[i].cve, cases[i].build, found,
                     cases[i].answer);
        server_done(&server);
    }
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
        /* A listed update of which nothing is known may be a later one, when its number is higher;
         * what brings .NET Framework 4.8 is none. */
        {{.build = "17763", .hotfixes = "KB5034999"}, "CVE-2024-2001", "?KB5034768"},
        {{.build = "17763", .hotfixes = "KB5034763"}, "CVE-2024-2001", "KB5034768"},
        {{.build = "17763", .hotfixes = "KB5034999"}, "CVE-2024-3001", "KB5035849"},
        {{.build = "17763", .hotfixes = "KB5011048"}, "CVE-2024-2001", "KB5034768"},
        {{.build = "17763", .hotfixes = ""}, "CVE-2024-2001", "KB5034768"},
        {{.build = "17763"}, "CVE-2024-2001", "?KB5034768"},
        /* The servicing stack comes with the cumulative update, Flash left with a later one. */
        {{.build = "17763", .hotfixes = "KB5034127"}, "CVE-2020-7001", ""},
        {{.build = "17763", .hotfixes = "KB5034127"}, "CVE-2020-6001", ""},
        /* An update apart from them that is newer than they are: the list decides. */
        {{.build = "17763", .hotfixes = "KB5034127"}, "CVE-2024-9001", "KB5034900"},
        {{.build = "17763", .hotfixes = "KB5034127 KB5034900"}, "CVE-2024-9001", ""},
        {{.build = "17763", .hotfixes = "KB5035849"}, "CVE-2024-9001", ""},
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
        /* Newer than the newest: it is not fixed, when the record means this release. */
        {{.build = "17763", .hotfixes = "KB5034127"}, "CVE-2024-9003", "!"},
        {{.build = "17763", .hotfixes = ""}, "CVE-2024-9003", "!"},
        {{.build = "17763", .hotfixes = "KB5037765"}, "CVE-2024-9003", ""},
        {{.build = "17763"}, "CVE-2024-9003", "?"},
        {{.build = "18363", .edition = "Professional", .hotfixes = ""}, "CVE-2024-9004", "?"},
        /* Microsoft's bulletins named every release: another's update says that this has no need.
         * Their lists have gaps since, which a rollup that is newer fills. */
        {{.build = "7601", .hotfixes = "KB976932"}, "CVE-2016-9005", ""},
        {{.build = "7601", .hotfixes = "KB976932"}, "CVE-2016-9006", "?"},
        {{.build = "7601", .hotfixes = "KB976932"}, "CVE-2017-9007", "?"},
        {{.build = "7601", .hotfixes = "KB4025341"}, "CVE-2017-9007", ""},
        {{.build = "7601", .hotfixes = "KB4025341"}, "CVE-2016-9006", "?"},
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

/* A pending update is as grave as what it fixes, and its being pending says that it is missing. */
/* Microsoft rates these Important; NVD has a score for one of them. */
static void ratings_of_microsoft_are_levels(void **state)
{
    struct state windows = {.build = "17763.5329", .hotfixes = "KB5034127"};
    uint32_t rated = 0;
    (void)state;
    start(&windows);
    server_assess(&server);
    for (uint32_t i = 0; i < server.assessment.finding_count; i++) {
        const struct finding *finding = &server.assessment.findings[i];
        bool scored = finding->cve == fixture_id("CVE-2024-2001");
        if (!scored && finding->cve != fixture_id("CVE-2024-2002"))
            continue;
        rated++;
        assert_int_equal(finding->score, scored ? 78 : CVSS_NO_SCORE);
        assert_int_equal(finding->level, LEVEL_HIGH);
        assert_text(finding->rating.by, "Microsoft");
        assert_text(finding->rating.word, "Important");
    }
    assert_int_equal(rated, 2);
    server_done(&server);
    start(&windows);
    server_explain(&server, "CVE-2024-2002", "");
    assert_int_equal(server.explanation_count, 1);
    bool found = false;
    for (uint32_t i = 0; i < server.explanations[0].step_count; i++)
        found = found || str_find(server.explanations[0].steps[i].text,
                                  STR("rated by Microsoft: Important, which is high")) != SIZE_MAX;
    assert_true(found);
    server_done(&server);
}

static void pending_updates_are_raised(void **state)
{
    static const struct {
        struct state state;
        int score;
        bool exploited;
        enum update_class class;
        uint32_t fixes;
    } cases[] = {
        {{.build = "17763", .pending = "KB5034768"}, 78, false, UPDATE_SECURITY, 2},
        {{.build = "17763", .pending = "KB5034768"}, 98, false, UPDATE_CRITICAL, 2},
        {{.build = "17763", .pending = "KB5034768"}, 40, true, UPDATE_CRITICAL, 2},
        {{.build = "17763.5329", .pending = "KB5034768"}, 98, false, UPDATE_CRITICAL, 2},
        {{.build = "17763",
          .pending = "2024-02 Cumulative Update for Windows Server 2019 (1809) for "
                     "x64-based Systems (KB5034768)"},
         98,
         false,
         UPDATE_CRITICAL,
         2},
        /* A later cumulative update brings the fixes of the earlier ones too. */
        {{.build = "17763.5329", .pending = "KB5035849"}, 98, false, UPDATE_CRITICAL, 3},
        /* One that is delivered apart brings nothing but itself. */
        {{.build = "17763.5329", .pending = "KB5039999"}, 98, false, UPDATE_SECURITY, 1},
        /* The running revision has it: nothing is left to fix. */
        {{.build = "17763.5458", .pending = "KB5034768"}, 98, false, UPDATE_OTHER, 0},
        {{.build = "17763.5329", .pending = "KB4999999"}, 98, false, UPDATE_OTHER, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        start(&cases[i].state);
        fixture_cve(&server.fixture, "CVE-2024-2002", "2024-02-13", cases[i].score, NULL);
        fixture_bulletin(&server.fixture, "2024-06-11", "CVE-2024-6099", 5039999, SERVER_2019,
                         "Servicing Stack Updates", "");
        if (cases[i].exploited)
            fixture_kev(&server.fixture, "CVE-2024-2002", "2024-03-01");
        server_assess(&server);
        const struct assessment *assessment = &server.assessment;
        print_message("# case %zu\n", i);
        assert_int_equal(assessment->update_count, 1);
        assert_int_equal(assessment->updates[0].fixes, cases[i].fixes);
        assert_int_equal(assessment->updates[0].class, cases[i].class);
        if (cases[i].fixes) {
            const struct finding *finding = server_finding(&server, "CVE-2024-2002", NULL);
            assert_int_equal(finding->fixed_by_update, cases[i].fixes > 1);
            assert_true(finding->confidence <= CONFIDENCE_RANGE);
        }
        server_done(&server);
    }
}

/* Past the end of support a fix is for servers with Extended Security Updates. */
static void extended_security_updates_gate_the_fix(void **state)
{
    static const struct {
        const char *build, *edition, *cve, *esu;
        const char *programme;
    } cases[] = {
        {"7601", "ServerStandard", "CVE-2020-0601", NULL, ""}, /* of the last day */
        {"7601", "ServerStandard", "CVE-2022-3001", NULL, "Extended Security Updates"},
        {"7601", "ServerStandard", "CVE-2022-3001", "disabled", "Extended Security Updates"},
        {"7601", "ServerStandard", "CVE-2022-3001", "enabled", ""},
        {"17763.5329", "ServerStandard", "CVE-2024-2001", NULL, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct state server_state = {
            .build = cases[i].build, .edition = cases[i].edition, .hotfixes = "KB976932"};
        start(&server_state);
        bool old = str_eq_text(server.inventory.os.build, "7601");
        fixture_bulletin(&server.fixture, "2020-01-14", "CVE-2020-0601", 4534310, SERVER_2008,
                         "Crypto", "");
        fixture_bulletin(&server.fixture, "2022-03-08", "CVE-2022-3001", 5011552, SERVER_2008,
                         "Kernel", "");
        server.inventory.os.version_id = old ? STR("2008-r2-sp1") : STR("2019");
        struct feed_release releases[] = {
            fixture_release("2008-r2-sp1", NULL, "2015-01-13", "2020-01-14", "2023-01-10"),
            fixture_release("2019", NULL, "2024-01-09", "2029-01-09", NULL)};
        fixture_lifecycle(&server.fixture, "windows-server", NULL, releases, 2);
        server.tables.os_lifecycle = "windows-server";
        if (cases[i].esu)
            server_fact(&server, "windows-esu", cases[i].esu);
        server.options.as_of = fixture_date("2022-11-01");
        server_assess(&server);
        const struct finding *finding = server_finding(&server, cases[i].cve, NULL);
        print_message("# %s on %s\n", cases[i].cve, cases[i].build);
        assert_non_null(finding);
        assert_text(finding->programme, cases[i].programme);
        const struct explanation *explanation = server_explain(&server, cases[i].cve, "");
        assert_int_equal(has_step(explanation, "therefore",
                                  "KB5011552, available with Extended Security Updates"),
                         cases[i].programme[0] != '\0');
        bool enrolled = cases[i].esu && !strcmp(cases[i].esu, "enabled");
        if (old)
            assert_int_equal(server.assessment.os_support.state,
                             enrolled ? SUPPORT_EXTENDED : SUPPORT_ENDED);
        server_done(&server);
    }
}

/* A VEX statement about the system clears findings about it. */
static void statements_clear_the_system(void **state)
{
    static const struct {
        const char *product, *status;
        bool accepted;
    } cases[] = {
        {"cpe:2.3:o:microsoft:windows_server_2019:-:*:*:*:*:*:*:*", "not_affected", true},
        {"cpe:2.3:o:microsoft:windows_server_2019:*:*:*:*:*:*:*:*", "fixed", true},
        {"cpe:2.3:o:microsoft:windows_server_2019:10.0.17763.5329:*:*:*:*:*:*:*", "fixed", true},
        {"cpe:2.3:o:microsoft:windows_server_2019:10.0.17763.5000:*:*:*:*:*:*:*", "fixed", false},
        {"cpe:2.3:o:microsoft:windows_server_2019:-:*:*:*:*:*:*:*", "affected", false},
        {"cpe:2.3:o:microsoft:windows_server_2016:-:*:*:*:*:*:*:*", "not_affected", false},
        {"cpe:2.3:a:microsoft:windows_server_2019:-:*:*:*:*:*:*:*", "not_affected", false},
        {"pkg:generic/windows", "not_affected", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct state server_state = {.build = "17763.5329"};
        struct accept_rules rules = {0};
        struct error err = ERROR_INIT;
        char text[1024];
        start(&server_state);
        snprintf(text, sizeof text,
                 "{\"@context\":\"https://openvex.dev/ns\",\"author\":\"maker\",\"timestamp\":"
                 "\"2024-03-01T00:00:00Z\",\"statements\":[{\"vulnerability\":{\"name\":"
                 "\"CVE-2024-2001\"},\"products\":[{\"@id\":\"%s\"}],\"status\":\"%s\","
                 "\"justification\":\"component_not_present\"}]}",
                 cases[i].product, cases[i].status);
        assert_int_equal(accept_read(str_from(text), STR("v.json"), &server.arena, &rules, &err),
                         0);
        server.options.accept = &rules;
        server_assess(&server);
        print_message("# %s %s\n", cases[i].product, cases[i].status);
        assert_int_equal(server_finding(&server, "CVE-2024-2001", NULL)->accepted != NULL,
                         cases[i].accepted);
        assert_null(server_finding(&server, "CVE-2024-2002", NULL)->accepted);
        server_done(&server);
    }
}

/* "Running on" this release: by its own product, by the version of an older one. */
static void release_is_a_platform(void **state)
{
    static const struct {
        const char *build, *edition, *platform;
        bool vulnerable;
    } cases[] = {
        {"17763.5329", NULL, "cpe:2.3:o:microsoft:windows:-:*:*:*:*:*:*:*", true},
        {"17763.5329", NULL, "cpe:2.3:o:microsoft:windows_server_2019:-:*:*:*:*:*:*:*", true},
        {"17763.5329", NULL, CPE("windows_server_2019") " <10.0.17763.5458", true},
        {"17763.5458", NULL, CPE("windows_server_2019") " <10.0.17763.5458", false},
        {"17763", NULL, CPE("windows_server_2019") " <10.0.17763.5458", false},
        {"17763.5329", NULL, "cpe:2.3:o:microsoft:windows_10:1809:*:*:*:*:*:*:*", false},
        {"17763.1", "Professional", "cpe:2.3:o:microsoft:windows_10:1809:*:*:*:*:*:*:*", true},
        {"17763.1", "Professional", "cpe:2.3:o:microsoft:windows_10:1903:*:*:*:*:*:*:*", false},
        {"17763.1", "Professional", CPE("windows_10_1809"), true},
        {"14393.1", NULL, "cpe:2.3:o:microsoft:windows_server_2016:-:*:*:*:*:*:*:*", true},
        {"14393.1", NULL, "cpe:2.3:o:microsoft:windows_server_2016:1709:*:*:*:*:*:*:*", false},
        {"9600", NULL, "cpe:2.3:o:microsoft:windows_server_2012:r2:*:*:*:*:*:*:*", true},
        {"9200", NULL, "cpe:2.3:o:microsoft:windows_server_2012:r2:*:*:*:*:*:*:*", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct state server_state = {.build = cases[i].build, .edition = cases[i].edition};
        start(&server_state);
        char platform[128];
        snprintf(platform, sizeof platform, "& %s", cases[i].platform);
        fixture_cve(
            &server.fixture, "CVE-2024-7777", "2024-04-09", 78,
            (const char *[]){"cpe:2.3:a:example:agent:*:*:*:*:*:*:*:* <2.0", platform, NULL});
        server_add(&server, "windows", "Agent", "1.0", "");
        server_identity(&server, (struct fake_row){"Agent", SUPPLIER_MAKER, "example", "agent",
                                                   "1.0", NULL, false, false});
        server_assess(&server);
        print_message("# %s on %s\n", cases[i].platform, cases[i].build);
        assert_int_equal(server_finding(&server, "CVE-2024-7777", NULL) != NULL,
                         cases[i].vulnerable);
        server_done(&server);
    }
}

/* Internet Explorer and .NET Framework are products on a system, with updates of their own. */
static void add_parts(struct knowledge_fixture *to)
{
    static const struct {
        const char *posted, *cve;
        uint32_t kb;
        const char *product, *superseded;
    } rows[] = {
#define R2            "Windows Server 2012 R2"
#define IE            "Internet Explorer 11 on "
#define NET(versions) "Microsoft .NET Framework " versions " on " SERVER_2019
        {"2015-08-18", "CVE-2015-2502", 3087985, IE R2, ""},
        {"2014-12-09", "CVE-2014-6327", 3008923, R2, ""},
        {"2020-08-11", "CVE-2020-1380", 4571687, IE R2, "4565479"},
        {"2020-08-11", "CVE-2020-1380", 4571703, IE R2, "4565541"},
        {"2020-08-11", "CVE-2020-1337", 4571703, R2, "4565541"},
        {"2020-07-14", "CVE-2020-1403", 4565479, IE R2, ""},
        {"2020-07-14", "CVE-2020-1403", 4565541, IE R2, ""},
        {"2020-07-14", "CVE-2020-1350", 4565541, R2, ""},
        {"2021-03-09", "CVE-2021-26411", 5000848, IE R2, ""},
        {"2021-03-09", "CVE-2021-26411", 5000800, IE R2, "4601313"},
        {"2021-03-09", "CVE-2021-26877", 5000848, R2, "4571703"},
        {"2024-02-13", "CVE-2024-2009", 5034768, IE SERVER_2019, ""},
        {"2024-06-24", "CVE-2022-26832", 5012328, NET("3.5 AND 4.8"), ""},
        {"2024-01-09", "CVE-2024-0057", 5034273, NET("3.5 AND 4.8"), ""},
        {"2024-04-18", "CVE-2024-21409", 5037034, NET("3.5 AND 4.8"), ""},
        {"2024-04-18", "CVE-2024-21408", 5037033, NET("3.5 AND 4.7.2"), ""},
    };
    char cve[32];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        fixture_bulletin(to, rows[i].posted, rows[i].cve, rows[i].kb, rows[i].product,
                         rows[i].kb == 3008923 ? "Windows Internet Explorer 11" : "Kernel",
                         rows[i].superseded);
    for (unsigned i = 0; i < 12; i++) {
        snprintf(cve, sizeof cve, "CVE-2020-11%02u", i);
        fixture_bulletin(to, "2020-08-11", cve, 4571703, R2, "Kernel", "4565541");
    }
}

static void parts_have_updates_of_their_own(void **state)
{
    static const struct {
        struct state state;
        const char *fact, *value, *cve, *software, *answer;
    } cases[] = {
#define OLD .edition = "ServerStandard", .build = "9600"
        /* The rollup of the month, that of Internet Explorer alone, a later rollup. */
        {{OLD, .hotfixes = "KB4571703"}, "", "", "CVE-2020-1380", "", ""},
        {{OLD, .hotfixes = "KB4571687"}, "", "", "CVE-2020-1380", "", ""},
        {{OLD, .hotfixes = "KB5000848"}, "", "", "CVE-2020-1380", "", ""},
        {{OLD, .hotfixes = "KB5000800"}, "", "", "CVE-2020-1403", "", ""},
        {{OLD, .hotfixes = "KB4565541"},
         "",
         "",
         "CVE-2020-1380",
         "Internet Explorer 11",
         "KB4571703"},
        {{OLD, .hotfixes = "KB4565541"},
         "",
         "",
         "CVE-2021-26411",
         "Internet Explorer 11",
         "KB5000848"},
        {{OLD, .hotfixes = "KB4565541", .pending = "KB5000848"},
         "",
         "",
         "CVE-2021-26411",
         "Internet Explorer 11",
         "KB5000848"},
        {{OLD}, "", "", "CVE-2020-1380", "Internet Explorer 11", "?KB4571703"},
        /* Before there were rollups: each holds all of Internet Explorer. */
        {{OLD, .hotfixes = "KB4571703"}, "", "", "CVE-2015-2502", "", ""},
        {{OLD, .hotfixes = "KB976932"},
         "",
         "",
         "CVE-2015-2502",
         "Internet Explorer 11",
         "KB3087985"},
        /* Of those days it stands in the system's list; a rollup holds it there too. */
        {{OLD, .hotfixes = "KB4571703"}, "", "", "CVE-2014-6327", "", ""},
        {{OLD, .hotfixes = "KB976932"},
         "",
         "",
         "CVE-2014-6327",
         "Windows Server 2012 R2",
         "KB3008923"},
        /* Another version, or a system without it, has none of these. */
        {{OLD, .hotfixes = "KB976932"}, "internet-explorer", "9.0.8112", "CVE-2020-1380", "", ""},
        {{OLD, .hotfixes = "KB976932", .type = "Server Core"}, "", "", "CVE-2020-1380", "", ""},
        /* Since Windows 10 it is in the system's own update, and the revision tells. */
        {{.build = "17763.5457"}, "", "", "CVE-2024-2009", "Internet Explorer 11", "KB5034768"},
        {{.build = "17763.5458"}, "", "", "CVE-2024-2009", "", ""},
        /* .NET: the version that is there. */
        {{.build = "17763", .hotfixes = "KB5034768"}, "", "", "CVE-2024-21409", "", ""},
        {{.build = "17763", .hotfixes = "KB5034768"},
         "dotnet-framework",
         "3.5,4.8",
         "CVE-2024-21409",
         ".NET Framework 4.8",
         "KB5037034"},
        {{.build = "17763", .hotfixes = "KB5037034"},
         "dotnet-framework",
         "4.8",
         "CVE-2024-21409",
         "",
         ""},
        {{.build = "17763", .hotfixes = "KB5037034"},
         "dotnet-framework",
         "4.8",
         "CVE-2024-0057",
         "",
         ""},
        /* Rows were added to the update of April 2022 two years later. */
        {{.build = "17763", .hotfixes = "KB5037034"},
         "dotnet-framework",
         "4.8",
         "CVE-2022-26832",
         "",
         ""},
        {{.build = "17763", .hotfixes = "KB5034273", .pending = "KB5037034"},
         "dotnet-framework",
         "4.8",
         "CVE-2024-21409",
         ".NET Framework 4.8",
         "KB5037034"},
        {{.build = "17763", .hotfixes = ""},
         "dotnet-framework",
         "3.5,4.8",
         "CVE-2024-21408",
         "",
         ""},
        {{.build = "17763", .hotfixes = ""},
         "dotnet-framework",
         "4.7.2",
         "CVE-2024-21408",
         ".NET Framework 4.7.2",
         "KB5037033"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char found[64] = "";
        start(&cases[i].state);
        add_parts(&server.fixture);
        if (cases[i].fact[0])
            server_fact(&server, cases[i].fact, cases[i].value);
        server_assess(&server);
        const struct finding *finding = server_finding(&server, cases[i].cve, NULL);
        put_answer(finding, found, sizeof found);
        if (strcmp(found, cases[i].answer) != 0)
            fail_msg("case %zu: %s: \"%s\", expected \"%s\"", i, cases[i].cve, found,
                     cases[i].answer);
        if (finding) {
            assert_text(finding->software, cases[i].software);
            assert_int_equal(finding->first_software, FINDING_OF_OS);
            assert_int_equal(finding->fixed_by_update, cases[i].state.pending != NULL);
        }
        server_done(&server);
    }
}

static void explains_parts(void **state)
{
    const struct state old = {
        .edition = "ServerStandard", .build = "9600", .hotfixes = "KB5000848"};
    (void)state;
    start(&old);
    add_parts(&server.fixture);
    const struct explanation *explanation = server_explain(&server, "CVE-2020-1380", "");
    assert_int_equal(server.explanation_count, 1);
    assert_text(explanation->software, "Internet Explorer 11");
    assert_int_equal(explanation->verdict, VERDICT_FIXED);
    assert_true(has_step(explanation, "compare", "KB5000848"));
    server_done(&server);
}

/* Rollups and security-only updates of .NET Framework before Windows 10, its cumulative updates
 * since, numbers that the data does not know, and patches that stand among the software. */
static void fill_frameworks(struct knowledge_fixture *to)
{
    static const struct {
        const char *posted, *cve;
        uint32_t kb;
        const char *product, *superseded;
    } rows[] = {
#define ON(versions, system) "Microsoft .NET Framework " versions " on " system
        {"2016-05-10", "CVE-2016-0149", 3142026, ON("3.5", R2), ""},
        {"2016-12-13", "CVE-2016-7270", 3204802, R2, ""},
        {"2020-08-11", "CVE-2020-1476", 4570502, ON("4.8", R2), "2978122"},
        {"2020-08-11", "CVE-2020-1476", 4570508, ON("4.8", R2), "4566519"},
        {"2020-10-13", "CVE-2020-16937", 4579979, ON("4.8", R2), "4576630"},
        {"2020-10-13", "CVE-2020-16937", 4580469, ON("4.8", R2), ""},
        {"2024-08-13", "CVE-2024-29059", 5041023, ON("4.8", R2), ""},
        {"2024-08-13", "CVE-2024-29059", 5041022, ON("3.5", R2), ""},
        {"2020-08-11", "CVE-2020-1476", 4570506, ON("3.5.1", SERVER_2008), "4566517"},
        {"2020-08-11", "CVE-2020-1476", 4570507, ON("4.8", SERVER_2008), "4566518"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        fixture_bulletin(to, rows[i].posted, rows[i].cve, rows[i].kb, rows[i].product,
                         rows[i].kb == 3204802 ? ".NET Framework" : "", rows[i].superseded);
}

static void frameworks_are_decided(void **state)
{
    static const struct {
        struct state state;
        const char *versions, *software, *cve, *answer;
    } cases[] = {
#define WINDOWS_2019 .build = "17763"
#define OLD_2008     .edition = "ServerStandard", .build = "7601"
        /* Listed: what is later is missing, for a later one would stand in its place. */
        {{WINDOWS_2019, .hotfixes = "KB5034273 KB5099999"},
         "4.8",
         "",
         "CVE-2024-21409",
         "KB5037034"},
        {{WINDOWS_2019, .hotfixes = "KB5034273 KB5099999"}, "4.8", "", "CVE-2024-0057", ""},
        /* Not listed, but one that could be an update without security fixes is. */
        {{WINDOWS_2019, .hotfixes = "KB5099999"}, "4.8", "", "CVE-2024-21409", "?KB5037034"},
        {{WINDOWS_2019, .hotfixes = "KB5035000"}, "4.8", "", "CVE-2024-21409", "KB5037034"},
        /* What is known to be the system's own is none. */
        {{WINDOWS_2019, .hotfixes = "KB5037765"}, "4.8", "", "CVE-2024-21409", "KB5037034"},
        {{WINDOWS_2019}, "4.8", "", "CVE-2024-21409", "?KB5037034"},
        /* A rollup holds the earlier ones, a security-only update does not. */
        {{OLD, .hotfixes = "KB4579979"}, "4.8", "", "CVE-2020-1476", ""},
        {{OLD, .hotfixes = "KB4580469"}, "4.8", "", "CVE-2020-1476", "KB4570508"},
        {{OLD, .hotfixes = "KB4580469"}, "4.8", "", "CVE-2020-16937", ""},
        {{OLD, .hotfixes = "KB4570502"}, "4.8", "", "CVE-2020-1476", ""},
        {{OLD, .hotfixes = "KB4570502"}, "4.8", "", "CVE-2020-16937", "KB4579979"},
        {{OLD, .hotfixes = "KB5041023"}, "4.8", "", "CVE-2020-1476", ""},
        {{OLD, .hotfixes = "KB4579979"}, "4.8", "", "CVE-2024-29059", "KB5041023"},
        {{OLD, .hotfixes = "KB4579979 KB5099999"}, "4.8", "", "CVE-2024-29059", "?KB5041023"},
        /* Each product has its own. */
        {{OLD, .hotfixes = "KB5041023"}, "3.5,4.8", "", "CVE-2024-29059", "KB5041022"},
        /* From before the rollups. */
        {{OLD, .hotfixes = "KB3000000"}, "3.5", "", "CVE-2016-0149", "KB3142026"},
        {{OLD, .hotfixes = "KB5041022"}, "3.5", "", "CVE-2016-0149", "?KB3142026"},
        {{OLD, .hotfixes = "KB3000000"}, "3.5", "", "CVE-2016-7270", "KB3204802"},
        {{OLD, .hotfixes = "KB5041022"}, "3.5", "", "CVE-2016-7270", "?KB3204802"},
        /* The installer of .NET Framework 4 keeps its patches among the software. */
        {{OLD_2008, .hotfixes = "KB976932"}, "3.5.1", "", "CVE-2020-1476", "KB4570506"},
        {{OLD_2008, .hotfixes = "KB976932"}, "4.8", "", "CVE-2020-1476", "?KB4570507"},
        {{OLD_2008, .hotfixes = "KB976932"},
         "4.8",
         "Security Update for Microsoft .NET Framework 4.8 (KB4570507)",
         "CVE-2020-1476",
         ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char found[64];
        start(&cases[i].state);
        add_parts(&server.fixture);
        fill_frameworks(&server.fixture);
        server_fact(&server, "dotnet-framework", cases[i].versions);
        if (cases[i].software[0])
            server_add(&server, "windows", cases[i].software, "1", "");
        server_assess(&server);
        put_answer(server_finding(&server, cases[i].cve, NULL), found, sizeof found);
        if (strcmp(found, cases[i].answer) != 0)
            fail_msg("case %zu: %s: \"%s\", expected \"%s\"", i, cases[i].cve, found,
                     cases[i].answer);
        server_done(&server);
    }
}

/* Where nothing else tells, a search for updates at Microsoft's servers does: when it came to an
 * end, after the update was published, and nothing waits that could hold it. */
static void searches_decide(void **state)
{
    static const struct {
        struct state state;
        const char *source, *searched, *reason;
        const char *cve, *answer;
    } cases[] = {
        {{WINDOWS_2019}, "microsoft", "2024-06-01", "", "CVE-2024-5001", ""},
        {{WINDOWS_2019}, "wsus", "2024-06-01", "", "CVE-2024-5001", "?KB5037765"},
        {{WINDOWS_2019}, NULL, "2024-06-01", "", "CVE-2024-5001", "?KB5037765"},
        {{WINDOWS_2019}, "microsoft", "2024-05-13", "", "CVE-2024-5001", "?KB5037765"},
        {{WINDOWS_2019}, "microsoft", NULL, "", "CVE-2024-5001", "?KB5037765"},
        {{WINDOWS_2019}, "microsoft", "2024-06-01", "cut short", "CVE-2024-5001", "?KB5037765"},
        /* Definitions hold nothing back, another update may. */
        {{WINDOWS_2019, .pending = "KB2267602"},
         "microsoft",
         "2024-06-01",
         "",
         "CVE-2024-5001",
         ""},
        {{WINDOWS_2019, .pending = "KB5099999"},
         "microsoft",
         "2024-06-01",
         "",
         "CVE-2024-5001",
         "?KB5037765"},
        {{WINDOWS_2019, .pending = "KB5037765"},
         "microsoft",
         "2024-06-01",
         "",
         "CVE-2024-5001",
         "KB5037765"},
        /* What other evidence decides, it does not undo. */
        {{WINDOWS_2019, .hotfixes = "KB5034127"},
         "microsoft",
         "2024-06-01",
         "",
         "CVE-2024-5001",
         "KB5037765"},
        /* A single update from before the rollups; .NET Framework, which the system's do not hold.
         */
        {{OLD_2008, .hotfixes = "KB4025341"}, "microsoft", "2024-06-01", "", "CVE-2014-6321", ""},
        {{WINDOWS_2019, .hotfixes = "KB5099999"},
         "microsoft",
         "2024-06-01",
         "",
         "CVE-2024-21409",
         ""},
        {{WINDOWS_2019, .hotfixes = "KB5099999",
          .pending = "2024-05 Cumulative Update for .NET Framework 3.5, 4.7.2 and 4.8 (KB5038283)"},
         "microsoft",
         "2024-06-01",
         "",
         "CVE-2024-21409",
         "?KB5037034"},
        {{WINDOWS_2019, .hotfixes = "KB5099999", .pending = "Something else (KB5038284)"},
         "microsoft",
         "2024-06-01",
         "",
         "CVE-2024-21409",
         ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char found[64];
        start(&cases[i].state);
        add_parts(&server.fixture);
        server_fact(&server, "dotnet-framework", "4.8");
        if (cases[i].source)
            server_fact(&server, "windows-update-source", cases[i].source);
        server.inventory.updates.known = TRUTH_YES;
        server.inventory.updates.reason = str_from(cases[i].reason);
        server.inventory.collected = TIME_NONE;
        server.inventory.updates.metadata_time =
            cases[i].searched ? (int64_t)fixture_date(cases[i].searched) * 86400 : TIME_NONE;
        server_assess(&server);
        const struct finding *finding = server_finding(&server, cases[i].cve, NULL);
        put_answer(finding, found, sizeof found);
        if (strcmp(found, cases[i].answer) != 0)
            fail_msg("case %zu: %s: \"%s\", expected \"%s\"", i, cases[i].cve, found,
                     cases[i].answer);
        if (finding && cases[i].state.pending && strchr(cases[i].state.pending, '.'))
            assert_true(finding->fixed_by_update);
        server_done(&server);
    }
}

/* What holds everything before it: the update of April 2014 for Windows 8.1 and Server 2012 R2,
 * without which none since installs; the convenience rollup for Windows 7. */
static void baselines_hold_what_came_before(void **state)
{
    static const struct windows_case cases[] = {
        {{OLD, .hotfixes = "KB2919355"}, "CVE-2014-0001", ""},
        {{OLD, .hotfixes = "KB2919355"}, "CVE-2014-6002", "KB3000001"},
        {{OLD, .hotfixes = "KB3000001"}, "CVE-2014-0001", ""},
        {{OLD, .hotfixes = "KB2900000"}, "CVE-2014-0001", "KB2900001"},
        {{OLD_2008, .hotfixes = "KB3125574"}, "CVE-2014-6321", ""},
        {{OLD_2008, .hotfixes = "KB3125574"}, "CVE-2017-0144", "KB4012215"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char found[64];
        start(&cases[i].state);
        fixture_bulletin(&server.fixture, "2014-01-14", "CVE-2014-0001", 2900001, R2, "", "");
        fixture_bulletin(&server.fixture, "2014-11-11", "CVE-2014-6002", 3000001, R2, "", "");
        server_assess(&server);
        put_answer(server_finding(&server, cases[i].cve, NULL), found, sizeof found);
        if (strcmp(found, cases[i].answer) != 0)
            fail_msg("case %zu: %s: \"%s\", expected \"%s\"", i, cases[i].cve, found,
                     cases[i].answer);
        server_done(&server);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(revision_decides),
        cmocka_unit_test(revisions_are_dated),
        cmocka_unit_test(listed_again_dates_no_update),
        cmocka_unit_test(updates_replace),
        cmocka_unit_test(rollups_and_single_updates),
        cmocka_unit_test(explains),
        cmocka_unit_test(parts_have_updates_of_their_own),
        cmocka_unit_test(explains_parts),
        cmocka_unit_test(frameworks_are_decided),
        cmocka_unit_test(searches_decide),
        cmocka_unit_test(baselines_hold_what_came_before),
        cmocka_unit_test(ratings_of_microsoft_are_levels),
        cmocka_unit_test(pending_updates_are_raised),
        cmocka_unit_test(extended_security_updates_gate_the_fix),
        cmocka_unit_test(statements_clear_the_system),
        cmocka_unit_test(release_is_a_platform),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
