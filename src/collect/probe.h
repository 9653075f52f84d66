/*
 * Inside of collect/: the answer of a probe while it is being read. Sections are read one after
 * the other into a struct probe; what needs several of them is joined at the end (finish_*).
 */
#ifndef ASSAY_COLLECT_PROBE_H
#define ASSAY_COLLECT_PROBE_H

#include "base/intern.h"
#include "inventory/inventory.h"

enum { PROBE_FIELDS = 16 };

/* Where an apt repository's version of a package is: the repository as apt-cache policy
 * names it ("http://deb.example.org/debian bookworm/main"). */
struct apt_repository {
    struct str uri, suite; /* "http://deb.example.org/debian", "bookworm/main" */
    struct str label;      /* "Debian-Security", or the host's name */
    struct str release;    /* "Debian-Security:12/oldstable-security" */
    bool security;
};

enum { APT_VERSION_REPOSITORIES = 8 };

struct apt_version {
    struct str version;
    uint32_t repositories[APT_VERSION_REPOSITORIES];
    uint32_t repository_count;
};

struct apt_package {
    const struct apt_version *versions;
    uint32_t version_count;
};

/* A Release file of an apt repository, by the name that apt stores it under. */
struct apt_release {
    struct str file, origin, label, suite, version;
};

struct apt_state {
    struct intern names; /* "libssl3", "libssl3:i386": numbers of packages */
    struct apt_package *packages;
    uint32_t package_count, package_capacity;
    struct intern repository_names; /* "URI SUITE": numbers of repositories */
    struct apt_repository *repositories;
    uint32_t repository_count, repository_capacity;
    struct apt_release *releases;
    uint32_t release_count, release_capacity;
    bool asked, answered; /* the section came; it ended with apt's summary */
    struct str error;     /* apt's own "E: ..." */
    uint32_t kept_back, phased;
};

/* What updates an installed package (name and arch), by which advisory. */
struct rpm_advisory {
    struct str name, arch, id;
    struct str cves; /* separated by commas */
    enum update_class class;
};

struct rpm_state {
    bool asked, answered; /* a section of updates came; it was whole */
    struct str error;
    struct rpm_advisory *advisories;
    uint32_t advisory_count, advisory_capacity;
    uint32_t repository_count;
    struct intern advised; /* repositories with advisories: identifiers, or cache folders */
    struct inventory_software *origins; /* name, version, arch, origin of installed packages */
    uint32_t origin_count, origin_capacity;
};

/* A kernel that is installed: its release and package. */
struct kernel_image {
    struct str release, package, version;
};

struct kernel_state {
    struct kernel_image *images;
    uint32_t count, capacity;
};

/* debian-security-support: a pattern of source packages. */
struct support_rule {
    struct str pattern, note;
    int32_t since;
    bool limited;
};

struct support_state {
    struct support_rule *rules;
    uint32_t count, capacity;
    bool seen;
};

struct probe {
    struct inventory *inventory;
    struct arena *arena; /* the inventory's */
    struct str section;  /* being read */
    int exit;            /* its exit status, -1 unknown */
    uint32_t bad_lines;  /* of this section */
    struct str bad_line; /* the first one */
    struct str failure;  /* why this section failed, if its text says so */
    struct str lacking;  /* what the account could not see */

    struct inventory_software *software;
    uint32_t software_count, software_capacity;
    struct inventory_update *updates;
    uint32_t update_count, update_capacity;
    struct inventory_connection *connections;
    uint32_t connection_count, connection_capacity;
    struct inventory_address *addresses;
    uint32_t address_count, address_capacity;
    struct inventory_fact *facts;
    uint32_t fact_count, fact_capacity;
    struct inventory_section *sections;
    uint32_t section_count, section_capacity;
    struct str *notes;
    uint32_t note_count, note_capacity;
    struct inventory_unsupported *unsupported;
    uint32_t unsupported_count, unsupported_capacity;

    struct inventory_evidence *evidence;
    uint32_t evidence_count, evidence_capacity;
    uint32_t evidence_cves; /* in all of them */

    bool software_listed;    /* some package manager's list was read */
    enum truth restart_tool; /* what a tool that knows says of a reboot */
    bool registered;         /* with Red Hat's subscription management */
    struct str programmes;   /* extensions of support that repositories show: "els,eus" */
    struct apt_state apt;
    struct rpm_state rpm;
    struct kernel_state kernel;
    struct support_state support;
    uint32_t left_out; /* items past a ceiling */
};

void probe_init(struct probe *probe, struct inventory *inventory);
void probe_done(struct probe *probe);

/* probe_text copies a text of the target into the inventory: control characters go, what is not
 * UTF-8 becomes U+FFFD, and what is longer than limit is cut. */
struct str probe_text(struct probe *probe, struct str text, size_t limit);
/* probe_name and probe_version are probe_text with the ceilings of base/limits.h. */
struct str probe_name(struct probe *probe, struct str text);
struct str probe_version(struct probe *probe, struct str text);

/* probe_bad_line counts a line that has not the form it should have. */
void probe_bad_line(struct probe *probe, struct str line);
void probe_note(struct probe *probe, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* probe_add_* append to a list of the inventory; NULL past its ceiling, which is counted. */
struct inventory_software *probe_add_software(struct probe *probe, const char *ecosystem);
struct inventory_update *probe_add_update(struct probe *probe, const char *ecosystem);
struct inventory_connection *probe_add_connection(struct probe *probe);
void probe_add_address(struct probe *probe, struct str interface, struct str address);
void probe_add_fact(struct probe *probe, const char *key, struct str value);
void probe_add_section(struct probe *probe, struct str name, enum section_state state,
                       struct str reason);
/* probe_mark adds a word to a package's status. */
void probe_mark(struct probe *probe, struct inventory_software *software, const char *word);

/* probe_find_software returns the first installed package of that ecosystem and name (arch ""
 * is any), or NULL. Linear: for the few. */
struct inventory_software *probe_find_software(struct probe *probe, const char *ecosystem,
                                               struct str name, struct str arch);

/* probe_fields splits a line; returns how many fields there were, at most PROBE_FIELDS, the last
 * one taking what is left. */
unsigned probe_fields(struct str line, char separator, struct str fields[PROBE_FIELDS]);
/* probe_key splits "KEY <tab> VALUE"; false when there is no tab. */
bool probe_key(struct str line, struct str *ret_key, struct str *ret_value);
/* probe_time reads seconds since 1970, TIME_NONE when it is no such number. */
int64_t probe_time(struct str text);
/* probe_metadata_time keeps the newest time at which a repository was asked. */
void probe_metadata_time(struct probe *probe, struct str seconds);

/* Readers of sections. */
void parse_os(struct probe *probe, struct str text);
void parse_rights(struct probe *probe, struct str text);
void parse_system(struct probe *probe, struct str text);
void parse_addresses(struct probe *probe, struct str text);
void parse_kernel(struct probe *probe, struct str text);
void parse_reboot(struct probe *probe, struct str text);
void parse_needs_restarting(struct probe *probe, struct str text);
void parse_needs_rebooting(struct probe *probe, struct str text);
void parse_packages_dpkg(struct probe *probe, struct str text);
void parse_packages_rpm(struct probe *probe, struct str text);
void parse_packages_apk(struct probe *probe, struct str text);
void parse_packages_pacman(struct probe *probe, struct str text);
void parse_packages_snap(struct probe *probe, struct str text);
void parse_packages_flatpak(struct probe *probe, struct str text);
void parse_apt_policy(struct probe *probe, struct str text);
void parse_apt_releases(struct probe *probe, struct str text);
void parse_apt_updates(struct probe *probe, struct str text);
void parse_metadata(struct probe *probe, struct str text);
void parse_dnf_updates(struct probe *probe, struct str text);
void parse_dnf_advisories(struct probe *probe, struct str text);
void parse_yum_updates(struct probe *probe, struct str text);
void parse_zypper_updates(struct probe *probe, struct str text);
void parse_zypper_patches(struct probe *probe, struct str text);
void parse_apk_updates(struct probe *probe, struct str text);
void parse_pacman_updates(struct probe *probe, struct str text);
void parse_sockets_ss(struct probe *probe, struct str text);
void parse_sockets_proc(struct probe *probe, struct str text);
void parse_services(struct probe *probe, struct str text);
void parse_apt_periodic(struct probe *probe, struct str text);
void parse_rpm_repositories(struct probe *probe, struct str text);
void parse_ubuntu_pro(struct probe *probe, struct str text);
void parse_debian_support(struct probe *probe, struct str text);
void parse_changelog_dpkg(struct probe *probe, struct str text);
void parse_changelog_rpm(struct probe *probe, struct str text);

/* Joins, when every section is read. */
void finish_os(struct probe *probe);
void finish_apt(struct probe *probe);
void finish_rpm_updates(struct probe *probe);
void finish_kernel(struct probe *probe);
void finish_support(struct probe *probe);
void finish_services(struct probe *probe);
/* finish_evidence drops what is said of sources of which nothing is installed. */
void finish_evidence(struct probe *probe);

#endif
