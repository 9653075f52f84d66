#include "import/builder.h"

#include "base/intern.h"
#include "base/limits.h"

void import_builder_note(struct import_builder *builder, struct str note)
{
    if (builder->note_count < LIMIT_INVENTORY_NOTES) {
        arena_reserve(&builder->inventory->arena, builder->notes, builder->note_count,
                      builder->note_capacity);
        builder->notes[builder->note_count++] = note;
    }
}

void import_builder_leave_out(struct import_builder *builder, const char *text)
{
    builder->bad++;
    if (builder->bad <= IMPORT_PIECES_NOTED) {
        import_builder_note(builder,
                            arena_printf(&builder->inventory->arena, "%s; left out", text));
    }
}

/* Whether the piece can be used; *ret_why says why not. */
static bool is_fine(const struct inventory_software *software, const char **ret_why)
{
    *ret_why = software->name.len == 0                       ? "a name is missing"
               : software->name.len > LIMIT_NAME             ? "its name is too long"
               : software->version.len > LIMIT_VERSION       ? "its version is too long"
               : software->vendor.len > LIMIT_INVENTORY_TEXT ? "its vendor is too long"
                                                             : NULL;
    return *ret_why == NULL;
}

bool import_builder_add(struct import_builder *builder, const struct inventory_software *software)
{
    const char *why;
    builder->seen++;
    if (!is_fine(software, &why)) {
        struct str text = arena_printf(&builder->inventory->arena, "%.*s: %s",
                                       STR_ARG(str_cut_utf8(software->name, 80)), why);
        import_builder_leave_out(builder, text.ptr);
        return false;
    }
    arena_reserve(&builder->inventory->arena, builder->software, builder->software_count,
                  builder->software_capacity);
    builder->software[builder->software_count++] = *software;
    return true;
}

bool import_builder_full(const struct import_builder *builder)
{
    return builder->software_count >= LIMIT_INVENTORY_SOFTWARE;
}

void import_builder_add_hotfix(struct import_builder *builder, struct str id)
{
    struct arena *arena = &builder->inventory->arena;
    arena_reserve(arena, builder->hotfixes, builder->hotfix_count, builder->hotfix_capacity);
    builder->hotfixes[builder->hotfix_count++] =
        (struct inventory_hotfix){import_take_text(arena, id, LIMIT_NAME), DATE_NONE};
}

/* Lists the same name, version and architecture once. */
static void drop_doubles(struct import_builder *builder)
{
    struct intern keys;
    struct buf key;
    uint32_t kept = 0;
    intern_init(&keys);
    buf_init(&key, 4 * LIMIT_NAME);
    for (uint32_t i = 0; i < builder->software_count; i++) {
        const struct inventory_software *software = &builder->software[i];
        const struct str parts[] = {software->ecosystem, software->name, software->version,
                                    software->arch};
        buf_clear(&key);
        for (size_t part = 0; part < sizeof parts / sizeof parts[0]; part++) {
            buf_put_str(&key, parts[part]);
            buf_put_byte(&key, '\0');
        }
        uint32_t before = keys.count;
        intern_add(&keys, buf_view(&key));
        if (keys.count > before) {
            builder->software[kept++] = builder->software[i];
        }
    }
    builder->software_count = kept;
    buf_done(&key);
    intern_done(&keys);
}

void import_builder_finish(struct import_builder *builder, struct str name, enum truth known)
{
    struct inventory *inventory = builder->inventory;
    struct arena *arena = &inventory->arena;
    struct inventory_section *section = arena_new(arena, struct inventory_section);
    drop_doubles(builder);
    if (builder->bad > IMPORT_PIECES_NOTED) {
        import_builder_note(builder, arena_printf(arena, "%u more left out",
                                                  (unsigned)(builder->bad - IMPORT_PIECES_NOTED)));
    }
    *section =
        (struct inventory_section){name, builder->bad > 0 ? SECTION_PARTIAL : SECTION_OK, STR("")};
    if (builder->bad > 0) {
        section->reason = arena_printf(arena, "%u of %u left out", (unsigned)builder->bad,
                                       (unsigned)builder->seen);
    }
    inventory->sections = section;
    inventory->section_count = 1;
    inventory->software_known = known;
    inventory->software = builder->software;
    inventory->software_count = builder->software_count;
    inventory->hotfixes = builder->hotfixes;
    inventory->hotfix_count = builder->hotfix_count;
    inventory->notes = builder->notes;
    inventory->note_count = builder->note_count;
}

struct str import_take_text(struct arena *arena, struct str text, size_t limit)
{
    struct buf out;
    text = str_trim(text);
    buf_init(&out, limit);
    while (text.len > 0) {
        size_t len = str_utf8_length(text);
        if (len + (len == 0 ? 3 : 0) > limit - out.len) {
            break;
        }
        if (len == 0) {
            buf_put_text(&out, "\xef\xbf\xbd");
            len = 1;
        } else if (len == 1 && ((unsigned char)text.ptr[0] < 0x20 || text.ptr[0] == 0x7f)) {
            buf_put_byte(&out, ' ');
        } else {
            buf_put(&out, text.ptr, len);
        }
        text = str_skip(text, len);
    }
    struct str copy = arena_str(arena, buf_view(&out));
    buf_done(&out);
    return copy;
}

struct str import_name_of(struct str file_name)
{
    size_t slash, dot;
    while ((slash = str_find_byte(file_name, '/')) != SIZE_MAX) {
        file_name = str_skip(file_name, slash + 1);
    }
    dot = str_find_byte(file_name, '.');
    return str_sub(file_name, 0, dot > 0 ? dot : SIZE_MAX);
}
