/* TCP sockets: ss(8), else /proc/net/tcp and /proc/net/tcp6 (proc(5)). */
#include "collect/probe.h"

#include "base/limits.h"

#include <arpa/inet.h>
#include <string.h>

static bool read_port(struct str text, uint16_t *ret_port)
{
    uint64_t number;
    if (str_eq(text, STR("*"))) {
        *ret_port = 0;
        return true;
    }
    if (!str_to_u64(text, &number) || number > UINT16_MAX) {
        return false;
    }
    *ret_port = (uint16_t)number;
    return true;
}

/* read_endpoint reads "0.0.0.0:22", "[::1]:5432", "*:80", "127.0.0.53%lo:53" or
 * "[::ffff:10.0.0.5]:80". */
static bool read_endpoint(struct probe *probe, struct str text, struct str *ret_address,
                          uint16_t *ret_port)
{
    size_t colon = SIZE_MAX;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == ':') {
            colon = i;
        }
    }
    if (colon == SIZE_MAX || !read_port(str_skip(text, colon + 1), ret_port)) {
        return false;
    }
    struct str address = str_sub(text, 0, colon);
    if (address.len >= 2 && address.ptr[0] == '[') {
        address = str_skip(address, 1);
        address = str_sub(address, 0, str_find_byte(address, ']'));
    }
    address = str_sub(address, 0, str_find_byte(address, '%'));
    if (str_starts(address, STR("::ffff:")) && str_find_byte(address, '.') != SIZE_MAX) {
        address = str_skip(address, 7);
    }
    /* "*" is ss's word for a socket that takes both IPv6 and IPv4. */
    *ret_address = str_eq(address, STR("*")) ? STR("::") : probe_name(probe, address);
    return true;
}

/* read_users reads `users:(("sshd",pid=812,fd=3),...)`: the first one. */
static void read_users(struct probe *probe, struct str text,
                       struct inventory_connection *connection)
{
    size_t at = str_find(text, STR("users:((\""));
    if (at == SIZE_MAX) {
        return;
    }
    text = str_skip(text, at + 9);
    size_t end = str_find(text, STR("\",pid="));
    if (end == SIZE_MAX) {
        return;
    }
    connection->process = probe_name(probe, str_sub(text, 0, end));
    text = str_skip(text, end + 6);
    uint64_t pid;
    if (str_to_u64(str_sub(text, 0, str_find_byte(text, ',')), &pid) && pid <= UINT32_MAX) {
        connection->pid = (uint32_t)pid;
    }
}

/* service_of_cgroup returns the unit that a control group path ends in, or a container's start of
 * identifier; "" for sessions and the root group. */
static struct str service_of_cgroup(struct probe *probe, struct str path)
{
    struct str part, last = STR("");
    while (str_split_byte(&path, '/', &part)) {
        if (str_ends(part, STR(".service"))) {
            last = part;
        }
        static const char *const containers[] = {"docker-", "libpod-", "cri-containerd-", "crio-"};
        for (size_t i = 0; i < sizeof containers / sizeof containers[0]; i++) {
            struct str start = str_from(containers[i]);
            if (str_starts(part, start) && str_ends(part, STR(".scope"))) {
                return arena_printf(probe->arena, "container %.*s",
                                    STR_ARG(probe_name(probe, str_sub(part, start.len, 12))));
            }
        }
    }
    return probe_name(probe, last);
}

static void read_cgroup(struct probe *probe, struct str text,
                        struct inventory_connection *connection)
{
    size_t at = str_find(text, STR(" cgroup:/"));
    if (at != SIZE_MAX) {
        text = str_skip(text, at + 8);
        connection->service = service_of_cgroup(probe, str_sub(text, 0, str_find_byte(text, ' ')));
    }
}

/* read_ss reads "LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(...) ino:1 sk:2 cgroup:/... <->". */
static bool read_ss(struct probe *probe, struct str line)
{
    struct str state, queue, local, remote;
    struct inventory_connection found = {0};
    if (!str_next_word(&line, &state) || !str_next_word(&line, &queue) ||
        !str_next_word(&line, &queue) || !str_next_word(&line, &local) ||
        !str_next_word(&line, &remote)) {
        return false;
    }
    if (!str_eq(state, STR("LISTEN")) && !str_eq(state, STR("ESTAB"))) {
        return true;
    }
    if (!read_endpoint(probe, local, &found.local_address, &found.local_port) ||
        !read_endpoint(probe, remote, &found.remote_address, &found.remote_port)) {
        return false;
    }
    found.state = str_eq(state, STR("LISTEN")) ? CONNECTION_LISTEN : CONNECTION_ESTABLISHED;
    if (line.ptr != NULL) {
        read_users(probe, line, &found);
        read_cgroup(probe, line, &found);
    }
    struct inventory_connection *connection = probe_add_connection(probe);
    if (connection != NULL) {
        *connection = found;
    }
    return true;
}

void parse_sockets_ss(struct probe *probe, struct str text)
{
    struct str line;
    while (str_next_line(&text, &line)) {
        if (!read_ss(probe, line)) {
            probe_bad_line(probe, line);
        }
    }
    probe->inventory->connections_known = TRUTH_YES;
}

static bool read_hex(struct str text, uint64_t *ret)
{
    uint64_t value = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = str_lower_byte(text.ptr[i]);
        if (!str_is_digit(c) && (c < 'a' || c > 'f')) {
            return false;
        }
        value = value << 4 | (uint64_t)(str_is_digit(c) ? c - '0' : c - 'a' + 10);
    }
    *ret = value;
    return text.len > 0 && text.len <= 16;
}

static bool is_big_endian(struct str arch)
{
    return str_glob(STR("s390*|ppc|ppc64|mips|mips64|sparc*|armeb|aarch64_be"), arch);
}

/* read_proc_endpoint reads "0100007F:1F90": 32-bit words in the target's own byte order. */
static bool read_proc_endpoint(struct probe *probe, struct str text, struct str *ret_address,
                               uint16_t *ret_port)
{
    struct str digits;
    uint64_t word, port;
    unsigned char bytes[16];
    char out[INET6_ADDRSTRLEN];
    if (!str_split_byte(&text, ':', &digits) || text.ptr == NULL || !read_hex(text, &port) ||
        port > UINT16_MAX || (digits.len != 8 && digits.len != 32)) {
        return false;
    }
    bool big = is_big_endian(probe->inventory->machine.arch);
    for (size_t i = 0; i < digits.len / 8; i++) {
        if (!read_hex(str_sub(digits, i * 8, 8), &word)) {
            return false;
        }
        for (size_t b = 0; b < 4; b++) {
            bytes[i * 4 + b] = (unsigned char)(word >> (big ? 24 - b * 8 : b * 8));
        }
    }
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    bool is_mapped = digits.len == 32 && memcmp(bytes, mapped, sizeof mapped) == 0;
    inet_ntop(digits.len == 8 || is_mapped ? AF_INET : AF_INET6, bytes + (is_mapped ? 12 : 0), out,
              sizeof out);
    *ret_address = arena_str(probe->arena, str_from(out));
    *ret_port = (uint16_t)port;
    return true;
}

/* A socket of /proc, by inode, until its process is found. */
struct proc_socket {
    uint64_t inode;
    uint32_t connection;
};

struct proc_sockets {
    struct proc_socket *items;
    uint32_t count, capacity;
};

static bool read_proc(struct probe *probe, struct str line, struct proc_sockets *sockets)
{
    struct str words[10];
    struct inventory_connection found = {0};
    uint64_t inode;
    for (size_t i = 0; i < 10; i++) {
        if (!str_next_word(&line, &words[i])) {
            return false;
        }
    }
    bool listens = str_eq(words[3], STR("0A"));
    if (!listens && !str_eq(words[3], STR("01"))) {
        return str_starts(words[0], STR("sl")) || words[3].len == 2;
    }
    if (!read_proc_endpoint(probe, words[1], &found.local_address, &found.local_port) ||
        !read_proc_endpoint(probe, words[2], &found.remote_address, &found.remote_port)) {
        return false;
    }
    found.state = listens ? CONNECTION_LISTEN : CONNECTION_ESTABLISHED;
    struct inventory_connection *connection = probe_add_connection(probe);
    if (connection != NULL) {
        *connection = found;
        if (str_to_u64(words[9], &inode)) {
            arena_reserve(probe->arena, sockets->items, sockets->count, sockets->capacity);
            sockets->items[sockets->count++] =
                (struct proc_socket){inode, probe->connection_count - 1};
        }
    }
    return true;
}

/* read_owner reads "socket INODE PID NAME". */
static bool read_owner(struct probe *probe, struct str line, const struct proc_sockets *sockets)
{
    struct str fields[PROBE_FIELDS];
    uint64_t inode, pid;
    if (probe_fields(line, '\t', fields) < 4 || !str_to_u64(fields[1], &inode) ||
        !str_to_u64(fields[2], &pid) || pid > UINT32_MAX) {
        return false;
    }
    for (uint32_t i = 0; i < sockets->count; i++) {
        struct inventory_connection *connection = &probe->connections[sockets->items[i].connection];
        if (sockets->items[i].inode == inode && connection->pid == 0) {
            connection->pid = (uint32_t)pid;
            connection->process = probe_name(probe, fields[3]);
            break;
        }
    }
    return true;
}

void parse_sockets_proc(struct probe *probe, struct str text)
{
    struct proc_sockets sockets = {0};
    struct str line;
    uint32_t owners = 0;
    while (str_next_line(&text, &line)) {
        bool is_owner = str_starts(line, STR("socket\t"));
        if (is_owner && owners++ >= LIMIT_PROBE_OWNERS) {
            continue;
        }
        if (is_owner ? !read_owner(probe, line, &sockets) : !read_proc(probe, line, &sockets)) {
            probe_bad_line(probe, line);
        }
    }
    probe->inventory->connections_known = TRUTH_YES;
}
