/*
 * Runs a fuzz target over its seed corpus, a file a test, speaking TAP.
 * usage: TARGET FOLDER...
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        return -1;
    }
    long size = ftell(file);
    rewind(file);
    /* A block of exactly the input's size, so that a sanitizer sees one byte too far. */
    uint8_t *data = malloc(size > 0 ? (size_t)size : 1);
    size_t got = data ? fread(data, 1, (size_t)size, file) : 0;
    fclose(file);
    int result = -1;
    if (data != NULL && got == (size_t)size) {
        result = LLVMFuzzerTestOneInput(data, got);
    }
    free(data);
    return result;
}

int main(int argc, char **argv)
{
    unsigned count = 0, failed = 0;
    for (int i = 1; i < argc; i++) {
        struct dirent **entries;
        int n = scandir(argv[i], &entries, NULL, alphasort);
        for (int e = 0; e < n; e++) {
            if (entries[e]->d_name[0] != '.') {
                char path[4096];
                snprintf(path, sizeof path, "%s/%s", argv[i], entries[e]->d_name);
                int result = run_file(path);
                failed += result < 0;
                printf("%s %u - %s\n", result < 0 ? "not ok" : "ok", ++count, entries[e]->d_name);
                fflush(stdout);
            }
            free(entries[e]);
        }
        if (n > 0) {
            free(entries);
        }
    }
    printf("1..%u\n", count);
    return failed > 0 || count == 0;
}
