/* What a worker says to its manager, as bytes on its pipe (src/collect/job.h). */
#include "base/limits.h"
#include "engine/answer.h"
#include "process/resolving.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct message_reader reader;
    struct message message;
    struct answer answer;
    struct resolved resolved;
    resolving_read_answer(str_make((const char *)data, size), &resolved);
    message_reader_init(&reader, LIMIT_INVENTORY);
    char *room = buf_reserve(&reader.pending, size);
    if (room != NULL && size > 0) {
        memcpy(room, data, size);
        reader.pending.len += size;
    }
    answer_init(&answer);
    while (size > 0 && message_reader_next(&reader, &message, NULL) > 0 &&
           answer_take(&answer, &message, NULL) == 0) {
    }
    answer_done(&answer);
    message_reader_done(&reader);
    return 0;
}
