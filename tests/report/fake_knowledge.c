/* Stands in for a knowledge file: reports ask it for its feeds, its date and
 * what records say. */
#include "sample.h"

enum { HOUR = 3600, DAY = 86400 };

static const struct {
    const char *name, *label, *attribution;
    int64_t age;
    uint64_t records;
    bool present;
} feeds_known[] = {
    {"nvd", "NVD", "This product uses the NVD API but is not endorsed or certified by the NVD.",
     3 * HOUR, 211000, true},
    {"endoflife", "endoflife.date", "", 2 * DAY, 464, true},
    {"kev", "KEV", "", 45 * DAY, 1400, true},
    {"epss", "EPSS", "", 3 * HOUR, 360142, true},
    {"osv", "OSV", "", 3 * HOUR, 42000, true},
};

int64_t knowledge_built(const struct knowledge *knowledge)
{
    (void)knowledge;
    return SAMPLE_NOW - 4 * HOUR;
}

uint32_t knowledge_feed_count(const struct knowledge *knowledge)
{
    (void)knowledge;
    return sizeof feeds_known / sizeof feeds_known[0];
}

bool knowledge_feed(const struct knowledge *knowledge, uint32_t index, struct knowledge_feed *ret)
{
    (void)knowledge;
    *ret = (struct knowledge_feed){
        .name = str_from(feeds_known[index].name),
        .label = str_from(feeds_known[index].label),
        .attribution = str_from(feeds_known[index].attribution),
        .records = feeds_known[index].records,
        .newest = SAMPLE_NOW - feeds_known[index].age,
        .read = TIME_NONE,
        .present = feeds_known[index].present,
    };
    return true;
}

bool knowledge_find_cve(const struct knowledge *knowledge, uint64_t id, struct knowledge_cve *ret)
{
    (void)knowledge;
    *ret = (struct knowledge_cve){.id = id};
    return true;
}

/* Every third record has no text, every fifth a long one. */
bool knowledge_cve_text(const struct knowledge *knowledge, const struct knowledge_cve *cve,
                        struct arena *arena, struct knowledge_cve_text *ret)
{
    char id[CVE_ID_SIZE];
    (void)knowledge;
    if (cve->id % 3 == 0) {
        return false;
    }
    *ret = (struct knowledge_cve_text){
        .description = arena_printf(arena, "What %s <b>says</b>.\n%*s", cve_id_format(cve->id, id),
                                    cve->id % 5 == 0 ? 1000 : 0, cve->id % 5 == 0 ? "end" : "")};
    return true;
}

bool knowledge_find_kev(const struct knowledge *knowledge, uint64_t id, struct knowledge_kev *ret)
{
    (void)knowledge;
    *ret = (struct knowledge_kev){.name = STR("A flaw that is used")};
    return id % 9 == 0;
}

static int anything;

const struct knowledge *sample_knowledge(enum sample_kind kind)
{
    return kind == SAMPLE_UNKNOWN ? NULL : (const struct knowledge *)&anything;
}

/* The one word of src/identify/ that reports use; the real one brings the knowledge reader. */
const char *confidence_name(enum confidence confidence)
{
    static const char *const names[CONFIDENCES] = {
        [CONFIDENCE_ADVISORY] = "advisory",
        [CONFIDENCE_EXACT] = "exact",
        [CONFIDENCE_RANGE] = "range",
        [CONFIDENCE_PRODUCT] = "product",
        [CONFIDENCE_UNCONFIRMED] = "unconfirmed",
    };
    return names[confidence];
}
