#include "assess/engine.h"

#include "base/memory.h"

/* A key of a unit: what makes two packages be decided together. */
enum { LIMIT_UNIT_KEY = 16 << 10 };

/* Ubuntu builds the kernel from a source a flavour. */
static bool kernel_flavour(struct str name)
{
    static const char *const flavours[] = {
        "aws*",      "azure*",  "gcp*",   "gke*",        "hwe*",      "ibm*",
        "intel*",    "iot*",    "kvm*",   "lowlatency*", "meta*",     "nvidia*",
        "oem*",      "oracle*", "raspi*", "realtime*",   "riscv*",    "signed*",
        "starfive*", "xilinx*", "lts*",   "laptop*",     "bluefield*"};
    for (unsigned i = 0; i < sizeof flavours / sizeof *flavours; i++) {
        if (str_glob(str_from(flavours[i]), name)) {
            return true;
        }
    }
    return false;
}

#define RPM_KERNEL_SOURCES                                                                         \
    "kernel-rt*|kernel-uek*|kernel-default*|kernel-azure*|kernel-64kb*|kernel-debug|"              \
    "kernel-docs*|kernel-source*|kernel-syms*|kernel-obs-*|kernel-kvmsmall|kernel-zfcpdump"

/* The sources that a distribution builds its kernel from: "linux", "linux-6.1",
 * "linux-signed-amd64", "kernel", "kernel-rt", and SUSE's by flavour. */
static bool is_kernel_source(struct str ecosystem, struct str source)
{
    if (str_eq_text(ecosystem, "rpm")) {
        return str_eq_text(source, "kernel") || str_glob(STR(RPM_KERNEL_SOURCES), source);
    }
    if (str_eq_text(source, "linux")) {
        return true;
    }
    if (!str_starts(source, STR("linux-"))) {
        return false;
    }
    struct str rest = str_skip(source, 6);
    return (rest.len && str_is_digit(rest.ptr[0])) || kernel_flavour(rest);
}

bool unit_has_packager(struct str ecosystem)
{
    return str_glob(STR("dpkg|rpm|apk|pacman"), ecosystem);
}

static struct str source_of(const struct inventory_software *software)
{
    return software->source.len ? software->source : software->name;
}

/* The packages that the running kernel is from. Packages of one version belong together: on
 * rpm systems "kernel" and "kernel-core". */
struct running {
    bool known;
    struct str version;
};

static bool is_marked(const struct inventory *inventory, const struct inventory_software *package,
                      bool by_status)
{
    if (by_status) {
        return str_find(package->status, STR("kernel-running")) != SIZE_MAX;
    }
    return inventory->kernel.running_package.len &&
           str_eq(package->name, inventory->kernel.running_package);
}

/* A mark of the collector says more than the name, which several kernels can share. */
static struct running find_running(const struct engine *engine)
{
    const struct inventory *inventory = engine->inventory;
    for (int by_status = 1; by_status >= 0; by_status--) {
        for (uint32_t i = 0; i < inventory->software_count; i++) {
            const struct inventory_software *package = &inventory->software[i];
            if (engine->software[i].identity.kernel_image &&
                is_marked(inventory, package, by_status == 1)) {
                return (struct running){true, package->version};
            }
        }
    }
    return (struct running){0};
}

static enum exclusion exclude(const struct engine *engine, uint32_t index, bool kernel_source,
                              const struct running *running)
{
    const struct identity *identity = &engine->software[index].identity;
    if (!kernel_source || identity->supplier == SUPPLIER_MAKER) {
        return EXCLUDED_NOT;
    }
    if (!identity->kernel_image) {
        return EXCLUDED_NO_IMAGE;
    }
    if (running->known && !str_eq(engine->inventory->software[index].version, running->version)) {
        return EXCLUDED_NOT_RUNNING;
    }
    return EXCLUDED_NOT;
}

struct str unit_upstream(struct str version)
{
    size_t colon = str_find_byte(version, ':');
    if (colon != SIZE_MAX) {
        version = str_skip(version, colon + 1);
    }
    for (size_t i = version.len; i-- > 1;) {
        if (version.ptr[i] == '-') {
            return str_sub(version, 0, i);
        }
    }
    return version;
}

static void put_key(struct buf *key, struct str part)
{
    buf_put_str(key, part);
    buf_put_byte(key, '\x1f');
}

/* Packages that the advisories speak of meet by the name and version asked for; others by
 * their source, version and CPE products. */
static void make_key(struct buf *key, const struct unit *unit)
{
    const struct identity *identity = unit->identity;
    const char kind[] = {(char)('0' + identity->supplier), (char)('0' + unit->excluded),
                         unit->covered ? 'c' : '-', identity->by_source ? 's' : '-'};
    buf_clear(key);
    buf_put(key, kind, sizeof kind);
    put_key(key, unit->software->ecosystem);
    put_key(key, unit->name);
    if (unit->covered) {
        put_key(key, identity->advisory_name);
        put_key(key, identity->advisory_version);
        put_key(key, unit->software->module);
        return;
    }
    put_key(key, unit->version);
    put_key(key, identity->supplier_name);
    for (uint32_t i = 0; i < identity->product_count; i++) {
        const struct identity_product *product = &identity->products[i];
        buf_put(key, &product->product.index, sizeof product->product.index);
        put_key(key, product->version);
    }
}

static struct str unit_name(const struct inventory_software *software,
                            const struct identity *identity, bool kernel_source)
{
    /* linux-signed-amd64 is the source linux, signed. */
    if (kernel_source && identity->advisory_name.len && str_eq_text(software->ecosystem, "dpkg")) {
        return identity->advisory_name;
    }
    if (identity->supplier == SUPPLIER_MAKER) {
        return software->name;
    }
    return source_of(software);
}

static void fill_unit(const struct engine *engine, uint32_t index, const struct running *running,
                      struct unit *unit)
{
    const struct inventory_software *software = &engine->inventory->software[index];
    const struct identity *identity = &engine->software[index].identity;
    struct str source = source_of(software);
    *unit = (struct unit){.identity = identity, .software = software};
    unit->covered =
        identity->supplier != SUPPLIER_MAKER && identity->has_ecosystem && identity->has_package;
    unit->kernel_source =
        unit_has_packager(software->ecosystem) &&
        (identity->kernel_image || is_kernel_source(software->ecosystem, source) ||
         is_kernel_source(software->ecosystem, identity->advisory_name));
    unit->excluded = exclude(engine, index, unit->kernel_source, running);
    unit->name = unit_name(software, identity, unit->kernel_source);
    unit->version = unit->covered && identity->advisory_version.len ? identity->advisory_version
                    : software->source_version.len && identity->supplier != SUPPLIER_MAKER
                        ? software->source_version
                        : software->version;
    unit->backported =
        identity->supplier == SUPPLIER_DISTRIBUTION ||
        (identity->supplier == SUPPLIER_UNKNOWN && unit_has_packager(software->ecosystem));
}

static struct unit *find_unit(struct engine *engine, struct intern *keys, struct buf *key,
                              const struct unit *like)
{
    make_key(key, like);
    uint32_t id = intern_add(keys, buf_view(key));
    if (id == engine->unit_count) {
        mem_reserve(engine->units, engine->unit_count, engine->unit_capacity);
        engine->units[engine->unit_count++] = *like;
    }
    return &engine->units[id];
}

/* A package of a source that the advisories do speak of is not asked for by CPE: what they
 * do not list of it has no fix to get. */
static void mark_siblings(struct engine *engine)
{
    struct intern covered;
    intern_init(&covered);
    for (uint32_t i = 0; i < engine->unit_count; i++) {
        if (engine->units[i].covered) {
            intern_add(&covered, engine->units[i].name);
        }
    }
    for (uint32_t i = 0; i < engine->unit_count; i++) {
        struct unit *unit = &engine->units[i];
        unit->sibling_covered =
            !unit->covered && unit->backported && intern_find(&covered, unit->name) != INTERN_NONE;
    }
    intern_done(&covered);
}

void units_make(struct engine *engine)
{
    struct intern keys;
    struct buf key;
    struct running running = find_running(engine);
    intern_init(&keys);
    buf_init(&key, LIMIT_UNIT_KEY);
    for (uint32_t i = 0; i < engine->inventory->software_count; i++) {
        struct unit like;
        fill_unit(engine, i, &running, &like);
        struct unit *unit = find_unit(engine, &keys, &key, &like);
        arena_reserve(engine->arena, unit->packages, unit->package_count, unit->package_capacity);
        unit->packages[unit->package_count++] = i;
        engine->kernels_not_running +=
            like.excluded == EXCLUDED_NOT_RUNNING && unit->package_count == 1;
    }
    mark_siblings(engine);
    buf_done(&key);
    intern_done(&keys);
}
