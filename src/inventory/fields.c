#include "inventory/fields.h"

#include "base/limits.h"

#include <string.h>

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))

const char *const truth_words[] = {"unknown", "no", "yes"};
static const char *const family_words[] = {"unknown", "linux", "windows"};
static const char *const class_words[] = {"unknown", "other", "security", "critical"};
static const char *const connection_words[] = {"listen", "established"};
static const char *const section_words[] = {"ok", "partial", "failed", "absent"};

#define NAME(record, member)                                                                       \
    {                                                                                              \
        .key = #member, .kind = FIELD_TEXT, .offset = offsetof(struct record, member),             \
        .limit = LIMIT_NAME                                                                        \
    }
#define MUST(record, member)                                                                       \
    {                                                                                              \
        .key = #member, .kind = FIELD_TEXT, .offset = offsetof(struct record, member),             \
        .limit = LIMIT_NAME, .mandatory = true                                                     \
    }
#define TEXT(record, member, ceiling)                                                              \
    {                                                                                              \
        .key = #member, .kind = FIELD_TEXT, .offset = offsetof(struct record, member),             \
        .limit = (ceiling)                                                                         \
    }
#define NUMBER(record, member, number_kind)                                                        \
    {                                                                                              \
        .key = #member, .kind = (number_kind), .offset = offsetof(struct record, member)           \
    }
#define WORD(record, member, names, must)                                                          \
    {                                                                                              \
        .key = #member, .kind = FIELD_WORD, .offset = offsetof(struct record, member),             \
        .words = (names), .word_count = COUNT(names), .mandatory = (must)                          \
    }
#define FIELDS(rows, record)                                                                       \
    {                                                                                              \
        rows, COUNT(rows), sizeof(struct record)                                                   \
    }

static const struct field os_rows[] = {
    WORD(inventory_os, family, family_words, true),
    NAME(inventory_os, id),
    NAME(inventory_os, id_like),
    NAME(inventory_os, name),
    NAME(inventory_os, pretty),
    NAME(inventory_os, version_id),
    NAME(inventory_os, version),
    NAME(inventory_os, codename),
    TEXT(inventory_os, cpe, LIMIT_CPE),
    NAME(inventory_os, edition),
    NAME(inventory_os, build),
};
const struct fields os_fields = FIELDS(os_rows, inventory_os);

static const struct field kernel_rows[] = {
    NAME(inventory_kernel, running),
    NAME(inventory_kernel, running_package),
    NAME(inventory_kernel, newest),
    NAME(inventory_kernel, newest_package),
};
const struct fields kernel_fields = FIELDS(kernel_rows, inventory_kernel);

static const struct field machine_rows[] = {
    NAME(inventory_machine, machine_id),
    NAME(inventory_machine, product_uuid),
    NAME(inventory_machine, serial),
    NAME(inventory_machine, vendor),
    NAME(inventory_machine, product),
    NAME(inventory_machine, instance_id),
    NAME(inventory_machine, virtualization),
    NAME(inventory_machine, cpu_model),
    NUMBER(inventory_machine, cpus, FIELD_U32),
    NUMBER(inventory_machine, memory_bytes, FIELD_U64),
    NAME(inventory_machine, arch),
    NUMBER(inventory_machine, booted, FIELD_TIME),
};
const struct fields machine_fields = FIELDS(machine_rows, inventory_machine);

static const struct field address_rows[] = {
    NAME(inventory_address, interface),
    MUST(inventory_address, address),
    NAME(inventory_address, mac),
};
const struct fields address_fields = FIELDS(address_rows, inventory_address);

static const struct field software_rows[] = {
    MUST(inventory_software, ecosystem),
    MUST(inventory_software, name),
    TEXT(inventory_software, version, LIMIT_VERSION),
    NAME(inventory_software, arch),
    NAME(inventory_software, source),
    TEXT(inventory_software, source_version, LIMIT_VERSION),
    TEXT(inventory_software, vendor, LIMIT_INVENTORY_TEXT),
    NAME(inventory_software, origin),
    NAME(inventory_software, module),
    TEXT(inventory_software, cpe, LIMIT_CPE),
    TEXT(inventory_software, purl, LIMIT_INVENTORY_TEXT),
    NAME(inventory_software, status),
    NUMBER(inventory_software, installed, FIELD_TIME),
};
const struct fields software_fields = FIELDS(software_rows, inventory_software);

static const struct field update_rows[] = {
    MUST(inventory_update, ecosystem),
    MUST(inventory_update, name),
    NAME(inventory_update, arch),
    TEXT(inventory_update, from, LIMIT_VERSION),
    TEXT(inventory_update, to, LIMIT_VERSION),
    NAME(inventory_update, source),
    NAME(inventory_update, origin),
    WORD(inventory_update, class, class_words, false),
    NAME(inventory_update, advisory),
    {.key = "cves",
     .kind = FIELD_TEXTS,
     .offset = offsetof(struct inventory_update, cves),
     .count_offset = offsetof(struct inventory_update, cve_count),
     .limit = LIMIT_RECORD_ITEMS},
};
const struct fields update_fields = FIELDS(update_rows, inventory_update);

static const struct field connection_rows[] = {
    WORD(inventory_connection, state, connection_words, true),
    MUST(inventory_connection, local_address),
    NUMBER(inventory_connection, local_port, FIELD_U16),
    NAME(inventory_connection, remote_address),
    NUMBER(inventory_connection, remote_port, FIELD_U16),
    NAME(inventory_connection, process),
    NAME(inventory_connection, service),
    NUMBER(inventory_connection, pid, FIELD_U32),
};
const struct fields connection_fields = FIELDS(connection_rows, inventory_connection);

static const struct field unsupported_rows[] = {
    MUST(inventory_unsupported, package),
    NUMBER(inventory_unsupported, limited, FIELD_BOOL),
    NUMBER(inventory_unsupported, since, FIELD_DATE),
    TEXT(inventory_unsupported, note, LIMIT_INVENTORY_TEXT),
};
const struct fields unsupported_fields = FIELDS(unsupported_rows, inventory_unsupported);

static const struct field hotfix_rows[] = {
    MUST(inventory_hotfix, id),
    NUMBER(inventory_hotfix, installed, FIELD_DATE),
};
const struct fields hotfix_fields = FIELDS(hotfix_rows, inventory_hotfix);

static const struct field evidence_rows[] = {
    MUST(inventory_evidence, ecosystem),
    MUST(inventory_evidence, source),
    {.key = "version",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct inventory_evidence, version),
     .limit = LIMIT_VERSION,
     .mandatory = true},
    {.key = "cves",
     .kind = FIELD_TEXTS,
     .offset = offsetof(struct inventory_evidence, cves),
     .count_offset = offsetof(struct inventory_evidence, cve_count),
     .limit = LIMIT_RECORD_ITEMS,
     .mandatory = true},
};
const struct fields evidence_fields = FIELDS(evidence_rows, inventory_evidence);

static const struct field section_rows[] = {
    MUST(inventory_section, name),
    WORD(inventory_section, state, section_words, true),
    TEXT(inventory_section, reason, LIMIT_INVENTORY_TEXT),
};
const struct fields section_fields = FIELDS(section_rows, inventory_section);

static const struct field fact_rows[] = {
    MUST(inventory_fact, key),
    TEXT(inventory_fact, value, LIMIT_INVENTORY_TEXT),
};
const struct fields fact_fields = FIELDS(fact_rows, inventory_fact);

/* Parts of struct inventory itself, by the object that they stand in. */
static const struct field root_rows[] = {
    NUMBER(inventory, collected, FIELD_TIME),
    TEXT(inventory, collector, LIMIT_NAME),
    WORD(inventory, software_known, truth_words, true),
    WORD(inventory, connections_known, truth_words, false),
    WORD(inventory, unsupported_known, truth_words, false),
    WORD(inventory, hotfixes_known, truth_words, false),
};
const struct fields root_fields = FIELDS(root_rows, inventory);

static const struct field server_rows[] = {
    NAME(inventory, name),
    NAME(inventory, fqdn),
};
const struct fields server_fields = FIELDS(server_rows, inventory);

static const struct field updates_rows[] = {
    WORD(inventory_updates, known, truth_words, true),
    TEXT(inventory_updates, reason, LIMIT_INVENTORY_TEXT),
    NUMBER(inventory_updates, metadata_time, FIELD_TIME),
};
const struct fields updates_fields = FIELDS(updates_rows, inventory_updates);

static const struct field reboot_rows[] = {
    {.key = "required",
     .kind = FIELD_WORD,
     .offset = offsetof(struct inventory, reboot_required),
     .words = truth_words,
     .word_count = COUNT(truth_words)},
    {.key = "reason",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct inventory, reboot_reason),
     .limit = LIMIT_INVENTORY_TEXT},
};
const struct fields reboot_fields = FIELDS(reboot_rows, inventory);

#define LIST(name, row_fields, items, count, ceiling)                                              \
    {                                                                                              \
        name, &(row_fields), offsetof(struct inventory, items), offsetof(struct inventory, count), \
            (ceiling)                                                                              \
    }

const struct list address_list =
    LIST("addresses", address_fields, addresses, address_count, LIMIT_INVENTORY_ADDRESSES);
const struct list software_list =
    LIST("software", software_fields, software, software_count, LIMIT_INVENTORY_SOFTWARE);
const struct list update_list =
    LIST("items", update_fields, updates.items, updates.count, LIMIT_INVENTORY_UPDATES);
const struct list connection_list = LIST("connections", connection_fields, connections,
                                         connection_count, LIMIT_INVENTORY_CONNECTIONS);
const struct list unsupported_list = LIST("unsupported", unsupported_fields, unsupported,
                                          unsupported_count, LIMIT_INVENTORY_SOFTWARE);
const struct list hotfix_list =
    LIST("hotfixes", hotfix_fields, hotfixes, hotfix_count, LIMIT_INVENTORY_FACTS * 10);
const struct list evidence_list =
    LIST("evidence", evidence_fields, evidence, evidence_count, LIMIT_INVENTORY_EVIDENCE);
const struct list fact_list = LIST("facts", fact_fields, facts, fact_count, LIMIT_INVENTORY_FACTS);
const struct list section_list =
    LIST("sections", section_fields, sections, section_count, LIMIT_INVENTORY_FACTS);

void fields_clear(const struct fields *fields, void *record)
{
    memset(record, 0, fields->size);
    for (uint32_t i = 0; i < fields->count; i++) {
        char *at = (char *)record + fields->rows[i].offset;
        if (fields->rows[i].kind == FIELD_TIME) {
            *(int64_t *)(void *)at = TIME_NONE;
        } else if (fields->rows[i].kind == FIELD_DATE) {
            *(int32_t *)(void *)at = DATE_NONE;
        }
    }
}
