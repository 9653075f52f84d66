/* What the files that show a CVE share. */
#ifndef ASSAY_CLI_KB_SHOW_CVE_H
#define ASSAY_CLI_KB_SHOW_CVE_H

#include "cli/kb.h"

/* kb_level_word is the severity of a score in tenths, "UNKNOWN" without one. */
const char *kb_level_word(enum cvss_version version, int score);
const char *kb_source_word(enum score_source source); /* "NVD" */

/* One stretch with what it belongs to. */
struct kb_place {
    struct knowledge_affected affected;
    struct knowledge_package package;
    struct knowledge_ecosystem ecosystem;
};

/* kb_find_place: false when the file does not have it. */
bool kb_find_place(const struct kb_show *show, uint32_t position, struct kb_place *ret);

/* kb_show_cve_updates writes Microsoft's updates that fix the CVE, of both formats. */
void kb_show_cve_updates(struct kb_show *show, uint64_t cve);
void kb_show_cve_table(struct kb_show *show, const struct knowledge_cve *cve,
                       const struct knowledge_cve_text *text);
void kb_show_cve_json(struct kb_show *show, const struct knowledge_cve *cve,
                      const struct knowledge_cve_text *text);

#endif
