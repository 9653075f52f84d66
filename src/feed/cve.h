/*
 * What the readers of CVE records share. Not for other folders.
 */
#ifndef ASSAY_FEED_CVE_H
#define ASSAY_FEED_CVE_H

#include "feed/field.h"
#include "feed/reader.h"

/* feed_cve_skip counts a part that is left out: "CVE-2024-0001: criteria: not a CPE: x". */
void feed_cve_skip(struct feed_run *run, enum feed_skip reason, const char *what, struct str value);

/* feed_cve_too_many says whether a list may hold more than most values of at least words_each
 * words of tape: a record must not be larger than the knowledge file's counts allow. */
bool feed_cve_too_many(struct tape_value list, uint32_t most, uint32_t words_each);

/* feed_cve_read_description takes the first English text. False, with the problem, when the
 * record cannot be used. */
bool feed_cve_read_description(struct tape_value list, struct str *ret_text,
                               struct field_problem *ret_problem);

/* feed_cve_read_references sets cve's references from a list of objects with a "url". */
void feed_cve_read_references(struct feed_run *run, struct tape_value list, struct feed_cve *cve);

/* feed_cve_read_score reads an object with vectorString and baseScore. False, counted, when
 * either is none of that version. */
bool feed_cve_read_score(struct feed_run *run, struct tape_value item, enum cvss_version version,
                         enum score_source source, struct feed_score *ret_score);

/* feed_cve_read_configurations adds those of a list in NVD's form (def_config of its schema,
 * cpeApplicability of CVE records). One that cannot be read safely is left out. */
void feed_cve_read_configurations(struct feed_run *run, struct tape_value list,
                                  enum cve_origin origin, struct feed_cve *cve);

/* feed_cve_hand counts a record that was read whole and hands it to the sink. */
int feed_cve_hand(struct feed_run *run, const struct feed_cve *cve, struct error *err);

#endif
