/* Microsoft's updates that fix a CVE. */
#include "cli/kb_show_cve.h"
#include "knowledge/microsoft.h"
#include "report/text.h"

#include <stdio.h>

enum { SHOWN_UPDATES = 16 };

/* NULL for a rating that Microsoft did not give. */
static const char *rating_word(enum knowledge_severity severity)
{
    static const char *const words[] = {
        [KNOWLEDGE_SEVERITY_UNKNOWN] = NULL,        [KNOWLEDGE_SEVERITY_LOW] = "low",
        [KNOWLEDGE_SEVERITY_MODERATE] = "moderate", [KNOWLEDGE_SEVERITY_IMPORTANT] = "important",
        [KNOWLEDGE_SEVERITY_CRITICAL] = "critical",
    };
    return words[severity];
}

struct update_line {
    const struct knowledge_bulletin_product *product;
    const struct knowledge_update *update;
    const struct knowledge_fix *fix;
};

static void put_line(struct kb_show *show, const struct update_line *line)
{
    char posted[DATE_SIZE];
    const char *rating = rating_word(line->fix->severity);
    buf_printf(&show->out, "    KB%u  %s  ", line->update->kb,
               date_format(line->update->posted, posted));
    text_put_clean(&show->out, line->product->name);
    if (line->fix->component.len > 0) {
        buf_put_text(&show->out, ", ");
        text_put_clean(&show->out, line->fix->component);
    }
    if (rating != NULL) {
        buf_printf(&show->out, "  rated %s", rating);
    }
    buf_put_byte(&show->out, '\n');
}

static void take_json(struct kb_show *show, const struct update_line *line, uint32_t number)
{
    char kb[16];
    (void)number;
    snprintf(kb, sizeof kb, "KB%u", line->update->kb);
    json_open_object(&show->writer, NULL);
    json_put_text(&show->writer, "update", kb);
    json_put_date(&show->writer, "posted", line->update->posted);
    json_put_str(&show->writer, "product", line->product->name);
    json_put_known(&show->writer, "component", line->fix->component);
    json_put_text(&show->writer, "rating", rating_word(line->fix->severity));
    json_close_object(&show->writer);
}

/* Calls back for each update of each product, with a number from 0; returns how many. The knowledge
 * has no list by CVE: all are asked. */
static uint32_t each_update(struct kb_show *show, uint64_t cve,
                            void (*take)(struct kb_show *show, const struct update_line *line,
                                         uint32_t number))
{
    bool known = knowledge_has_bulletin(show->knowledge, cve);
    uint32_t products = known ? knowledge_bulletin_product_count(show->knowledge) : 0, count = 0;
    for (uint32_t p = 0; p < products; p++) {
        struct knowledge_bulletin_product product;
        if (!knowledge_bulletin_product(show->knowledge, p, &product)) {
            continue;
        }
        for (uint32_t u = 0; u < product.update_count; u++) {
            struct knowledge_update update;
            struct knowledge_fix fix;
            if (knowledge_update(show->knowledge, product.first_update + u, &update) &&
                knowledge_find_fix(show->knowledge, &update, cve, &fix)) {
                take(show, &(struct update_line){&product, &update, &fix}, count++);
            }
        }
    }
    return count;
}

static void take_line(struct kb_show *show, const struct update_line *line, uint32_t number)
{
    if (number == 0) {
        buf_put_text(&show->out, "  Updates of Microsoft\n");
    }
    if (show->all || number < SHOWN_UPDATES) {
        put_line(show, line);
    }
}

void kb_show_cve_updates(struct kb_show *show, uint64_t cve)
{
    if (show->json) {
        json_open_array(&show->writer, "updates");
        each_update(show, cve, take_json);
        json_close_array(&show->writer);
        return;
    }
    uint32_t count = each_update(show, cve, take_line);
    if (count > SHOWN_UPDATES && !show->all) {
        buf_printf(&show->out, "    ... %u more   (--all shows them)\n", count - SHOWN_UPDATES);
    }
}
