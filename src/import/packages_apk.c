/* apk list -I, apk info -v. */
#include "import/packages.h"

/* Splits "busybox-1.36.1-r28" at the last dash before a digit that a "-rN" follows. */
static bool split_apk(struct str text, struct str *ret_name, struct str *ret_version)
{
    size_t revision = text.len;
    while (revision > 0 && str_is_digit(text.ptr[revision - 1])) {
        revision--;
    }
    if (revision == text.len || revision < 4 || text.ptr[revision - 1] != 'r' ||
        text.ptr[revision - 2] != '-') {
        return false;
    }
    for (size_t i = revision - 2; i > 1; i--) {
        if (text.ptr[i - 1] == '-') {
            *ret_name = str_sub(text, 0, i - 1);
            *ret_version = str_skip(text, i);
            return str_is_digit(ret_version->ptr[0]);
        }
    }
    return false;
}

static bool fits_apk(struct str line)
{
    struct str name, version, word;
    if (str_starts(line, STR("WARNING")) || str_starts(line, STR("fetch "))) {
        return true;
    }
    return str_next_word(&line, &word) && split_apk(word, &name, &version);
}

bool apk_list_matches(struct str bytes)
{
    return package_lines_match(bytes, fits_apk);
}

/* "busybox-1.36.1-r28 x86_64 {busybox} (GPL-2.0-only) [installed]" */
static void read_apk_line(struct package_list *list, struct str line)
{
    struct str word = STR(""), name, version, arch = STR(""), origin = STR(""), rest = line;
    if (str_starts(line, STR("WARNING")) || str_starts(line, STR("fetch "))) {
        return;
    }
    str_next_word(&rest, &word);
    if (!split_apk(word, &name, &version)) {
        package_list_bad_line(list, "not NAME-VERSION-rN as apk writes it");
        return;
    }
    static const struct str upgradable = {"[upgradable from: ", 18};
    bool listed = str_find(rest, STR("{")) != SIZE_MAX;
    size_t old = str_find(rest, upgradable);
    if (listed && str_find(rest, STR("[installed]")) == SIZE_MAX && old == SIZE_MAX) {
        return; /* a package of the repository that is not on the machine */
    }
    if (old != SIZE_MAX) { /* the row names the new version, the bracket the installed one */
        struct str installed = str_skip(rest, old + upgradable.len);
        installed = str_sub(installed, 0, str_find_byte(installed, ']'));
        if (!split_apk(installed, &name, &version)) {
            package_list_bad_line(list, "an upgradable package without its installed version");
            return;
        }
    }
    if (listed) {
        str_next_word(&rest, &arch);
        size_t open = str_find_byte(rest, '{'), close = str_find_byte(rest, '}');
        if (open < close && close != SIZE_MAX) {
            origin = str_sub(rest, open + 1, close - open - 1);
        }
    }
    package_list_add(list, "apk", name, version, arch, origin, STR(""));
}

int apk_list_read_all(struct import_run *run, struct error *err)
{
    return package_list_read(run, "apk list", "a list of packages does not tell pending updates",
                             read_apk_line, err);
}
