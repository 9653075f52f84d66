/* Writes every sample in every format to a folder. usage: render FOLDER */
#include "sample.h"

#include "base/file.h"

#include <stdio.h>

static int write_explanations(const char *folder)
{
    char path[4096];
    struct buf out;
    struct error err = ERROR_INIT;
    uint64_t cve;
    cve_id_parse(STR("CVE-2023-52425"), &cve);
    buf_init(&out, (size_t)1 << 20);
    report_explain_json(sample_explanations, sample_explanation_count, cve,
                        sample_knowledge(SAMPLE_RICH), (int32_t)(SAMPLE_NOW / 86400), &out);
    snprintf(path, sizeof path, "%s/explain.json", folder);
    int result = file_write(path, 0644, buf_view(&out), &err);
    buf_done(&out);
    return result < 0;
}

int main(int argc, char **argv)
{
    static struct sample sample;
    char path[4096];
    struct buf out;
    if (argc != 2) {
        fprintf(stderr, "usage: render FOLDER\n");
        return 2;
    }
    for (int kind = 0; kind < SAMPLES; kind++) {
        sample_init(&sample, (enum sample_kind)kind);
        for (unsigned f = 0; f < report_format_count; f++) {
            struct error err = ERROR_INIT;
            buf_init(&out, (size_t)256 << 20);
            report_formats[f].write(&sample.assessment, sample_knowledge((enum sample_kind)kind),
                                    &sample.options, &out);
            snprintf(path, sizeof path, "%s/%s.%s", argv[1], sample_names[kind],
                     report_formats[f].name);
            if (file_write(path, 0644, buf_view(&out), &err) < 0) {
                fprintf(stderr, "%s: %s\n", path, err.message);
                return 1;
            }
            buf_done(&out);
        }
        sample_done(&sample);
    }
    return write_explanations(argv[1]);
}
