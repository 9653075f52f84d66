#include "inventory/fill.h"

static void fill_text(struct str *text, struct str other)
{
    if (text->len == 0) {
        *text = other;
    }
}

static void fill_os(struct inventory_os *os, const struct inventory_os *other)
{
    /* Parts of two systems make none: another distribution's name stays whole. */
    if (os->id.len == 0) {
        *os = *other;
    } else if (str_eq_nocase(os->id, other->id)) {
        fill_text(&os->version_id, other->version_id);
        fill_text(&os->version, other->version);
        fill_text(&os->codename, other->codename);
        fill_text(&os->edition, other->edition);
        fill_text(&os->build, other->build);
        fill_text(&os->cpe, other->cpe);
    }
}

static void fill_machine(struct inventory_machine *machine, const struct inventory_machine *other)
{
    fill_text(&machine->machine_id, other->machine_id);
    fill_text(&machine->product_uuid, other->product_uuid);
    fill_text(&machine->serial, other->serial);
    fill_text(&machine->vendor, other->vendor);
    fill_text(&machine->product, other->product);
    fill_text(&machine->instance_id, other->instance_id);
    fill_text(&machine->virtualization, other->virtualization);
    fill_text(&machine->cpu_model, other->cpu_model);
    fill_text(&machine->arch, other->arch);
    machine->cpus = machine->cpus > 0 ? machine->cpus : other->cpus;
    machine->memory_bytes = machine->memory_bytes > 0 ? machine->memory_bytes : other->memory_bytes;
    machine->booted = machine->booted != TIME_NONE ? machine->booted : other->booted;
}

static void fill_software(struct inventory *inventory, const struct inventory *other)
{
    if (inventory->software_known != TRUTH_YES && other->software_known == TRUTH_YES) {
        inventory->software_known = TRUTH_YES;
        inventory->software = other->software;
        inventory->software_count = other->software_count;
        inventory->evidence = other->evidence;
        inventory->evidence_count = other->evidence_count;
    }
    if (inventory->updates.known != TRUTH_YES && other->updates.known == TRUTH_YES) {
        inventory->updates = other->updates;
    }
    if (inventory->hotfix_count == 0 && inventory->hotfixes_known != TRUTH_YES) {
        inventory->hotfixes_known = other->hotfixes_known;
        inventory->hotfixes = other->hotfixes;
        inventory->hotfix_count = other->hotfix_count;
    }
    if (inventory->unsupported_known == TRUTH_UNKNOWN) {
        inventory->unsupported_known = other->unsupported_known;
        inventory->unsupported = other->unsupported;
        inventory->unsupported_count = other->unsupported_count;
    }
}

static void fill_running(struct inventory *inventory, const struct inventory *other)
{
    if (inventory->kernel.running.len == 0) {
        inventory->kernel = other->kernel;
    }
    if (inventory->connections_known != TRUTH_YES && other->connections_known == TRUTH_YES) {
        inventory->connections_known = TRUTH_YES;
        inventory->connections = other->connections;
        inventory->connection_count = other->connection_count;
    }
    if (inventory->reboot_required == TRUTH_UNKNOWN) {
        inventory->reboot_required = other->reboot_required;
        inventory->reboot_reason = other->reboot_reason;
    }
    if (inventory->fact_count == 0) {
        inventory->facts = other->facts;
        inventory->fact_count = other->fact_count;
    }
    if (inventory->address_count == 0) {
        inventory->addresses = other->addresses;
        inventory->address_count = other->address_count;
    }
}

static bool has_section(const struct inventory_section *sections, uint32_t count, struct str name)
{
    for (uint32_t i = 0; i < count; i++) {
        if (str_eq(sections[i].name, name)) {
            return true;
        }
    }
    return false;
}

static void add_sections(struct inventory *inventory, const struct inventory *other)
{
    uint32_t count = 0, most = inventory->section_count + other->section_count;
    struct inventory_section *sections =
        arena_array(&inventory->arena, most + 1, struct inventory_section);
    for (; count < inventory->section_count; count++) {
        sections[count] = inventory->sections[count];
    }
    for (uint32_t i = 0; i < other->section_count; i++) {
        if (!has_section(sections, count, other->sections[i].name)) {
            sections[count++] = other->sections[i];
        }
    }
    inventory->sections = sections;
    inventory->section_count = count;
}

void inventory_fill(struct inventory *inventory, const struct inventory *other)
{
    fill_text(&inventory->fqdn, other->fqdn);
    fill_os(&inventory->os, &other->os);
    fill_machine(&inventory->machine, &other->machine);
    fill_software(inventory, other);
    fill_running(inventory, other);
    add_sections(inventory, other);
}
