/*
 * The inventory document: what every collector and importer produces about one server, and
 * all that the assessment reads. docs/formats/inventory.md and inventory.schema.json describe
 * its JSON. A fact that was not found out is "unknown" with a reason, never a default.
 */
#ifndef ASSAY_INVENTORY_INVENTORY_H
#define ASSAY_INVENTORY_INVENTORY_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/date.h"
#include "base/error.h"

/* INVENTORY_FORMAT: raised when a reader of the older one would misread. */
enum { INVENTORY_FORMAT_VERSION = 1 };
#define INVENTORY_FORMAT_NAME "assay-inventory"

enum truth { TRUTH_UNKNOWN, TRUTH_NO, TRUTH_YES };

enum os_family { OS_FAMILY_UNKNOWN, OS_FAMILY_LINUX, OS_FAMILY_WINDOWS };

struct inventory_os {
    enum os_family family;
    struct str id;         /* os-release ID: "debian"; "windows" */
    struct str id_like;    /* blank separated */
    struct str name;       /* "Debian GNU/Linux" */
    struct str pretty;     /* "Debian GNU/Linux 12 (bookworm)" */
    struct str version_id; /* "12", "9.4" */
    struct str version;    /* the most exact one known: /etc/debian_version "12.15" */
    struct str codename;   /* "bookworm" */
    struct str cpe;        /* os-release CPE_NAME */
    struct str edition;    /* Windows EditionID, os-release VARIANT_ID */
    struct str build;      /* Windows "20348.2582" */
};

struct inventory_kernel {
    struct str running;         /* uname -r */
    struct str running_package; /* the package that the running kernel is from, or "" */
    struct str newest;          /* release of the newest installed kernel, or "" */
    struct str newest_package;
};

struct inventory_machine {
    struct str machine_id, product_uuid, serial, vendor, product, instance_id;
    struct str virtualization; /* "kvm", "vmware", "none", "" unknown */
    struct str cpu_model;
    uint32_t cpus;         /* logical processors, 0 unknown */
    uint64_t memory_bytes; /* 0 unknown */
    struct str arch;       /* uname -m */
    int64_t booted;        /* TIME_NONE unknown */
};

/* An address of an interface, without prefix length. */
struct inventory_address {
    struct str interface, address, mac;
};

/* Where a package came from, as far as the package manager tells. */
struct inventory_software {
    struct str ecosystem; /* "dpkg", "rpm", "apk", "pacman", "snap", "flatpak", "windows", or a
                             purl type of an import: "npm", "pypi", ... */
    struct str name;      /* without ":arch" */
    struct str version;   /* as the manager compares it: "1:2.3-4" with epoch; may be "" where
                             there is no package manager: "windows" and imports */
    struct str arch;
    struct str source;         /* source package, "" when the manager has none */
    struct str source_version; /* "" when the same as version */
    struct str vendor;         /* maintainer, vendor or publisher */
    struct str origin;         /* repository label: "Debian", "Debian-Security", "Docker", "" */
    struct str module;         /* rpm MODULARITYLABEL "nodejs:14:...", "" */
    struct str cpe;            /* as stated by an imported document, "" */
    struct str purl;           /* as stated by an imported document, "" */
    struct str status;         /* "" normal; "hold", "kernel-running" are possible words */
    int64_t installed;         /* TIME_NONE unknown */
};

enum update_class {
    UPDATE_UNKNOWN, /* the repository has no advisory data */
    UPDATE_OTHER,
    UPDATE_SECURITY,
    UPDATE_CRITICAL /* as the manager's own metadata says; the assessment may raise */
};

struct inventory_update {
    struct str ecosystem, name, arch;
    struct str from, to; /* from is "" for a package that the update brings anew */
    struct str source;   /* source package where known */
    struct str origin;   /* "Debian-Security:12/oldstable-security" */
    enum update_class class;
    struct str advisory;    /* "ALSA-2024:1234", KB number, "" */
    const struct str *cves; /* that the manager's metadata names */
    uint32_t cve_count;
};

struct inventory_updates {
    enum truth known;      /* YES: items is what the manager says; else reason */
    struct str reason;     /* why unknown, or what is missing from it */
    int64_t metadata_time; /* when repository metadata was last fetched, TIME_NONE */
    const struct inventory_update *items;
    uint32_t count;
};

enum connection_state { CONNECTION_LISTEN, CONNECTION_ESTABLISHED };

struct inventory_connection {
    enum connection_state state;
    struct str local_address, remote_address; /* without port or brackets */
    uint16_t local_port, remote_port;
    struct str process, service; /* "" when it could not be found out */
    uint32_t pid;                /* 0 unknown */
};

/* A fact of no other place: key from the list in docs/formats/inventory.md, e.g.
 * "unattended-upgrades" = "enabled", "ubuntu-pro" = "attached:esm-infra,esm-apps". */
struct inventory_fact {
    struct str key, value;
};

/* A package that the distribution itself no longer (or only partly) supports, as
 * debian-security-support on the target says. */
struct inventory_unsupported {
    struct str package; /* source package */
    bool limited;       /* else ended */
    int32_t since;      /* DATE_NONE unknown */
    struct str note;
};

/* An installed update of Windows. */
struct inventory_hotfix {
    struct str id;     /* "KB5034768" */
    int32_t installed; /* DATE_NONE unknown */
};

/* A version of a source package that, as its own changelog says, fixed CVEs. */
struct inventory_evidence {
    struct str ecosystem;   /* "dpkg", "rpm" */
    struct str source;      /* source package */
    struct str version;     /* the entry's, as the manager compares it */
    const struct str *cves; /* "CVE-2023-52425" */
    uint32_t cve_count;
};

enum section_state {
    SECTION_OK,
    SECTION_PARTIAL, /* cut, or some of it unreadable */
    SECTION_FAILED,
    SECTION_ABSENT /* the machine has no such thing (no rpm here) */
};

/* How each part of the collection went. */
struct inventory_section {
    struct str name; /* "packages.dpkg" */
    enum section_state state;
    struct str reason;
};

struct inventory {
    struct arena arena;   /* owns every text and array */
    int64_t collected;    /* TIME_NONE when an import does not say */
    struct str collector; /* "assay 0.1.0 local", "cyclonedx" */
    struct str name;      /* host name, short */
    struct str fqdn;
    struct inventory_os os;
    struct inventory_kernel kernel;
    struct inventory_machine machine;
    const struct inventory_address *addresses;
    uint32_t address_count;
    enum truth software_known; /* NO or UNKNOWN: the list could not be taken */
    const struct inventory_software *software;
    uint32_t software_count;
    struct inventory_updates updates;
    enum truth connections_known;
    const struct inventory_connection *connections;
    uint32_t connection_count;
    enum truth reboot_required;
    struct str reboot_reason;
    const struct inventory_fact *facts;
    uint32_t fact_count;
    enum truth unsupported_known; /* YES: debian-security-support answered */
    const struct inventory_unsupported *unsupported;
    uint32_t unsupported_count;
    enum truth hotfixes_known; /* YES: hotfixes is what Windows lists as installed */
    const struct inventory_hotfix *hotfixes;
    uint32_t hotfix_count;
    const struct inventory_evidence *evidence; /* of changelogs, where they were read */
    uint32_t evidence_count;
    const struct inventory_section *sections;
    uint32_t section_count;
    const struct str *notes; /* what a reader should know: "12 rows left out: ..." */
    uint32_t note_count;
};

/* An inventory in the caller's storage; init makes the empty one (all unknown). */
void inventory_init(struct inventory *inventory);
void inventory_done(struct inventory *inventory);

/* inventory_read reads a document. A wrong type or missing mandatory field, or a document of
 * a newer format version, is refused (ERR_FORMAT, ERR_VERSION) with its JSON path; a bad item
 * of a list is left out and noted; unknown fields are no fault. On failure *inventory is
 * empty and still initialised. */
int inventory_read(struct str json, struct inventory *inventory, struct error *err);

/* inventory_write appends the document, two-space indented, keys in a fixed order. */
void inventory_write(const struct inventory *inventory, struct buf *out);

/* inventory_fact_value returns the value of a fact, "" when it is not there. */
struct str inventory_fact_value(const struct inventory *inventory, struct str key);

const char *truth_name(enum truth truth);               /* "unknown", "no", "yes" */
const char *update_class_name(enum update_class class); /* "critical" ... */

#endif
