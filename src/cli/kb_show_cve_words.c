/* What is said of a CVE alike to people and to programs. */
#include "cli/kb_show_cve.h"

const char *kb_level_word(enum cvss_version version, int score)
{
    return score < 0 ? "UNKNOWN" : cvss_severity_name(cvss_severity(version, score));
}

const char *kb_source_word(enum score_source source)
{
    static const char *const words[] = {"NVD", "CNA", "ADP"};
    return source <= SCORE_SOURCE_ADP ? words[source] : "?";
}

bool kb_find_place(const struct kb_show *show, uint32_t position, struct kb_place *ret)
{
    return knowledge_advisory_place(show->knowledge, position, &ret->affected) &&
           knowledge_package(show->knowledge, ret->affected.package, &ret->package) &&
           knowledge_ecosystem(show->knowledge, ret->package.ecosystem, &ret->ecosystem);
}
