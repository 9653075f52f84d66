#include "source/settings.h"

#include "base/limits.h"
#include "source/target.h"

#include <stddef.h>
#include <string.h>

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, YEAR = 365 * DAY };

static const char *const host_key_words[] = {
    [HOST_KEYS_STRICT] = "strict", [HOST_KEYS_FIRST_USE] = "first-use", NULL};

#define AT(member) offsetof(struct source_settings, member)

#define ROW(words, name, text, what, member, low, high, standard, list)                            \
    {words, name, text, what, AT(member), low, high, standard, list},

const struct setting source_setting_rows[] = {SOURCE_SETTINGS(ROW)};

const unsigned source_setting_count = sizeof source_setting_rows / sizeof source_setting_rows[0];

const struct setting *setting_find(struct str key)
{
    for (unsigned i = 0; i < source_setting_count; i++) {
        if (str_eq_text(key, source_setting_rows[i].key)) {
            return &source_setting_rows[i];
        }
    }
    return NULL;
}

static uint32_t *number_of(const struct setting *setting, struct source_settings *settings)
{
    return (uint32_t *)(void *)((char *)settings + setting->offset);
}

static struct str *text_of(const struct setting *setting, struct source_settings *settings)
{
    return (struct str *)(void *)((char *)settings + setting->offset);
}

static int refuse(const struct setting *setting, struct str value, const char *what,
                  struct error *err)
{
    return error_set(err, ERR_USAGE, "--%s %.*s: %s", setting->key, STR_ARG(str_sub(value, 0, 80)),
                     what);
}

static int read_number(const struct setting *setting, struct str value, uint32_t *out,
                       struct error *err)
{
    uint64_t number;
    if (!str_to_u64(value, &number) || number < setting->least || number > setting->most) {
        return error_set(err, ERR_USAGE, "--%s %.*s: not a number from %u to %u", setting->key,
                         STR_ARG(str_sub(value, 0, 80)), setting->least, setting->most);
    }
    *out = (uint32_t)number;
    return 0;
}

static uint32_t unit_seconds(char unit)
{
    return unit == 's' ? 1 : unit == 'm' ? MINUTE : unit == 'h' ? HOUR : unit == 'd' ? DAY : 0;
}

static int read_duration(const struct setting *setting, struct str value, uint32_t *out,
                         struct error *err)
{
    uint64_t number;
    uint32_t unit = value.len > 0 ? unit_seconds(value.ptr[value.len - 1]) : 0;
    if (str_eq_text(value, "off")) {
        *out = 0;
        return 0;
    }
    if (unit == 0 || !str_to_u64(str_sub(value, 0, value.len - 1), &number) || number > YEAR ||
        number * unit < setting->least || number * unit > setting->most) {
        return refuse(setting, value,
                      setting->least > MINUTE
                          ? "not a time; from 15m to 365d, as 90m, 24h or 2d, or off"
                          : "not a time; from 1m to 365d, as 5m, 24h or 2d, or off",
                      err);
    }
    *out = (uint32_t)(number * unit);
    return 0;
}

static int read_word(const struct setting *setting, struct str value, uint32_t *out,
                     struct error *err)
{
    for (uint32_t i = 0; setting->words[i] != NULL; i++) {
        if (str_eq_text(value, setting->words[i])) {
            *out = i;
            return 0;
        }
    }
    return refuse(setting, value, "one of strict, first-use", err);
}

static int read_text(const struct setting *setting, struct str value, struct arena *arena,
                     struct str *out, struct error *err)
{
    struct jump_host jump;
    if (value.len > setting->most || !str_valid_utf8(value)) {
        return refuse(setting, value, "too long, or not UTF-8", err);
    }
    for (size_t i = 0; i < value.len; i++) {
        if ((unsigned char)value.ptr[i] < ' ' || value.ptr[i] == '\x7f') {
            return refuse(setting, value, "has a control character", err);
        }
    }
    if (setting->offset == AT(jump) && value.len > 0) {
        int result = jump_host_parse(value, arena, &jump, err);
        if (result < 0) {
            return result;
        }
    }
    *out = arena_str(arena, value);
    return 0;
}

int setting_read(const struct setting *setting, struct str value, struct arena *arena,
                 struct source_settings *settings, struct error *err)
{
    uint32_t *number = number_of(setting, settings);
    switch (setting->kind) {
    case SETTING_NUMBER:
        return read_number(setting, value, number, err);
    case SETTING_DURATION:
        return read_duration(setting, value, number, err);
    case SETTING_WORD:
        return read_word(setting, value, number, err);
    case SETTING_TEXT:
        return read_text(setting, value, arena, text_of(setting, settings), err);
    case SETTING_FLAG:
        break;
    }
    if (!str_eq_text(value, "yes") && !str_eq_text(value, "no")) {
        return refuse(setting, value, "yes or no", err);
    }
    *number = str_eq_text(value, "yes");
    return 0;
}

static void write_duration(uint32_t seconds, struct buf *out)
{
    static const char units[] = {'d', 'h', 'm', 's'};
    if (seconds == 0) {
        buf_put_text(out, "off");
        return;
    }
    for (unsigned i = 0; i < sizeof units; i++) {
        uint32_t unit = unit_seconds(units[i]);
        /* "24h" is how people say a day. */
        if (seconds % unit == 0 && seconds / unit > (units[i] == 'd' ? 1 : 0)) {
            buf_printf(out, "%u%c", seconds / unit, units[i]);
            return;
        }
    }
}

void setting_write(const struct setting *setting, const struct source_settings *settings,
                   struct buf *out)
{
    struct source_settings *all = (struct source_settings *)(void *)(uintptr_t)settings;
    uint32_t number = setting->kind != SETTING_TEXT ? *number_of(setting, all) : 0;
    switch (setting->kind) {
    case SETTING_NUMBER:
        buf_printf(out, "%u", number);
        break;
    case SETTING_DURATION:
        write_duration(number, out);
        break;
    case SETTING_WORD:
        buf_put_text(out, setting->words[number]);
        break;
    case SETTING_TEXT:
        buf_put_str(out, *text_of(setting, all));
        break;
    case SETTING_FLAG:
        buf_put_text(out, number ? "yes" : "no");
        break;
    }
}

bool setting_is_initial(const struct setting *setting, const struct source_settings *settings)
{
    struct buf text;
    buf_init(&text, 4096);
    setting_write(setting, settings, &text);
    bool same = str_eq_text(buf_view(&text), setting->initial);
    buf_done(&text);
    return same;
}

void source_settings_init(struct source_settings *settings)
{
    memset(settings, 0, sizeof *settings);
    for (unsigned i = 0; i < source_setting_count; i++) {
        const struct setting *setting = &source_setting_rows[i];
        if (setting->kind != SETTING_TEXT) {
            setting_read(setting, str_from(setting->initial), NULL, settings, NULL);
        }
    }
}

int jump_host_parse(struct str text, struct arena *arena, struct jump_host *ret, struct error *err)
{
    size_t at = text.len; /* behind the last one: users of a directory have one in their name */
    while (at > 0 && text.ptr[at - 1] != '@') {
        at--;
    }
    struct str user = str_sub(text, 0, at > 0 ? at - 1 : 0), host = str_skip(text, at);
    struct target_spec spec;
    char name[TARGET_KEY_SIZE];
    struct error cause = ERROR_INIT;
    if (target_spec_parse(host, arena, &spec, &cause) < 0) {
        return error_set(err, ERR_USAGE, "--jump %.*s: %s", STR_ARG(str_sub(text, 0, 80)),
                         cause.message);
    }
    if (target_spec_is_range(&spec)) {
        return error_set(err, ERR_USAGE, "--jump %.*s: a jump host is one server",
                         STR_ARG(str_sub(text, 0, 80)));
    }
    target_spec_name(&spec, 0, name);
    *ret = (struct jump_host){
        .user = arena_str(arena, user),
        .host = arena_str(arena, str_from(name)),
        .port = spec.port != 0 ? spec.port : 22,
    };
    return 0;
}
