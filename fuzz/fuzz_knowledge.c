/* A knowledge file of hostile bytes: opened, verified, every getter called. */
#include "../tests/knowledge/exercise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct knowledge *knowledge;
    volatile unsigned sum;
    if (knowledge_open_bytes(str_make((const char *)data, size), &knowledge, NULL) == 0) {
        sum = exercise_all(knowledge);
        (void)sum;
        knowledge_verify(knowledge, NULL);
        knowledge_close(knowledge);
    }
    return 0;
}
