/*
 * Stands in for the program `worker` in tests of its manager: speaks its protocol
 * (src/collect/job.h), contacts nobody, and behaves as the file `behaviour` beside it says, a line
 * a target: NAME<TAB>WORD..., each WORD one of
 *
 *   wait=MILLISECONDS   before anything else
 *   user=NAME           refuse credentials of other users
 *   name= fqdn= machine-id= uuid= instance= mac= address= key=   of the server that is answered
 *   behind=MILLISECONDS after the login on the jump host
 *   jump-key=           a key of the jump host that it calls new, whatever is pinned
 *   packages=N          so many
 *   partial             a part of the inventory is missing
 *   fail=CODE           that failure
 *   hang, die, exit, silent-end, garbage, giant, flood, paint, twice, broken,
 *   not-json
 *
 * What it was asked is appended to the file `asked` beside it.
 */
#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "collect/job.h"
#include "inventory/inventory.h"
#include "process/message.h"
#include "vault/credential.h"

#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fake {
    struct arena arena;
    struct job job;
    struct str words;
    struct credential credential;
    struct credential_secret secret;
    char folder[4096];
};

static struct str value_of(const struct fake *fake, const char *key)
{
    struct str rest = fake->words, word;
    size_t len = strlen(key);
    while (str_next_word(&rest, &word)) {
        if (word.len >= len && memcmp(word.ptr, key, len) == 0 &&
            (word.len == len || word.ptr[len] == '=')) {
            return word.len == len ? word : str_skip(word, len + 1);
        }
    }
    return (struct str){0};
}

static bool has(const struct fake *fake, const char *word)
{
    return value_of(fake, word).len > 0;
}

static void say(uint16_t type, struct str body)
{
    if (message_send(STDOUT_FILENO, type, body, NULL, 0, NULL) < 0) {
        _exit(1);
    }
}

static void say_text(uint16_t type, const char *text)
{
    say(type, str_from(text));
}

static void read_job(struct fake *fake)
{
    struct buf document;
    char path[] = "/dev/fd/3";
    struct error err = ERROR_INIT;
    buf_init(&document, LIMIT_JOB);
    if (file_read_given(path, &document, &err) < 0 ||
        job_read(buf_view(&document), &fake->arena, &fake->job, &err) < 0) {
        _exit(9);
    }
    buf_done(&document);
}

static void read_credential(struct fake *fake)
{
    struct secret bytes;
    if (!fake->job.target.credential || secret_read(5, LIMIT_SECRET, &bytes, NULL) < 0) {
        return;
    }
    struct str rest = secret_view(&bytes);
    if (credential_decode(&rest, &fake->arena, &fake->credential, &fake->secret, NULL) < 0) {
        _exit(9);
    }
}

static void read_behaviour(struct fake *fake)
{
    struct buf text;
    _cleanup_free_ char *path = file_join(fake->folder, "behaviour");
    buf_init(&text, 64 << 20);
    if (file_read(path, &text, NULL) == 0) {
        struct str rest = buf_view(&text), line;
        while (str_next_line(&rest, &line)) {
            size_t tab = str_find_byte(line, '\t');
            if (tab != SIZE_MAX && str_eq(str_sub(line, 0, tab), fake->job.target.name)) {
                fake->words = arena_str(&fake->arena, str_skip(line, tab + 1));
            }
        }
    }
    buf_done(&text);
}

static void note(const struct fake *fake)
{
    char line[1024];
    _cleanup_free_ char *path = file_join(fake->folder, "asked");
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    int len =
        snprintf(line, sizeof line, "%.*s\t%.*s\t%d\t%u\t%u\t%s\n", STR_ARG(fake->job.target.name),
                 STR_ARG(fake->credential.user), (int)fake->job.purpose,
                 fake->job.target.host_key_count, fake->job.uid, fake->job.has_jump ? "jump" : "");
    if (fd < 0 || write(fd, line, (size_t)len) != len) {
        _exit(9);
    }
    close(fd);
}

static struct str or_made(struct fake *fake, const char *key, const char *format)
{
    struct str value = value_of(fake, key);
    char text[64];
    if (value.len > 0) {
        return value;
    }
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(text, sizeof text, format, (unsigned long long)str_hash(fake->job.target.name));
#pragma GCC diagnostic pop
    return arena_str(&fake->arena, str_from(text));
}

static struct str mac_of(struct fake *fake)
{
    uint64_t hash = str_hash(fake->job.target.name);
    struct str value = value_of(fake, "mac");
    return value.len > 0
               ? value
               : arena_printf(&fake->arena, "52:54:00:%02x:%02x:%02x", (unsigned)(hash & 255),
                              (unsigned)(hash >> 8 & 255), (unsigned)(hash >> 16 & 255));
}

static void fill_packages(struct fake *fake, struct inventory *inventory)
{
    uint64_t count = 3;
    str_to_u64(value_of(fake, "packages"), &count);
    struct inventory_software *software =
        arena_array(&inventory->arena, count, struct inventory_software);
    for (uint64_t i = 0; i < count; i++) {
        software[i] = (struct inventory_software){
            .ecosystem = STR("dpkg"),
            .name = arena_printf(&inventory->arena, "package%llu", (unsigned long long)i),
            .version = STR("1.0-1"),
            .arch = STR("amd64"),
            .installed = TIME_NONE,
        };
    }
    inventory->software = software;
    inventory->software_count = (uint32_t)count;
    inventory->software_known = TRUTH_YES;
}

static void fill_inventory(struct fake *fake, struct inventory *inventory)
{
    struct inventory_address *address = arena_new(&inventory->arena, struct inventory_address);
    struct str name = value_of(fake, "name"), reached = value_of(fake, "address");
    inventory->collected = time_now();
    inventory->collector = STR("fake");
    inventory->name = name.len > 0 ? name : or_made(fake, "host", "host-%llx");
    inventory->fqdn = value_of(fake, "fqdn");
    inventory->os.family = OS_FAMILY_LINUX;
    inventory->os.id = STR("debian");
    inventory->os.version_id = STR("12");
    inventory->os.pretty = STR("Debian GNU/Linux 12 (bookworm)");
    inventory->machine.machine_id = or_made(fake, "machine-id", "%016llx0123456789abcdef");
    inventory->machine.product_uuid = value_of(fake, "uuid");
    inventory->machine.instance_id = value_of(fake, "instance");
    address->interface = STR("eth0");
    address->mac = mac_of(fake);
    address->address = reached.len > 0 ? reached : or_made(fake, "ip", "2001:db8::%.4llx");
    inventory->addresses = address;
    inventory->address_count = 1;
    fill_packages(fake, inventory);
}

static void say_inventory(struct fake *fake)
{
    struct inventory inventory;
    struct buf document;
    inventory_init(&inventory);
    buf_init(&document, LIMIT_INVENTORY);
    fill_inventory(fake, &inventory);
    inventory_write(&inventory, &document);
    say(WORKER_INVENTORY, buf_view(&document));
    buf_done(&document);
}

static void say_failure(const char *code, const char *phase)
{
    char body[256];
    snprintf(body, sizeof body, "{\"code\": \"%s\", \"phase\": \"%s\", \"message\": \"as asked\"}",
             code, phase);
    say_text(WORKER_FAILURE, body);
}

static void finish(void)
{
    say_text(WORKER_DONE, "{\"seconds\": 0.1, \"read\": 1000, \"memory\": 1000}");
    _exit(0);
}

static void say_jump_key(struct fake *fake)
{
    char body[256];
    struct str key = value_of(fake, "jump-key");
    snprintf(body, sizeof body,
             "{\"hop\": \"jump\", \"type\": \"ssh-ed25519\", \"fingerprint\": \"%.*s\", "
             "\"state\": \"new\"}",
             STR_ARG(key));
    if (key.len > 0) {
        say_text(WORKER_HOST_KEY, body);
    }
}

static void say_key(struct fake *fake)
{
    char body[256];
    struct str key = value_of(fake, "key");
    char made[64];
    snprintf(made, sizeof made, "SHA256:%043llu",
             (unsigned long long)str_hash(fake->job.target.name));
    key = key.len > 0 ? key : str_from(made);
    bool known = false;
    for (uint32_t i = 0; i < fake->job.target.host_key_count; i++) {
        known = known || str_eq(fake->job.target.host_keys[i], key);
    }
    bool changed = !known && fake->job.target.host_key_count > 0;
    snprintf(body, sizeof body,
             "{\"hop\": \"target\", \"type\": \"ssh-ed25519\", \"fingerprint\": \"%.*s\", "
             "\"state\": \"%s\"}",
             STR_ARG(key),
             known     ? "known"
             : changed ? "changed"
                       : "new");
    say_text(WORKER_HOST_KEY, body);
    if (changed) {
        say_failure("SSH-HOST-KEY-CHANGED", "host key");
        finish();
    }
    if (!known && !fake->job.target.first_use) {
        say_failure("SSH-HOST-KEY-UNKNOWN", "host key");
        finish();
    }
}

static void misbehave_at_once(struct fake *fake)
{
    if (has(fake, "hang")) {
        for (;;) {
            pause();
        }
    }
    if (has(fake, "die")) {
        signal(SIGSEGV, SIG_DFL);
        raise(SIGSEGV);
    }
    if (has(fake, "exit")) {
        _exit(3);
    }
    if (has(fake, "silent-end")) {
        close(STDOUT_FILENO);
        sleep(60);
    }
    if (has(fake, "garbage")) {
        static const char bytes[] = "SSH-2.0-garbage that is no message at all";
        if (write(STDOUT_FILENO, bytes, sizeof bytes) > 0) {
            sleep(60);
        }
    }
    if (has(fake, "not-json")) {
        say_text(WORKER_FAILURE, "{\"code\": ");
        sleep(60);
    }
    if (has(fake, "broken")) {
        say_text(WORKER_INVENTORY, "{\"format\": \"assay-inventory\", \"format_version\": 99}");
        sleep(60);
    }
    if (has(fake, "paint")) {
        fputs("\033[2J", stderr);
    }
    while (has(fake, "flood")) {
        say_text(WORKER_PHASE, "{\"phase\": \"probe\"}");
    }
    if (has(fake, "giant")) {
        static char block[65536];
        static const unsigned char header[8] = {0, 0, 0, 0x10, WORKER_INVENTORY, 0, 0, 0};
        if (write(STDOUT_FILENO, header, sizeof header) == sizeof header) {
            while (write(STDOUT_FILENO, block, sizeof block) > 0) {
            }
        }
        _exit(1);
    }
}

static void authenticate(struct fake *fake)
{
    struct str wanted = value_of(fake, "user"), failure = value_of(fake, "fail");
    if (failure.len > 0) {
        char code[64];
        snprintf(code, sizeof code, "%.*s", STR_ARG(failure));
        say_failure(code, "authentication");
        finish();
    }
    if (wanted.len > 0 && !str_eq(wanted, fake->credential.user)) {
        say_failure("SSH-AUTH-DENIED", "authentication");
        finish();
    }
    say_text(WORKER_AUTHENTICATED, "{\"hop\": \"target\", \"method\": \"publickey\"}");
}

int main(void)
{
    static struct fake fake;
    uint64_t wait = 0;
    arena_init(&fake.arena);
    ssize_t len = readlink("/proc/self/exe", fake.folder, sizeof fake.folder - 1);
    fake.folder[len > 0 ? len : 0] = '\0';
    dirname(fake.folder); /* of an absolute path: cut in place */
    read_job(&fake);
    read_credential(&fake);
    read_behaviour(&fake);
    note(&fake);
    if (str_to_u64(value_of(&fake, "wait"), &wait)) {
        usleep((unsigned)wait * 1000);
    }
    misbehave_at_once(&fake);
    say_text(WORKER_PHASE, "{\"phase\": \"host key\"}");
    say_jump_key(&fake);
    if (fake.job.has_jump && str_to_u64(value_of(&fake, "behind"), &wait)) {
        say_text(WORKER_AUTHENTICATED, "{\"hop\": \"jump\", \"method\": \"publickey\"}");
        usleep((unsigned)wait * 1000);
    }
    say_key(&fake);
    authenticate(&fake);
    if (fake.job.purpose == JOB_INVENTORY) {
        say_text(WORKER_PHASE, "{\"phase\": \"probe\"}");
        say_inventory(&fake);
        if (has(&fake, "twice")) {
            say_inventory(&fake);
        }
        if (has(&fake, "partial")) {
            say_failure("PROBE-PARTIAL", "reading");
        }
    } else if (fake.job.purpose == JOB_CHECK) {
        say_text(WORKER_CHECKS,
                 "{\"checks\": [{\"name\": \"shell\", \"state\": \"ok\", \"what\": \"commands "
                 "run\", \"cost\": \"\"}, {\"name\": \"sockets\", \"state\": \"missing\", "
                 "\"what\": \"ss as root\", \"cost\": \"processes of other users' sockets\"}]}");
    }
    finish();
}
