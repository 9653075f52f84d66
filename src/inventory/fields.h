/*
 * The fields of the records of an inventory document: one row a field serves reading,
 * writing and the ceilings. Order is the order of writing. Not for other folders.
 */
#ifndef ASSAY_INVENTORY_FIELDS_H
#define ASSAY_INVENTORY_FIELDS_H

#include "inventory/inventory.h"

enum field_kind {
    FIELD_TEXT, /* struct str, "" unknown */
    FIELD_TIME, /* int64_t, TIME_NONE unknown */
    FIELD_DATE, /* int32_t, DATE_NONE unknown */
    FIELD_U16,  /* 0 unknown */
    FIELD_U32,
    FIELD_U64,
    FIELD_BOOL,
    FIELD_WORD, /* an enum: index into words */
    FIELD_TEXTS /* struct str pointer, count at count_offset */
};

struct field {
    const char *key;
    enum field_kind kind;
    bool mandatory;
    uint16_t offset, count_offset;
    uint32_t limit; /* bytes of a text, count of texts */
    const char *const *words;
    uint32_t word_count;
};

/* A record that stands alone has every field, null where unknown; an item of a list leaves out
 * what is unknown. */
struct fields {
    const struct field *rows;
    uint32_t count;
    uint32_t size; /* of the record */
};

extern const struct fields os_fields, kernel_fields, machine_fields, address_fields,
    software_fields, update_fields, connection_fields, unsupported_fields, hotfix_fields,
    evidence_fields, section_fields, fact_fields;
/* Fields of struct inventory itself (updates_fields: of its updates) by the object of the
 * document that they stand in. */
extern const struct fields root_fields, server_fields, updates_fields, reboot_fields;

/* A list of a document: where its array and count are in struct inventory. */
struct list {
    const char *key;
    const struct fields *fields;
    size_t items_offset, count_offset;
    uint32_t limit;
};

extern const struct list address_list, software_list, update_list, connection_list,
    unsupported_list, hotfix_list, evidence_list, section_list, fact_list;

extern const char *const truth_words[3];

/* fields_clear makes the record of unknowns. */
void fields_clear(const struct fields *fields, void *record);

#endif
