/*
 * What a worker gives up before it meets its target.
 */
#ifndef ASSAY_ROLES_WORKER_RIGHTS_H
#define ASSAY_ROLES_WORKER_RIGHTS_H

#include "base/buf.h"
#include "collect/job.h"

/* worker_read_all appends what comes from fd up to its end and closes it. ERR_LIMIT. */
int worker_read_all(int fd, struct buf *out, struct error *err);

/* worker_drop_rights becomes the job's account when started by root, with no groups, and sets the
 * limits: memory, open files, no file written, no core, no process. A clock ends the process
 * shortly after the job's time, whatever it does. */
int worker_drop_rights(const struct job *job, struct error *err);

/* worker_close_others closes every descriptor but the standard ones, the socket, the agent's (if
 * keep_agent) and kept (-1: none). */
int worker_close_others(bool keep_agent, int kept, struct error *err);

/* worker_configure_kerberos puts share/kerberos.conf before the machine's configuration. */
int worker_configure_kerberos(struct error *err);

#endif
