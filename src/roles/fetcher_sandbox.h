/*
 * The fetcher reads what servers and proxies send: before it does, it is shut in.
 */
#ifndef ASSAY_ROLES_FETCHER_SANDBOX_H
#define ASSAY_ROLES_FETCHER_SANDBOX_H

#include "roles/fetcher.h"

/* fetcher_shut_in keeps the folder of downloads and what links in it lead to, for writing. Of a
 * fetcher that copies, the folder that it copies from; of one that downloads, connections to
 * others and the files that name look-up and certificates need. No programs, and none of root's
 * rights but that of writing into others' folders. To be called when the downloader is made and the
 * settings are read. On a kernel that cannot, the fetcher goes on as it is. */
int fetcher_shut_in(const struct fetcher *fetcher, struct error *err);

#endif
