/*
 * Collecting over SSH: the probe through an open link, for the worker.
 */
#ifndef ASSAY_COLLECT_REMOTE_H
#define ASSAY_COLLECT_REMOTE_H

#include "collect/check.h"
#include "collect/job.h"
#include "inventory/inventory.h"
#include "transport/ssh.h"

/* collect_remote runs the probe and reads its answer into *inventory (initialised by the caller,
 * empty on failure). *ret_whole is false when the answer ends early. *ret_code is the failure's
 * (collect/failure.h). */
int collect_remote(struct ssh_link *link, const struct job *job, struct inventory *inventory,
                   bool *ret_whole, const char **ret_code, struct error *err);

/* collect_check asks what the account may do, and nothing else. */
int collect_check(struct ssh_link *link, const struct job *job, struct checks *ret,
                  const char **ret_code, struct error *err);

#endif
