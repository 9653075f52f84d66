/* What the readers of foreign formats share: making an inventory piece by piece. Only for
 * src/import. */
#ifndef ASSAY_IMPORT_BUILDER_H
#define ASSAY_IMPORT_BUILDER_H

#include "import/import.h"
#include "purl/purl.h"
#include "json/json_reader.h"

struct import_builder {
    struct inventory *inventory; /* texts go to its arena */
    struct inventory_software *software;
    uint32_t software_count, software_capacity;
    struct inventory_hotfix *hotfixes;
    uint32_t hotfix_count, hotfix_capacity;
    struct str *notes;
    uint32_t note_count, note_capacity;
    uint32_t seen, bad; /* pieces of software; those of them left out */
};

/* Notes about single pieces; the rest are counted. */
enum { IMPORT_PIECES_NOTED = 20 };

void import_builder_note(struct import_builder *builder, struct str note);
/* import_builder_add takes a piece of software, whose texts live in the inventory's arena. False,
 * with the piece counted as bad and noted, when its name or version cannot be used. ERR_LIMIT
 * beyond LIMIT_INVENTORY_SOFTWARE is told by import_builder_full. */
bool import_builder_add(struct import_builder *builder, const struct inventory_software *software);
bool import_builder_full(const struct import_builder *builder);
/* import_builder_add_hotfix takes an installed update of Windows by its name ("KB5034768"); the
 * day of its installation is not known. */
void import_builder_add_hotfix(struct import_builder *builder, struct str id);
/* import_builder_leave_out counts and notes a piece that could not be read. */
void import_builder_leave_out(struct import_builder *builder, const char *text);
/* import_builder_finish moves software, hotfixes and notes into the inventory, each name, version
 * and architecture once. section is the name of what was read ("import.spdx"). known says whether
 * the document has a list of software at all. */
void import_builder_finish(struct import_builder *builder, struct str section, enum truth known);

/* import_take_text returns text in the arena, cut to limit bytes, what is not UTF-8 made U+FFFD,
 * control characters made blanks, trimmed. */
struct str import_take_text(struct arena *arena, struct str text, size_t limit);

/* import_set_os fills os (texts are views into its arguments or arena) from how a document names a
 * distribution ("debian", "redhat", "Debian GNU/Linux") and its release ("12.11", "bookworm"). */
void import_set_os(struct arena *arena, struct str name, struct str release,
                   struct inventory_os *os);
/* import_set_os_phrase reads name and release from one phrase of a management product:
 * "Microsoft Windows Server 2019 (64-bit)", "CentOS 4/5 or later (64-bit)" (no release: two are
 * named), "Red Hat Enterprise Linux 8.6". release, when not "", is what another column says. */
void import_set_os_phrase(struct arena *arena, struct str phrase, struct str release,
                          struct inventory_os *os);

/* import_read_distro fills the operating system from what a purl of a package says of it, when
 * nothing is known yet: namespace "debian", distro "debian-12". */
void import_read_distro(struct import_builder *builder, const struct purl *purl);
/* import_apply_purl sets ecosystem, name, version, architecture and source by a purl and, where
 * component is not absent, by the properties of a CycloneDX component. */
void import_apply_purl(struct json component, struct arena *arena, const struct purl *purl,
                       struct inventory_software *software);

/* import_name_of returns the server's name that a file's name gives: without folders and
 * extensions. */
struct str import_name_of(struct str file_name);

#endif
