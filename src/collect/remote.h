/*
 * Collecting over SSH: the probe through an open link, for the worker.
 */
#ifndef ASSAY_COLLECT_REMOTE_H
#define ASSAY_COLLECT_REMOTE_H

#include "collect/job.h"
#include "inventory/inventory.h"
#include "transport/ssh.h"

/* collect_remote runs the probe and reads its answer into *inventory (initialised by the caller,
 * empty on failure). *ret_code is the failure's (collect/failure.h). */
int collect_remote(struct ssh_link *link, const struct job *job, struct inventory *inventory,
                   const char **ret_code, struct error *err);

#endif
