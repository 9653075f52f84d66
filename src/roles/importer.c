/* The program `importer`: foreign documents to inventories, in a sandbox (import/importer.h). */
#include "import/importer.h"
#include "base/file.h"
#include "base/limits.h"
#include "import/bundle.h"
#include "import/import.h"
#include "import/workbook.h"
#include "process/message.h"
#include "process/sandbox.h"
#include "json/json_writer.h"

#include <libxml/parser.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { TRUSTED_MOST = 64 };

struct importer {
    struct import_hints hints;
    const char *trusted[TRUSTED_MOST + 1];
    unsigned trusted_count;
    bool any_signer, without_sandbox;
    uint32_t left_out;
    /* What a sheet was not, while none fits. */
    struct error sheet_error;
    bool sheet_fits;
    const char *format;
};

/* What is left out beyond this is counted. */
enum { LEFT_OUT_MOST = 1000 };

static int say(enum importer_message type, struct str body, struct error *err)
{
    return message_send(STDOUT_FILENO, (uint16_t)type, body, NULL, 0, err);
}

static int give_server(void *context, struct inventory *inventory, struct error *err)
{
    struct buf document;
    (void)context;
    buf_init(&document, LIMIT_INVENTORY);
    inventory_write(inventory, &document);
    int result = document.overflow ? error_set(err, ERR_LIMIT, "an inventory of more than %zu MB",
                                               LIMIT_INVENTORY >> 20)
                                   : say(IMPORTER_SERVER, buf_view(&document), err);
    buf_done(&document);
    return result;
}

static void tell_left_out(void *context, const char *text)
{
    struct importer *importer = context;
    struct error ignored = ERROR_INIT;
    importer->left_out++;
    if (importer->left_out <= LEFT_OUT_MOST) {
        say(IMPORTER_LEFT_OUT, str_from(text), &ignored);
    }
}

static int read_document(struct importer *importer, struct str bytes, struct error *err)
{
    const struct import_sink sink = {importer, give_server, tell_left_out};
    return import_read_all(bytes, &importer->hints, &sink, &importer->format, err);
}

/* ---- workbooks ---- */

/* The first sheet that is a table of a known form is read; which one that is decides its head row.
 */
static int try_sheet(void *context, const char *name, struct str csv, struct error *err)
{
    struct importer *importer = context;
    struct error own = ERROR_INIT;
    if (importer->sheet_fits || !import_is_table(csv)) {
        return 0;
    }
    importer->sheet_fits = true;
    int result = read_document(importer, csv, &own);
    if (result < 0) {
        *err = own;
        error_add_where(err, name);
    }
    return result;
}

static int read_workbook(struct importer *importer, struct archive *archive, struct error *err)
{
    int result = workbook_read(archive, try_sheet, importer, err);
    if (result == 0 && !importer->sheet_fits) {
        result = error_set(err, ERR_FORMAT,
                           "no sheet is a list of servers or of their software; RVTools' vInfo and "
                           "Azure Migrate's exports are read");
    }
    return result;
}

/* ---- bundles ---- */

static int give_document(void *context, const char *name, struct str json, struct error *err)
{
    int result = read_document(context, json, err);
    if (result < 0) {
        error_add_where(err, name);
    }
    return result;
}

static void tell_signer(const struct bundle_signer *signer)
{
    struct buf text;
    struct json_writer json;
    struct error ignored = ERROR_INIT;
    buf_init(&text, 4096);
    json_writer_init(&json, &text);
    json_open_object(&json, NULL);
    json_put_text(&json, "key", signer->key);
    json_put_time(&json, "created", signer->created);
    json_put_text(&json, "collector", signer->collector);
    json_close_object(&json);
    say(IMPORTER_SIGNER, buf_view(&text), &ignored);
    buf_done(&text);
}

static int read_bundle(struct importer *importer, struct archive *archive, struct error *err)
{
    struct bundle_signer signer = {0};
    int result = bundle_read(archive, importer->trusted, importer->any_signer, &signer,
                             give_document, importer, err);
    if (signer.key[0] != '\0') {
        tell_signer(&signer);
    }
    importer->format = "bundle of assay";
    return result;
}

/* ---- the program ---- */

static int read_packed(struct importer *importer, struct str bytes, struct error *err)
{
    struct archive *archive;
    int result = archive_open(bytes, &archive, err);
    if (result < 0) {
        return result;
    }
    if (bundle_matches(archive)) {
        result = read_bundle(importer, archive, err);
    } else if (workbook_matches(archive)) {
        result = read_workbook(importer, archive, err);
    } else {
        result =
            error_set(err, ERR_FORMAT, "a zip that is neither a workbook nor a bundle of assay");
    }
    archive_close(archive);
    return result;
}

static int run(struct importer *importer, struct error *err)
{
    struct buf bytes;
    struct sandbox_state state;
    buf_init(&bytes, LIMIT_IMPORT);
    int result = sandbox_enter(&sandbox_importer, NULL, importer->without_sandbox, &state, err);
    result = result < 0 ? result : file_read("-", &bytes, err);
    if (result == 0) {
        bool packed = str_starts(buf_view(&bytes), STR("PK\x03\x04"));
        result = packed ? read_packed(importer, buf_view(&bytes), err)
                        : read_document(importer, buf_view(&bytes), err);
    }
    buf_done(&bytes);
    return result;
}

static bool read_arguments(int argc, char **argv, struct importer *importer)
{
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(argv[i], "--any-signer") == 0) {
            importer->any_signer = true;
        } else if (strcmp(argv[i], "--without-sandbox") == 0) {
            importer->without_sandbox = true;
        } else if (strcmp(argv[i], "--name") == 0 && value != NULL) {
            importer->hints.file_name = str_from(argv[++i]);
        } else if (strcmp(argv[i], "--os") == 0 && value != NULL) {
            importer->hints.os = str_from(argv[++i]);
        } else if (strcmp(argv[i], "--trust") == 0 && value != NULL &&
                   importer->trusted_count < TRUSTED_MOST) {
            importer->trusted[importer->trusted_count++] = argv[++i];
        } else {
            return false;
        }
    }
    return true;
}

/* What a document at its ceilings takes, several times over: seconds and bytes. */
enum { CPU_MOST = 600 };
#define MEMORY_MOST ((rlim_t)6 << 30)

/* Libraries are made ready while files may still be opened. */
static int prepare(struct error *err)
{
    const struct rlimit no_core = {0, 0}, time = {CPU_MOST, CPU_MOST},
                        memory = {MEMORY_MOST, MEMORY_MOST};
    setrlimit(RLIMIT_CORE, &no_core);
    setrlimit(RLIMIT_CPU, &time);
    if (!sandbox_sanitized()) {
        setrlimit(RLIMIT_DATA, &memory);
    }
    xmlInitParser();
    return sodium_init() < 0 ? error_set(err, ERR_IO, "libsodium cannot be used here") : 0;
}

int main(int argc, char **argv)
{
    struct importer importer = {.format = ""};
    struct error err = ERROR_INIT, ignored = ERROR_INIT;
    char text[900];
    if (!read_arguments(argc, argv, &importer)) {
        fputs("usage: importer [--name FILE] [--os OS] [--trust KEY]... [--any-signer]\n", stderr);
        return 2;
    }
    int result = prepare(&err);
    result = result < 0 ? result : run(&importer, &err);
    if (importer.left_out > LEFT_OUT_MOST) {
        snprintf(text, sizeof text, "%u more", (unsigned)(importer.left_out - LEFT_OUT_MOST));
        say(IMPORTER_LEFT_OUT, str_from(text), &ignored);
    }
    if (result < 0) {
        say(IMPORTER_FAILURE, str_from(error_text(&err, text, sizeof text)), &ignored);
    } else {
        result = say(IMPORTER_DONE, str_from(importer.format), &ignored);
    }
    /* The sandbox does not let a sanitizer look for leaks at the end. */
    _exit(result < 0 ? 1 : 0);
}
