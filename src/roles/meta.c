#include "roles/meta.h"

#include "base/file.h"
#include "base/limits.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { META_FILE_MOST = 4096, CHUNK = 1 << 16 };

static bool read_digest(struct str value, char out[META_SHA256_SIZE])
{
    if (value.len != META_SHA256_SIZE - 1) {
        return false;
    }
    for (size_t i = 0; i < value.len; i++) {
        out[i] = str_lower_byte(value.ptr[i]);
        if (!str_is_digit(out[i]) && (out[i] < 'a' || out[i] > 'f')) {
            return false;
        }
    }
    out[value.len] = '\0';
    return true;
}

int meta_parse(struct str text, struct meta *ret_meta, struct error *err)
{
    struct meta meta = {.modified = TIME_NONE};
    struct str line, name;
    bool found = false;
    while (str_next_line(&text, &line)) {
        if (!str_split_byte(&line, ':', &name)) {
            continue;
        }
        if (str_eq(name, STR("sha256"))) {
            found = read_digest(str_trim(line), meta.sha256);
        } else if (str_eq(name, STR("gzSize")) && !str_to_u64(str_trim(line), &meta.packed_size)) {
            meta.packed_size = 0;
        } else if (str_eq(name, STR("lastModifiedDate")) &&
                   !time_parse(str_trim(line), &meta.modified)) {
            meta.modified = TIME_NONE;
        }
    }
    if (!found) {
        return error_set(err, ERR_FORMAT, "the .meta file has no sha256");
    }
    *ret_meta = meta;
    return 0;
}

int meta_read(const char *path, struct meta *ret_meta, struct error *err)
{
    struct buf text;
    buf_init(&text, META_FILE_MOST);
    int result = file_read(path, &text, err);
    if (result == 0) {
        result = meta_parse(buf_view(&text), ret_meta, err);
    }
    buf_done(&text);
    return result;
}

/* The digest of what stream unpacks to, as text. */
static int digest(gzFile stream, EVP_MD_CTX *context, char out[META_SHA256_SIZE], struct error *err)
{
    unsigned char bytes[CHUNK], sum[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    uint64_t total = 0;
    int got;
    if (EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1) {
        return error_set(err, ERR_UNSUPPORTED, "SHA-256 is not to be had");
    }
    while ((got = gzread(stream, bytes, sizeof bytes)) > 0) {
        total += (uint64_t)got;
        if (total > LIMIT_FEED_FILE) {
            return error_set(err, ERR_LIMIT, "unpacks to more than %zu bytes", LIMIT_FEED_FILE);
        }
        EVP_DigestUpdate(context, bytes, (size_t)got);
    }
    if (got < 0 || gzdirect(stream)) {
        return error_set(err, ERR_FORMAT, "what came cannot be unpacked");
    }
    EVP_DigestFinal_ex(context, sum, &len);
    for (unsigned i = 0; i < len && i < 32; i++) {
        snprintf(out + (size_t)i * 2, 3, "%02x", sum[i]);
    }
    return 0;
}

gzFile meta_open_packed(const char *path, struct error *err)
{
    int fd = file_open(path, err);
    gzFile stream = fd >= 0 ? gzdopen(fd, "rb") : NULL;
    if (fd >= 0 && stream == NULL) {
        error_set_errno(err, "%s", path);
        close(fd);
    }
    return stream;
}

int meta_check(const struct meta *meta, const char *file, struct error *err)
{
    char found[META_SHA256_SIZE] = "";
    gzFile stream = meta_open_packed(file, err);
    if (stream == NULL) {
        return err->code;
    }
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context == NULL) {
        gzclose(stream);
        return error_set(err, ERR_UNSUPPORTED, "SHA-256 is not to be had");
    }
    gzbuffer(stream, CHUNK);
    int result = digest(stream, context, found, err);
    EVP_MD_CTX_free(context);
    if (gzclose(stream) != Z_OK && result == 0) {
        result = error_set(err, ERR_FORMAT, "what came is cut short");
    }
    if (result == 0 && strcmp(found, meta->sha256) != 0) {
        result =
            error_set(err, ERR_FORMAT, "what came has not the sha256 that its .meta file states");
    }
    return result;
}
