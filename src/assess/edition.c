#include "assess/engine.h"

/* Products with editions whose versions are counted apart: the number that is fixed in one says
 * nothing of another. */

struct told {
    struct str version, name, stated;
};

static uint64_t third_number(struct str version)
{
    struct str part = {0};
    uint64_t number = 0;
    for (unsigned i = 0; i < 3; i++) {
        if (!str_split_byte(&version, '.', &part)) {
            return 0;
        }
    }
    return str_to_u64(part, &number) ? number : 0;
}

/* Weekly releases of Jenkins have two numbers, long-term ones three. */
static struct edition tell_jenkins(const struct told *told)
{
    unsigned dots = 0;
    for (size_t i = 0; i < told->version.len; i++) {
        dots += told->version.ptr[i] == '.';
        if (told->version.ptr[i] != '.' && !str_is_digit(told->version.ptr[i])) {
            return (struct edition){0};
        }
    }
    return (struct edition){.excluded = dots == 1 ? STR("lts") : dots == 2 ? STR("-") : STR("")};
}

/* Acrobat's tracks: 15.006.30527 is classic, 23.001.20064 continuous. */
static struct edition tell_acrobat(const struct told *told)
{
    uint64_t number = third_number(told->version);
    return (struct edition){.excluded = number >= 20000 && number < 30000   ? STR("classic")
                                        : number >= 30000 && number < 40000 ? STR("continuous")
                                                                            : STR("")};
}

/* BIND's preview edition for subscribers: 9.11.37-S1, "9.11.37 s1". */
static struct edition tell_bind(const struct told *told)
{
    struct str version = told->version;
    for (size_t i = 1; i < version.len; i++) {
        if (str_lower_byte(version.ptr[i]) == 's' && !str_is_alpha(version.ptr[i - 1])) {
            return (struct edition){0};
        }
    }
    return (struct edition){.excluded = version.len > 0 && str_is_digit(version.ptr[0])
                                            ? STR("supported_preview")
                                            : STR("")};
}

/* Extended support releases have criteria of their own: 140.9 has fixes that came after 142. */
static struct edition tell_mozilla(const struct told *told)
{
    bool extended = str_eq_text(told->stated, "esr") ||
                    str_glob(STR("* esr|* esr *|*-esr|*-esr-*"), told->name);
    return extended ? (struct edition){.only = STR("esr")}
                    : (struct edition){.excluded = STR("esr")};
}

/* Puppet Enterprise counts by year, 2019.8.7; Puppet by 8.10.0. */
static struct edition tell_puppet(const struct told *told)
{
    bool enterprise = str_glob(STR("*enterprise*|pe-*"), told->name) || told->stated.len > 0;
    return (struct edition){.excluded = enterprise ? STR("") : STR("enterprise")};
}

static const struct {
    const char *vendor, *product; /* as globs */
    struct edition (*tell)(const struct told *told);
} rows[] = {
    {"jenkins|cloudbees", "jenkins", tell_jenkins},
    {"adobe", "acrobat|acrobat_dc|acrobat_reader|acrobat_reader_dc", tell_acrobat},
    {"isc", "bind", tell_bind},
    {"puppet|puppetlabs", "puppet", tell_puppet},
    {"mozilla", "firefox|thunderbird", tell_mozilla},
};

struct edition edition_tell(const struct identity *identity, const struct identity_product *product,
                            struct str name)
{
    struct told told = {product->version, name, identity->stated.sw_edition};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (str_glob(str_from(rows[i].vendor), product->product.vendor) &&
            str_glob(str_from(rows[i].product), product->product.product)) {
            return rows[i].tell(&told);
        }
    }
    return (struct edition){0};
}

bool edition_fits(const struct edition *edition, struct str sw_edition)
{
    return (edition->excluded.len == 0 || !str_eq(sw_edition, edition->excluded)) &&
           (edition->only.len == 0 || str_eq(sw_edition, edition->only));
}
