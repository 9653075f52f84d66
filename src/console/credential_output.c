#include "console/credential_output.h"

#include "base/date.h"
#include "report/layout.h"
#include "json/json_writer.h"

#include <unistd.h>

/* A list of all that a vault takes, each with its whole scope, stays below this. */
#define OUT_CEILING ((size_t)1 << 30)

/* ---- words ---- */

static void put_words(struct buf *out, const char *before, const struct str *items, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (out->len > 0) {
            buf_put_text(out, ", ");
        }
        buf_put_text(out, before);
        buf_put_str(out, items[i]);
    }
}

struct str credential_output_scope(struct arena *arena, const struct credential *credential)
{
    struct buf out;
    buf_init(&out, 4096);
    put_words(&out, "source ", credential->scope_sources, credential->scope_source_count);
    put_words(&out, "", credential->scope_ranges, credential->scope_range_count);
    put_words(&out, "under ", credential->scope_domains, credential->scope_domain_count);
    struct str words = out.len > 0
                           ? text_clean(arena, arena_str(arena, str_cut_utf8(buf_view(&out), 4096)))
                           : STR("everywhere");
    buf_done(&out);
    return words;
}

static struct str account(struct arena *arena, const struct credential *credential)
{
    if (credential->domain.len == 0) {
        return credential->user;
    }
    return arena_printf(arena, "%.*s@%.*s", STR_ARG(credential->user), STR_ARG(credential->domain));
}

static struct str when(struct arena *arena, int64_t time)
{
    char text[TIME_SIZE];
    if (time == TIME_NONE) {
        return STR("-");
    }
    time_format(time, text);
    text[10] = ' ';
    return arena_printf(arena, "%.16s", text);
}

/* ---- JSON ---- */

static void put_texts(struct json_writer *json, const char *key, const struct str *items,
                      uint32_t count)
{
    json_open_array(json, key);
    for (uint32_t i = 0; i < count; i++) {
        json_put_str(json, NULL, items[i]);
    }
    json_close_array(json);
}

static void put_credential(struct json_writer *json, const struct credential *credential)
{
    json_open_object(json, NULL);
    json_put_uint(json, "id", credential->id);
    json_put_str(json, "name", credential->name);
    json_put_text(json, "kind", credential_kind_name(credential->kind));
    json_put_known(json, "user", credential->user);
    json_put_known(json, "domain", credential->domain);
    json_open_object(json, "scope");
    put_texts(json, "sources", credential->scope_sources, credential->scope_source_count);
    put_texts(json, "ranges", credential->scope_ranges, credential->scope_range_count);
    put_texts(json, "domains", credential->scope_domains, credential->scope_domain_count);
    json_close_object(json);
    json_put_known(json, "provider", credential->provider);
    json_put_time(json, "created", credential->created);
    json_put_time(json, "changed", credential->changed);
    json_close_object(json);
}

static void put_document(struct buf *out, const struct vault_session *session,
                         const struct credential *credentials, uint32_t count)
{
    struct json_writer json;
    json_writer_init(&json, out);
    json_open_object(&json, NULL);
    json_put_text(&json, "format", "assay-credentials");
    json_put_uint(&json, "format_version", 1);
    json_open_object(&json, "tool");
    json_put_text(&json, "name", "assay");
    json_put_text(&json, "version", ASSAY_VERSION);
    json_close_object(&json);
    json_put_text(&json, "wrap",
                  session->vault == NULL ? NULL : vault_wrap_name(vault_wrap_of(session->vault)));
    json_open_array(&json, "credentials");
    for (uint32_t i = 0; i < count; i++) {
        put_credential(&json, &credentials[i]);
    }
    json_close_array(&json);
    json_close_object(&json);
}

/* ---- a table ---- */

static void put_table(struct buf *out, struct vault_session *session,
                      const struct credential *credentials, uint32_t count)
{
    static const struct layout_column columns[] = {
        {.title = "CREDENTIAL", .least = 10},
        {.title = "KIND", .least = 4},
        {.title = "ACCOUNT", .least = 7},
        {.title = "USED FOR", .least = 10},
        {.title = "SECRET", .least = 6, .expend = 1},
        {.title = "CHANGED", .least = 16, .expend = 2},
    };
    struct arena *arena = &session->arena;
    struct layout_table table;
    layout_table_init(&table, arena, columns, sizeof columns / sizeof columns[0]);
    for (uint32_t i = 0; i < count; i++) {
        const struct credential *one = &credentials[i];
        layout_table_add(&table, one->name, LAYOUT_BOLD);
        layout_table_add(&table, str_from(credential_kind_name(one->kind)), LAYOUT_PLAIN);
        layout_table_add(&table, account(arena, one), LAYOUT_PLAIN);
        layout_table_add(&table, credential_output_scope(arena, one), LAYOUT_PLAIN);
        layout_table_add(&table, one->provider.len > 0 ? STR("provider") : STR("kept"),
                         LAYOUT_PLAIN);
        layout_table_add(&table, when(arena, one->changed), LAYOUT_PLAIN);
    }
    unsigned width = cli_width(STDOUT_FILENO);
    layout_table_write(&table, width > 0 ? width : 120, cli_color(session->args, STDOUT_FILENO),
                       out);
}

int credential_output_list(struct vault_session *session, const struct credential *credentials,
                           uint32_t count)
{
    struct buf out;
    buf_init(&out, OUT_CEILING);
    if (session->json) {
        put_document(&out, session, credentials, count);
    } else if (count == 0) {
        cli_warn("there is no credential; `assay credential add` keeps one");
    } else {
        put_table(&out, session, credentials, count);
    }
    int status = cli_write(session->args, buf_view(&out));
    buf_done(&out);
    return status;
}

/* ---- one ---- */

static void add_fact(struct layout_facts *facts, const char *label, struct str text)
{
    if (text.len > 0) {
        facts->items[facts->count++] = (struct layout_fact){.label = label, .text = text};
    }
}

static struct str uses_words(struct vault_session *session, uint64_t id)
{
    struct record_uses uses;
    struct error err = ERROR_INIT;
    if (record_find(session->folder, id, &uses, &err) < 0) {
        cli_fail(&err);
        return STR("");
    }
    if (uses.count == 0) {
        return STR("never");
    }
    struct str text = when(&session->arena, uses.last);
    return text_clean(&session->arena,
                      arena_printf(&session->arena, "%.*s for %s; %llu times in all", STR_ARG(text),
                                   uses.target, (unsigned long long)uses.count));
}

static struct str clean(struct vault_session *session, struct str text)
{
    return text_clean(&session->arena, text);
}

int credential_output_one(struct vault_session *session, const struct credential *credential)
{
    struct arena *arena = &session->arena;
    struct layout_facts facts = {.count = 0};
    struct buf out;
    if (session->json) {
        return credential_output_list(session, credential, 1);
    }
    buf_init(&out, OUT_CEILING);
    text_put_clean(&out, credential->name);
    buf_put_byte(&out, '\n');
    add_fact(&facts, "kind", str_from(credential_kind_name(credential->kind)));
    add_fact(&facts, "account", clean(session, account(arena, credential)));
    add_fact(&facts, "used for", credential_output_scope(arena, credential));
    add_fact(
        &facts, "secret",
        credential->provider.len > 0
            ? clean(session, arena_printf(arena, "printed by %.*s", STR_ARG(credential->provider)))
            : arena_printf(arena, "kept in the vault (%s)",
                           vault_wrap_name(vault_wrap_of(session->vault))));
    add_fact(&facts, "added", when(arena, credential->created));
    add_fact(&facts, "changed", when(arena, credential->changed));
    add_fact(&facts, "last used", uses_words(session, credential->id));
    unsigned width = cli_width(STDOUT_FILENO);
    layout_facts_write(&facts, width > 0 ? width : 120, false, &out);
    int status = cli_write(session->args, buf_view(&out));
    buf_done(&out);
    return status;
}
