/*
 * What the program `importer` says on its standard output, as messages (process/message.h). It
 * reads one document from standard input, enters its sandbox before the first byte, and gives
 * inventories. usage: importer [--name FILE] [--os "ID RELEASE"] [--trust KEY]... [--any-signer]
 */
#ifndef ASSAY_IMPORT_IMPORTER_H
#define ASSAY_IMPORT_IMPORTER_H

enum importer_message {
    IMPORTER_SERVER = 1,   /* an inventory document */
    IMPORTER_LEFT_OUT = 2, /* words about something that is left out */
    IMPORTER_SIGNER = 3,   /* of a bundle: {"key": ..., "created": ..., "collector": ...} */
    IMPORTER_FAILURE = 4,  /* words about why the rest is not read; the last message then */
    IMPORTER_DONE = 5      /* the name of the format; the last message */
};

#endif
