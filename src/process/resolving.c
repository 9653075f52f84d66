#include "process/resolving.h"

#include <string.h>

enum { NUMBER = 4, ADDRESS = 17 };

static void put_number(uint32_t number, struct buf *out)
{
    for (int i = 0; i < NUMBER; i++) {
        buf_put_byte(out, (char)(number >> (8 * i)));
    }
}

static uint32_t get_number(struct str body)
{
    uint32_t number = 0;
    for (int i = NUMBER; i-- > 0;) {
        number = number << 8 | (unsigned char)body.ptr[i];
    }
    return number;
}

void resolving_write_question(uint32_t number, struct str name, struct buf *out)
{
    put_number(number, out);
    buf_put_str(out, name);
}

bool resolving_read_question(struct str body, uint32_t *ret_number, struct str *ret_name)
{
    if (body.len <= NUMBER) {
        return false;
    }
    *ret_number = get_number(body);
    *ret_name = str_skip(body, NUMBER);
    return true;
}

void resolving_write_answer(const struct resolved *answer, struct buf *out)
{
    put_number(answer->number, out);
    buf_put_byte(out, (char)answer->state);
    for (unsigned i = 0; i < answer->count; i++) {
        buf_put_byte(out, (char)answer->addresses[i].family);
        buf_put(out, answer->addresses[i].bytes, sizeof answer->addresses[i].bytes);
    }
}

bool resolving_read_answer(struct str body, struct resolved *ret)
{
    struct resolved answer = {0};
    size_t addresses = body.len > NUMBER ? (body.len - NUMBER - 1) / ADDRESS : 0;
    if (body.len != NUMBER + 1 + addresses * ADDRESS || addresses > RESOLVED_MAX) {
        return false;
    }
    answer.number = get_number(body);
    answer.state = (enum resolved_state)(unsigned char)body.ptr[NUMBER];
    if (answer.state > RESOLVED_FAILED || (answer.state == RESOLVED_OK) != (addresses > 0)) {
        return false;
    }
    for (size_t i = 0; i < addresses; i++) {
        const char *at = body.ptr + NUMBER + 1 + i * ADDRESS;
        struct resolved_address *address = &answer.addresses[i];
        address->family = (uint8_t)at[0];
        memcpy(address->bytes, at + 1, sizeof address->bytes);
        if (address->family != 4 && address->family != 6) {
            return false;
        }
    }
    answer.count = (unsigned)addresses;
    *ret = answer;
    return true;
}
