/* rpm -qa. */
#include "import/packages.h"

/* Splits "bash-5.1.8-9.el9.x86_64" from its end: architecture, release, version, name. The version
 * may have an epoch ("1:5.1.8"). False when a part is missing. */
static bool split_nevra(struct str text, struct str *ret_name, struct str *ret_version,
                        struct str *ret_arch)
{
    static const char *const arches[] = {"noarch",  "x86_64", "i686",  "i586",    "i386", "aarch64",
                                         "ppc64le", "ppc64",  "s390x", "armv7hl", "src",  NULL};
    size_t dot = text.len;
    while (dot > 0 && text.ptr[dot - 1] != '.') {
        dot--;
    }
    *ret_arch = STR("");
    for (unsigned i = 0; dot > 0 && arches[i] != NULL; i++) {
        if (str_eq_text(str_skip(text, dot), arches[i])) {
            *ret_arch = str_skip(text, dot);
            text = str_sub(text, 0, dot - 1);
            break;
        }
    }
    unsigned dashes = 0;
    for (size_t i = text.len; i > 0; i--) {
        if (text.ptr[i - 1] == '-' && ++dashes == 2) {
            *ret_name = str_sub(text, 0, i - 1);
            *ret_version = str_skip(text, i);
            return ret_name->len > 0 && ret_version->len > 2 && ret_version->ptr[0] != '-' &&
                   str_find_byte(text, ' ') == SIZE_MAX;
        }
    }
    return false;
}

static bool fits_rpm(struct str line)
{
    struct str name, version, arch;
    line = str_trim(line);
    return str_starts(line, STR("gpg-pubkey-")) || split_nevra(line, &name, &version, &arch);
}

bool rpm_list_matches(struct str bytes)
{
    struct str line;
    unsigned fit = 0, seen = 0;
    while (seen < LINES_LOOKED_AT && str_next_line(&bytes, &line)) {
        seen += str_trim(line).len > 0;
        fit += str_trim(line).len > 0 && fits_rpm(line);
    }
    return fit > 0 && fit * 4 >= seen * 3;
}

static void read_rpm_line(struct package_list *list, struct str line)
{
    struct str name, version, arch;
    line = str_trim(line);
    if (str_starts(line, STR("gpg-pubkey-"))) {
        return;
    }
    if (!split_nevra(line, &name, &version, &arch)) {
        package_list_bad_line(list, "not NAME-VERSION-RELEASE.ARCHITECTURE as rpm -qa writes it");
        return;
    }
    package_list_add(list, "rpm", name, version, arch, STR(""), STR(""));
}

int rpm_list_read_all(struct import_run *run, struct error *err)
{
    return package_list_read(run, "rpm -qa", "a list of packages does not tell pending updates",
                             read_rpm_line, err);
}
