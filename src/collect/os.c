/* What the machine is: release files, identity, processor, memory. */
#include "collect/probe.h"

#include <string.h>

/* unquote removes the quotes of a shell-like assignment (os-release(5)). */
static struct str unquote(struct str value)
{
    value = str_trim(value);
    if (value.len >= 2 && (value.ptr[0] == '"' || value.ptr[0] == '\'') &&
        value.ptr[value.len - 1] == value.ptr[0]) {
        value = str_sub(value, 1, value.len - 2);
    }
    return value;
}

static const struct {
    const char *key;
    size_t offset;
} os_release_keys[] = {
    {"ID", offsetof(struct inventory_os, id)},
    {"ID_LIKE", offsetof(struct inventory_os, id_like)},
    {"NAME", offsetof(struct inventory_os, name)},
    {"PRETTY_NAME", offsetof(struct inventory_os, pretty)},
    {"VERSION_ID", offsetof(struct inventory_os, version_id)},
    {"VERSION_CODENAME", offsetof(struct inventory_os, codename)},
    {"CPE_NAME", offsetof(struct inventory_os, cpe)},
    {"VARIANT_ID", offsetof(struct inventory_os, edition)},
    {"BUILD_ID", offsetof(struct inventory_os, build)},
};

static void read_assignment(struct probe *probe, struct str line)
{
    struct str key, value = str_trim(line);
    if (value.len == 0 || value.ptr[0] == '#') {
        return;
    }
    if (!str_split_byte(&value, '=', &key) || value.ptr == NULL) {
        probe_bad_line(probe, line);
        return;
    }
    for (size_t i = 0; i < sizeof os_release_keys / sizeof os_release_keys[0]; i++) {
        if (str_eq_text(key, os_release_keys[i].key)) {
            char *field = (char *)&probe->inventory->os + os_release_keys[i].offset;
            *(struct str *)field = probe_name(probe, unquote(value));
        }
    }
}

/* find_number returns the first run of digits and dots in the text. */
static struct str find_number(struct str text)
{
    size_t at = 0;
    while (at < text.len && !str_is_digit(text.ptr[at])) {
        at++;
    }
    size_t end = at;
    while (end < text.len && (str_is_digit(text.ptr[end]) || text.ptr[end] == '.')) {
        end++;
    }
    return str_sub(text, at, end - at);
}

/* Words that the release files of systems without os-release begin with. */
static const struct {
    const char *start, *id;
} old_names[] = {
    {"Red Hat Enterprise Linux", "rhel"},
    {"Red Hat Linux", "redhat"},
    {"CentOS", "centos"},
    {"Fedora", "fedora"},
    {"Oracle Linux", "ol"},
    {"Enterprise Linux Enterprise", "ol"},
    {"Scientific Linux", "scientific"},
    {"Rocky Linux", "rocky"},
    {"AlmaLinux", "almalinux"},
    {"Amazon Linux", "amzn"},
    {"SUSE Linux Enterprise", "sles"},
    {"openSUSE", "opensuse"},
    {"Virtuozzo", "virtuozzo"},
    {"CloudLinux", "cloudlinux"},
};

/* read_old_release reads one line such as "CentOS Linux release 7.9.2009 (Core)". */
static void read_old_release(struct probe *probe, struct str line)
{
    struct inventory_os *os = &probe->inventory->os;
    line = str_trim(line);
    struct str number = find_number(line);
    if (os->version.len == 0) {
        os->version = probe_version(probe, number);
    }
    if (os->id.len > 0) {
        return;
    }
    for (size_t i = 0; i < sizeof old_names / sizeof old_names[0]; i++) {
        struct str start = str_from(old_names[i].start);
        if (str_starts(line, start)) {
            os->id = str_from(old_names[i].id);
            os->name = start;
            os->pretty = probe_name(probe, line);
            os->version_id = probe_version(probe, number);
            return;
        }
    }
}

/* read_lsb reads /etc/lsb-release, where there is no os-release. */
static void read_lsb(struct probe *probe, struct str line)
{
    struct inventory_os *os = &probe->inventory->os;
    struct str key, value = str_trim(line);
    if (!str_split_byte(&value, '=', &key) || value.ptr == NULL) {
        return;
    }
    value = unquote(value);
    if (str_eq(key, STR("DISTRIB_ID")) && os->name.len == 0) {
        os->name = probe_name(probe, value);
        if (str_eq_nocase(value, STR("ubuntu"))) {
            os->id = STR("ubuntu");
        }
    } else if (str_eq(key, STR("DISTRIB_RELEASE")) && os->version_id.len == 0) {
        os->version_id = probe_version(probe, value);
    } else if (str_eq(key, STR("DISTRIB_CODENAME")) && os->codename.len == 0) {
        os->codename = probe_name(probe, value);
    } else if (str_eq(key, STR("DISTRIB_DESCRIPTION")) && os->pretty.len == 0) {
        os->pretty = probe_name(probe, value);
    }
}

/* read_exact takes a version from a file that holds nothing else: debian_version has the point
 * release that os-release leaves out. Derived distributions keep Debian's file, so it counts only
 * on Debian itself, and where nothing else says what this is. */
static void read_exact(struct probe *probe, struct str line, const char *id, const char *name)
{
    struct inventory_os *os = &probe->inventory->os;
    line = str_trim(line);
    if (line.len == 0 || (os->id.len > 0 && !str_eq_text(os->id, id))) {
        return;
    }
    os->version = probe_version(probe, line);
    if (os->id.len == 0) {
        os->id = str_from(id);
        os->name = str_from(name);
        struct str number = find_number(line);
        struct str major;
        os->version_id = probe_version(
            probe,
            str_eq_text(os->id, "debian") && str_split_byte(&number, '.', &major) ? major : number);
    }
}

void parse_os(struct probe *probe, struct str text)
{
    struct str line, path, content;
    while (str_next_line(&text, &line)) {
        if (!probe_key(line, &path, &content)) {
            probe_bad_line(probe, line);
        } else if (str_ends(path, STR("/os-release"))) {
            read_assignment(probe, content);
        } else if (str_ends(path, STR("/lsb-release"))) {
            read_lsb(probe, content);
        } else if (str_ends(path, STR("/debian_version"))) {
            read_exact(probe, content, "debian", "Debian GNU/Linux");
        } else if (str_ends(path, STR("/alpine-release"))) {
            read_exact(probe, content, "alpine", "Alpine Linux");
        } else {
            read_old_release(probe, content);
        }
    }
}

void finish_os(struct probe *probe)
{
    struct inventory_os *os = &probe->inventory->os;
    if (os->version.len == 0) {
        os->version = os->version_id;
    }
    if (os->pretty.len == 0 && os->name.len > 0) {
        os->pretty = probe_name(probe, arena_printf(probe->arena, "%.*s %.*s", STR_ARG(os->name),
                                                    STR_ARG(os->version)));
    }
}

/* DMI values that say nothing. */
static bool is_filler(struct str value)
{
    return value.len == 0 ||
           str_glob(STR("*o be filled*|not specified|not available|none|default string|system "
                        "product name|system manufacturer|system serial number|0|n/a|"
                        "00000000-0000-0000-0000-000000000000|empty"),
                    value);
}

static const struct {
    const char *key;
    size_t offset;
} machine_keys[] = {
    {"machine-id", offsetof(struct inventory_machine, machine_id)},
    {"dmi-product_uuid", offsetof(struct inventory_machine, product_uuid)},
    {"dmi-product_serial", offsetof(struct inventory_machine, serial)},
    {"dmi-sys_vendor", offsetof(struct inventory_machine, vendor)},
    {"dmi-product_name", offsetof(struct inventory_machine, product)},
    {"instance-id", offsetof(struct inventory_machine, instance_id)},
    {"virtualization", offsetof(struct inventory_machine, virtualization)},
    {"cpu-model", offsetof(struct inventory_machine, cpu_model)},
    {"arch", offsetof(struct inventory_machine, arch)},
};

static bool read_machine_text(struct probe *probe, struct str key, struct str value)
{
    for (size_t i = 0; i < sizeof machine_keys / sizeof machine_keys[0]; i++) {
        if (!str_eq_text(key, machine_keys[i].key)) {
            continue;
        }
        char *base = (char *)&probe->inventory->machine;
        struct str *field = (struct str *)(base + machine_keys[i].offset);
        bool keep_word = str_eq(key, STR("virtualization"));
        if (field->len == 0 && (keep_word || !is_filler(value))) {
            *field = probe_name(probe, value);
        }
        return true;
    }
    return false;
}

/* Hypervisors by what DMI says, for systems without systemd-detect-virt. */
static const struct {
    const char *pattern, *name;
} dmi_hypervisors[] = {
    {"VMware*", "vmware"},
    {"Microsoft Corporation", "microsoft"},
    {"QEMU*|KVM*", "kvm"},
    {"Xen*", "xen"},
    {"innotek*|VirtualBox*", "oracle"},
    {"Amazon EC2", "amazon"},
    {"Google*", "google"},
    {"Parallels*", "parallels"},
    {"Nutanix*", "kvm"},
    {"OpenStack*", "kvm"},
};

static void guess_virtualization(struct probe *probe, bool hypervisor_flag)
{
    struct inventory_machine *machine = &probe->inventory->machine;
    if (machine->virtualization.len > 0) {
        return;
    }
    for (size_t i = 0; i < sizeof dmi_hypervisors / sizeof dmi_hypervisors[0]; i++) {
        bool microsoft_hardware = str_eq_text(machine->vendor, "Microsoft Corporation") &&
                                  !str_eq_text(machine->product, "Virtual Machine");
        if (str_glob(str_from(dmi_hypervisors[i].pattern), machine->vendor) &&
            !microsoft_hardware) {
            machine->virtualization = str_from(dmi_hypervisors[i].name);
            return;
        }
    }
    if (hypervisor_flag) {
        machine->virtualization = STR("vm-other");
    }
}

/* read_name takes the node name; a full one gives both names. */
static void read_node_name(struct probe *probe, struct str value)
{
    struct inventory *inventory = probe->inventory;
    size_t dot = str_find_byte(value, '.');
    if (dot != SIZE_MAX && dot > 0) {
        inventory->fqdn = probe_name(probe, value);
        value = str_sub(value, 0, dot);
    }
    inventory->name = probe_name(probe, value);
}

/* read_hosts takes the full name from a line of /etc/hosts. */
static void read_hosts(struct probe *probe, struct str line)
{
    struct inventory *inventory = probe->inventory;
    struct str word;
    size_t comment = str_find_byte(line, '#');
    line = str_sub(line, 0, comment);
    if (!str_next_word(&line, &word)) {
        return;
    }
    while (inventory->fqdn.len == 0 && inventory->name.len > 0 && str_next_word(&line, &word)) {
        if (str_starts(word, inventory->name) && word.len > inventory->name.len + 1 &&
            word.ptr[inventory->name.len] == '.' && !str_ends(word, STR(".localdomain"))) {
            inventory->fqdn = probe_name(probe, word);
        }
    }
}

/* read_kvp reads Hyper-V's host-to-guest pairs: a key's line, then its value's. */
static void read_kvp(struct probe *probe, struct str value, struct str *key)
{
    if (key->len == 0) {
        *key = value;
        return;
    }
    if (str_eq(*key, STR("VirtualMachineId"))) {
        probe_add_fact(probe, "hyperv-vm-id", value);
    } else if (str_eq(*key, STR("PhysicalHostNameFullyQualified"))) {
        probe_add_fact(probe, "hyperv-host", value);
    }
    *key = STR("");
}

static void read_system_number(struct probe *probe, struct str key, struct str value)
{
    struct inventory_machine *machine = &probe->inventory->machine;
    uint64_t number;
    if (!str_to_u64(str_trim(value), &number)) {
        return;
    }
    if (str_eq(key, STR("cpus")) && number <= 1u << 20) {
        machine->cpus = (uint32_t)number;
    } else if (str_eq(key, STR("memory-kb")) && number <= UINT64_MAX >> 12) {
        machine->memory_bytes = number * 1024;
    } else if (str_eq(key, STR("booted"))) {
        machine->booted = probe_time(value);
    } else if (str_eq(key, STR("now"))) {
        probe->inventory->collected = probe_time(value);
    } else if (str_eq(key, STR("selinux"))) {
        probe_add_fact(probe, "selinux", number ? STR("enforcing") : STR("permissive"));
    }
}

void parse_system(struct probe *probe, struct str text)
{
    struct inventory *inventory = probe->inventory;
    struct str line, key, value, kvp_key = STR("");
    bool hypervisor_flag = false;
    while (str_next_line(&text, &line)) {
        if (!probe_key(line, &key, &value)) {
            probe_bad_line(probe, line);
        } else if (read_machine_text(probe, key, value)) {
            continue;
        } else if (str_eq(key, STR("system"))) {
            inventory->os.family =
                str_eq(value, STR("Linux")) ? OS_FAMILY_LINUX : OS_FAMILY_UNKNOWN;
        } else if (str_eq(key, STR("kernel"))) {
            inventory->kernel.running = probe_version(probe, value);
        } else if (str_eq(key, STR("name"))) {
            read_node_name(probe, value);
        } else if (str_eq(key, STR("hosts"))) {
            read_hosts(probe, value);
        } else if (str_eq(key, STR("kvp"))) {
            read_kvp(probe, value, &kvp_key);
        } else if (str_eq(key, STR("apparmor"))) {
            probe_add_fact(probe, "apparmor",
                           str_eq(value, STR("Y")) ? STR("enabled") : STR("disabled"));
        } else if (str_eq(key, STR("cpu-hypervisor"))) {
            hypervisor_flag = true;
        } else {
            read_system_number(probe, key, value);
        }
    }
    guess_virtualization(probe, hypervisor_flag);
}
