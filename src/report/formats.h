/* The writers behind the table of formats, one file each. Not for other folders. */
#ifndef ASSAY_REPORT_FORMATS_H
#define ASSAY_REPORT_FORMATS_H

#include "report/report.h"

void report_table_write(const struct assessment *assessment, const struct knowledge *knowledge,
                        const struct report_options *options, struct buf *out);
void report_json_write(const struct assessment *assessment, const struct knowledge *knowledge,
                       const struct report_options *options, struct buf *out);
void report_csv_write(const struct assessment *assessment, const struct knowledge *knowledge,
                      const struct report_options *options, struct buf *out);
void report_html_write(const struct assessment *assessment, const struct knowledge *knowledge,
                       const struct report_options *options, struct buf *out);

#endif
