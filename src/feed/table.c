#include "base/limits.h"
#include "feed/feed.h"
#include "feed/source.h"

/* The feed of the last eight days, and answers of the API, whatever their names. */
static const char *const nvd_changes[] = {
    "nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-modified.json.gz",
    FEED_FOLDER_NVD_CHANGES "/*.json",
    FEED_FOLDER_NVD_CHANGES "/*.json.gz",
    NULL,
};

const struct feed feeds[] = {
    {.name = "nvd",
     .label = "NVD",
     .pattern = FEED_PATTERN_NVD,
     .changes = nvd_changes,
     .grain = FEED_GRAIN_FILE,
     .packing = FEED_GZIP,
     .unpacked_most = LIMIT_FEED_FILE,
     .cadence_days = 1,
     .licence = "public domain (U.S. government work)",
     .attribution =
         "This product uses data from the NVD API but is not endorsed or certified by the NVD."},
    {.name = "nvd-overrides",
     .label = "NVD overrides",
     .pattern = FEED_PATTERN_OVERRIDES,
     .grain = FEED_GRAIN_MEMBER,
     .packing = FEED_ZIP,
     .members = "*/data/*/CVE-*.json",
     .folder = "github.com/anchore/nvd-data-overrides/data/*/CVE-*.json",
     .optional = true,
     .cadence_days = 1,
     .licence = "CC0-1.0"},
    {.name = "cvelist",
     .label = "CVE List",
     .pattern = FEED_PATTERN_CVELIST,
     .grain = FEED_GRAIN_MEMBER,
     .packing = FEED_ZIP,
     .members = "*/cves/*/CVE-*.json",
     .cadence_days = 1,
     .licence = "CVE terms of use (SPDX: cve-tou)",
     .attribution = "CVE records from the CVE List, https://www.cve.org, copyright 1999 to today "
                    "The MITRE Corporation."},
    {.name = "endoflife",
     .label = "endoflife.date",
     .pattern = FEED_PATTERN_ENDOFLIFE,
     .packing = FEED_PLAIN,
     .cadence_days = 7,
     .licence = "MIT",
     .attribution = "Support dates from endoflife.date, copyright its contributors."},
    {.name = "kev",
     .label = "KEV",
     .pattern = FEED_PATTERN_KEV,
     .packing = FEED_PLAIN,
     .cadence_days = 1,
     .licence = "CC0-1.0"},
    {.name = "epss",
     .label = "EPSS",
     .pattern = FEED_PATTERN_EPSS,
     .packing = FEED_GZIP,
     .numbers = true,
     .cadence_days = 1,
     .licence = "free use with attribution",
     .attribution = "EPSS scores by FIRST: see EPSS at https://www.first.org/epss."},
    {.name = "osv",
     .label = "OSV (Linux distributions)",
     .pattern = FEED_PATTERN_OSV,
     .grain = FEED_GRAIN_MEMBER,
     .packing = FEED_ZIP,
     .cadence_days = 1,
     .licence =
         "of each distribution: MIT (AlmaLinux), BSD (Rocky Linux), CC-BY-4.0 (Red Hat, SUSE, "
         "openSUSE), CC-BY-SA-4.0 (Alpine, Ubuntu), CC-BY-NC-ND-4.0 and terms of their own "
         "for commercial scanners (Chainguard, Wolfi), none stated (the others)",
     .attribution =
         "Advisories in the form of https://osv.dev of AlmaLinux (MIT), Rocky Linux (BSD), "
         "Red Hat, SUSE and openSUSE (CC-BY-4.0), Alpine and Ubuntu (CC-BY-SA-4.0), "
         "Chainguard and Wolfi (CC-BY-NC-ND-4.0; terms of their own for commercial "
         "scanners), Azure Linux, Debian, Mageia, openEuler and others."},
    {.name = "microsoft",
     .label = "Microsoft updates (WES-NG)",
     .pattern = FEED_PATTERN_MICROSOFT,
     .packing = FEED_ZIP,
     .unpacked_most = LIMIT_FEED_TABLE,
     .cadence_days = 7,
     .licence = "BSD-3-Clause",
     .attribution = "Microsoft's security updates as collected by WES-NG, copyright 2019 Arris "
                    "Huijgen (BSD 3-clause licence)."},
};

const unsigned feed_count = sizeof feeds / sizeof feeds[0];

const struct feed *feed_find(struct str name)
{
    for (unsigned i = 0; i < feed_count; i++) {
        if (str_eq_text(name, feeds[i].name)) {
            return &feeds[i];
        }
    }
    return NULL;
}
