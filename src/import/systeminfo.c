/* What Windows' `systeminfo` prints, in any language: its labels are translated, their order is
 * not. Host name, system's name and version come first, the hotfixes last ("[01]: KB5034768"). */
#include "import/formats.h"

#include "base/limits.h"

enum { HEAD_BYTES = 8192, HOTFIXES_MOST = 2000 };

/* "Build 17763" behind a version: "10.0.17763 N/A Build 17763". */
static bool split_version(struct str value, struct str *ret_version, struct str *ret_build)
{
    struct str rest = value, word;
    unsigned dots = 0;
    if (!str_next_word(&rest, ret_version)) {
        return false;
    }
    for (size_t i = 0; i < ret_version->len; i++) {
        dots += ret_version->ptr[i] == '.';
        if (!str_is_digit(ret_version->ptr[i]) && ret_version->ptr[i] != '.') {
            return false;
        }
    }
    *ret_build = STR("");
    while (str_next_word(&rest, &word)) {
        *ret_build = str_is_digit(word.ptr[0]) ? word : *ret_build;
    }
    return dots >= 2 && ret_build->len > 0;
}

static bool split_line(struct str line, struct str *ret_value)
{
    size_t colon = str_find_byte(line, ':');
    if (line.len == 0 || line.ptr[0] == ' ' || colon == SIZE_MAX) {
        return false;
    }
    *ret_value = str_trim(str_skip(line, colon + 1));
    return true;
}

/* The first three values. */
static bool read_head(struct str bytes, struct str *values)
{
    struct str line;
    unsigned count = 0;
    bytes = str_sub(bytes, 0, HEAD_BYTES);
    while (count < 3 && str_next_line(&bytes, &line)) {
        count += split_line(line, &values[count]);
    }
    return count == 3;
}

bool systeminfo_matches(struct str bytes)
{
    struct str values[3], version, build;
    return read_head(bytes, values) && str_find_nocase(values[1], STR("windows")) != SIZE_MAX &&
           split_version(values[2], &version, &build);
}

/* "[01]: KB5034768" */
static bool read_hotfix(struct str line, struct str *ret_id)
{
    size_t at = str_find(line, STR("]: KB"));
    line = str_trim(line);
    if (at == SIZE_MAX || line.ptr[0] != '[') {
        return false;
    }
    *ret_id = str_trim(str_skip(line, str_find(line, STR("]: ")) + 3));
    return ret_id->len <= 20;
}

/* The number that the line above the hotfixes says: "Hotfix(s):  12 Hotfix(s) Installed." */
static bool read_announced(struct str line, uint64_t *ret)
{
    struct str value, word;
    return split_line(line, &value) && str_next_word(&value, &word) && str_to_u64(word, ret);
}

static void read_hotfixes(struct import_run *run, struct import_builder *builder)
{
    struct str rest = run->bytes, line, id, above = STR("");
    uint64_t announced = 0;
    while (str_next_line(&rest, &line) && builder->hotfix_count < HOTFIXES_MOST) {
        if (read_hotfix(line, &id)) {
            if (builder->hotfix_count == 0 && !read_announced(above, &announced)) {
                announced = 0;
            }
            import_builder_add_hotfix(builder, id);
        }
        above = line;
    }
    /* Fewer than announced: the text was cut, or entries are "File 1". */
    builder->inventory->hotfixes_known =
        builder->hotfix_count > 0 && builder->hotfix_count >= announced ? TRUTH_YES : TRUTH_UNKNOWN;
}

static void set_machine(struct import_run *run, struct inventory *inventory)
{
    struct str rest = run->bytes, line, value;
    while (str_next_line(&rest, &line)) {
        if (!split_line(line, &value)) {
            continue;
        }
        if (str_starts(line, STR("System Manufacturer:"))) {
            inventory->machine.vendor = import_take_text(&inventory->arena, value, LIMIT_NAME);
        } else if (str_starts(line, STR("System Model:"))) {
            inventory->machine.product = import_take_text(&inventory->arena, value, LIMIT_NAME);
        } else if (str_ends(value, STR("-based PC"))) {
            inventory->machine.arch = str_starts(value, STR("x64"))     ? STR("x86_64")
                                      : str_starts(value, STR("ARM64")) ? STR("aarch64")
                                                                        : STR("i686");
        }
    }
}

int systeminfo_read_all(struct import_run *run, struct error *err)
{
    struct inventory inventory;
    struct import_builder builder = {.inventory = &inventory};
    struct str values[3], version, build;
    inventory_init(&inventory);
    struct arena *arena = &inventory.arena;
    if (!read_head(run->bytes, values) || !split_version(values[2], &version, &build)) {
        return error_set(err, ERR_FORMAT, "not what systeminfo prints");
    }
    inventory.collector = STR("systeminfo");
    inventory.collected = TIME_NONE;
    inventory.name = import_take_text(arena, values[0], LIMIT_NAME);
    import_set_os_phrase(arena, import_take_text(arena, values[1], LIMIT_NAME), STR(""),
                         &inventory.os);
    inventory.os.version = import_take_text(arena, version, LIMIT_VERSION);
    inventory.os.build = import_take_text(arena, build, LIMIT_VERSION);
    read_hotfixes(run, &builder);
    set_machine(run, &inventory);
    inventory.updates.reason = STR("systeminfo does not list pending updates");
    import_builder_note(&builder, STR("systeminfo tells neither the revision of the build nor the "
                                      "installed software"));
    import_builder_finish(&builder, STR("import.systeminfo"), TRUTH_UNKNOWN);
    int r = import_give(run, &inventory, err);
    inventory_done(&inventory);
    return r;
}
