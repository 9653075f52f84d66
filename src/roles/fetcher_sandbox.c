#include "roles/fetcher_sandbox.h"

#include "base/file.h"
#include "base/memory.h"
#include "feed/feed.h"
#include "process/kept_paths.h"
#include "process/sandbox.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

/* What the C library reads to find an address, and OpenSSL and libcurl to know an authority. The
 * folders are those that links among the certificates lead to. */
static const char *const network_files[] = {
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/nsswitch.conf",
    "/etc/host.conf",
    "/etc/gai.conf",
    "/etc/services",
    "/etc/protocols",
    "/etc/ssl/certs",
    "/etc/pki",
    "/etc/ca-certificates",
    "/usr/share/ca-certificates",
    "/usr/local/share/ca-certificates",
};

/* Loaded when they are first needed, which is too late then: name look-up before glibc 2.34, and
 * what ends a thread. */
static const char *const libraries[] = {"libnss_files.so.2", "libnss_dns.so.2", "libgcc_s.so.1"};

static void load_libraries(void)
{
    for (size_t i = 0; i < sizeof libraries / sizeof libraries[0]; i++) {
        dlopen(libraries[i], RTLD_NOW | RTLD_LOCAL);
    }
}

static void keep_network(struct kept_paths *kept, const struct settings *settings)
{
    const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);
    for (size_t i = 0; i < sizeof network_files / sizeof network_files[0]; i++) {
        kept_paths_add(kept, network_files[i]);
    }
    kept_paths_add(kept, curl->cainfo);
    kept_paths_add(kept, curl->capath);
    kept_paths_add(kept, settings->ca_file[0] != '\0' ? settings->ca_file : NULL);
}

/* A folder laid out as HOST/PATH, of which parts may be links to other disks. */
static void keep_layout(struct kept_paths *kept, const struct fetcher *fetcher, const char *root)
{
    static const char *const others[] = {"fetched.tsv", FEED_FOLDER_NVD_CHANGES};
    char path[FETCHER_PATH];
    kept_paths_add(kept, root);
    for (unsigned i = 0; i < feed_source_count; i++) {
        int year = fetcher->options.year;
        for (unsigned n = 0; feed_source_path(&feed_sources[i], year, n, path, sizeof path); n++) {
            _cleanup_free_ char *file = file_join(root, path);
            kept_paths_add_way(kept, root, file);
        }
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        _cleanup_free_ char *file = file_join(root, others[i]);
        kept_paths_add_way(kept, root, file);
    }
}

/* Records that lie in a folder as files of their own. */
static void keep_unpacked(struct kept_paths *kept, const char *root)
{
    for (unsigned i = 0; i < feed_count; i++) {
        char **paths;
        unsigned count;
        if (feeds[i].folder == NULL || feed_files(&feeds[i], root, &paths, &count, NULL) < 0) {
            continue;
        }
        for (unsigned n = 0; n < count; n++) {
            kept_paths_add_way(kept, root, paths[n]);
        }
        feed_files_free(paths, count);
    }
}

static int enter(const struct sandbox_profile *profile, const struct kept_paths *read,
                 const struct kept_paths *write, struct error *err)
{
    struct sandbox_state state;
    const struct sandbox_paths paths = {.read = kept_paths_view(read),
                                        .write = kept_paths_view(write)};
    int result = sandbox_drop_capabilities(err);
    return result < 0 ? result : sandbox_enter(profile, &paths, true, &state, err);
}

int fetcher_shut_in(const struct fetcher *fetcher, struct error *err)
{
    struct kept_paths read = {0}, write = {0};
    bool copies = fetcher->downloader == NULL;
    /* A sanitizer looks for leaks at the end by tracing this process. */
    if (sandbox_sanitized()) {
        return 0;
    }
    keep_layout(&write, fetcher, fetcher->options.into);
    if (copies) {
        keep_layout(&read, fetcher, fetcher->options.from);
        keep_unpacked(&read, fetcher->options.from);
    } else {
        keep_network(&read, &fetcher->settings);
        load_libraries();
    }
    int result = enter(copies ? &sandbox_fetcher_copy : &sandbox_fetcher, &read, &write, err);
    kept_paths_done(&read);
    kept_paths_done(&write);
    return result;
}
