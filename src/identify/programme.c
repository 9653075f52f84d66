#include "identify/programme.h"
#include "identify/release.h"

enum asked {
    ASKED_NEVER,    /* has no advisories of its own */
    ASKED_ENROLLED, /* its builds are others than those of everybody */
    ASKED_ALWAYS    /* also for where a fix is to be had */
};

struct programme {
    const char *lifecycle; /* product on endoflife.date */
    const char *name;
    const char *fact;    /* that shows enrolment; NULL: everybody gets it */
    const char *pattern; /* of the fact's value, as str_glob */
    bool extends;        /* the extended dates of the life cycle are its own */
    enum asked asked;
    const char *system;    /* os-release ID, as str_glob */
    const char *ecosystem; /* in OSV, of {version}, {major}, {minor} */
};

static const struct programme programmes[] = {
    {"debian", "long-term support", NULL, NULL, true, ASKED_NEVER, "", ""},
    {"ubuntu", "Ubuntu Pro (ESM)", "ubuntu-pro", "attached:*esm-infra*", true, ASKED_ALWAYS,
     "ubuntu", "Ubuntu:Pro:{version}:LTS"},
    {"ubuntu", "Ubuntu Pro (FIPS)", "ubuntu-pro", "attached:*fips-updates*", false, ASKED_ENROLLED,
     "ubuntu", "Ubuntu:Pro:FIPS-updates:{version}:LTS"},
    {"rhel", "Extended Life Cycle Support", "rhel-els", "enabled*", true, ASKED_ALWAYS, "rhel",
     "Red Hat:rhel_els:{major}"},
    {"rhel", "Extended Life Cycle Support", "subscription", "*registered:*els*", true, ASKED_NEVER,
     "", ""},
    {"rhel", "Extended Update Support", "subscription", "*registered:*eus*", false, ASKED_ALWAYS,
     "rhel", "Red Hat:rhel_eus:{major}.{minor}"},
    {"rhel", "Extended Update Support", "subscription", "*registered:*eus*", false, ASKED_ALWAYS,
     "rhel", "Red Hat:enterprise_linux_eus:{major}.{minor}"},
    {"rhel", "Advanced Update Support", "subscription", "*registered:*aus*", false, ASKED_ENROLLED,
     "rhel", "Red Hat:rhel_aus:{major}.{minor}"},
    {"rhel", "Telecommunications Update Service", "subscription", "*registered:*tus*", false,
     ASKED_ENROLLED, "rhel", "Red Hat:rhel_tus:{major}.{minor}"},
    {"rhel", "Update Services for SAP Solutions", "subscription", "*registered:*e4s*", false,
     ASKED_ENROLLED, "rhel", "Red Hat:rhel_e4s:{major}.{minor}"},
    {"sles", "Long Term Service Pack Support", "suse-ltss", "enabled*", true, ASKED_ALWAYS,
     "sles|sles_sap", "SUSE:Linux Enterprise Server {major} SP{minor}-LTSS"},
    {"oracle-linux", "Extended Support", "oracle-extended", "enabled*", true, ASKED_NEVER, "", ""},
    {"windows-server", "Extended Security Updates", "windows-esu", "enabled*", true, ASKED_NEVER,
     "", ""},
    {"windows", "Extended Security Updates", "windows-esu", "enabled*", true, ASKED_NEVER, "", ""},
    {"mssqlserver", "Extended Security Updates", "mssql-esu", "enabled*", true, ASKED_NEVER, "",
     ""},
};

enum { PROGRAMMES = sizeof programmes / sizeof programmes[0] };

static bool is_enrolled(const struct inventory *inventory, const struct programme *row)
{
    if (!row->fact) {
        return true;
    }
    struct str value = inventory_fact_value(inventory, str_from(row->fact));
    return value.len > 0 && str_glob(str_from(row->pattern), value);
}

struct str programme_counts(const struct inventory *inventory, struct str lifecycle)
{
    for (unsigned i = 0; i < PROGRAMMES; i++) {
        const struct programme *row = &programmes[i];
        if (row->extends && str_eq_text(lifecycle, row->lifecycle) && is_enrolled(inventory, row)) {
            return str_from(row->name);
        }
    }
    return STR("");
}

/* Whether the release has an extension: the feed names no date for some of the past. */
static bool is_extended(const struct knowledge_release *release)
{
    return (release->extended_until != DATE_NONE && release->supported_until != DATE_NONE &&
            release->extended_until > release->supported_until) ||
           str_eq_text(release->name, "7-sp1");
}

struct str programme_offered(const struct inventory *inventory, struct str lifecycle,
                             const struct knowledge_release *release)
{
    for (unsigned i = 0; i < PROGRAMMES; i++) {
        const struct programme *row = &programmes[i];
        if (row->extends && row->fact && str_eq_text(lifecycle, row->lifecycle)) {
            return is_extended(release) && programme_counts(inventory, lifecycle).len == 0
                       ? str_from(row->name)
                       : STR("");
        }
    }
    return STR("");
}

/* Two facts can show the same programme. */
static bool is_enrolled_by_name(const struct inventory *inventory, const char *name)
{
    for (unsigned i = 0; i < PROGRAMMES; i++) {
        if (str_eq_text(str_from(programmes[i].name), name) &&
            is_enrolled(inventory, &programmes[i])) {
            return true;
        }
    }
    return false;
}

static bool find_one(const struct knowledge *knowledge, const struct inventory *inventory,
                     const struct programme *row, struct arena *arena,
                     struct identity_programme *ret)
{
    const struct release_parts parts = release_cut(inventory->os.version_id);
    if (row->asked == ASKED_NEVER || !str_glob(str_from(row->system), inventory->os.id)) {
        return false;
    }
    ret->name = str_from(row->name);
    ret->enrolled = is_enrolled_by_name(inventory, row->name);
    struct str name = release_fill(str_from(row->ecosystem), &parts, arena);
    return (ret->enrolled || row->asked == ASKED_ALWAYS) && name.len > 0 &&
           knowledge_find_ecosystem(knowledge, name, &ret->ecosystem);
}

void programme_find(const struct knowledge *knowledge, const struct inventory *inventory,
                    struct arena *arena, struct identity_os *ret)
{
    struct identity_programme *found = arena_array(arena, PROGRAMMES, struct identity_programme);
    for (unsigned i = 0; knowledge && i < PROGRAMMES; i++) {
        ret->programme_count +=
            find_one(knowledge, inventory, &programmes[i], arena, &found[ret->programme_count]);
    }
    ret->programmes = found;
    if (!ret->has_ecosystem && ret->programme_count > 0) {
        ret->ecosystem = found[0].ecosystem;
        ret->ecosystem_name = found[0].ecosystem.name;
        ret->has_ecosystem = true;
    }
}
