/*
 * One row a finding, the columns a row of a table (RFC 4180). A cell that a spreadsheet would
 * take for a formula is preceded by an apostrophe.
 */
#include "report/formats.h"
#include "report/view.h"

#include <string.h>

struct row {
    const struct assessment *assessment;
    const struct report_options *options;
    const struct finding *finding;
    struct str notice;
};

static void put_server_cell(const struct row *row, struct buf *out)
{
    buf_put_str(out, view_server(row->assessment, row->options));
}

static void put_cve_cell(const struct row *row, struct buf *out)
{
    char cve[CVE_ID_SIZE];
    buf_put_text(out, cve_id_format(row->finding->cve, cve));
}

static void put_level_cell(const struct row *row, struct buf *out)
{
    buf_put_text(out, level_name(row->finding->level));
}

static void put_score_cell(const struct row *row, struct buf *out)
{
    if (row->finding->score != CVSS_NO_SCORE) {
        text_put_score(out, row->finding->score);
    }
}

static void put_version_cell(const struct row *row, struct buf *out)
{
    if (row->finding->cvss_version != CVSS_NONE) {
        buf_put_text(out, cvss_version_name(row->finding->cvss_version));
    }
}

static void put_vector_cell(const struct row *row, struct buf *out)
{
    buf_put_str(out, row->finding->vector);
}

static void put_exploited_cell(const struct row *row, struct buf *out)
{
    buf_put_text(out, row->finding->known_exploited ? "yes" : "no");
}

static void put_since_cell(const struct row *row, struct buf *out)
{
    if (row->finding->exploited_since != DATE_NONE) {
        text_put_date(out, row->finding->exploited_since);
    }
}

static void put_due_cell(const struct row *row, struct buf *out)
{
    if (row->finding->exploited_due != DATE_NONE) {
        text_put_date(out, row->finding->exploited_due);
    }
}

static void put_ransomware_cell(const struct row *row, struct buf *out)
{
    buf_put_text(out, row->finding->ransomware ? "yes" : "no");
}

static void put_epss_cell(const struct row *row, struct buf *out)
{
    if (row->finding->epss >= 0) {
        buf_printf(out, "%.5f", row->finding->epss);
    }
}

static void put_percentile_cell(const struct row *row, struct buf *out)
{
    if (row->finding->epss_percentile >= 0) {
        buf_printf(out, "%.5f", row->finding->epss_percentile);
    }
}

static void put_published_cell(const struct row *row, struct buf *out)
{
    if (row->finding->published != TIME_NONE) {
        text_put_date(out, time_to_date(row->finding->published));
    }
}

static void put_age_cell(const struct row *row, struct buf *out)
{
    if (row->finding->age_days >= 0) {
        buf_printf(out, "%d", row->finding->age_days);
    }
}

static void put_software_cell(const struct row *row, struct buf *out)
{
    buf_put_str(out, row->finding->software);
}

static void put_packages_cell(const struct row *row, struct buf *out)
{
    const struct inventory *inventory = row->assessment->inventory;
    for (uint32_t i = 0; i < row->finding->package_count; i++) {
        if (row->finding->packages[i] < inventory->software_count) {
            buf_put_text(out, i > 0 ? " " : "");
            buf_put_str(out, inventory->software[row->finding->packages[i]].name);
        }
    }
}

static void put_installed_cell(const struct row *row, struct buf *out)
{
    buf_put_str(out, row->finding->installed);
}

static void put_fixed_in_cell(const struct row *row, struct buf *out)
{
    buf_put_str(out, row->finding->fixed_in);
}

static void put_programme_cell(const struct row *row, struct buf *out)
{
    buf_put_str(out, row->finding->programme);
}

static void put_by_update_cell(const struct row *row, struct buf *out)
{
    buf_put_text(out, row->finding->fixed_by_update ? "yes" : "no");
}

static void put_update_cell(const struct row *row, struct buf *out)
{
    buf_put_str(out, row->finding->update);
}

static void put_confidence_cell(const struct row *row, struct buf *out)
{
    buf_put_text(out, confidence_name(row->finding->confidence));
}

static void put_source_cell(const struct row *row, struct buf *out)
{
    buf_put_str(out, row->finding->source);
}

static void put_advisory_cell(const struct row *row, struct buf *out)
{
    buf_put_str(out, row->finding->advisory);
}

static void put_criterion_cell(const struct row *row, struct buf *out)
{
    buf_put_str(out, row->finding->criterion);
}

static void put_accepted_cell(const struct row *row, struct buf *out)
{
    if (row->finding->accepted != NULL) {
        view_put_accepted(out, row->finding->accepted);
    }
}

static void put_acceptance_cell(const struct row *row, struct buf *out)
{
    if (row->finding->accepted != NULL) {
        view_put_acceptance(out, row->finding->accepted);
    }
}

static void put_level_source_cell(const struct row *row, struct buf *out)
{
    view_put_level_source(out, row->finding);
}

static void put_last_affected_cell(const struct row *row, struct buf *out)
{
    buf_put_str(out, row->finding->last_affected);
}

/* NVD asks for its sentence wherever its data is: a row may be copied from its file. */
static void put_notice_cell(const struct row *row, struct buf *out)
{
    buf_put_str(out, row->notice);
}

static const struct column {
    const char *name;
    void (*put)(const struct row *row, struct buf *out);
} columns[] = {
    {"server", put_server_cell},
    {"cve", put_cve_cell},
    {"level", put_level_cell},
    {"score", put_score_cell},
    {"known_exploited", put_exploited_cell},
    {"epss", put_epss_cell},
    {"software", put_software_cell},
    {"installed", put_installed_cell},
    {"fixed_in", put_fixed_in_cell},
    {"fixed_by_update", put_by_update_cell},
    {"update", put_update_cell},
    {"published", put_published_cell},
    {"age_days", put_age_cell},
    {"packages", put_packages_cell},
    {"confidence", put_confidence_cell},
    {"source", put_source_cell},
    {"advisory", put_advisory_cell},
    {"criterion", put_criterion_cell},
    {"cvss_version", put_version_cell},
    {"vector", put_vector_cell},
    {"exploited_since", put_since_cell},
    {"ransomware", put_ransomware_cell},
    {"epss_percentile", put_percentile_cell},
    {"accepted", put_accepted_cell},
    {"accepted_why", put_acceptance_cell},
    {"fixed_in_programme", put_programme_cell},
    {"last_affected", put_last_affected_cell},
    {"exploited_due", put_due_cell},
    {"level_source", put_level_source_cell},
    {"notice", put_notice_cell},
};

/* What a spreadsheet takes for the beginning of a formula, with the blanks that it skips; the signs
 * of full width too, which input methods of East Asia write and some spreadsheets take. */
static bool looks_like_formula(struct str cell)
{
    static const char *const wide[] = {"\uff1d", "\uff0b", "\uff0d", "\uff20"};
    while (cell.len > 0 && cell.ptr[0] == ' ') {
        cell = str_skip(cell, 1);
    }
    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++) {
        if (str_starts(cell, str_from(wide[i]))) {
            return true;
        }
    }
    return cell.len > 0 && memchr("=+-@|\t\r\n", cell.ptr[0], 8) != NULL;
}

static void put_cell(struct buf *out, struct str cell)
{
    bool quoted = looks_like_formula(cell);
    for (size_t i = 0; i < cell.len && !quoted; i++) {
        quoted = strchr(",\"\r\n", cell.ptr[i]) != NULL;
    }
    if (quoted) {
        buf_put_byte(out, '"');
    }
    if (looks_like_formula(cell)) {
        buf_put_byte(out, '\'');
    }
    uint32_t character;
    while (text_next(&cell, &character)) {
        if (character == '"') {
            buf_put_byte(out, '"');
        }
        text_put_character(out, character);
    }
    if (quoted) {
        buf_put_byte(out, '"');
    }
}

static void put_row(const struct row *row, struct buf *cell, struct buf *out)
{
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        buf_clear(cell);
        columns[i].put(row, cell);
        buf_put_text(out, i > 0 ? "," : "");
        put_cell(out, buf_view(cell));
    }
    buf_put_text(out, "\r\n");
}

void report_csv_write(const struct assessment *assessment, const struct knowledge *knowledge,
                      const struct report_options *options, struct buf *out)
{
    struct buf cell;
    struct str notice = report_nvd_notice(knowledge);
    uint32_t count = options->all ? assessment->finding_count : assessment->confirmed_count;
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        buf_printf(out, "%s%s", i > 0 ? "," : "", columns[i].name);
    }
    buf_put_text(out, "\r\n");
    buf_init(&cell, out->ceiling);
    for (uint32_t i = 0; i < count; i++) {
        const struct row row = {assessment, options, &assessment->findings[i], notice};
        if (view_shows(options, row.finding)) {
            put_row(&row, &cell, out);
        }
    }
    buf_done(&cell);
}
