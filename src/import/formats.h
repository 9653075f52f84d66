/* The readers of src/import, each a file: a row of import.c says how its documents are recognised.
 * Not for other folders.
 */
#ifndef ASSAY_IMPORT_FORMATS_H
#define ASSAY_IMPORT_FORMATS_H

#include "import/builder.h"
#include "json/json_reader.h"

/* A document being read. */
struct import_run {
    struct str bytes; /* UTF-8 (by law of the format, else made so) without byte order mark */
    const struct import_hints *hints;
    const struct import_sink *sink;
    struct json root; /* of JSON formats */
    /* Of JSON formats: empty, its arena holding the document's texts. */
    struct inventory inventory;
    uint32_t servers; /* given so far */
};

/* import_give hands an inventory to the sink. */
int import_give(struct import_run *run, struct inventory *inventory, struct error *err);
/* import_leave_out tells the sink of something that is left out. */
void import_leave_out(struct import_run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* import_hint_name is the server's name where the document has none. */
struct str import_hint_name(const struct import_run *run);

/* JSON: is it this format (judged by the outermost members). */
bool spdx_matches(struct json root);
int spdx_read_all(struct import_run *run, struct error *err);
bool osquery_matches(struct json root);
int osquery_read_all(struct import_run *run, struct error *err);
/* Lines of JSON: results of osqueryd. */
bool osquery_log_matches(struct str bytes);
int osquery_log_read_all(struct import_run *run, struct error *err);

/* Text. */
bool servers_matches(struct str bytes); /* a CSV with a row a server: RVTools, Azure Migrate */
int servers_read_all(struct import_run *run, struct error *err);
bool applications_matches(struct str bytes); /* Azure Migrate's software inventory */
int applications_read_all(struct import_run *run, struct error *err);
bool systeminfo_matches(struct str bytes);
int systeminfo_read_all(struct import_run *run, struct error *err);
bool dpkg_list_matches(struct str bytes); /* dpkg -l */
int dpkg_list_read_all(struct import_run *run, struct error *err);
bool dpkg_query_matches(struct str bytes); /* dpkg-query -W */
int dpkg_query_read_all(struct import_run *run, struct error *err);
bool dpkg_status_matches(struct str bytes); /* /var/lib/dpkg/status */
int dpkg_status_read_all(struct import_run *run, struct error *err);
bool rpm_list_matches(struct str bytes); /* rpm -qa */
int rpm_list_read_all(struct import_run *run, struct error *err);
bool apk_list_matches(struct str bytes); /* apk list -I, apk info -v */
int apk_list_read_all(struct import_run *run, struct error *err);

#endif
