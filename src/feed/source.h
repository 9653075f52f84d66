/*
 * Where feeds are published. Apart from the table of feeds, so that the fetcher links no
 * parser.
 */
#ifndef ASSAY_FEED_SOURCE_H
#define ASSAY_FEED_SOURCE_H

#include "base/str.h"

#define FEED_PATTERN_NVD "nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-20*.json.gz"
/* Pages of changes: FROM and TO of the time of change, number of the first record. They speak of
 * any year and override what is older. */
#define FEED_FOLDER_NVD_CHANGES "services.nvd.nist.gov/rest/json/cves/2.0"
#define FEED_PATTERN_ENDOFLIFE  "endoflife.date/api/v1/products/full/index.json"
#define FEED_PATTERN_KEV                                                                           \
    "www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"
#define FEED_PATTERN_EPSS      "epss.empiricalsecurity.com/epss_scores-current.csv.gz"
#define FEED_PATTERN_OVERRIDES "github.com/anchore/nvd-data-overrides/archive/refs/heads/main.zip"
#define FEED_PATTERN_CVELIST   "github.com/CVEProject/cvelistV5/archive/refs/heads/main.zip"
#define FEED_PATTERN_OSV       "storage.googleapis.com/osv-vulnerabilities/*/all.zip"
#define FEED_PATTERN_MICROSOFT "raw.githubusercontent.com/bitsadmin/wesng/master/definitions.zip"

struct feed_source {
    const char *name;    /* of the feed */
    const char *pattern; /* HOST/PATH with at most one `*` */
    int first_year;      /* `*` (behind "20") is each year from here on; 0: it is not */
    /* else `*` is each of these, ended by NULL; NULL when the pattern has none */
    const char *const *fillers;
    bool has_meta; /* beside each X.json.gz an X.meta states its checksum */
    bool optional; /* a mirror may have only some of its files, or none */
};

extern const struct feed_source feed_sources[];
extern const unsigned feed_source_count;

/* feed_source_path writes the path of file number index (from 0) of a source, with year the
 * newest year there is, to out. False when the source has no such file, or out is too small. */
bool feed_source_path(const struct feed_source *source, int year, unsigned index, char *out,
                      size_t out_size);

/* feed_source_host says whether host (no port, any case) is one that a feed is published on,
 * or that such a host is known to redirect to. */
bool feed_source_host(struct str host);

#endif
