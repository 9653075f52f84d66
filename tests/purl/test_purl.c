#include "../unit.h"

#include "purl/purl.h"

#include <stdio.h>

/* Writes the parts as "type|namespace|name|version|key=value,...|subpath". */
static const char *describe(const struct purl *purl, struct arena *arena)
{
    struct str qualifiers = STR("");
    for (unsigned i = 0; i < purl->qualifier_count; i++) {
        qualifiers =
            arena_printf(arena, "%.*s%s%.*s=%.*s", STR_ARG(qualifiers), i > 0 ? "," : "",
                         STR_ARG(purl->qualifiers[i].key), STR_ARG(purl->qualifiers[i].value));
    }
    return arena_printf(arena, "%.*s|%.*s|%.*s|%.*s|%.*s|%.*s", STR_ARG(purl->type),
                        STR_ARG(purl->namespace), STR_ARG(purl->name), STR_ARG(purl->version),
                        STR_ARG(qualifiers), STR_ARG(purl->subpath))
        .ptr;
}

/* The first part is the purl specification's test-suite-data.json. */
static const struct {
    const char *purl, *expected; /* NULL: refused */
} cases[] = {
    {"pkg:maven/org.apache.commons/io@1.3.4", "maven|org.apache.commons|io|1.3.4||"},
    {"pkg:maven/org.apache.commons/io", "maven|org.apache.commons|io|||"},
    {"pkg:GOLANG/google.golang.org/genproto#/googleapis/api/annotations/",
     "golang|google.golang.org|genproto|||googleapis/api/annotations"},
    {"pkg:GOLANG/google.golang.org/genproto@abcdedf#/googleapis/api/annotations/",
     "golang|google.golang.org|genproto|abcdedf||googleapis/api/annotations"},
    {"pkg:bitbucket/birKenfeld/pyGments-main@244fd47e07d1014f0aed9c",
     "bitbucket|birkenfeld|pygments-main|244fd47e07d1014f0aed9c||"},
    {"pkg:github/Package-url/purl-Spec@244fd47e07d1004f0aed9c",
     "github|package-url|purl-spec|244fd47e07d1004f0aed9c||"},
    {"pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie",
     "deb|debian|curl|7.50.3-1|arch=i386,distro=jessie|"},
    {"pkg:docker/customer/dockerimage@sha256:244fd47e07d1004f0aed9c?repository_url=gcr.io",
     "docker|customer|dockerimage|sha256:244fd47e07d1004f0aed9c|repository_url=gcr.io|"},
    {"pkg:gem/jruby-launcher@1.1.2?Platform=java", "gem||jruby-launcher|1.1.2|platform=java|"},
    {"pkg:Maven/org.apache.xmlgraphics/batik-anim@1.9.1?classifier=sources&repositorY_url=repo."
     "spring.io/release",
     "maven|org.apache.xmlgraphics|batik-anim|1.9.1|classifier=sources,repository_url=repo.spring."
     "io/release|"},
    {"pkg:Maven/net.sf.jacob-project/jacob@1.14.3?classifier=x86&type=dll",
     "maven|net.sf.jacob-project|jacob|1.14.3|classifier=x86,type=dll|"},
    {"pkg:npm/%40angular/animation@12.3.1", "npm|@angular|animation|12.3.1||"},
    {"pkg:Nuget/EnterpriseLibrary.Common@6.0.1304", "nuget||EnterpriseLibrary.Common|6.0.1304||"},
    {"pkg:PYPI/Django_package@1.11.1.dev1", "pypi||django-package|1.11.1.dev1||"},
    {"pkg:Rpm/fedora/curl@7.50.3-1.fc25?Arch=i386&Distro=fedora-25",
     "rpm|fedora|curl|7.50.3-1.fc25|arch=i386,distro=fedora-25|"},
    {"EnterpriseLibrary.Common@6.0.1304", NULL},
    {"pkg:EnterpriseLibrary.Common@6.0.1304", NULL},
    {"pkg:maven/@1.3.4", NULL},
    {"pkg:/maven/org.apache.commons/io", "maven|org.apache.commons|io|||"},
    {"pkg://maven/org.apache.commons/io", "maven|org.apache.commons|io|||"},
    {"pkg:///maven/org.apache.commons/io", "maven|org.apache.commons|io|||"},
    {"pkg:maven/HTTPClient/HTTPClient@0.3-3", "maven|HTTPClient|HTTPClient|0.3-3||"},
    {"pkg:maven/mygroup/myartifact@1.0.0%20Final?mykey=my%20value",
     "maven|mygroup|myartifact|1.0.0 Final|mykey=my value|"},
    {"pkg:npm/myartifact@1.0.0?in%20production=true", NULL},
    {"pkg:conan/bincrafters/cctz@2.3?channel=stable", "conan|bincrafters|cctz|2.3|channel=stable|"},
    {"pkg:cran/A3@0.9.1", "cran||A3|0.9.1||"},
    {"pkg:cran/@0.9.1", NULL},
    {"pkg:swift/github.com/Alamofire/Alamofire@5.4.3",
     "swift|github.com/Alamofire|Alamofire|5.4.3||"},
    {"pkg:swift/github.com/Alamofire/@5.4.3", NULL},
    {"pkg:hackage", NULL},
    {"pkg:npm/packageurl-js@0.0.7?vcs_url=git%2Bhttps%3A%2F%2Fgithub.com%2Fpackage-url%2F"
     "packageurl-js.git",
     "npm||packageurl-js|0.0.7|vcs_url=git+https://github.com/package-url/packageurl-js.git|"},
    {"pkg:rpm/centerim@4.22.10-1.el6?arch=i686&epoch=1&distro=fedora-25",
     "rpm||centerim|4.22.10-1.el6|arch=i686,epoch=1,distro=fedora-25|"},
    /* As tools write them. */
    {"pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&upstream=openssl&distro=debian-12",
     "deb|debian|libssl3|3.0.11-1~deb12u2|arch=amd64,upstream=openssl,distro=debian-12|"},
    {"pkg:deb/debian/bind9-host@1%3A9.18.19-1~deb12u1", "deb|debian|bind9-host|1:9.18.19-1~deb12u1"
                                                        "||"},
    {"pkg:deb/debian/libstdc%2B%2B6@12.2.0-14%2Bb1", "deb|debian|libstdc++6|12.2.0-14+b1||"},
    {"pkg:npm/@angular/animation@12.3.1", "npm|@angular|animation|12.3.1||"},
    {"pkg:npm/@angular/animation", "npm|@angular|animation|||"},
    {"pkg:golang/github.com/BurntSushi/toml@v1.3.2", "golang|github.com/BurntSushi|toml|v1.3.2||"},
    {"pkg:generic/a%b%zz%4", "generic||a%b%zz%4|||"},
    {"pkg:generic/a//b//c@1", "generic|a/b|c|1||"},
    {"pkg:generic/x?a=&b&c=1", "generic||x||c=1|"},
    {"pkg:generic/x#a/./../b", "generic||x|||a/b"},
    {"pkg:generic/x@", "generic||x|||"},
    {"PKG:generic/x", "generic||x|||"},
    {"pkg:1x/x", NULL},
    {"pkg:a b/x", NULL},
    {"pkg:/", NULL},
    {"pkg:", NULL},
    {"", NULL},
    {"pkg:generic/%ff", NULL},
    {"pkg:generic/a%00b", NULL},
    {"pkg:generic/x?k=%ff", NULL},
    {"pkg:generic/x#%ff", NULL},
};

static void parses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena arena;
        struct purl purl;
        struct error err = ERROR_INIT;
        arena_init(&arena);
        int r = purl_parse(str_from(cases[i].purl), &arena, &purl, &err);
        if (cases[i].expected == NULL) {
            if (r != ERR_FORMAT || strncmp(err.message, "purl: ", 6) != 0) {
                fail_msg("%s: %d", cases[i].purl, r);
            }
        } else if (r != 0 || strcmp(describe(&purl, &arena), cases[i].expected) != 0) {
            fail_msg("%s: %d %s", cases[i].purl, r, r ? err.message : describe(&purl, &arena));
        }
        arena_done(&arena);
    }
}

static void gives_qualifiers(void **state)
{
    struct arena arena;
    struct purl purl;
    (void)state;
    arena_init(&arena);
    assert_int_equal(purl_parse(STR("pkg:rpm/x@1?EPOCH=2"), &arena, &purl, NULL), 0);
    assert_true(str_eq(purl_get(&purl, "epoch"), STR("2")));
    assert_true(str_eq(purl_get(&purl, "arch"), STR("")));
    struct str text = STR("pkg:rpm/x@1?a0=1");
    for (int i = 1; i < 100; i++) {
        text = arena_printf(&arena, "%.*s&a%d=1", STR_ARG(text), i);
    }
    assert_int_equal(purl_parse(text, &arena, &purl, NULL), 0);
    assert_int_equal(purl.qualifier_count, PURL_QUALIFIERS);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses),
        cmocka_unit_test(gives_qualifiers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
