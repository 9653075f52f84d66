#include "roles/nvd_changes.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"

#include <dirent.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- names ---- */

/* "20261121T000000" */
static void put_time(char *out, size_t size, int64_t time)
{
    int year, month, day;
    date_to_civil(time_to_date(time), &year, &month, &day);
    int64_t rest = ((time % 86400) + 86400) % 86400;
    snprintf(out, size, "%04d%02d%02dT%02d%02d%02d", year, month, day, (int)(rest / 3600),
             (int)(rest / 60 % 60), (int)(rest % 60));
}

static bool read_digits(struct str text, size_t from, size_t len, uint64_t *ret)
{
    return text.len >= from + len && str_to_u64(str_sub(text, from, len), ret);
}

static bool read_time(struct str text, int64_t *ret_time)
{
    uint64_t year, month, day, hour, minute, second;
    if (text.len != 15 || text.ptr[8] != 'T' || !read_digits(text, 0, 4, &year) ||
        !read_digits(text, 4, 2, &month) || !read_digits(text, 6, 2, &day) ||
        !read_digits(text, 9, 2, &hour) || !read_digits(text, 11, 2, &minute) ||
        !read_digits(text, 13, 2, &second) || hour > 23 || minute > 59 || second > 59) {
        return false;
    }
    int32_t date = date_from_civil((int)year, (int)month, (int)day);
    *ret_time = (int64_t)date * 86400 + (int64_t)(hour * 3600 + minute * 60 + second);
    return date != DATE_NONE;
}

struct change_page change_page_named(int64_t from, int64_t to, uint64_t start)
{
    struct change_page page = {.from = from, .to = to, .start = start};
    char first[24], last[24];
    put_time(first, sizeof first, from);
    put_time(last, sizeof last, to);
    snprintf(page.name, sizeof page.name, "changes-%.15s-%.15s-%08llu.json.gz", first, last,
             (unsigned long long)(start % 100000000));
    return page;
}

bool change_page_parse(struct str name, struct change_page *ret_page)
{
    int64_t from, to;
    uint64_t start;
    if (name.len != 56 || !str_starts(name, STR("changes-")) || !str_ends(name, STR(".json.gz")) ||
        !read_time(str_sub(name, 8, 15), &from) || !read_time(str_sub(name, 24, 15), &to) ||
        !read_digits(name, 40, 8, &start) || from >= to) {
        return false;
    }
    *ret_page = change_page_named(from, to, start);
    return str_eq_text(name, ret_page->name);
}

/* ---- checksums ---- */

static int digest_file(const char *path, uint64_t *ret_bytes, char out[CHANGE_SHA256_SIZE],
                       struct error *err)
{
    struct file_map map;
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    int result = file_map(path, &map, err);
    if (result < 0) {
        return result;
    }
    if (EVP_Digest(map.bytes ? (const void *)map.bytes : "", map.len, sum, &len, EVP_sha256(),
                   NULL) != 1) {
        result = error_set(err, ERR_UNSUPPORTED, "SHA-256 is not to be had");
    }
    for (unsigned i = 0; result == 0 && i < 32; i++) {
        snprintf(out + (size_t)i * 2, 3, "%02x", sum[i]);
    }
    *ret_bytes = map.len;
    file_unmap(&map);
    return result;
}

int change_page_digest(struct change_page *page, const char *folder, struct error *err)
{
    _cleanup_free_ char *path = file_join(folder, page->name);
    return digest_file(path, &page->bytes, page->sha256, err);
}

int change_page_check(const struct change_page *page, const char *path, struct error *err)
{
    char found[CHANGE_SHA256_SIZE] = "";
    uint64_t bytes = 0;
    int result = digest_file(path, &bytes, found, err);
    if (result == 0 && (bytes != page->bytes || strcmp(found, page->sha256) != 0)) {
        result = error_set(err, ERR_FORMAT,
                           "what came has not the sha256 that " NVD_CHANGES_LIST " states");
    }
    return result;
}

/* ---- the list ---- */

void changes_done(struct changes *changes)
{
    free(changes->pages);
    *changes = (struct changes){0};
}

/* The place of name: of it, or before the first behind it. */
static unsigned find_place(const struct changes *changes, const char *name, bool *ret_found)
{
    unsigned i = 0;
    while (i < changes->count && strcmp(changes->pages[i].name, name) < 0) {
        i++;
    }
    *ret_found = i < changes->count && strcmp(changes->pages[i].name, name) == 0;
    return i;
}

const struct change_page *changes_find(const struct changes *changes, const char *name)
{
    bool found;
    unsigned i = find_place(changes, name, &found);
    return found ? &changes->pages[i] : NULL;
}

void changes_add(struct changes *changes, const struct change_page *page)
{
    bool found;
    unsigned i = find_place(changes, page->name, &found);
    if (!found) {
        mem_reserve(changes->pages, changes->count, changes->capacity);
        memmove(&changes->pages[i + 1], &changes->pages[i],
                (changes->count - i) * sizeof *changes->pages);
        changes->count++;
    }
    changes->pages[i] = *page;
}

static bool read_line(struct str line, struct change_page *ret_page)
{
    struct str name, bytes;
    if (!str_split_byte(&line, '\t', &name) || !change_page_parse(name, ret_page) ||
        !str_split_byte(&line, '\t', &bytes) || !str_to_u64(bytes, &ret_page->bytes) ||
        line.len != CHANGE_SHA256_SIZE - 1) {
        return false;
    }
    for (size_t i = 0; i < line.len; i++) {
        char c = str_lower_byte(line.ptr[i]);
        if (!str_is_digit(c) && (c < 'a' || c > 'f')) {
            return false;
        }
        ret_page->sha256[i] = c;
    }
    ret_page->sha256[line.len] = '\0';
    return ret_page->bytes <= LIMIT_NVD_PAGE;
}

int changes_parse(struct str text, struct changes *changes, struct error *err)
{
    struct str line;
    if (!str_next_line(&text, &line) || !str_eq(line, STR(NVD_CHANGES_WORDS))) {
        return error_set(err, ERR_FORMAT, NVD_CHANGES_LIST ":1: not a list of pages");
    }
    for (unsigned number = 2; str_next_line(&text, &line); number++) {
        struct change_page page;
        if (!read_line(line, &page)) {
            return error_set(err, ERR_FORMAT, NVD_CHANGES_LIST ":%u: no page of changes", number);
        }
        if (changes->count >= LIMIT_NVD_PAGES) {
            return error_set(err, ERR_LIMIT, NVD_CHANGES_LIST ": more than %u pages",
                             LIMIT_NVD_PAGES);
        }
        changes_add(changes, &page);
    }
    return 0;
}

/* ---- ranges: runs of pages of one from and to ---- */

unsigned changes_end_of_range(const struct changes *changes, unsigned first)
{
    unsigned end = first + 1;
    while (end < changes->count && changes->pages[end].from == changes->pages[first].from &&
           changes->pages[end].to == changes->pages[first].to) {
        end++;
    }
    return end;
}

static void drop(struct changes *changes, unsigned first, unsigned end)
{
    memmove(&changes->pages[first], &changes->pages[end],
            (changes->count - end) * sizeof *changes->pages);
    changes->count -= end - first;
}

static bool is_here(const struct change_page *page, const char *folder)
{
    struct stat info;
    _cleanup_free_ char *path = file_join(folder, page->name);
    return stat(path, &info) == 0 && S_ISREG(info.st_mode) && (uint64_t)info.st_size == page->bytes;
}

static void drop_broken(struct changes *changes, const char *folder)
{
    for (unsigned first = 0; first < changes->count;) {
        unsigned end = changes_end_of_range(changes, first);
        bool whole = changes->pages[first].start == 0;
        for (unsigned i = first; whole && i < end; i++) {
            whole = is_here(&changes->pages[i], folder);
        }
        if (whole) {
            first = end;
        } else {
            drop(changes, first, end);
        }
    }
}

int changes_read(const char *folder, struct changes *ret_changes, struct error *err)
{
    struct buf text;
    struct changes changes = {0};
    _cleanup_free_ char *path = file_join(folder, NVD_CHANGES_LIST);
    buf_init(&text, LIMIT_SHARE_TABLE);
    int result = file_read(path, &text, err);
    if (result == 0) {
        result = changes_parse(buf_view(&text), &changes, err);
    } else if (result == ERR_NOT_FOUND) {
        *err = (struct error)ERROR_INIT;
        result = 0;
    }
    buf_done(&text);
    if (result < 0) {
        changes_done(&changes);
        return result;
    }
    drop_broken(&changes, folder);
    *ret_changes = changes;
    return 0;
}

int changes_write(const struct changes *changes, const char *folder, struct error *err)
{
    struct buf text;
    _cleanup_free_ char *path = file_join(folder, NVD_CHANGES_LIST);
    buf_init(&text, LIMIT_SHARE_TABLE);
    buf_put_text(&text, NVD_CHANGES_WORDS "\n");
    for (unsigned i = 0; i < changes->count; i++) {
        const struct change_page *page = &changes->pages[i];
        buf_printf(&text, "%s\t%llu\t%s\n", page->name, (unsigned long long)page->bytes,
                   page->sha256);
    }
    int result = file_write(path, 0644, buf_view(&text), err);
    buf_done(&text);
    return result;
}

int64_t changes_mark(const struct changes *changes, int64_t base, int64_t now)
{
    int64_t mark = base;
    for (unsigned i = 0; i < changes->count; i++) {
        const struct change_page *page = &changes->pages[i];
        if (page->from <= mark && page->to > mark && page->to <= now) {
            mark = page->to;
        }
    }
    return mark;
}

void changes_remove(struct changes *changes, unsigned index, const char *folder)
{
    _cleanup_free_ char *path = file_join(folder, changes->pages[index].name);
    unlink(path);
    drop(changes, index, index + 1);
}

void changes_prune(struct changes *changes, const char *folder, int64_t base)
{
    for (unsigned i = changes->count; i-- > 0;) {
        if (changes->pages[i].to <= base) {
            changes_remove(changes, i, folder);
        }
    }
}

int changes_each(const char *folder, void (*each)(void *context, const struct change_page *page),
                 void *context, struct error *err)
{
    DIR *stream = opendir(folder);
    struct change_page page;
    const struct dirent *entry;
    if (stream == NULL) {
        return errno == ENOENT ? 0 : error_set_errno(err, "%s", folder);
    }
    while ((entry = readdir(stream)) != NULL) {
        if (change_page_parse(str_from(entry->d_name), &page)) {
            each(context, &page);
        }
    }
    closedir(stream);
    return 0;
}
