#include "cli/assess_run.h"
#include "cli/commands.h"
#include "cli/kb.h"
#include "cli/lines.h"
#include "json/json_writer.h"

#include "base/limits.h"

#include <stdio.h>
#include <string.h>

/* A line's answer has at most a few CPE names. */
enum { ANSWER_CEILING = 1 << 20 };

struct identifier {
    struct assess_run run;
    struct inventory inventory; /* of the system whose software the lines name */
    struct identity_os os;
    bool packaged;      /* by a package manager */
    struct arena kept;  /* the system's */
    struct arena arena; /* of one line */
};

/* ---- a line ---- */

static struct str find_manager(const struct identifier *identifier, struct str vendor,
                               struct str version)
{
    return identifier->packaged
               ? identify_manager(identifier->run.tables, &identifier->os, vendor, version)
               : STR("windows");
}

static const char *read_software(const struct identifier *identifier, struct str line,
                                 struct inventory_software *ret)
{
    struct str cells[3], one;
    unsigned count = 0;
    if (!str_valid_utf8(line)) {
        return "not UTF-8";
    }
    while (str_split_byte(&line, '\t', &one)) {
        if (count == 3) {
            return "more than NAME, PUBLISHER and VERSION";
        }
        cells[count++] = str_trim(one);
    }
    if (count < 3) {
        return "not NAME<TAB>PUBLISHER<TAB>VERSION";
    }
    if (cells[0].len == 0) {
        return "no name";
    }
    if (cells[0].len > LIMIT_NAME || cells[1].len > LIMIT_NAME || cells[2].len > LIMIT_VERSION) {
        return "name, publisher or version too long";
    }
    *ret = (struct inventory_software){.ecosystem = find_manager(identifier, cells[1], cells[2]),
                                       .name = cells[0],
                                       .version = cells[2],
                                       .vendor = cells[1],
                                       .installed = TIME_NONE};
    return NULL;
}

/* ---- its answer ---- */

static void put_cpe(struct json_writer *writer, const char *key,
                    const struct knowledge_product *product, const struct identity *identity)
{
    struct buf text;
    buf_init(&text, LIMIT_CPE * 2);
    cpe_format_plain(product->part, product->vendor, product->product, identity->cpe_version,
                     identity->cpe_update, &text);
    json_put_str(writer, key, buf_view(&text));
    buf_done(&text);
}

/* A distribution's package has the support of its release: of the system that is asked for, else of
 * the one that the package itself names. */
static void put_system(struct identifier *identifier, struct json_writer *writer,
                       const struct inventory_software *software, const struct identity *identity)
{
    const struct assess_run *run = &identifier->run;
    struct inventory system = identifier->inventory;
    struct identity_os os = identifier->os;
    if (identity->system_id.len > 0) {
        system.os.id = identity->system_id;
        system.os.version_id = identity->system_release;
        identify_os(run->tables, run->knowledge, &system, &identifier->arena, &os);
    }
    if (!os.has_lifecycle || !os.has_release) {
        json_put_null(writer, "lifecycle");
        return;
    }
    struct support support =
        support_of_distribution(&system, run->tables, run->knowledge, &os, software, identity,
                                run->options.as_of, &identifier->arena);
    json_open_object(writer, "lifecycle");
    json_put_str(writer, "product", os.lifecycle.name);
    json_put_str(writer, "cycle", os.release.name);
    json_put_text(writer, "state", support_state_name(support.state));
    json_put_date(writer, "date", support.until);
    json_close_object(writer);
}

static void put_lifecycle(struct identifier *identifier, struct json_writer *writer,
                          const struct inventory_software *software,
                          const struct identity *identity)
{
    struct knowledge_release release;
    if (identity->supplier == SUPPLIER_DISTRIBUTION) {
        put_system(identifier, writer, software, identity);
        return;
    }
    if (!identity->has_lifecycle) {
        json_put_null(writer, "lifecycle");
        return;
    }
    json_open_object(writer, "lifecycle");
    json_put_str(writer, "product", identity->lifecycle.name);
    if (support_find_release(identifier->run.knowledge, &identity->lifecycle, identity->upstream,
                             &release)) {
        struct support support = support_of_release(&release, identifier->run.options.as_of,
                                                    STR(""), &identifier->arena);
        json_put_str(writer, "cycle", release.name);
        json_put_text(writer, "state", support_state_name(support.state));
        json_put_date(writer, "date", support.until);
    } else {
        struct support support =
            support_of_unlisted(identifier->run.knowledge, &identity->lifecycle, identity->upstream,
                                identifier->run.options.as_of, &identifier->arena);
        json_put_null(writer, "cycle");
        json_put_text(writer, "state", support_state_name(support.state));
        json_put_null(writer, "date");
    }
    json_close_object(writer);
}

static const char *const suppliers[] = {
    [SUPPLIER_UNKNOWN] = "unknown",
    [SUPPLIER_DISTRIBUTION] = "distribution",
    [SUPPLIER_MAKER] = "maker",
};

static void put_identity(struct identifier *identifier, struct json_writer *writer,
                         const struct inventory_software *software, const struct identity *identity)
{
    if (identity->named.vendor.len > 0) {
        put_cpe(writer, "cpe", &identity->named, identity);
    } else {
        json_put_null(writer, "cpe");
    }
    put_lifecycle(identifier, writer, software, identity);
    json_put_known(writer, "category", identity->category);
    json_put_known(writer, "subcategory", identity->subcategory);
    json_put_bool(writer, "security", identity->security);
    json_put_bool(writer, "patch", identity->patch);
    json_put_text(writer, "supplier", suppliers[identity->supplier]);
    json_put_text(writer, "confidence", sureness_name(identity->sureness));
    json_put_str(writer, "rule", identity->rule);
    json_open_array(writer, "candidates");
    for (uint32_t i = 0; i < identity->candidate_count; i++) {
        put_cpe(writer, NULL, &identity->candidates[i], identity);
    }
    json_close_array(writer);
}

static bool answer(void *context, struct str line)
{
    struct identifier *identifier = context;
    struct inventory_software software;
    struct identity identity;
    struct json_writer writer;
    struct buf out;
    const char *wrong = read_software(identifier, line, &software);
    buf_init(&out, ANSWER_CEILING);
    json_writer_init(&writer, &out);
    writer.indented = false;
    json_open_object(&writer, NULL);
    if (wrong != NULL) {
        json_put_text(&writer, "error", wrong);
    } else {
        identify_software(identifier->run.tables, identifier->run.knowledge, &identifier->inventory,
                          &identifier->os, &software, &identifier->arena, &identity);
        put_identity(identifier, &writer, &software, &identity);
    }
    json_close_object(&writer);
    printf("%.*s\n", STR_ARG(str_trim(buf_view(&out))));
    buf_done(&out);
    arena_clear(&identifier->arena);
    return wrong == NULL;
}

/* ---- the command ---- */

/* windows, linux when the distribution is not said, or ID:VERSION of its os-release. */
static int read_system(struct identifier *identifier)
{
    struct inventory_os *os = &identifier->inventory.os;
    struct str id;
    const char *word = cli_value(identifier->run.args, "os");
    if (word == NULL) {
        return cli_usage("identify needs --os; one of windows, linux, ID:VERSION");
    }
    struct str version = str_from(word);
    bool named = str_find_byte(version, ':') != SIZE_MAX && str_split_byte(&version, ':', &id);
    identifier->packaged = named || strcmp(word, "linux") == 0;
    if (!identifier->packaged && strcmp(word, "windows") != 0) {
        return cli_usage("--os %s: not a system; one of windows, linux, ID:VERSION as debian:12",
                         word);
    }
    os->family = identifier->packaged ? OS_FAMILY_LINUX : OS_FAMILY_WINDOWS;
    os->id = named ? id : identifier->packaged ? STR("") : STR("windows");
    os->version_id = named ? version : STR("");
    return CLI_DONE;
}

static int identify_lines(struct identifier *identifier)
{
    const struct assess_run *run = &identifier->run;
    identify_os(run->tables, run->knowledge, &identifier->inventory, &identifier->kept,
                &identifier->os);
    if (run->knowledge == NULL) {
        cli_warn("%s", run->reason);
    } else {
        kb_warn_stale(run->knowledge, run->options.as_of, NULL);
    }
    int status = cli_answer_lines(answer, identifier);
    return status == CLI_DONE && run->knowledge == NULL ? CLI_PARTLY : status;
}

static int run_identify(const struct cli_args *args)
{
    struct identifier identifier = {.run = {.args = args}};
    inventory_init(&identifier.inventory);
    arena_init(&identifier.kept);
    arena_init(&identifier.arena);
    int status = read_system(&identifier);
    if (status == CLI_DONE) {
        status = assess_run_begin(&identifier.run, args);
    }
    if (status == CLI_DONE) {
        status = identify_lines(&identifier);
    }
    assess_run_end(&identifier.run);
    arena_done(&identifier.arena);
    arena_done(&identifier.kept);
    inventory_done(&identifier.inventory);
    return status;
}

static const struct cli_option options[] = {
    {"os", 0, "SYSTEM", "windows, linux, or a distribution as debian:12"},
    CLI_OPTION_AS_OF,
    CLI_OPTION_KNOWLEDGE,
    {0}};

const struct cli_command cmd_identify = {
    .name = "identify",
    .usage = "--os SYSTEM [OPTION...]",
    .summary = "Tell which product the name of installed software means",
    .detail =
        "Reads lines NAME<TAB>PUBLISHER<TAB>VERSION from standard input, as Windows shows them\n"
        "or as a package manager lists them, and answers each with a line of JSON: cpe,\n"
        "lifecycle, category, subcategory, security, patch, supplier (distribution, maker,\n"
        "unknown), confidence (certain, likely, ambiguous or none), the rule that decided, and\n"
        "candidates when it is ambiguous.\n"
        "Other lines are answered with the member error and make the exit status 3.",
    .examples =
        "  printf '7-Zip 23.01 (x64)\\tIgor Pavlov\\t23.01\\n' | assay identify --os windows",
    .options = options,
    .min_arguments = 0,
    .max_arguments = 0,
    .plumbing = true,
    .run = run_identify,
};
