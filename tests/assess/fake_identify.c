#include "fake_identify.h"

#include "base/limits.h"
#include "identify/programme.h"

const char *confidence_name(enum confidence confidence)
{
    static const char *const names[] = {"advisory", "exact", "range", "product", "unconfirmed"};
    return names[confidence];
}

static struct version_key make_key(enum version_scheme scheme, struct str text, struct arena *arena)
{
    struct version_key key = {0};
    struct buf bytes;
    buf_init(&bytes, LIMIT_VERSION_KEY);
    if (text.len && version_key_make(scheme, text, &bytes, &key, NULL) == 0)
        key.bytes =
            (const unsigned char *)arena_str(arena, str_make((const char *)key.bytes, key.len)).ptr;
    else
        key = (struct version_key){0};
    buf_done(&bytes);
    return key;
}

void identify_os(const struct identify_tables *tables, const struct knowledge *knowledge,
                 const struct inventory *inventory, struct arena *arena, struct identity_os *ret)
{
    static const char *const labels[][2] = {{"debian", "Debian"},
                                            {"ubuntu", "Ubuntu"},
                                            {"rhel", "Red Hat:enterprise_linux"},
                                            {"sles", "SUSE"}};
    struct str label = STR("AlmaLinux");
    for (unsigned i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        if (str_eq_text(inventory->os.id, labels[i][0]))
            label = str_from(labels[i][1]);
    }
    *ret = (struct identity_os){0};
    struct str release = inventory->os.version_id;
    if (str_eq_text(inventory->os.id, "rhel"))
        release = str_sub(release, 0, str_find_byte(release, '.'));
    ret->ecosystem_name = arena_printf(arena, "%.*s:%.*s", STR_ARG(label), STR_ARG(release));
    if (!knowledge)
        return;
    ret->has_ecosystem = knowledge_find_ecosystem(knowledge, ret->ecosystem_name, &ret->ecosystem);
    programme_find(knowledge, inventory, arena, ret);
    if (!tables->os_lifecycle ||
        !knowledge_find_lifecycle(knowledge, str_from(tables->os_lifecycle), &ret->lifecycle))
        return;
    ret->has_lifecycle = true;
    for (uint32_t i = 0; i < ret->lifecycle.release_count && !ret->has_release; i++)
        ret->has_release =
            knowledge_release(knowledge, ret->lifecycle.first_release + i, &ret->release) &&
            str_eq(ret->release.name, inventory->os.version_id);
}

static const struct fake_row *find_row(const struct identify_tables *tables, struct str name)
{
    for (uint32_t i = 0; i < tables->row_count; i++) {
        if (str_eq_text(name, tables->rows[i].name))
            return &tables->rows[i];
    }
    return NULL;
}

static void fill_product(const struct fake_row *row, const struct knowledge *knowledge,
                         struct arena *arena, struct identity *ret)
{
    struct knowledge_product found;
    if (row->product) {
        ret->named.vendor = str_from(row->vendor);
        ret->named.product = str_from(row->product);
    }
    if (!row->product || !knowledge ||
        !knowledge_find_product(knowledge, 'a', str_from(row->vendor), str_from(row->product),
                                &found))
        return;
    struct identity_product *product = arena_new(arena, struct identity_product);
    product->product = found;
    product->version = str_from(row->upstream);
    product->key = make_key(VERSION_NVD, product->version, arena);
    ret->products = product;
    ret->product_count = 1;
}

static void fill_advisory(const struct knowledge *knowledge, const struct identity_os *os,
                          const struct inventory_software *software, struct arena *arena,
                          struct identity *ret)
{
    bool rpm = str_eq_text(software->ecosystem, "rpm");
    struct str source = software->source.len ? software->source : software->name;
    ret->advisory_name = rpm ? software->name : source;
    ret->advisory_version =
        software->source_version.len && !rpm ? software->source_version : software->version;
    ret->kernel_image = str_glob(STR("linux-image-*|kernel-core"), software->name);
    if (str_eq_text(source, "linux-signed-amd64")) {
        ret->advisory_name = STR("linux");
        ret->advisory_version = software->version;
    }
    if (!knowledge || !os->has_ecosystem)
        return;
    ret->has_ecosystem = true;
    ret->ecosystem = os->ecosystem;
    ret->key = make_key(os->ecosystem.scheme, ret->advisory_version, arena);
    ret->has_package =
        knowledge_find_package(knowledge, os->ecosystem.index, ret->advisory_name, &ret->package);
    struct knowledge_package *extended =
        arena_array(arena, os->programme_count, struct knowledge_package);
    for (uint32_t i = 0; i < os->programme_count; i++) {
        struct knowledge_package package;
        if (!knowledge_find_package(knowledge, os->programmes[i].ecosystem.index,
                                    ret->advisory_name, &package))
            continue;
        if (!ret->has_package) {
            ret->package = package;
            ret->has_package = true;
        } else if (package.index != ret->package.index) {
            extended[ret->extended_count++] = package;
        }
    }
    ret->extended = extended;
}

void identify_software(const struct identify_tables *tables, const struct knowledge *knowledge,
                       const struct inventory *inventory, const struct identity_os *os,
                       const struct inventory_software *software, struct arena *arena,
                       struct identity *ret)
{
    const struct fake_row *row = find_row(tables, software->name);
    (void)inventory;
    *ret = (struct identity){.supplier = SUPPLIER_DISTRIBUTION, .rule = STR("test")};
    if (row && row->supplier != SUPPLIER_UNKNOWN)
        ret->supplier = row->supplier;
    if (row) {
        ret->security = row->security;
        ret->patch = row->patch;
        fill_product(row, knowledge, arena, ret);
        ret->has_lifecycle =
            row->lifecycle && knowledge &&
            knowledge_find_lifecycle(knowledge, str_from(row->lifecycle), &ret->lifecycle);
    }
    if (ret->supplier == SUPPLIER_DISTRIBUTION)
        fill_advisory(knowledge, os, software, arena, ret);
}

uint32_t identify_updates_of(const struct identify_tables *tables, struct str product,
                             uint32_t *ret_first)
{
    uint32_t first = 0, end;
    while (first < tables->update_count && !str_eq(tables->updates[first].product, product)) {
        first++;
    }
    for (end = first;
         end < tables->update_count && str_eq(tables->updates[end].product, product);) {
        end++;
    }
    *ret_first = first;
    return end - first;
}

void identify_update(const struct identify_tables *tables, uint32_t index,
                     struct identify_update *ret)
{
    *ret = tables->updates[index];
}

bool identify_setup(const struct identify_tables *tables, struct str product, struct str version,
                    struct identify_setup *ret)
{
    (void)product;
    if (!tables->setup || !str_eq_text(version, tables->setup_build))
        return false;
    *ret = *tables->setup;
    return true;
}

bool identify_unsupported(const struct identify_tables *tables, struct str ecosystem,
                          struct str source, struct identify_unsupported *ret)
{
    (void)ecosystem;
    if (!tables->unsupported || !str_eq_text(source, tables->unsupported))
        return false;
    *ret = (struct identify_unsupported){false, tables->unsupported_since, STR("by the table")};
    return true;
}

bool identify_stream(const struct identify_tables *tables, const struct inventory_os *os,
                     const struct inventory_software *software, const struct identity *identity,
                     struct identify_stream *ret)
{
    (void)os;
    (void)identity;
    if (!tables->module || !str_eq_text(software->module, tables->module))
        return false;
    *ret = (struct identify_stream){STR("postgresql"), STR("10"), tables->module_until};
    return true;
}

bool identify_os_support(const struct identify_tables *tables, const struct inventory_os *os,
                         int32_t *ret_until, int32_t *ret_extended)
{
    (void)os;
    if (!tables->os_until)
        return false;
    *ret_until = tables->os_until;
    *ret_extended = tables->os_extended;
    return true;
}
