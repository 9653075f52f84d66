#include "collect/job.h"

#include "base/limits.h"
#include "json/json_reader.h"
#include "json/json_writer.h"

#include <stddef.h>

#define JOB_FORMAT_NAME "assay job"
enum { JOB_FORMAT_VERSION = 1, JOB_SECONDS = 3600 };

static const char *const purposes[] = {
    [JOB_INVENTORY] = "inventory", [JOB_CHECK] = "check", [JOB_LOGIN] = "login"};

/* A member that is true or false: where it is in its record. */
struct flag {
    const char *key;
    size_t offset;
};

static const struct flag hop_flags[] = {
    {"first_use", offsetof(struct job_hop, first_use)},
    {"credential", offsetof(struct job_hop, credential)},
    {"agent", offsetof(struct job_hop, agent)},
    {"ticket", offsetof(struct job_hop, ticket)},
};

static const struct flag job_flags[] = {
    {"legacy", offsetof(struct job, legacy)},
    {"sudo", offsetof(struct job, sudo)},
    {"deep", offsetof(struct job, deep)},
    {"sandbox_optional", offsetof(struct job, sandbox_optional)},
};

#define FLAG_COUNT(flags) (sizeof(flags) / sizeof *(flags))

static void put_flags(struct json_writer *writer, const struct flag *flags, size_t count,
                      const void *record)
{
    for (size_t i = 0; i < count; i++) {
        json_put_bool(writer, flags[i].key,
                      *(const bool *)((const char *)record + flags[i].offset));
    }
}

static void put_hop(struct json_writer *writer, const char *key, const struct job_hop *hop)
{
    json_open_object(writer, key);
    json_put_str(writer, "name", hop->name);
    json_put_uint(writer, "port", hop->port);
    json_put_str(writer, "user", hop->user);
    json_open_array(writer, "host_keys");
    for (uint32_t i = 0; i < hop->host_key_count; i++) {
        json_put_str(writer, NULL, hop->host_keys[i]);
    }
    json_close_array(writer);
    put_flags(writer, hop_flags, FLAG_COUNT(hop_flags), hop);
    json_close_object(writer);
}

void job_write(const struct job *job, struct buf *out)
{
    struct json_writer writer;
    json_writer_init(&writer, out);
    json_open_object(&writer, NULL);
    json_put_text(&writer, "format", JOB_FORMAT_NAME);
    json_put_uint(&writer, "format_version", JOB_FORMAT_VERSION);
    json_put_text(&writer, "purpose", purposes[job->purpose]);
    put_hop(&writer, "target", &job->target);
    if (job->has_jump) {
        put_hop(&writer, "jump", &job->jump);
    }
    put_flags(&writer, job_flags, FLAG_COUNT(job_flags), job);
    json_put_uint(&writer, "seconds", job->seconds);
    json_put_uint(&writer, "silence_seconds", job->silence_seconds);
    json_put_uint(&writer, "memory", job->memory);
    json_put_uint(&writer, "uid", job->uid);
    json_put_uint(&writer, "gid", job->gid);
    json_close_object(&writer);
}

static int read_flags(struct json object, const struct flag *flags, size_t count, void *record,
                      struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        struct json value = json_get(object, flags[i].key);
        if (json_type(value) != JSON_ABSENT &&
            !json_as_bool(value, (bool *)((char *)record + flags[i].offset))) {
            return json_fail(value, ERR_FORMAT, err, "%s where true or false is expected",
                             json_type_name(json_type(value)));
        }
    }
    return 0;
}

/* A whole number from least to most. */
static int read_number(struct json object, const char *key, uint64_t least, uint64_t most,
                       uint64_t *ret, struct error *err)
{
    struct json value = json_get(object, key);
    if (json_type(value) == JSON_ABSENT) {
        return json_fail(object, ERR_FORMAT, err, "%s is missing", key);
    }
    if (!json_as_uint(value, ret) || *ret < least || *ret > most) {
        return json_fail(value, ERR_FORMAT, err, "not a whole number from %llu to %llu",
                         (unsigned long long)least, (unsigned long long)most);
    }
    return 0;
}

static int read_text(struct json object, const char *key, bool needed, struct str *ret,
                     struct error *err)
{
    struct json value = json_get(object, key);
    if (json_type(value) == JSON_ABSENT && !needed) {
        *ret = STR("");
        return 0;
    }
    if (!json_as_str(value, ret) || (needed && ret->len == 0)) {
        return json_fail(object, ERR_FORMAT, err, "%s: a text is expected", key);
    }
    if (ret->len > LIMIT_NAME) {
        return json_fail(value, ERR_LIMIT, err, "longer than %u bytes", LIMIT_NAME);
    }
    return 0;
}

static int read_host_keys(struct json object, struct arena *arena, struct job_hop *hop,
                          struct error *err)
{
    struct json list = json_get(object, "host_keys"), item;
    struct json_each each = json_each(list);
    if (json_type(list) != JSON_ARRAY && json_type(list) != JSON_ABSENT) {
        return json_fail(list, ERR_FORMAT, err, "a list is expected");
    }
    if (json_count(list) > LIMIT_JOB_HOST_KEYS) {
        return json_fail(list, ERR_LIMIT, err, "more than %u keys", LIMIT_JOB_HOST_KEYS);
    }
    struct str *keys = arena_array(arena, json_count(list), struct str);
    while (json_next(&each, &item)) {
        struct str *key = &keys[hop->host_key_count];
        if (!json_as_str(item, key) || !str_starts(*key, STR("SHA256:")) || key->len > LIMIT_NAME) {
            return json_fail(item, ERR_FORMAT, err, "a fingerprint like SHA256:... is expected");
        }
        hop->host_key_count++;
    }
    hop->host_keys = keys;
    return 0;
}

static int read_hop(struct json object, struct arena *arena, struct job_hop *hop, struct error *err)
{
    uint64_t port = 0;
    int result = 0;
    if (json_type(object) != JSON_OBJECT) {
        return json_fail(object, ERR_FORMAT, err, "an object is expected");
    }
    if ((result = read_text(object, "name", true, &hop->name, err)) < 0 ||
        (result = read_number(object, "port", 1, UINT16_MAX, &port, err)) < 0 ||
        (result = read_text(object, "user", false, &hop->user, err)) < 0 ||
        (result = read_host_keys(object, arena, hop, err)) < 0) {
        return result;
    }
    hop->port = (uint16_t)port;
    return read_flags(object, hop_flags, FLAG_COUNT(hop_flags), hop, err);
}

static int read_purpose(struct json root, struct job *job, struct error *err)
{
    struct json value = json_get(root, "purpose");
    for (unsigned i = 0; i < sizeof purposes / sizeof *purposes; i++) {
        if (str_eq_text(json_str(value), purposes[i])) {
            job->purpose = (enum job_purpose)i;
            return 0;
        }
    }
    return json_fail(root, ERR_FORMAT, err, "purpose must be inventory, check or login");
}

static int read_numbers(struct json root, struct job *job, struct error *err)
{
    uint64_t seconds = 0, silence = 0, uid = 0, gid = 0;
    int result;
    if ((result = read_number(root, "seconds", 1, JOB_SECONDS, &seconds, err)) < 0 ||
        (result = read_number(root, "silence_seconds", 1, JOB_SECONDS, &silence, err)) < 0 ||
        (result = read_number(root, "memory", LIMIT_JOB_MEMORY, UINT64_MAX, &job->memory, err)) <
            0 ||
        (result = read_number(root, "uid", 0, UINT32_MAX - 1, &uid, err)) < 0 ||
        (result = read_number(root, "gid", 0, UINT32_MAX - 1, &gid, err)) < 0) {
        return result;
    }
    job->seconds = (unsigned)seconds;
    job->silence_seconds = (unsigned)silence;
    job->uid = (uint32_t)uid;
    job->gid = (uint32_t)gid;
    return 0;
}

static int check_format(struct json root, struct error *err)
{
    uint64_t version = 0;
    if (!str_eq_text(json_str(json_get(root, "format")), JOB_FORMAT_NAME)) {
        return error_set(err, ERR_FORMAT, "format is not \"" JOB_FORMAT_NAME "\"");
    }
    if (!json_as_uint(json_get(root, "format_version"), &version) || version == 0) {
        return error_set(err, ERR_FORMAT, "format_version: a whole number from 1 is expected");
    }
    if (version > JOB_FORMAT_VERSION) {
        return error_set(err, ERR_VERSION, "format_version %llu; this program reads up to %d",
                         (unsigned long long)version, JOB_FORMAT_VERSION);
    }
    return 0;
}

static int read_job(struct json root, struct arena *arena, struct job *job, struct error *err)
{
    struct json jump = json_get(root, "jump");
    int result;
    if ((result = check_format(root, err)) < 0 || (result = read_purpose(root, job, err)) < 0 ||
        (result = read_hop(json_get(root, "target"), arena, &job->target, err)) < 0 ||
        (result = read_flags(root, job_flags, FLAG_COUNT(job_flags), job, err)) < 0) {
        return result;
    }
    job->has_jump = json_type(jump) != JSON_ABSENT && json_type(jump) != JSON_NULL;
    if (job->has_jump && (result = read_hop(jump, arena, &job->jump, err)) < 0) {
        return result;
    }
    return read_numbers(root, job, err);
}

int job_read(struct str document, struct arena *arena, struct job *ret, struct error *err)
{
    struct json_document json;
    struct job job = {0};
    int result = json_parse(document, LIMIT_JOB, arena, &json, err);
    if (result < 0) {
        return result;
    }
    result = read_job(json_root(&json), arena, &job, err);
    json_done(&json);
    if (result == 0) {
        *ret = job;
    }
    return result;
}
