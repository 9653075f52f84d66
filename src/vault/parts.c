#include "vault/parts.h"

static uint64_t read_number(const char *bytes, unsigned len)
{
    uint64_t value = 0;
    for (unsigned i = len; i-- > 0;) {
        value = value << 8 | (unsigned char)bytes[i];
    }
    return value;
}

bool part_take_bytes(struct str *bytes, size_t len, struct str *ret)
{
    if (len > bytes->len) {
        return false;
    }
    *ret = str_sub(*bytes, 0, len);
    *bytes = str_skip(*bytes, len);
    return true;
}

bool part_take_u32(struct str *bytes, uint32_t *ret)
{
    struct str part;
    if (!part_take_bytes(bytes, 4, &part)) {
        return false;
    }
    *ret = (uint32_t)read_number(part.ptr, 4);
    return true;
}

bool part_take_u64(struct str *bytes, uint64_t *ret)
{
    struct str part;
    if (!part_take_bytes(bytes, 8, &part)) {
        return false;
    }
    *ret = read_number(part.ptr, 8);
    return true;
}

bool part_take_text(struct str *bytes, struct str *ret)
{
    struct str rest = *bytes;
    uint32_t len;
    if (!part_take_u32(&rest, &len) || !part_take_bytes(&rest, len, ret)) {
        return false;
    }
    *bytes = rest;
    return true;
}

void part_write_u32(unsigned char out[4], uint32_t value)
{
    for (int i = 0; i < 4; i++) {
        out[i] = (unsigned char)(value >> (8 * i));
    }
}

void part_write_u64(unsigned char out[8], uint64_t value)
{
    part_write_u32(out, (uint32_t)value);
    part_write_u32(out + 4, (uint32_t)(value >> 32));
}

void part_put_u32(struct buf *out, uint32_t value)
{
    unsigned char bytes[4];
    part_write_u32(bytes, value);
    buf_put(out, bytes, sizeof bytes);
}

void part_put_u64(struct buf *out, uint64_t value)
{
    unsigned char bytes[8];
    part_write_u64(bytes, value);
    buf_put(out, bytes, sizeof bytes);
}

void part_put_text(struct buf *out, struct str text)
{
    part_put_u32(out, (uint32_t)text.len);
    buf_put_str(out, text);
}
