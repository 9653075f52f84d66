#include "place.h"

#include <stdio.h>
#include <string.h>

static void fill_knowledge(struct knowledge_fixture *fixture)
{
    static const char *const products[] = {PRODUCT("acme", "rocket_manager"),
                                           PRODUCT("acme", "rocket"),
                                           PRODUCT("acmesoftware", "rocket_manager"),
                                           PRODUCT("other", "rocket_manager"),
                                           PRODUCT("bigfirm", "civil_3d"),
                                           PRODUCT("bigfirm", "photo_tool_2023"),
                                           PRODUCT("bigfirm", "photo_tool"),
                                           PRODUCT("bigfirm", "watch_and_report_plugin"),
                                           PRODUCT("bigfirm", "umeter"),
                                           PRODUCT("lonely", "lonely"),
                                           PRODUCT("palemoon", "pale_moon"),
                                           PRODUCT("agent", "agent"),
                                           PRODUCT("jgraph", "drawio"),
                                           PRODUCT("google", "sketchup"),
                                           PRODUCT("trimble", "sketchup"),
                                           PRODUCT("zoom", "zoom"),
                                           PRODUCT("zoom", "rooms"),
                                           PRODUCT("mattermost", "mattermost"),
                                           PRODUCT("mattermost", "mattermost_desktop"),
                                           PRODUCT("eset", "server_security"),
                                           PRODUCT("eset", "file_security"),
                                           PRODUCT("bought", "vault_keeper"),
                                           PRODUCT("oldfirm", "deep_packet_scanner"),
                                           PRODUCT("microfocus", "data_protector"),
                                           PRODUCT("hp", "data_protector"),
                                           "cpe:2.3:a:acme:pocket_tool:*:*:*:*:*:android:*:* <2",
                                           "cpe:2.3:a:acme:cli:*:*:*:*:*:go:*:* <2",
                                           NULL};
    fixture_cve(fixture, "CVE-2024-0001", "2024-01-01", 70, products);
}

static int set_up(void **state)
{
    return place_init(state, fill_knowledge);
}

static struct identity identify(struct place *place, const char *name, const char *publisher,
                                const char *version)
{
    struct inventory inventory;
    struct identity_os os;
    struct identity identity;
    const struct inventory_software software = {.ecosystem = STR("windows"),
                                                .name = str_from(name),
                                                .vendor = str_from(publisher),
                                                .version = str_from(version)};
    inventory_init(&inventory);
    inventory.os.family = OS_FAMILY_WINDOWS;
    inventory.os.id = STR("windows");
    identify_os(place->tables, place->knowledge, &inventory, &place->arena, &os);
    identify_software(place->tables, place->knowledge, &inventory, &os, &software, &place->arena,
                      &identity);
    inventory_done(&inventory);
    return identity;
}

static void finds_names(void **state)
{
    static const struct {
        const char *name, *publisher, *version;
        const char *expected; /* "vendor:product version", "?" ambiguous, "" none */
    } cases[] = {
        {"Acme Rocket Manager 1.4 (x64)", "Acme, Inc.", "1.4.0", "acme:rocket_manager 1.4.0"},
        {"Rocket Manager Professional", "Acme, Inc.", "1.4", "acme:rocket_manager 1.4"},
        {"Rocket-Manager 3", "Acme, Inc.", "3.0.1", "acme:rocket_manager 3.0.1"},
        /* Of somebody else, or of nobody known: which of three is it? */
        {"Rocket Manager", "Somebody Else", "1.4", "?"},
        {"Rocket Manager", "", "1.4", "?"},
        /* The maker before the name, though another sells it now. */
        {"Bought Vault Keeper", "Another Owner LLC", "2.0", "bought:vault_keeper 2.0"},
        {"Keeper Vault Keeper", "Another Owner LLC", "2.0", ""},
        /* What follows a product may be anything. */
        {"Acme Rocket Fuel Gauge", "Acme, Inc.", "1.0", "?"},
        {"Lonely Client", "Lonely Ltd.", "7.1", "lonely:lonely 7.1"},
        /* Unless it says what the program is, and nothing else begins so. */
        {"Photo Tool Compiler", "Bigfirm", "2.0", "?"},
        {"Bigfirm Civil 3D Server", "Bigfirm", "2.0", "bigfirm:civil_3d 2.0"},
        {"Bigfirm Civil 3D Agent", "Bigfirm", "2.0", "?"},
        /* Signs that names write out, and how releases are lettered. */
        {"Watch & Report Plug-in", "Bigfirm", "1.2", "bigfirm:watch_and_report_plugin 1.2"},
        {"Bigfirm Civil 3D 12c", "Bigfirm", "12.2", "bigfirm:civil_3d 12.2"},
        {"\xc2\xb5"
         "Meter",
         "Bigfirm", "3.5", "bigfirm:umeter 3.5"},
        /* Only one vendor has it, and nobody else would call his program so. */
        {"Deep Packet Scanner", "Some Person", "2.1", "oldfirm:deep_packet_scanner 2.1"},
        /* Of the makers of a row's product, the one that sold this. */
        {"HP Data Protector", "Hewlett-Packard", "9.0", "hp:data_protector 9.0"},
        {"Micro Focus Data Protector", "Micro Focus", "10.0", "microfocus:data_protector 10.0"},
        /* Digits and years that belong to the name, or do not. */
        {"Bigfirm Civil 3D 2024", "Bigfirm", "13.6.1", "bigfirm:civil_3d 13.6.1"},
        {"Bigfirm Photo Tool 2023", "Bigfirm", "24.7", "bigfirm:photo_tool_2023 24.7"},
        {"Bigfirm Photo Tool 2024", "Bigfirm", "25.1", "bigfirm:photo_tool 25.1"},
        {"draw.io 22.1.2", "JGraph", "22.1.2", "jgraph:drawio 22.1.2"},
        /* The vendor of the same name, but not for words that anybody uses. */
        {"Pale Moon 33.1.0 (x64 en-US)", "Moonchild Productions", "33.1.0",
         "palemoon:pale_moon 33.1.0"},
        {"Agent", "Contoso Ltd", "1.0", "?"},
        /* The publisher's own vendor before others of the product. */
        {"SketchUp 2023", "Trimble, Inc.", "23.1.329", "trimble:sketchup 23.1.329"},
        {"Acme Pocket Tool", "Acme, Inc.", "1.0", ""},
        {"Acme CLI", "Acme, Inc.", "1.0", "acme:cli 1.0"},
        /* Rows of identities.tsv that say less than the name, or of a part of it. */
        {"Zoom", "Zoom Video Communications, Inc.", "5.17.5 (31030)", "zoom:zoom 5.17.5"},
        {"Zoom Rooms", "Zoom Video Communications, Inc.", "5.17.0", "zoom:rooms 5.17.0"},
        {"Zoom Outlook Plugin", "Zoom Video Communications, Inc.", "5.17.0", "?"},
        {"Zoom Meeting Room Display", "Zoom Video Communications, Inc.", "5.17.0", "?"},
        {"Mattermost", "Mattermost, Inc.", "5.6.0", "mattermost:mattermost_desktop 5.6.0"},
        {"ESET File Security", "ESET, spol. s r.o.", "7.3", "eset:file_security 7.3"},
        {"ESET Server Security", "ESET, spol. s r.o.", "7.3", "eset:server_security 7.3"},
        {"PuTTY Fork", "Somebody Else", "0.8", "?"},
        {"PuTTY release 0.74 (64-bit)", "Somebody Else", "0.74.0.0", "putty:putty 0.74"},
        /* The version in the name, where setup states another. */
        {"Rocket Manager 8.5.3", "Acme, Inc.", "8.53.11282", "acme:rocket_manager 8.5.3"},
        {"Rocket Manager 8.5", "Acme, Inc.", "8.5.11282", "acme:rocket_manager 8.5.11282"},
        {"Rocket Manager for .NET 4.5", "Acme, Inc.", "v2.1", "?"},
        {"Rocket Manager", "Acme, Inc.", "v2.1", "acme:rocket_manager 2.1"},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        char got[512] = "";
        struct identity identity =
            identify(*state, cases[i].name, cases[i].publisher, cases[i].version);
        if (identity.named.vendor.len > 0) {
            snprintf(got, sizeof got, "%.*s:%.*s %.*s", STR_ARG(identity.named.vendor),
                     STR_ARG(identity.named.product), STR_ARG(identity.cpe_version));
        } else if (identity.sureness == SURENESS_AMBIGUOUS) {
            snprintf(got, sizeof got, "?");
        }
        if (strcmp(got, cases[i].expected) != 0) {
            fail_msg("%s of %s: \"%s\"; %.*s", cases[i].name, cases[i].publisher, got,
                     STR_ARG(identity.rule));
        }
    }
}

/* All vendors of a product that mean the publisher count for its CVEs. */
static void counts_other_vendors(void **state)
{
    struct identity identity = identify(*state, "Rocket Manager", "Acme Software, Inc.", "1.0");
    assert_int_equal(identity.product_count, 2);
    assert_int_equal(identity.sureness, SURENESS_LIKELY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(finds_names),
                                       cmocka_unit_test(counts_other_vendors)};
    return cmocka_run_group_tests(tests, set_up, place_done);
}
