/*
 * The paths that a sandbox keeps, collected: each where it really leads, none beneath another.
 */
#ifndef ASSAY_PROCESS_KEPT_PATHS_H
#define ASSAY_PROCESS_KEPT_PATHS_H

/* {0} is an empty one. */
struct kept_paths {
    char **paths; /* ended by NULL once one is in it */
    unsigned count, capacity;
};

/* kept_paths_add keeps where path leads; NULL or one that is not there is left out. */
void kept_paths_add(struct kept_paths *kept, const char *path);
/* kept_paths_add_way keeps the folders from the folder from (of which file must begin with the
 * name) down to file, and file itself: each may be a link to somewhere else. */
void kept_paths_add_way(struct kept_paths *kept, const char *from, const char *file);
/* kept_paths_view gives them for struct sandbox_paths. */
const char *const *kept_paths_view(const struct kept_paths *kept);
void kept_paths_done(struct kept_paths *kept);

#endif
