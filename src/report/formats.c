#include "report/formats.h"

const struct report_format report_formats[] = {
    {"table", "for the terminal", report_table_write},
    {"json", "one document, docs/formats/assessment.md", report_json_write},
    {"csv", "one row a vulnerability", report_csv_write},
    {"html", "one self-contained page", report_html_write},
};

const unsigned report_format_count = sizeof report_formats / sizeof report_formats[0];

const struct report_format *report_format_find(struct str name)
{
    for (unsigned i = 0; i < report_format_count; i++) {
        if (str_eq_text(name, report_formats[i].name)) {
            return &report_formats[i];
        }
    }
    return NULL;
}
