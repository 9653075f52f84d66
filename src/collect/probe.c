#include "collect/probe.h"

#include "base/limits.h"

#include <stdio.h>
#include <string.h>

void probe_init(struct probe *probe, struct inventory *inventory)
{
    *probe = (struct probe){.inventory = inventory, .arena = &inventory->arena, .exit = -1};
    intern_init(&probe->apt.names);
    intern_init(&probe->apt.repository_names);
    intern_init(&probe->rpm.advised);
}

void probe_done(struct probe *probe)
{
    intern_done(&probe->apt.names);
    intern_done(&probe->apt.repository_names);
    intern_done(&probe->rpm.advised);
}

/* sequence_length returns the bytes of the UTF-8 character at the start, 0 when it is none. */
static size_t sequence_length(struct str s)
{
    unsigned char lead = (unsigned char)s.ptr[0];
    size_t length = lead < 0x80   ? 1
                    : lead < 0xc2 ? 0
                    : lead < 0xe0 ? 2
                    : lead < 0xf0 ? 3
                    : lead < 0xf5 ? 4
                                  : 0;
    return length > 0 && length <= s.len && str_valid_utf8(str_sub(s, 0, length)) ? length : 0;
}

/* is_control says whether the character is C0, DEL or C1: nothing that a terminal or a
 * document should get from a target. */
static bool is_control(struct str s, size_t length)
{
    unsigned char lead = (unsigned char)s.ptr[0];
    return length == 1 ? lead < 0x20 || lead == 0x7f
                       : length == 2 && lead == 0xc2 && (unsigned char)s.ptr[1] < 0xa0;
}

struct str probe_text(struct probe *probe, struct str text, size_t limit)
{
    static const char replacement[] = "\xef\xbf\xbd";
    bool plain = text.len <= limit;
    for (size_t i = 0; plain && i < text.len; i++) {
        plain = text.ptr[i] >= 0x20 && text.ptr[i] < 0x7f;
    }
    if (plain) {
        return arena_str(probe->arena, text);
    }
    struct buf clean;
    buf_init(&clean, limit);
    while (text.len > 0 && !clean.overflow) {
        size_t length = sequence_length(text);
        if (length == 0) {
            buf_put(&clean, replacement, sizeof replacement - 1);
        } else if (!is_control(text, length)) {
            buf_put(&clean, text.ptr, length);
        }
        text = str_skip(text, length > 0 ? length : 1);
    }
    struct str copy = arena_str(probe->arena, buf_view(&clean));
    buf_done(&clean);
    return copy;
}

struct str probe_name(struct probe *probe, struct str text)
{
    return probe_text(probe, text, LIMIT_NAME);
}

struct str probe_version(struct probe *probe, struct str text)
{
    return probe_text(probe, text, LIMIT_VERSION);
}

void probe_bad_line(struct probe *probe, struct str line)
{
    if (probe->bad_lines++ == 0) {
        probe->bad_line = probe_text(probe, line, 80);
    }
}

void probe_note(struct probe *probe, const char *format, ...)
{
    if (probe->note_count >= LIMIT_INVENTORY_NOTES) {
        return;
    }
    char note[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(note, sizeof note, format, args);
    va_end(args);
    arena_reserve(probe->arena, probe->notes, probe->note_count, probe->note_capacity);
    probe->notes[probe->note_count++] = probe_text(probe, str_from(note), sizeof note);
}

struct inventory_software *probe_add_software(struct probe *probe, const char *ecosystem)
{
    if (probe->software_count >= LIMIT_INVENTORY_SOFTWARE) {
        probe->left_out++;
        return NULL;
    }
    arena_reserve(probe->arena, probe->software, probe->software_count, probe->software_capacity);
    struct inventory_software *software = &probe->software[probe->software_count++];
    *software =
        (struct inventory_software){.ecosystem = str_from(ecosystem), .installed = TIME_NONE};
    return software;
}

struct inventory_update *probe_add_update(struct probe *probe, const char *ecosystem)
{
    if (probe->update_count >= LIMIT_INVENTORY_UPDATES) {
        probe->left_out++;
        return NULL;
    }
    arena_reserve(probe->arena, probe->updates, probe->update_count, probe->update_capacity);
    struct inventory_update *update = &probe->updates[probe->update_count++];
    *update = (struct inventory_update){.ecosystem = str_from(ecosystem)};
    return update;
}

struct inventory_connection *probe_add_connection(struct probe *probe)
{
    if (probe->connection_count >= LIMIT_INVENTORY_CONNECTIONS) {
        probe->left_out++;
        return NULL;
    }
    arena_reserve(probe->arena, probe->connections, probe->connection_count,
                  probe->connection_capacity);
    struct inventory_connection *connection = &probe->connections[probe->connection_count++];
    *connection = (struct inventory_connection){0};
    return connection;
}

void probe_add_address(struct probe *probe, struct str interface, struct str address)
{
    if (probe->address_count >= LIMIT_INVENTORY_ADDRESSES) {
        probe->left_out++;
        return;
    }
    arena_reserve(probe->arena, probe->addresses, probe->address_count, probe->address_capacity);
    probe->addresses[probe->address_count++] = (struct inventory_address){
        .interface = probe_name(probe, interface), .address = probe_name(probe, address)};
}

void probe_add_fact(struct probe *probe, const char *key, struct str value)
{
    if (probe->fact_count >= LIMIT_INVENTORY_NOTES) {
        return;
    }
    arena_reserve(probe->arena, probe->facts, probe->fact_count, probe->fact_capacity);
    probe->facts[probe->fact_count++] =
        (struct inventory_fact){str_from(key), probe_name(probe, value)};
}

void probe_add_section(struct probe *probe, struct str name, enum section_state state,
                       struct str reason)
{
    if (probe->section_count >= LIMIT_INVENTORY_NOTES) {
        return;
    }
    arena_reserve(probe->arena, probe->sections, probe->section_count, probe->section_capacity);
    probe->sections[probe->section_count++] = (struct inventory_section){
        .name = probe_name(probe, name), .state = state, .reason = probe_name(probe, reason)};
}

void probe_mark(struct probe *probe, struct inventory_software *software, const char *word)
{
    if (str_find(software->status, str_from(word)) != SIZE_MAX) {
        return;
    }
    software->status = software->status.len > 0
                           ? arena_printf(probe->arena, "%.*s %s", STR_ARG(software->status), word)
                           : str_from(word);
}

struct inventory_software *probe_find_software(struct probe *probe, const char *ecosystem,
                                               struct str name, struct str arch)
{
    for (uint32_t i = 0; i < probe->software_count; i++) {
        struct inventory_software *software = &probe->software[i];
        if (str_eq(software->name, name) && (arch.len == 0 || str_eq(software->arch, arch)) &&
            str_eq_text(software->ecosystem, ecosystem)) {
            return software;
        }
    }
    return NULL;
}

unsigned probe_fields(struct str line, char separator, struct str fields[PROBE_FIELDS])
{
    unsigned count = 0;
    while (count < PROBE_FIELDS - 1 && str_split_byte(&line, separator, &fields[count])) {
        count++;
    }
    if (line.ptr != NULL && count == PROBE_FIELDS - 1) {
        fields[count++] = line;
    }
    for (unsigned i = count; i < PROBE_FIELDS; i++) {
        fields[i] = STR("");
    }
    return count;
}

bool probe_key(struct str line, struct str *ret_key, struct str *ret_value)
{
    *ret_value = line;
    return str_split_byte(ret_value, '\t', ret_key) && ret_value->ptr != NULL;
}

int64_t probe_time(struct str text)
{
    uint64_t seconds;
    /* Year 9999 is where the dates of this program end. */
    return str_to_u64(str_trim(text), &seconds) && seconds > 0 && seconds < 253402300800u
               ? (int64_t)seconds
               : TIME_NONE;
}

void probe_metadata_time(struct probe *probe, struct str seconds)
{
    int64_t time = probe_time(seconds);
    if (time != TIME_NONE && time > probe->inventory->updates.metadata_time) {
        probe->inventory->updates.metadata_time = time;
    }
}
