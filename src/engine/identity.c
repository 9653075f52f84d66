#include "engine/identity.h"

#include "source/address.h"

#include <string.h>

const char *identity_confidence_name(enum identity_confidence confidence)
{
    static const char *const names[] = {
        [IDENTITY_OTHER] = "none", [IDENTITY_LOW] = "low",         [IDENTITY_MEDIUM] = "medium",
        [IDENTITY_HIGH] = "high",  [IDENTITY_CERTAIN] = "certain",
    };
    return names[confidence];
}

/* ---- marks ---- */

static struct str lower(struct str text, struct arena *arena)
{
    char *copy = arena_alloc(arena, text.len + 1);
    for (size_t i = 0; i < text.len; i++) {
        copy[i] = str_lower_byte(text.ptr[i]);
    }
    return str_make(copy, text.len);
}

static void add(struct identity_marks *marks, enum server_mark mark, struct str value,
                struct arena *arena)
{
    enum { MOST = 256 };
    if (value.len == 0 || value.len > 256 || marks->count == MOST) {
        return;
    }
    for (uint32_t i = 0; i < marks->count; i++) {
        if (marks->items[i].mark == mark && str_eq(marks->items[i].value, value)) {
            return;
        }
    }
    arena_reserve(arena, marks->items, marks->count, marks->capacity);
    marks->items[marks->count++] = (struct server_identity){mark, value};
}

static int hex_value(char c)
{
    c = str_lower_byte(c);
    return str_is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_uuid(struct str text, unsigned char out[16])
{
    size_t digits = 0;
    for (size_t i = 0; i < text.len; i++) {
        int value = hex_value(text.ptr[i]);
        if (text.ptr[i] == '-') {
            continue;
        }
        if (value < 0 || digits == 32) {
            return false;
        }
        out[digits / 2] = (unsigned char)(digits % 2 ? out[digits / 2] | value : value << 4);
        digits++;
    }
    return digits == 32;
}

/* One byte repeated, or counting up: what boards carry that were never given a number. */
static bool is_placeholder(const unsigned char uuid[16])
{
    static const unsigned char ami[16] = {0x03, 0x00, 0x02, 0x00, 0x04, 0x00, 0x05, 0x00,
                                          0x00, 0x06, 0x00, 0x07, 0x00, 0x08, 0x00, 0x09};
    static const unsigned char count[16] = {0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07,
                                            0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f};
    bool same = true;
    for (int i = 1; i < 16; i++) {
        same = same && uuid[i] == uuid[0];
    }
    return same || memcmp(uuid, ami, 16) == 0 || memcmp(uuid, count, 16) == 0;
}

struct str identity_uuid(struct str text, struct arena *arena)
{
    /* The first three fields as little-endian numbers: SMBIOS 2.6, section 7.2.1, which not every
     * hypervisor and tool follows. */
    static const unsigned char turned[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    unsigned char uuid[16], other[16];
    char digits[33];
    if (!read_uuid(text, uuid)) {
        return STR("");
    }
    for (int i = 0; i < 16; i++) {
        other[i] = uuid[turned[i]];
    }
    if (is_placeholder(uuid) || is_placeholder(other)) {
        return STR("");
    }
    const unsigned char *smaller = memcmp(uuid, other, 16) <= 0 ? uuid : other;
    for (int i = 0; i < 16; i++) {
        static const char hex[] = "0123456789abcdef";
        digits[2 * i] = hex[smaller[i] >> 4];
        digits[2 * i + 1] = hex[smaller[i] & 15];
    }
    return arena_str(arena, str_make(digits, 32));
}

/* Interfaces that software makes, with addresses that many machines have alike. */
static bool is_inner(struct str interface)
{
    return str_glob(STR("lo|docker*|br-*|virbr*|cni*|flannel*|cali*|tun*|tap*|podman*|lxc*|lxd*|"
                        "kube*|weave*|vxlan*"),
                    interface);
}

static bool is_plain_mac(struct str mac)
{
    bool any = false;
    for (size_t i = 0; i < mac.len; i++) {
        any = any || (mac.ptr[i] != '0' && mac.ptr[i] != ':');
    }
    return mac.len == 17 && any && !str_eq_nocase(mac, STR("ff:ff:ff:ff:ff:ff"));
}

/* Loopback and link-local addresses are on every machine. */
static bool is_global(struct str text)
{
    struct net_address address;
    if (!net_address_parse(text, &address)) {
        return false;
    }
    const uint8_t *b = address.bytes;
    if (address.family == 4) {
        return b[0] != 127 && !(b[0] == 169 && b[1] == 254) && b[0] != 0;
    }
    static const uint8_t loopback[16] = {[15] = 1};
    return !(b[0] == 0xfe && (b[1] & 0xc0) == 0x80) && memcmp(b, loopback, 16) != 0;
}

static void add_network(const struct inventory *inventory, struct arena *arena,
                        struct identity_marks *marks)
{
    for (uint32_t i = 0; i < inventory->address_count; i++) {
        const struct inventory_address *address = &inventory->addresses[i];
        if (is_inner(address->interface) || !is_global(address->address)) {
            continue;
        }
        add(marks, MARK_ADDRESS, lower(address->address, arena), arena);
        if (is_plain_mac(address->mac)) {
            add(marks, MARK_MAC, lower(address->mac, arena), arena);
        }
    }
}

/* 32 hexadecimal digits, machine-id(5); what an image is shipped with ("uninitialized", zeros) is
 * none. */
static bool is_machine_id(struct str text)
{
    unsigned char bytes[16];
    return text.len == 32 && read_uuid(text, bytes) && !is_placeholder(bytes);
}

void identity_marks(const struct inventory *inventory, const struct str *host_keys,
                    uint32_t host_key_count, struct arena *arena, struct identity_marks *ret)
{
    const struct inventory_machine *machine = &inventory->machine;
    *ret = (struct identity_marks){0};
    add(ret, MARK_INSTANCE, lower(str_trim(machine->instance_id), arena), arena);
    add(ret, MARK_UUID, identity_uuid(str_trim(machine->product_uuid), arena), arena);
    if (is_machine_id(str_trim(machine->machine_id))) {
        add(ret, MARK_MACHINE_ID, lower(str_trim(machine->machine_id), arena), arena);
    }
    for (uint32_t i = 0; i < host_key_count; i++) {
        add(ret, MARK_HOST_KEY, arena_str(arena, host_keys[i]), arena);
    }
    add_network(inventory, arena, ret);
    add(ret, MARK_NAME, lower(inventory->name, arena), arena);
}

/* ---- comparing ---- */

enum agreement { AGREE_UNKNOWN, AGREE_NO, AGREE_YES };

static bool has(const struct server_identity *marks, uint32_t count, enum server_mark mark,
                struct str value)
{
    for (uint32_t i = 0; i < count; i++) {
        if (marks[i].mark == mark && str_eq(marks[i].value, value)) {
            return true;
        }
    }
    return false;
}

static bool has_any(const struct server_identity *marks, uint32_t count, enum server_mark mark)
{
    for (uint32_t i = 0; i < count; i++) {
        if (marks[i].mark == mark) {
            return true;
        }
    }
    return false;
}

/* Any value in common is agreement: cards are added, keys are of several types. */
static enum agreement agree(const struct server_identity *a, uint32_t a_count,
                            const struct server_identity *b, uint32_t b_count,
                            enum server_mark mark)
{
    if (!has_any(a, a_count, mark) || !has_any(b, b_count, mark)) {
        return AGREE_UNKNOWN;
    }
    for (uint32_t i = 0; i < a_count; i++) {
        if (a[i].mark == mark && has(b, b_count, mark, a[i].value)) {
            return AGREE_YES;
        }
    }
    return AGREE_NO;
}

struct comparison {
    enum agreement of[MARK_NAME + 1];
};

static bool yes(const struct comparison *c, enum server_mark mark)
{
    return c->of[mark] == AGREE_YES;
}

static bool no(const struct comparison *c, enum server_mark mark)
{
    return c->of[mark] == AGREE_NO;
}

/* The rules of docs/discovery.md, in order. */
static enum identity_confidence decide(const struct comparison *c)
{
    /* Another network card and no address in common: another machine, whatever was cloned. */
    bool apart = no(c, MARK_MAC) && no(c, MARK_ADDRESS);
    if (no(c, MARK_INSTANCE)) {
        return IDENTITY_OTHER;
    }
    if (yes(c, MARK_INSTANCE)) {
        return apart && no(c, MARK_MACHINE_ID) ? IDENTITY_OTHER : IDENTITY_CERTAIN;
    }
    if (no(c, MARK_UUID)) {
        return IDENTITY_OTHER;
    }
    if (yes(c, MARK_UUID)) {
        return apart && (no(c, MARK_MACHINE_ID) || no(c, MARK_HOST_KEY)) ? IDENTITY_OTHER
                                                                         : IDENTITY_CERTAIN;
    }
    if (yes(c, MARK_MACHINE_ID)) {
        if (apart) {
            return IDENTITY_OTHER;
        }
        return yes(c, MARK_HOST_KEY) || yes(c, MARK_MAC) ? IDENTITY_HIGH
               : no(c, MARK_HOST_KEY)                    ? IDENTITY_LOW
                                                         : IDENTITY_MEDIUM;
    }
    if (yes(c, MARK_HOST_KEY)) {
        if (apart || (no(c, MARK_MACHINE_ID) && !yes(c, MARK_MAC))) {
            return IDENTITY_OTHER;
        }
        return yes(c, MARK_MAC) ? IDENTITY_HIGH : IDENTITY_MEDIUM;
    }
    /* Installed anew: the same card and name. */
    return yes(c, MARK_MAC) && yes(c, MARK_NAME) ? IDENTITY_MEDIUM : IDENTITY_OTHER;
}

static struct str describe(const struct comparison *c, struct arena *arena)
{
    static const char *const names[] = {
        [MARK_INSTANCE] = "instance id",
        [MARK_UUID] = "SMBIOS UUID",
        [MARK_MACHINE_ID] = "machine-id",
        [MARK_HOST_KEY] = "host key",
        [MARK_MAC] = "MAC",
    };
    struct buf text;
    buf_init(&text, 256);
    for (int mark = MARK_INSTANCE; mark <= MARK_MAC; mark++) {
        if (c->of[mark] == AGREE_YES) {
            buf_printf(&text, "%s%s", text.len > 0 ? ", " : "", names[mark]);
        }
    }
    struct str copy = arena_str(arena, buf_view(&text));
    buf_done(&text);
    return copy;
}

enum identity_confidence identity_compare(const struct server_identity *a, uint32_t a_count,
                                          const struct server_identity *b, uint32_t b_count,
                                          struct arena *arena, struct str *ret_by)
{
    struct comparison comparison = {{0}};
    for (int mark = MARK_INSTANCE; mark <= MARK_NAME; mark++) {
        comparison.of[mark] = agree(a, a_count, b, b_count, (enum server_mark)mark);
    }
    enum identity_confidence confidence = decide(&comparison);
    *ret_by = describe(&comparison, arena);
    return confidence;
}
