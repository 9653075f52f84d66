#include "vault/record.h"

#include "base/date.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A target's name comes from a source: no line end of it may begin a line here. */
static void put_target(struct buf *out, struct str target)
{
    for (size_t i = 0; i < target.len; i++) {
        unsigned char c = (unsigned char)target.ptr[i];
        buf_put_byte(out, c < ' ' || c == 0x7f ? '?' : (char)c);
    }
}

static int append(const char *path, struct str line, struct error *err)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (fd < 0) {
        return error_set_errno(err, "%s", path);
    }
    int result = file_write_all(fd, line.ptr, line.len, err);
    close(fd);
    return result;
}

int record_use(const char *folder, uint64_t id, struct str target, struct error *err)
{
    _cleanup_free_ char *path = file_join(folder, "used.log");
    _cleanup_free_ char *aside = file_join(folder, "used.log.1");
    char when[TIME_SIZE];
    struct stat info;
    struct buf line;
    if (stat(path, &info) == 0 && (size_t)info.st_size > LIMIT_VAULT_RECORD) {
        rename(path, aside);
    }
    buf_init(&line, LIMIT_LINE);
    buf_printf(&line, "%s\t%llu\t", time_format(time_now(), when), (unsigned long long)id);
    put_target(&line, str_cut_utf8(target, LIMIT_NAME));
    buf_put_byte(&line, '\n');
    int result = append(path, buf_view(&line), err);
    buf_done(&line);
    return result;
}

static void read_line(struct str line, uint64_t id, struct record_uses *uses)
{
    struct str when, number;
    uint64_t found;
    int64_t time;
    if (!str_split_byte(&line, '\t', &when) || !str_split_byte(&line, '\t', &number) ||
        !str_to_u64(number, &found) || found != id || !time_parse(when, &time)) {
        return;
    }
    uses->count++;
    uses->last = time;
    struct str target = str_cut_utf8(line, sizeof uses->target - 1);
    memcpy(uses->target, target.ptr, target.len);
    uses->target[target.len] = '\0';
}

static int read_file(const char *path, uint64_t id, struct record_uses *uses, struct error *err)
{
    struct buf bytes;
    struct str line;
    if (!file_exists(path)) {
        return 0;
    }
    buf_init(&bytes, LIMIT_VAULT_RECORD + LIMIT_LINE);
    int result = file_read(path, &bytes, err);
    struct str rest = buf_view(&bytes);
    while (result == 0 && str_next_line(&rest, &line)) {
        read_line(line, id, uses);
    }
    buf_done(&bytes);
    return result;
}

int record_find(const char *folder, uint64_t id, struct record_uses *ret, struct error *err)
{
    _cleanup_free_ char *path = file_join(folder, "used.log");
    _cleanup_free_ char *aside = file_join(folder, "used.log.1");
    struct record_uses uses = {.last = TIME_NONE};
    int result = read_file(aside, id, &uses, err);
    result = result < 0 ? result : read_file(path, id, &uses, err);
    if (result == 0) {
        *ret = uses;
    }
    return result;
}
