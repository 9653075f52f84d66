/* The servers of a document that tells of several in any order, a row at a time. Only for
 * src/import. */
#ifndef ASSAY_IMPORT_HOSTS_H
#define ASSAY_IMPORT_HOSTS_H

#include "base/intern.h"
#include "import/formats.h"

/* One server and what is being gathered of it. */
struct import_host {
    struct inventory inventory;
    struct import_builder builder; /* of inventory */
};

/* import_host_init makes a server of which nothing is known, not even when it was looked at. */
void import_host_init(struct import_host *host);

struct import_hosts {
    struct intern names;
    struct import_host **items; /* by the number of their name; they stay where they are */
    uint32_t capacity;
};

void import_hosts_init(struct import_hosts *hosts);
/* import_hosts_get borrows the server of that name, which is made when it is first named. NULL for
 * a new name beyond LIMIT_IMPORT_SERVERS. */
struct import_host *import_hosts_get(struct import_hosts *hosts, struct str name);
/* import_hosts_give completes each server with finish and hands it to the sink, in the order in
 * which they were first named, then frees all. What the sink returns first below 0 ends the giving
 * and is returned. */
int import_hosts_give(struct import_hosts *hosts, struct import_run *run,
                      void (*finish)(struct import_run *run, struct import_host *host),
                      struct error *err);

#endif
