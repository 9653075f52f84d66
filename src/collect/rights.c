/* What the account may see: the section "rights" of an inventory, and the section "check" of a
 * check of rights. */
#include "collect/check.h"

#include "base/buf.h"
#include "base/limits.h"
#include "collect/frames.h"
#include "collect/probe.h"

#include <stdio.h>

/* What needs a right: its key in the sections, the rule that gives it, what is lost without. */
static const struct {
    const char *key, *lost, *rule, *cost;
} needs[] = {
    {"sockets", "which processes have the sockets of other accounts",
     "the sudoers rule for /usr/bin/ss -Htanpe",
     "connections of other accounts' processes have no process name"},
    {"identity", "system UUID and serial number",
     "the sudoers rules for /usr/sbin/dmidecode -s system-uuid and -s system-serial-number",
     "a virtual machine is not joined with its host's record, and clones with one machine-id are "
     "told apart by weaker signs"},
};

enum { NEEDS = sizeof needs / sizeof *needs };

void parse_rights(struct probe *probe, struct str text)
{
    struct str line, key, value;
    struct buf lost;
    buf_init(&lost, LIMIT_RIGHTS);
    while (str_next_line(&text, &line)) {
        if (!probe_key(line, &key, &value)) {
            probe_bad_line(probe, line);
            continue;
        }
        for (unsigned i = 0; i < NEEDS; i++) {
            if (str_eq_text(key, needs[i].key) && str_eq(value, STR("own"))) {
                buf_printf(&lost, "%s%s", lost.len > 0 ? "; " : "", needs[i].lost);
            }
        }
    }
    if (lost.len > 0) {
        probe->lacking = arena_printf(probe->arena, "not seen without root: %s", buf_text(&lost));
    }
    buf_done(&lost);
}

/* ---- the check ---- */

/* The last value of a key, "" when there is none. */
static struct str find_value(struct str text, const char *wanted)
{
    struct str line, key, value, found = STR("");
    while (str_next_line(&text, &line)) {
        if (probe_key(line, &key, &value) && str_eq_text(key, wanted)) {
            found = value;
        }
    }
    return found;
}

static int64_t newest_metadata(struct str text)
{
    struct str line, key, value, seconds;
    int64_t newest = TIME_NONE;
    while (str_next_line(&text, &line)) {
        if (probe_key(line, &key, &value) && str_eq(key, STR("mtime")) &&
            str_split_byte(&value, '\t', &seconds) && probe_time(seconds) > newest) {
            newest = probe_time(seconds);
        }
    }
    return newest;
}

static struct check *add_check(struct checks *checks, const char *name, bool ok)
{
    struct check *check = &checks->items[checks->count++];
    *check = (struct check){.name = name, .ok = ok};
    return check;
}

static void check_packages(struct checks *checks, struct str text)
{
    struct str manager = find_value(text, "packages");
    struct check *check = add_check(checks, "packages", manager.len > 0);
    snprintf(check->what, sizeof check->what, "reading the package database%s%.20s",
             check->ok ? " of " : "",
             str_eq(manager, STR("dpkg"))     ? "dpkg"
             : str_eq(manager, STR("rpm"))    ? "rpm"
             : str_eq(manager, STR("apk"))    ? "apk"
             : str_eq(manager, STR("pacman")) ? "pacman"
                                              : "");
    check->cost = "no list of software, so nothing can be said of vulnerabilities";
}

/* Days after which pending updates are news of the past. */
enum { FRESH_DAYS = 7, DAY = 86400 };

static void check_metadata(struct checks *checks, struct str text)
{
    int64_t newest = newest_metadata(text), now = probe_time(find_value(text, "now"));
    long long days = newest == TIME_NONE || now < newest ? 0 : (now - newest) / DAY;
    struct check *check = add_check(checks, "metadata", newest != TIME_NONE && days <= FRESH_DAYS);
    if (newest == TIME_NONE) {
        snprintf(check->what, sizeof check->what,
                 "package metadata that the machine itself refreshes: there is none");
    } else {
        snprintf(check->what, sizeof check->what,
                 "package metadata that the machine itself refreshes: %lld day%s old", days,
                 days == 1 ? "" : "s");
    }
    check->cost = "pending updates are those of the last refresh; assay never refreshes";
}

static void check_needs(struct checks *checks, struct str text)
{
    for (unsigned i = 0; i < NEEDS; i++) {
        struct str way = find_value(text, needs[i].key);
        if (way.len == 0) { /* nothing there that would need it */
            continue;
        }
        struct check *check = add_check(checks, needs[i].key, !str_eq(way, STR("own")));
        bool root = str_eq(way, STR("root"));
        snprintf(check->what, sizeof check->what, "%s%s",
                 root ? "logged in as root, instead of " : "", needs[i].rule);
        check->cost = needs[i].cost;
    }
}

bool check_read(struct str output, struct str nonce, struct checks *ret)
{
    struct frames frames = {.rest = output, .nonce = nonce};
    struct frame frame;
    bool inside = false;
    *ret = (struct checks){0};
    while (frames_next(&frames, &frame)) {
        bool is_check = str_eq(frame.name, STR("check"));
        if (frame.kind == FRAME_BEGIN) {
            inside = is_check;
        } else if (frame.kind == FRAME_END && is_check && inside) {
            struct check *shell = add_check(ret, "shell", true);
            snprintf(shell->what, sizeof shell->what, "running /bin/sh with a script");
            shell->cost = "nothing can be collected";
            check_packages(ret, frame.text);
            check_metadata(ret, frame.text);
            check_needs(ret, frame.text);
            return true;
        }
    }
    return false;
}
