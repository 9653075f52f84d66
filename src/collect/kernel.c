/* Running kernel against installed kernels, and whether the machine waits for a reboot. */
#include "collect/probe.h"

#include "base/limits.h"

#include <string.h>

/* compare_releases orders kernel releases: runs of digits by value, all else by bytes. */
static int compare_releases(struct str a, struct str b)
{
    size_t i = 0, j = 0;
    while (i < a.len && j < b.len) {
        if (str_is_digit(a.ptr[i]) && str_is_digit(b.ptr[j])) {
            size_t from_a, from_b;
            for (; i < a.len && a.ptr[i] == '0'; i++) {
            }
            for (; j < b.len && b.ptr[j] == '0'; j++) {
            }
            for (from_a = i; i < a.len && str_is_digit(a.ptr[i]); i++) {
            }
            for (from_b = j; j < b.len && str_is_digit(b.ptr[j]); j++) {
            }
            struct str digits_a = str_sub(a, from_a, i - from_a);
            struct str digits_b = str_sub(b, from_b, j - from_b);
            int order = digits_a.len != digits_b.len ? (digits_a.len < digits_b.len ? -1 : 1)
                                                     : str_cmp(digits_a, digits_b);
            if (order != 0) {
                return order;
            }
        } else if (a.ptr[i] != b.ptr[j]) {
            return (unsigned char)a.ptr[i] < (unsigned char)b.ptr[j] ? -1 : 1;
        } else {
            i++;
            j++;
        }
    }
    return (i < a.len) - (j < b.len);
}

static struct kernel_image *add_image(struct probe *probe, struct str release)
{
    struct kernel_state *kernel = &probe->kernel;
    for (uint32_t i = 0; i < kernel->count; i++) {
        if (str_eq(kernel->images[i].release, release)) {
            return &kernel->images[i];
        }
    }
    if (release.len == 0 || kernel->count >= 256) { /* /boot has room for a dozen */
        return NULL;
    }
    arena_reserve(probe->arena, kernel->images, kernel->count, kernel->capacity);
    kernel->images[kernel->count] = (struct kernel_image){.release = probe_version(probe, release)};
    return &kernel->images[kernel->count++];
}

/* release_of_path takes "6.1.0-30-amd64" out of "/boot/vmlinuz-6.1.0-30-amd64". */
static struct str release_of_path(struct str path)
{
    size_t at = str_find(path, STR("/vmlinu"));
    if (at != SIZE_MAX && path.len > at + 9 && path.ptr[at + 8] == '-') {
        return str_skip(path, at + 9);
    }
    return STR("");
}

/* read_dpkg_list reads ".../linux-image-6.1.0-30-amd64.list:/boot/vmlinuz-6.1.0-30-amd64". */
static void read_dpkg_list(struct probe *probe, struct str line)
{
    size_t at = str_find(line, STR(".list:"));
    if (at == SIZE_MAX) {
        probe_bad_line(probe, line);
        return;
    }
    struct str package = str_sub(line, 0, at);
    for (size_t slash; (slash = str_find_byte(package, '/')) != SIZE_MAX;) {
        package = str_skip(package, slash + 1);
    }
    struct str release = release_of_path(str_skip(line, at + 6));
    struct kernel_image *image = add_image(probe, release);
    if (image != NULL) {
        image->package = probe_name(probe, str_sub(package, 0, str_find_byte(package, ':')));
    }
}

void parse_kernel(struct probe *probe, struct str text)
{
    struct str line, fields[PROBE_FIELDS];
    while (str_next_line(&text, &line)) {
        unsigned count = probe_fields(line, '\t', fields);
        struct kernel_image *image = NULL;
        if (count < 2) {
            probe_bad_line(probe, line);
        } else if (str_eq(fields[0], STR("running"))) {
            probe->inventory->kernel.running = probe_version(probe, fields[1]);
        } else if (str_eq(fields[0], STR("dpkg"))) {
            read_dpkg_list(probe, fields[1]);
        } else if (str_eq(fields[0], STR("pkgbase")) && (image = add_image(probe, fields[1]))) {
            image->package = probe_name(probe, fields[2]);
        } else if (str_eq(fields[0], STR("owner")) && count >= 4 &&
                   (image = add_image(probe, fields[1]))) {
            image->package = probe_name(probe, fields[2]);
            image->version = probe_version(probe, fields[3]);
        }
    }
}

/* find_apk_kernel: Alpine's release 6.6.7-0-lts is package linux-lts 6.6.7-r0. */
static void find_apk_kernels(struct probe *probe)
{
    for (uint32_t i = 0; i < probe->software_count; i++) {
        const struct inventory_software *software = &probe->software[i];
        size_t at = str_find(software->version, STR("-r"));
        if (!str_eq(software->ecosystem, STR("apk")) || at == SIZE_MAX ||
            !str_starts(software->name, STR("linux-")) ||
            !str_glob(STR("linux-lts|linux-stable|"
                          "linux-virt|linux-edge|linux-rpi*|linux-asahi|linux-openpax"),
                      software->name)) {
            continue;
        }
        struct kernel_image *image = add_image(
            probe, arena_printf(probe->arena, "%.*s-%.*s-%.*s", (int)at, software->version.ptr,
                                STR_ARG(str_skip(software->version, at + 2)),
                                STR_ARG(str_skip(software->name, 6))));
        if (image != NULL) {
            image->package = software->name;
            image->version = software->version;
        }
    }
}

/* Kernels are installed side by side under one name on rpm systems: the version tells which. */
static void mark_image(struct probe *probe, const struct kernel_image *image, const char *word)
{
    for (uint32_t i = 0; i < probe->software_count; i++) {
        struct inventory_software *software = &probe->software[i];
        struct str plain = software->version;
        struct str epoch;
        size_t colon = str_find_byte(plain, ':');
        if (colon != SIZE_MAX) {
            str_split_byte(&plain, ':', &epoch);
        }
        if (str_eq(software->name, image->package) &&
            (image->version.len == 0 || str_eq(plain, image->version))) {
            probe_mark(probe, software, word);
        }
    }
}

static void judge_reboot(struct probe *probe, bool compared)
{
    struct inventory *inventory = probe->inventory;
    const struct inventory_kernel *kernel = &inventory->kernel;
    if (inventory->reboot_required == TRUTH_YES) {
        return;
    }
    if (compared && !str_eq(kernel->newest, kernel->running)) {
        inventory->reboot_required = TRUTH_YES;
        inventory->reboot_reason =
            arena_printf(probe->arena, "kernel %.*s is running, %.*s is installed",
                         STR_ARG(kernel->running), STR_ARG(kernel->newest));
    } else if (compared || probe->restart_tool == TRUTH_NO) {
        inventory->reboot_required = TRUTH_NO;
    } else {
        inventory->reboot_reason =
            STR("the running kernel is from no package here, and no tool here tells");
    }
}

void finish_kernel(struct probe *probe)
{
    struct inventory_kernel *kernel = &probe->inventory->kernel;
    const struct kernel_image *newest = NULL, *running = NULL;
    find_apk_kernels(probe);
    for (uint32_t i = 0; i < probe->kernel.count; i++) {
        const struct kernel_image *image = &probe->kernel.images[i];
        if (image->package.len == 0) {
            continue;
        }
        bool is_running = str_eq(image->release, kernel->running);
        running = is_running ? image : running;
        if (newest == NULL || compare_releases(newest->release, image->release) < 0) {
            newest = image;
        }
        mark_image(probe, image, is_running ? "kernel-running" : "kernel-image");
    }
    if (newest != NULL) {
        kernel->newest = newest->release;
        kernel->newest_package = newest->package;
    }
    if (running != NULL) {
        kernel->running_package = running->package;
    }
    judge_reboot(probe, newest != NULL && running != NULL);
}

static void require_reboot(struct probe *probe, struct str reason)
{
    if (probe->inventory->reboot_required != TRUTH_YES || reason.len > 0) {
        probe->inventory->reboot_required = TRUTH_YES;
        probe->inventory->reboot_reason = reason;
    }
}

void parse_reboot(struct probe *probe, struct str text)
{
    struct str line, key, value, packages = STR("");
    unsigned count = 0;
    bool required = false;
    while (str_next_line(&text, &line)) {
        if (!probe_key(line, &key, &value)) {
            probe_bad_line(probe, line);
        } else if (str_eq(key, STR("required"))) {
            required = true;
        } else if (str_ends(key, STR(".pkgs")) && str_find(packages, value) == SIZE_MAX &&
                   count++ < 20) {
            packages = arena_printf(probe->arena, "%.*s%s%.*s", STR_ARG(packages),
                                    packages.len ? ", " : "", STR_ARG(value));
        }
    }
    if (required) {
        require_reboot(probe, packages.len > 0 ? arena_printf(probe->arena, "for %.*s",
                                                              STR_ARG(probe_name(probe, packages)))
                                               : STR("/run/reboot-required is there"));
    }
}

/* parse_needs_restarting: needs-restarting(1) -r exits with 1 when a reboot is needed. */
void parse_needs_restarting(struct probe *probe, struct str text)
{
    struct str line;
    bool said = false;
    while (str_next_line(&text, &line)) {
        said = said || str_find_nocase(line, STR("reboot")) != SIZE_MAX;
    }
    if (probe->exit == 0) {
        probe->restart_tool = TRUTH_NO;
    } else if (probe->exit == 1 && said) {
        probe->restart_tool = TRUTH_YES;
        require_reboot(probe, STR("needs-restarting says so"));
    }
}

/* parse_needs_rebooting: zypper(8) needs-rebooting exits with 102 when one is needed. */
void parse_needs_rebooting(struct probe *probe, struct str text)
{
    (void)text;
    if (probe->exit == 0) {
        probe->restart_tool = TRUTH_NO;
    } else if (probe->exit == 102) {
        probe->restart_tool = TRUTH_YES;
        require_reboot(probe, STR("zypper says so"));
    }
}
