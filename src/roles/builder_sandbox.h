/*
 * The builder reads what others publish: before it does, it is shut in.
 */
#ifndef ASSAY_ROLES_BUILDER_SANDBOX_H
#define ASSAY_ROLES_BUILDER_SANDBOX_H

#include "roles/build_job.h"

/* builder_shut_in keeps the job's mirror and what links in it lead to, the knowledge files that
 * stand, and the folder of the new one; no network, no programs. On a kernel that cannot, the
 * builder goes on as it is. */
int builder_shut_in(const struct job *job, struct error *err);

#endif
