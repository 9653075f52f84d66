/* The server itself, and how far this report sees. */
#include "report/html.h"

static void put_fact(struct page *page, const char *label, struct str text)
{
    if (text.len > 0) {
        html_rawf(page, "<dt>%s</dt><dd>", label);
        html_put(page, text);
        html_raw(page, "</dd>");
    }
}

/* Writes a sentence of a buffer as a fact and empties the buffer. */
static void put_sentence(struct page *page, const char *label, struct buf *sentence)
{
    put_fact(page, label, buf_view(sentence));
    buf_clear(sentence);
}

static void put_addresses(struct page *page, struct buf *line)
{
    enum { MOST = 8 };
    const struct inventory *inventory = page->assessment->inventory;
    for (uint32_t i = 0; i < inventory->address_count && i < MOST; i++) {
        buf_put_text(line, i > 0 ? ", " : "");
        buf_put_str(line, inventory->addresses[i].address);
    }
    put_sentence(page, "Addresses", line);
}

static void put_machine(struct page *page, struct buf *line)
{
    const struct inventory_machine *machine = &page->assessment->inventory->machine;
    buf_put_str(line, machine->arch);
    if (machine->cpus > 0) {
        buf_put_text(line, line->len > 0 ? ", " : "");
        text_put_count(line, machine->cpus, "processor", "processors");
    }
    if (machine->memory_bytes > 0) {
        buf_printf(line, "%s%.1f GiB memory", line->len > 0 ? ", " : "",
                   (double)machine->memory_bytes / (1u << 30));
    }
    if (machine->virtualization.len > 0 && !str_eq(machine->virtualization, STR("none"))) {
        buf_put_text(line, ", on ");
        buf_put_str(line, machine->virtualization);
    }
    put_sentence(page, "Machine", line);
}

/* "2026-11-22 07:12 UTC" */
static void put_time(struct page *page, const char *label, int64_t when, struct buf *line)
{
    char time[TIME_SIZE];
    if (when != TIME_NONE) {
        time_format(when, time);
        buf_printf(line, "%.10s %.5s UTC", time, time + 11);
        put_sentence(page, label, line);
    }
}

static void put_server(struct page *page, struct buf *line)
{
    const struct assessment *assessment = page->assessment;
    const struct inventory *inventory = assessment->inventory;
    html_raw(page, "<div><h3>The server</h3><dl>");
    put_fact(page, "Name", inventory->fqdn.len > 0 ? inventory->fqdn : inventory->name);
    put_fact(page, "System", inventory->os.pretty);
    view_put_support(line, &assessment->os_support);
    put_sentence(page, "Support", line);
    put_fact(page, "Kernel", inventory->kernel.running);
    put_machine(page, line);
    put_addresses(page, line);
    view_put_protection(line, assessment);
    put_sentence(page, "Protection", line);
    if (inventory->reboot_required == TRUTH_YES) {
        buf_put_text(line, "needed");
        buf_put_text(line, inventory->reboot_reason.len > 0 ? ": " : "");
        buf_put_str(line, inventory->reboot_reason);
        put_sentence(page, "Restart", line);
    }
    put_time(page, "Started", inventory->machine.booted, line);
    put_time(page, "Examined", inventory->collected, line);
    put_fact(page, "By", inventory->collector);
    html_raw(page, "</dl></div>\n");
}

static void put_sections(struct page *page)
{
    static const char *const words[] = {
        [SECTION_OK] = "complete",
        [SECTION_PARTIAL] = "in part",
        [SECTION_FAILED] = "failed",
        [SECTION_ABSENT] = "not there",
    };
    const struct inventory *inventory = page->assessment->inventory;
    for (uint32_t i = 0; i < inventory->section_count; i++) {
        const struct inventory_section *section = &inventory->sections[i];
        if (section->state == SECTION_PARTIAL || section->state == SECTION_FAILED) {
            html_raw(page, "<li>");
            html_put(page, section->name);
            html_rawf(page, ": %s%s", words[section->state], section->reason.len > 0 ? ", " : "");
            html_put(page, section->reason);
            html_raw(page, "</li>");
        }
    }
}

static void put_risk(struct page *page, const char *words, uint32_t number)
{
    html_rawf(page, "<tr><th scope=\"row\">%s</th><td class=\"n\">", words);
    html_number(page, number);
    html_raw(page, "</td></tr>");
}

static void put_risks(struct page *page)
{
    const struct assessment *assessment = page->assessment;
    html_raw(page, "<div><h3>Number of risks</h3><table class=\"plain\"><tbody>");
    put_risk(page, "Operating system past end of support", assessment->risk_os);
    put_risk(page, "Any software past end of support", assessment->risk_software);
    put_risk(page, "Vulnerabilities", assessment->risk_vulnerabilities);
    put_risk(page, "Pending critical and security updates", assessment->risk_updates);
    put_risk(page, "No security software", assessment->risk_security);
    put_risk(page, "No patch management", assessment->risk_patch);
    html_raw(page, "<tr class=\"total\"><th scope=\"row\">Risks</th><td class=\"n\">");
    html_number(page, assessment->risks);
    html_raw(page, "</td></tr></tbody></table></div>\n");
}

static void put_reach(struct page *page, struct buf *line)
{
    const struct assessment *assessment = page->assessment;
    html_raw(page, "<div><h3>How far this report sees</h3><ul><li>");
    view_put_coverage(line, assessment);
    html_capital(page, line);
    buf_clear(line);
    html_raw(page, ".</li>");
    if (assessment->accepted_count > 0) {
        html_raw(page, "<li>");
        view_put_accepted_count(line, assessment);
        html_put(page, buf_view(line));
        buf_clear(line);
        html_raw(page, ": listed and not counted.</li>");
    }
    if (assessment->unconfirmed.total > 0) {
        html_raw(page, "<li>");
        text_put_count(page->out, assessment->unconfirmed.total, "possible vulnerability",
                       "possible vulnerabilities");
        html_raw(page, " could not be confirmed and are not counted");
        const char *reason = view_unconfirmed_reason(assessment);
        if (reason != NULL) {
            html_raw(page, ": ");
            html_raw(page, reason);
        }
        html_raw(page, ".</li>");
    }
    for (uint32_t i = 0; i < assessment->note_count; i++) {
        html_raw(page, "<li>");
        html_put(page, assessment->notes[i]);
        html_raw(page, "</li>");
    }
    for (uint32_t i = 0; i < assessment->inventory->note_count; i++) {
        html_raw(page, "<li>");
        html_put(page, assessment->inventory->notes[i]);
        html_raw(page, "</li>");
    }
    put_sections(page);
    html_raw(page, "</ul></div>\n");
}

static void put_feed(struct page *page, const struct knowledge_feed *feed)
{
    char age[DATE_SIZE];
    int64_t seconds = view_feed_age(page->assessment, page->options, feed);
    html_raw(page, "<tr><th scope=\"row\">");
    html_put(page, feed->label);
    html_raw(page, "</th><td class=\"n\">");
    html_number(page, feed->records);
    html_raw(page, "</td><td>");
    html_date(page, time_to_date(feed->newest));
    html_rawf(page, "</td><td>%s</td></tr>",
              !feed->present ? "missing"
              : seconds < 0  ? "–"
                             : duration_format(seconds, age));
}

static void put_knowledge(struct page *page)
{
    html_raw(page, "<div><h3>What it was compared with</h3>");
    if (page->knowledge == NULL) {
        html_raw(page,
                 "<p class=\"empty\">Nothing: no knowledge has been built on the machine that "
                 "made this report. Build it with <code>assay kb build --from "
                 "FOLDER|URL</code>.</p></div>\n");
        return;
    }
    html_raw(page,
             "<table class=\"plain\"><thead><tr><th scope=\"col\">Source</th><th scope=\"col\" "
             "class=\"n\">Records</th><th scope=\"col\">Newest</th><th scope=\"col\">Age</th>"
             "</tr></thead><tbody>");
    for (uint32_t i = 0; i < knowledge_feed_count(page->knowledge); i++) {
        struct knowledge_feed feed;
        if (knowledge_feed(page->knowledge, i, &feed)) {
            put_feed(page, &feed);
        }
    }
    html_raw(page, "</tbody></table></div>\n");
}

void html_about(struct page *page)
{
    struct buf line;
    buf_init(&line, 1 << 16);
    html_raw(page, "<section id=\"about\">\n<h2>About</h2>\n<div class=\"about\">\n");
    put_server(page, &line);
    put_risks(page);
    put_reach(page, &line);
    put_knowledge(page);
    html_raw(page, "</div></section>\n");
    buf_done(&line);
}
