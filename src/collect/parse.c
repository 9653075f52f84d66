/* The answer as a whole: its frames, a row a section, and the joins at the end. */
#include "collect/collect.h"

#include "base/limits.h"
#include "collect/frames.h"
#include "collect/probe.h"

#include <string.h>

struct section_row {
    const char *name;
    void (*parse)(struct probe *probe, struct str text);
    bool any_exit; /* its exit status says something else than success or failure */
};

static const struct section_row rows[] = {
    {"os", parse_os},
    {"rights", parse_rights},
    {"system", parse_system},
    {"addresses", parse_addresses},
    {"kernel", parse_kernel},
    {"reboot", parse_reboot},
    {"reboot.needs-restarting", parse_needs_restarting, true},
    {"reboot.zypper", parse_needs_rebooting, true},
    {"packages.dpkg", parse_packages_dpkg},
    {"packages.rpm", parse_packages_rpm},
    {"packages.apk", parse_packages_apk},
    {"packages.pacman", parse_packages_pacman},
    {"packages.snap", parse_packages_snap},
    {"packages.flatpak", parse_packages_flatpak},
    {"sockets.ss", parse_sockets_ss},
    {"sockets.proc", parse_sockets_proc},
    {"services", parse_services},
    {"origins.apt", parse_apt_policy},
    {"releases.apt", parse_apt_releases},
    {"metadata.apt", parse_metadata},
    {"periodic.apt", parse_apt_periodic},
    {"support.debian", parse_debian_support},
    {"repositories.rpm", parse_rpm_repositories},
    {"pro", parse_ubuntu_pro},
    {"changelog.dpkg", parse_changelog_dpkg},
    {"changelog.rpm", parse_changelog_rpm},
    {"updates.apt", parse_apt_updates},
    {"metadata.rpm", parse_metadata},
    {"updates.dnf", parse_dnf_updates, true},
    {"advisories.dnf", parse_dnf_advisories, true},
    {"updates.yum", parse_yum_updates, true},
    {"advisories.yum", parse_dnf_advisories, true},
    {"updates.zypper", parse_zypper_updates, true},
    {"patches.zypper", parse_zypper_patches},
    {"updates.apk", parse_apk_updates},
    {"updates.pacman", parse_pacman_updates, true},
};

static const struct section_row *find_row(struct str name)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (str_eq_text(name, rows[i].name)) {
            return &rows[i];
        }
    }
    return NULL;
}

/* judge_section says how the section went; the reason is "" when all is well. */
static enum section_state judge_section(struct probe *probe, const struct section_row *row,
                                        bool ended, size_t length, struct str *ret_reason)
{
    *ret_reason = STR("");
    if (!ended) {
        *ret_reason = STR("cut off");
        return SECTION_PARTIAL;
    }
    if (length >= LIMIT_PROBE_SECTION) {
        *ret_reason = STR("longer than the ceiling");
        return SECTION_PARTIAL;
    }
    if (probe->exit == 124 || probe->exit == 143) { /* timeout(1), and what SIGTERM gives */
        *ret_reason = STR("took too long");
        return length > 0 ? SECTION_PARTIAL : SECTION_FAILED;
    }
    if (probe->failure.len > 0) {
        *ret_reason = probe->failure;
        return SECTION_FAILED;
    }
    if (probe->exit != 0 && !row->any_exit) {
        *ret_reason = arena_printf(probe->arena, "exit status %d", probe->exit);
        return length > 0 ? SECTION_PARTIAL : SECTION_FAILED;
    }
    if (probe->bad_lines > 0) {
        *ret_reason = arena_printf(probe->arena, "%u lines not understood", probe->bad_lines);
        return SECTION_PARTIAL;
    }
    if (probe->lacking.len > 0) {
        *ret_reason = probe->lacking;
        return SECTION_PARTIAL;
    }
    return SECTION_OK;
}

static void read_section(struct probe *probe, struct str name, struct str text, struct str exit,
                         bool ended)
{
    const struct section_row *row = find_row(name);
    struct str reason;
    uint64_t status = 0;
    if (row == NULL) {
        probe_note(probe, "section %.*s is not known here", STR_ARG(probe_name(probe, name)));
        return;
    }
    if (ended && str_eq(exit, STR("absent"))) {
        probe_add_section(probe, name, SECTION_ABSENT, STR(""));
        return;
    }
    probe->section = name;
    probe->exit = str_to_u64(exit, &status) && status < 1000 ? (int)status : -1;
    probe->bad_lines = 0;
    probe->failure = probe->lacking = STR("");
    row->parse(probe, text);
    enum section_state state = judge_section(probe, row, ended, text.len, &reason);
    probe_add_section(probe, name, state, reason);
    if (probe->bad_lines > 0) {
        probe_note(probe, "%u lines of %.*s not understood, the first: %.*s", probe->bad_lines,
                   STR_ARG(probe_name(probe, name)), STR_ARG(probe->bad_line));
    }
}

/* read_frames reads all sections; false when there was no frame. */
static bool read_frames(struct probe *probe, struct str output, struct str nonce)
{
    struct frames frames = {.rest = output, .nonce = nonce};
    struct frame frame;
    struct str open = STR("");
    bool any = false, whole = false;
    while (!whole && frames_next(&frames, &frame)) {
        bool closes = frame.kind == FRAME_END && str_eq(frame.name, open);
        any = true;
        if (open.len > 0) {
            read_section(probe, open, frame.text, frame.exit, closes);
        }
        open = frame.kind == FRAME_BEGIN ? frame.name : STR("");
        whole = frame.kind == FRAME_EOF;
    }
    if (any && !whole) {
        if (open.len > 0) {
            read_section(probe, open, frame.text, STR(""), false);
        }
        probe_note(probe, "the probe's answer ends early: what it would have said next is missing");
    }
    return any;
}

/* Package managers whose updates only their store knows. */
static void name_unasked(struct probe *probe)
{
    struct inventory_updates *updates = &probe->inventory->updates;
    static const char *const stores[] = {"snap", "flatpak"};
    for (size_t i = 0; i < sizeof stores / sizeof stores[0]; i++) {
        for (uint32_t s = 0; s < probe->software_count; s++) {
            if (str_eq_text(probe->software[s].ecosystem, stores[i])) {
                updates->reason = arena_printf(probe->arena, "%.*s%s%s: its store was not asked",
                                               STR_ARG(updates->reason),
                                               updates->reason.len > 0 ? "; " : "", stores[i]);
                break;
            }
        }
    }
    if (updates->known == TRUTH_UNKNOWN && updates->reason.len == 0) {
        updates->reason = STR("no package manager that can tell");
    }
}

/* drop_empty takes out what has nothing left after cleaning (a name of control characters): the
 * inventory document has no place for it. */
static void drop_empty(struct probe *probe)
{
    uint32_t software = 0, updates = 0, connections = 0, before;
    before = probe->software_count + probe->update_count + probe->connection_count;
    for (uint32_t i = 0; i < probe->software_count; i++) {
        if (probe->software[i].name.len > 0 && probe->software[i].version.len > 0) {
            probe->software[software++] = probe->software[i];
        }
    }
    for (uint32_t i = 0; i < probe->update_count; i++) {
        if (probe->updates[i].name.len > 0 && probe->updates[i].to.len > 0) {
            probe->updates[updates++] = probe->updates[i];
        }
    }
    for (uint32_t i = 0; i < probe->connection_count; i++) {
        if (probe->connections[i].local_address.len > 0) {
            probe->connections[connections++] = probe->connections[i];
        }
    }
    probe->software_count = software;
    probe->update_count = updates;
    probe->connection_count = connections;
    before -= software + updates + connections;
    if (before > 0) {
        probe_note(probe, "%u items without a readable name or version left out", before);
    }
}

static void give_lists(struct probe *probe)
{
    struct inventory *inventory = probe->inventory;
    inventory->software = probe->software;
    inventory->software_count = probe->software_count;
    inventory->updates.items = probe->updates;
    inventory->updates.count = probe->update_count;
    inventory->connections = probe->connections;
    inventory->connection_count = probe->connection_count;
    inventory->addresses = probe->addresses;
    inventory->address_count = probe->address_count;
    inventory->facts = probe->facts;
    inventory->fact_count = probe->fact_count;
    inventory->sections = probe->sections;
    inventory->section_count = probe->section_count;
    inventory->notes = probe->notes;
    inventory->note_count = probe->note_count;
    inventory->unsupported = probe->unsupported;
    inventory->unsupported_count = probe->unsupported_count;
    inventory->evidence = probe->evidence;
    inventory->evidence_count = probe->evidence_count;
}

int collect_parse(struct str output, struct str nonce, struct inventory *inventory,
                  struct error *err)
{
    struct probe probe;
    if (nonce.len == 0) {
        return error_set(err, ERR_FORMAT, "the frames of a probe need a nonce");
    }
    probe_init(&probe, inventory);
    if (!read_frames(&probe, output, nonce)) {
        probe_done(&probe);
        inventory_done(inventory);
        inventory_init(inventory);
        return error_set(err, ERR_FORMAT,
                         "no frame of the probe in %zu bytes; is there a POSIX shell?", output.len);
    }
    drop_empty(&probe);
    finish_os(&probe);
    finish_kernel(&probe);
    finish_apt(&probe);
    finish_rpm_updates(&probe);
    finish_support(&probe);
    finish_services(&probe);
    finish_evidence(&probe);
    inventory->software_known = probe.software_listed ? TRUTH_YES : TRUTH_UNKNOWN;
    name_unasked(&probe);
    if (probe.left_out > 0) {
        probe_note(&probe, "%u items left out: more than the ceilings allow", probe.left_out);
    }
    give_lists(&probe);
    probe_done(&probe);
    return 0;
}
