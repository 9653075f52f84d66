#include "knowledge/microsoft.h"
#include "knowledge/reader.h"

/* What look-ups of Microsoft's updates rely on: orders, and that parts belong to their whole
 * (K25, K26). */

static int wrong(const char *section, uint32_t index, const char *what, struct error *err)
{
    return error_set(err, ERR_FORMAT, "%s %u: %s; build it again with `assay kb build`", section,
                     index, what);
}

static int check_fixes(const struct knowledge *knowledge, const struct knowledge_update *update,
                       struct error *err)
{
    struct knowledge_fix fix;
    uint64_t previous = 0;
    for (uint32_t i = 0; i < update->fix_count; i++) {
        if (!knowledge_fix(knowledge, update->first_fix + i, &fix)) {
            return wrong("bulletin fixes", update->first_fix + i, "leads outside the file", err);
        }
        if (fix.cve <= previous) {
            return wrong("bulletin fixes", update->first_fix + i, "out of order", err); /* K25 */
        }
        previous = fix.cve;
    }
    return 0;
}

/* Each replaced update is found again from the other side. */
static int check_superseded(const struct knowledge *knowledge,
                            const struct knowledge_bulletin_product *product,
                            const struct knowledge_update *update, struct error *err)
{
    for (uint32_t i = 0; i < update->superseded_count; i++) {
        uint32_t kb, first, index = update->first_superseded + i;
        if (!knowledge_superseded(knowledge, index, &kb)) {
            return wrong("superseded", index, "leads outside the file", err);
        }
        uint32_t count = knowledge_superseders(knowledge, product, kb, &first);
        bool found = false;
        for (uint32_t k = 0; k < count; k++) {
            struct knowledge_superseder superseder;
            found = found || (knowledge_superseder(knowledge, first + k, &superseder) &&
                              superseder.update == update->index);
        }
        if (!found) {
            return wrong("superseded", index, "is not among the superseders", err); /* K26 */
        }
    }
    return 0;
}

static int check_product(const struct knowledge *knowledge, uint32_t index, struct error *err)
{
    struct knowledge_bulletin_product product, found;
    uint32_t superseded = 0;
    if (!knowledge_bulletin_product(knowledge, index, &product)) {
        return wrong("bulletin products", index, "leads outside the file", err);
    }
    if (!knowledge_find_bulletin_product(knowledge, product.name, &found) || found.index != index) {
        return wrong("bulletin products", index, "out of order", err); /* K25 */
    }
    for (uint32_t i = 0; i < product.update_count; i++) {
        struct knowledge_update update, same;
        uint32_t at = product.first_update + i;
        if (!knowledge_update(knowledge, at, &update)) {
            return wrong("updates", at, "leads outside the file", err);
        }
        if (update.product != index ||
            !knowledge_find_update(knowledge, &product, update.kb, &same) || same.index != at) {
            return wrong("updates", at, "is of another product or out of order", err); /* K25 */
        }
        int result = check_fixes(knowledge, &update, err);
        result = result < 0 ? result : check_superseded(knowledge, &product, &update, err);
        if (result < 0) {
            return result;
        }
        superseded += update.superseded_count;
    }
    return superseded == product.superseder_count
               ? 0
               : wrong("superseders", product.first_superseder, "are not those of the updates",
                       err); /* K26 */
}

int knowledge_verify_bulletins(const struct knowledge *knowledge, struct error *err)
{
    uint64_t previous = 0;
    for (uint32_t i = 0; i < knowledge->sections[SECTION_BULLETIN_CVES].count; i++) {
        uint64_t cve;
        if (!knowledge_record(knowledge, SECTION_BULLETIN_CVES, i, &cve) || cve <= previous) {
            return wrong("bulletin cves", i, "out of order", err); /* K25 */
        }
        previous = cve;
    }
    int result = 0;
    for (uint32_t i = 0; result == 0 && i < knowledge_bulletin_product_count(knowledge); i++) {
        result = check_product(knowledge, i, err);
    }
    return result;
}
