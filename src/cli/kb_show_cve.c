#include "cli/kb_show_cve.h"
#include "knowledge/microsoft.h"

bool kb_show_cve(struct kb_show *show, uint64_t id)
{
    struct knowledge_cve cve;
    struct knowledge_cve_text text = {.description = STR("")};
    uint32_t first;
    if (!knowledge_find_cve(show->knowledge, id, &cve)) {
        struct knowledge_kev kev;
        struct knowledge_epss epss;
        bool known = knowledge_find_kev(show->knowledge, id, &kev) ||
                     knowledge_find_epss(show->knowledge, id, &epss) ||
                     knowledge_advisories_naming(show->knowledge, id, &first) > 0 ||
                     knowledge_has_bulletin(show->knowledge, id);
        if (!known) {
            return false;
        }
        /* Known to other feeds alone. */
        cve = (struct knowledge_cve){.id = id,
                                     .published = TIME_NONE,
                                     .modified = TIME_NONE,
                                     .score = CVSS_NO_SCORE,
                                     .vector = STR("")};
    } else {
        knowledge_cve_text(show->knowledge, &cve, &show->arena, &text);
    }
    (show->json ? kb_show_cve_json : kb_show_cve_table)(show, &cve, &text);
    return true;
}
