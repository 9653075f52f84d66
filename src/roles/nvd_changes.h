/*
 * The pages of changes that a download folder holds, and up to which time they tell of every
 * change. Each is a file of FEED_FOLDER_NVD_CHANGES, named by the range of time of change and by
 * the number of its first record:
 *
 *     changes-20261121T000000-20261122T000000-00000000.json.gz
 *
 * changes.tsv there lists those of whole ranges, a line a page, so that a web server can hand
 * them on and a range of which pages are missing is fetched again. Behind a line of these words:
 *
 *     page<TAB>bytes<TAB>sha256
 */
#ifndef ASSAY_ROLES_NVD_CHANGES_H
#define ASSAY_ROLES_NVD_CHANGES_H

#include "base/date.h"
#include "base/error.h"
#include "base/str.h"

#define NVD_CHANGES_LIST  "changes.tsv"
#define NVD_CHANGES_WORDS "page\tbytes\tsha256"

enum { CHANGE_NAME_SIZE = 64, CHANGE_SHA256_SIZE = 65 };

struct change_page {
    char name[CHANGE_NAME_SIZE];
    int64_t from, to;
    uint64_t start;
    uint64_t bytes;
    char sha256[CHANGE_SHA256_SIZE]; /* lower case */
};

struct changes {
    struct change_page *pages; /* by name, which is by time */
    unsigned count, capacity;
};

/* change_page_named fills name, from, to and start. change_page_parse does from a name, false
 * when it is none. */
struct change_page change_page_named(int64_t from, int64_t to, uint64_t start);
bool change_page_parse(struct str name, struct change_page *ret_page);
/* change_page_digest sets bytes and sha256 from the file of the page in folder;
 * change_page_check compares the file at path with them. */
int change_page_digest(struct change_page *page, const char *folder, struct error *err);
int change_page_check(const struct change_page *page, const char *path, struct error *err);

void changes_done(struct changes *changes);
/* changes_parse adds the pages of a list. ERR_FORMAT names the line that is none (the first must
 * be NVD_CHANGES_WORDS), ERR_LIMIT when there are more than LIMIT_NVD_PAGES. */
int changes_parse(struct str text, struct changes *changes, struct error *err);
/* changes_read reads the list of folder; without one it is empty. Ranges of which a file is
 * missing are left out. */
int changes_read(const char *folder, struct changes *ret_changes, struct error *err);
int changes_write(const struct changes *changes, const char *folder, struct error *err);
/* changes_find returns the page of that name, or NULL. changes_add puts one in its place. */
const struct change_page *changes_find(const struct changes *changes, const char *name);
void changes_add(struct changes *changes, const struct change_page *page);

/* changes_end_of_range returns the number behind the last page of the range of page first. */
unsigned changes_end_of_range(const struct changes *changes, unsigned first);
/* changes_mark returns the time up to which every change is known, when what base is the time
 * of is there and the pages. Ranges that end after now are not believed. */
int64_t changes_mark(const struct changes *changes, int64_t base, int64_t now);
/* changes_remove forgets page number index and removes its file. */
void changes_remove(struct changes *changes, unsigned index, const char *folder);
/* changes_prune forgets the pages of ranges that end at or before base, and removes their files. */
void changes_prune(struct changes *changes, const char *folder, int64_t base);

/* What changes_each gives of a folder: every file named as a page, listed or not. */
int changes_each(const char *folder, void (*each)(void *context, const struct change_page *page),
                 void *context, struct error *err);

#endif
