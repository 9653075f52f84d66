#include "../unit.h"

#include "identify/phrase.h"
#include "identify/publisher.h"

#include <stdio.h>
#include <string.h>

static void cuts_names(void **state)
{
    static const struct {
        const char *name;
        const char *words; /* each followed by its kind: p, e(dition), n(umber), y(ear) */
    } cases[] = {
        {"Zoom Rooms", "zoom p rooms p"},
        {"UltraISO Premium V9.76", "ultraiso p premium e"},
        {"7-Zip 23.01 (x64)", "7-zip p"},
        {"iVMS-4200(V3.11.1.6)", "ivms-4200 p"},
        {"pgAdmin 4 version 8.1", "pgadmin p 4 n"},
        {"Autodesk Civil 3D 2023", "autodesk p civil p 3d p 2023 y"},
        {"MATLAB R2023a", "matlab p r2023a y"},
        {"Intel(R) VTune(TM) Profiler", "intel p vtune p profiler p"},
        {"WithSecure\xe2\x84\xa2 Elements Agent", "withsecure p elements p agent p"},
        {"Datto Agent for Windows", "datto p agent p for e windows e"},
        {"Veeam Agent for Microsoft Windows", "veeam p agent p for e microsoft e windows e"},
        {"Microsoft Office 2013 Service Pack 3", "microsoft p office p 2013 y"},
        {"Java 8 Update 391", "java p 8 n"},
        {"Adobe Acrobat XI Pro", "adobe p acrobat p xi n pro e"},
        {"Microsoft 365 Apps - en-us", "microsoft p 365 n apps p"},
        {"Foo, Inc. \"Bar\"", "foo p inc p bar p"},
        {"Acme Application Support", "acme p application p support p"},
        {"Acme Rocket Suite 4", "acme p rocket p suite e 4 n"},
        {"", ""},
        {"(x64)", ""},
        {"((((", ""},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct phrase phrase;
        char text[1024] = "";
        size_t len = 0;
        phrase_cut(str_from(cases[i].name), &phrase);
        for (unsigned k = 0; k < phrase.count; k++) {
            len += (size_t)snprintf(text + len, sizeof text - len, "%s%.*s %c", k > 0 ? " " : "",
                                    STR_ARG(phrase.words[k]), "peny"[phrase.kinds[k]]);
        }
        if (strcmp(text, cases[i].words) != 0) {
            fail_msg("%s: \"%s\"", cases[i].name, text);
        }
    }
}

static void cuts_long_names(void **state)
{
    char name[4096];
    struct phrase phrase;
    memset(name, 'a', sizeof name);
    phrase_cut(str_make(name, sizeof name), &phrase);
    assert_int_equal(phrase.count, 1);
    for (size_t i = 1; i < sizeof name; i += 2) {
        name[i] = ' ';
    }
    phrase_cut(str_make(name, sizeof name), &phrase);
    assert_int_equal(phrase.count, PHRASE_WORDS);
}

static void joins_words(void **state)
{
    static const struct str words[] = {{"draw.io", 7}, {"desktop", 7}};
    char out[64];
    assert_true(str_eq_text(phrase_join(words, 2, '_', out, sizeof out), "draw.io_desktop"));
    assert_true(str_eq_text(phrase_join(words, 2, '\0', out, sizeof out), "drawiodesktop"));
    assert_int_equal(phrase_join(words, 2, '_', out, 10).len, 0);
    assert_int_equal(phrase_join(words, 0, '_', out, sizeof out).len, 0);
}

static void knows_publishers(void **state)
{
    static const struct {
        const char *publisher, *vendor;
        bool same;
    } cases[] = {
        {"Foxit Software Inc.", "foxit", true},
        {"Foxit Software Inc.", "foxitsoftware", true},
        {"Schneider Electric", "schneider-electric", true},
        {"Palo Alto Networks", "paloaltonetworks", true},
        {"HP Inc.", "hp", true},
        {"Massachusetts Institute of Technology", "mit", true},
        {"hangzhou hikvision digital technology co., ltd.", "hikvision", true},
        {"K7 Computing Pvt Ltd", "k7computing", true},
        {"https://go.dev", "go", true},
        {"Joplin", "joplin_project", true},
        {"Microsoft Corporation", "soft", false},
        {"Microsoft Corporation", "google", false},
        {"Acme Widgets Ltd", "acmeware", false},
        {"", "acme", false},
        {"Inc.", "acme", false},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct publisher publisher;
        publisher_cut(str_from(cases[i].publisher), &publisher);
        if (publisher_is(&publisher, str_from(cases[i].vendor)) != cases[i].same) {
            fail_msg("%s, %s", cases[i].publisher, cases[i].vendor);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_names), cmocka_unit_test(cuts_long_names),
        cmocka_unit_test(joins_words), cmocka_unit_test(knows_publishers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
