/*
 * Every ceiling on foreign bytes, each with its reason. A number that another folder needs
 * stands here, so that one page shows what a hostile input can cost.
 */
#ifndef ASSAY_BASE_LIMITS_H
#define ASSAY_BASE_LIMITS_H

/* Feeds. A year of NVD unpacked: the largest has 95 MB (2026). What it unpacks to and its JSON are
 * in memory at once, so that this is what a hostile one can cost, and some more. */
#define LIMIT_FEED_FILE ((size_t)512 << 20)
/* A download as sent (packed). cvelistV5 is 550 MB. */
#define LIMIT_FEED_DOWNLOAD ((size_t)4 << 30)
/* A page of NVD's API: 2,000 records of 10 kB, and a kernel CVE has 500 kB. */
#define LIMIT_NVD_PAGE ((size_t)256 << 20)
/* Pages that are kept or listed: two a day of a month are 60; 120 days after an outage 100. */
#define LIMIT_NVD_PAGES 2000u
/* assay.conf. */
#define LIMIT_SETTINGS ((size_t)1 << 20)
/* A member of a zip, or a file of another feed than NVD, unpacked. The largest member of OSV is
 * 4 MB (a kernel advisory), EPSS has 11 MB, endoflife.date 2.4 MB. */
#define LIMIT_FEED_MEMBER ((size_t)64 << 20)
/* How many times its size a download may unpack to when that is above LIMIT_FEED_SMALL: JSON and
 * tables pack to a tenth to a fortieth, deflate can to a thousandth. */
#define LIMIT_FEED_RATIO 250u
#define LIMIT_FEED_SMALL ((size_t)64 << 20)
/* A table in a zip: Microsoft's updates are 136 MB (2026). */
#define LIMIT_FEED_TABLE ((size_t)512 << 20)
/* Members of one zip. All of OSV together is 900,000. */
#define LIMIT_FEED_MEMBERS 4000000u
/* JSON nesting. Feeds need 12; simdjson's own ceiling is 1024. */
#define LIMIT_JSON_DEPTH 512u
/* Brackets, braces, commas and colons in JSON above LIMIT_FEED_SMALL, one in so many bytes: each
 * costs up to 24 bytes while it is read. Feeds have one in eight. */
#define LIMIT_JSON_SPARSE 4u
/* Values in one document that is read whole. An inventory at all its ceilings has 5 million; a
 * value costs 24 bytes, so that this is 190 MB. */
#define LIMIT_JSON_VALUES 8000000u

/* A text of a record: descriptions reach 4 kB; longer is cut from the record's meaning. */
#define LIMIT_RECORD_TEXT ((size_t)64 << 10)
/* A name: vendor, product, package, identifier. */
#define LIMIT_NAME 512u
/* A reference. The longest of NVD is 500 bytes; browsers stop at some thousand. */
#define LIMIT_URL 4096u
/* A version as written. The longest real one is under 100 bytes. */
#define LIMIT_VERSION 256u
/* A version key: 256 bytes of version expand at most twofold and some. */
#define LIMIT_VERSION_KEY 1024u
/* A CPE formatted string (NISTIR 7695 sets none; the dictionary's longest is 300). */
#define LIMIT_CPE 1024u
/* A CVSS vector: 4.0 with every metric is 200 bytes. */
#define LIMIT_CVSS_VECTOR 512u
/* Criteria of one CVE: CVE-2017-15361-like records reach 10,000. */
#define LIMIT_CVE_CRITERIA 65535u
/* CVEs, references and affected packages of one record. */
#define LIMIT_RECORD_ITEMS 65535u

/* Inventory documents. 10,000 packages are 4 MB; a hostile target stops here. */
#define LIMIT_INVENTORY             ((size_t)64 << 20)
#define LIMIT_INVENTORY_SOFTWARE    200000u
#define LIMIT_INVENTORY_CONNECTIONS 100000u
#define LIMIT_INVENTORY_UPDATES     100000u
#define LIMIT_INVENTORY_NOTES       1000u
#define LIMIT_INVENTORY_FACTS       1000u
/* A host of containers has an address for each. */
#define LIMIT_INVENTORY_ADDRESSES 20000u
/* Entries of changelogs that name CVEs, and CVEs that the probe may name: a server with the
 * changelogs of 500 sources has 900 and 9,000, most of them of the kernel. */
#define LIMIT_INVENTORY_EVIDENCE 100000u
#define LIMIT_PROBE_CVES         500000u
/* Words of people: vendor, reason, note; a purl with its qualifiers. */
#define LIMIT_INVENTORY_TEXT 4096u
/* What the probe script may print in all, and in one section. */
#define LIMIT_PROBE_OUTPUT  ((size_t)64 << 20)
#define LIMIT_PROBE_SECTION ((size_t)16 << 20)
/* Sockets with a process, where ss is missing: each is looked for among the connections. */
#define LIMIT_PROBE_OWNERS 2000u
/* What the probe may complain of: enough to say why it failed. */
#define LIMIT_PROBE_ERRORS ((size_t)64 << 10)
/* Seconds that a probe of one machine may take. */
#define LIMIT_PROBE_SECONDS 180u

/* Documents made elsewhere: exports of 20,000 servers are some MB, their software some 100. */
#define LIMIT_IMPORT         ((size_t)512 << 20)
#define LIMIT_IMPORT_SERVERS 100000u
/* Members of a workbook or bundle, and one of them unpacked. libxml2 takes what an int can count.
 */
#define LIMIT_IMPORT_MEMBERS 200000u
#define LIMIT_IMPORT_SHEET   ((size_t)1 << 30)
/* Columns of an imported table. RVTools' widest sheet has 98. */
#define LIMIT_IMPORT_COLUMNS 256u

/* Rules of accepted risk and VEX documents. A distribution's VEX of one product is some MB; a rule
 * costs 200 bytes and each of its products as much again. */
#define LIMIT_ACCEPT          ((size_t)32 << 20)
#define LIMIT_ACCEPT_RULES    200000u
#define LIMIT_ACCEPT_PRODUCTS 1000000u

/* Knowledge files. u32 offsets into sections of fixed-size records. */
#define LIMIT_KNOWLEDGE ((size_t)4 << 30)
/* An unpacked block of texts: 32 kB and one more record. The longest real one is 100 kB
 * (references of a kernel CVE); what does not fit is cut when the file is built. */
#define LIMIT_KNOWLEDGE_BLOCK ((size_t)2 << 20)

/* A secret: the longest are private keys; RSA of 16384 bits is 13 kB as text. */
#define LIMIT_SECRET ((size_t)64 << 10)
/* Parts of a credential, so that all of them together are a secret. A password is longer than 4 kB
 * only when a whole file was given by mistake; tokens of single sign-on reach 3 kB. */
#define LIMIT_PASSWORD    ((size_t)4 << 10)
#define LIMIT_PRIVATE_KEY ((size_t)48 << 10)
/* A vault. Ten thousand credentials, each with a key of 3 kB, are 35 MB; an installation has some
 * dozens. */
#define LIMIT_VAULT             ((size_t)64 << 20)
#define LIMIT_VAULT_CREDENTIALS 10000u
/* Entries of one list of a credential's scope, and all that is not secret of one. */
#define LIMIT_CREDENTIAL_SCOPE   1000u
#define LIMIT_CREDENTIAL_DETAILS ((size_t)256 << 10)
/* What a command that prints a secret may print, and the seconds that it may take: it asks another
 * vault over the network. */
#define LIMIT_PROVIDER_SECONDS 30u
/* The record of a vault's use, before it is put aside: some 100,000 lines. */
#define LIMIT_VAULT_RECORD ((size_t)8 << 20)
/* A worker's job. It names one target and its pinned keys. */
#define LIMIT_JOB ((size_t)64 << 10)
/* What an account lacks, in words. */
#define LIMIT_RIGHTS ((size_t)1 << 10)
/* Pinned keys of one target: a server has one of each of four types, and again while it changes. */
#define LIMIT_JOB_HOST_KEYS 64u
/* The least memory that a worker can be told to do with: libssh and libcrypto take most of it. */
#define LIMIT_JOB_MEMORY ((size_t)16 << 20)

/* Targets. A list of them as a file: a million rows are 40 MB. */
#define LIMIT_TARGET_FILE    ((size_t)64 << 20)
#define LIMIT_TARGET_ENTRIES 1000000u
/* Addresses that one entry may stand for: an IPv4 /8, a /112 of IPv6. A run keeps 24 bytes of each.
 */
#define LIMIT_TARGETS      (1u << 24)
#define LIMIT_TARGETS_IPV6 (1u << 16)
/* More than these are asked about before they are taken: a /16. */
#define LIMIT_TARGETS_UNASKED (1u << 16)
/* Messages of one worker, beside its inventory: phases, keys and one result. */
#define LIMIT_WORKER_MESSAGES 1000u

/* A table in share/. */
#define LIMIT_SHARE_TABLE ((size_t)8 << 20)
/* A line that a plumbing command reads. */
#define LIMIT_LINE ((size_t)64 << 10)

#endif
