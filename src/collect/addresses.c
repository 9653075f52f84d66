/* Addresses: `ip -o addr`, ifconfig, or what /proc/net has. */
#include "collect/probe.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

/* take_address cuts prefix length and scope; false when the rest is no IP address. */
static bool take_address(struct str word, struct str *ret_address)
{
    char text[INET6_ADDRSTRLEN + 1];
    unsigned char bytes[sizeof(struct in6_addr)];
    word = str_sub(word, 0, str_find_byte(word, '/'));
    word = str_sub(word, 0, str_find_byte(word, '%'));
    if (word.len == 0 || word.len >= sizeof text) {
        return false;
    }
    memcpy(text, word.ptr, word.len);
    text[word.len] = '\0';
    *ret_address = word;
    return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

/* read_ip reads "2: eth0    inet 10.0.0.5/24 brd ...". */
static bool read_ip(struct probe *probe, struct str line)
{
    struct str number, interface, family, word, address;
    uint64_t index;
    if (!str_next_word(&line, &number) || !str_ends(number, STR(":")) ||
        !str_to_u64(str_sub(number, 0, number.len - 1), &index) ||
        !str_next_word(&line, &interface) || !str_next_word(&line, &family) ||
        !str_next_word(&line, &word)) {
        return false;
    }
    interface = str_sub(interface, 0, str_find_byte(interface, '@'));
    if (str_starts(family, STR("inet")) && take_address(word, &address)) {
        probe_add_address(probe, interface, address);
    }
    return true;
}

/* read_ifconfig reads an indented line: "inet 10.0.0.5  netmask", "inet addr:10.0.0.5 ...",
 * "inet6 fe80::1  prefixlen" or "inet6 addr: fe80::1/64". */
static void read_ifconfig(struct probe *probe, struct str interface, struct str line)
{
    struct str family, word, address;
    if (!str_next_word(&line, &family) || !str_starts(family, STR("inet")) ||
        !str_next_word(&line, &word)) {
        return;
    }
    if (str_starts(word, STR("addr:"))) {
        word = str_skip(word, 5);
        if (word.len == 0 && !str_next_word(&line, &word)) {
            return;
        }
    }
    if (take_address(word, &address)) {
        probe_add_address(probe, interface, address);
    }
}

/* read_if_inet6 reads "fe80...01 02 40 20 80 eth0" (32 hexadecimal digits first). */
static bool read_if_inet6(struct probe *probe, struct str line)
{
    struct str digits, word;
    char text[8 * 5 + 1]; /* eight groups, each with a colon */
    struct in6_addr bytes;
    if (!str_next_word(&line, &digits) || digits.len != 32) {
        return false;
    }
    for (unsigned i = 0; i < 8; i++) {
        snprintf(text + i * 5, 6, "%.4s:", digits.ptr + (size_t)i * 4);
    }
    text[39] = '\0';
    for (unsigned i = 0; i < 4; i++) {
        str_next_word(&line, &word);
    }
    if (inet_pton(AF_INET6, text, &bytes) != 1 || !str_next_word(&line, &word)) {
        return false;
    }
    char short_text[INET6_ADDRSTRLEN];
    inet_ntop(AF_INET6, &bytes, short_text, sizeof short_text);
    probe_add_address(probe, word, str_from(short_text));
    return true;
}

/* read_fib keeps the address of "|-- 10.0.0.5" until the line below it says "host LOCAL". */
static bool read_fib(struct probe *probe, struct str line, struct str *pending)
{
    size_t at = str_find(line, STR("|-- "));
    struct str address;
    if (at != SIZE_MAX) {
        *pending = str_trim(str_skip(line, at + 4));
        return true;
    }
    if (str_find(line, STR("/32 host LOCAL")) != SIZE_MAX) {
        if (take_address(*pending, &address)) {
            for (uint32_t i = 0; i < probe->address_count; i++) {
                if (str_eq(probe->addresses[i].address, address)) {
                    return true; /* the table lists it for main and local */
                }
            }
            probe_add_address(probe, STR(""), address);
        }
        return true;
    }
    return false;
}

struct mac {
    struct str interface, mac;
};

static void add_macs(struct probe *probe, const struct mac *macs, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (str_eq(macs[i].mac, STR("00:00:00:00:00:00"))) {
            continue;
        }
        for (uint32_t a = 0; a < probe->address_count; a++) {
            if (str_eq(probe->addresses[a].interface, macs[i].interface)) {
                probe->addresses[a].mac = macs[i].mac;
            }
        }
    }
}

void parse_addresses(struct probe *probe, struct str text)
{
    struct str line, interface = STR(""), pending = STR("");
    struct mac *macs = NULL;
    uint32_t count = 0, capacity = 0;
    while (str_next_line(&text, &line)) {
        struct str fields[PROBE_FIELDS];
        bool indented = line.len > 0 && (line.ptr[0] == ' ' || line.ptr[0] == '\t');
        if (str_starts(line, STR("mac\t"))) {
            probe_fields(line, '\t', fields);
            if (count < 4096) { /* more interfaces than any machine has use for */
                arena_reserve(probe->arena, macs, count, capacity);
                macs[count++] =
                    (struct mac){probe_name(probe, fields[1]), probe_name(probe, fields[2])};
            }
        } else if (read_fib(probe, line, &pending) || read_ip(probe, line) ||
                   read_if_inet6(probe, line)) {
            continue;
        } else if (indented) {
            read_ifconfig(probe, interface, line);
        } else if (str_next_word(&line, &interface)) {
            interface = str_sub(interface, 0, interface.len - str_ends(interface, STR(":")));
        }
    }
    add_macs(probe, macs, count);
}
