#include "engine/answer.h"

#include "base/limits.h"
#include "json/json_reader.h"

/* A message to people: more is noise. */
enum { MESSAGE_TEXT = 1000 };

void answer_init(struct answer *answer)
{
    *answer = (struct answer){0};
    arena_init(&answer->arena);
    inventory_init(&answer->inventory);
}

void answer_done(struct answer *answer)
{
    inventory_done(&answer->inventory);
    arena_done(&answer->arena);
}

/* A text of the object, as long as it may be. */
static struct str text_of(struct answer *answer, struct json object, const char *key)
{
    struct str text = str_cut_utf8(json_str(json_get(object, key)), MESSAGE_TEXT);
    return arena_str(&answer->arena, text);
}

static bool is_fingerprint(struct str text)
{
    enum { LONGEST = 64 };
    if (!str_starts(text, STR("SHA256:")) || text.len > LONGEST) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!str_is_alpha(c) && !str_is_digit(c) && c != ':' && c != '+' && c != '/') {
            return false;
        }
    }
    return true;
}

static int take_key(struct answer *answer, struct json object, struct error *err)
{
    struct answer_key key = {
        .jump = str_eq_text(json_str(json_get(object, "hop")), "jump"),
        .is_new = str_eq_text(json_str(json_get(object, "state")), "new"),
        .type = text_of(answer, object, "type"),
        .fingerprint = text_of(answer, object, "fingerprint"),
    };
    if (!is_fingerprint(key.fingerprint) || key.type.len > 64 || answer->key_count == ANSWER_KEYS) {
        return error_set(err, ERR_FORMAT, "a host key that is none");
    }
    answer->keys[answer->key_count++] = key;
    return 0;
}

static int take_failure(struct answer *answer, struct json object, struct error *err)
{
    const struct failure *failure = failure_find(json_str(json_get(object, "code")));
    if (failure == NULL) {
        return error_set(err, ERR_FORMAT, "a failure that is not known");
    }
    struct str phase = text_of(answer, object, "phase");
    answer->phase = phase.len > 0 ? phase : answer->phase;
    answer->failure = failure;
    answer->message = text_of(answer, object, "message");
    return 0;
}

static int take_object(struct answer *answer, uint16_t type, struct json object, struct error *err)
{
    switch (type) {
    case WORKER_PHASE:
        answer->phase = text_of(answer, object, "phase");
        return 0;
    case WORKER_HOST_KEY:
        return take_key(answer, object, err);
    case WORKER_AUTHENTICATED:
        if (str_eq_text(json_str(json_get(object, "hop")), "jump")) {
            answer->jump_authenticated = true;
        } else {
            answer->authenticated = true;
            answer->method = text_of(answer, object, "method");
        }
        return 0;
    case WORKER_FAILURE:
        return take_failure(answer, object, err);
    case WORKER_DONE:
        answer->done = true;
        return 0;
    default:
        return error_set(err, ERR_FORMAT, "a message of type %u", type);
    }
}

static int take_document(struct answer *answer, struct str body, struct error *err)
{
    if (answer->has_inventory) {
        return error_set(err, ERR_FORMAT, "a second inventory");
    }
    int result = inventory_read(body, &answer->inventory, err);
    answer->has_inventory = result == 0;
    return result;
}

int answer_take(struct answer *answer, const struct message *message, struct error *err)
{
    struct json_document document;
    struct arena arena;
    if (answer->done || answer->messages++ == LIMIT_WORKER_MESSAGES) {
        return error_set(err, ERR_LIMIT, "messages without end");
    }
    if (message->type == WORKER_INVENTORY) {
        return take_document(answer, message->body, err);
    }
    arena_init(&arena);
    int result = json_parse(message->body, LIMIT_JOB, &arena, &document, err);
    if (result == 0 && json_type(json_root(&document)) != JSON_OBJECT) {
        result = error_set(err, ERR_FORMAT, "a message that is no object");
    }
    if (result == 0 && message->type == WORKER_CHECKS && answer->checks.len > 0) {
        result = error_set(err, ERR_FORMAT, "checks for a second time");
    } else if (result == 0 && message->type == WORKER_CHECKS) {
        answer->checks = arena_str(&answer->arena, message->body);
    } else if (result == 0) {
        result = take_object(answer, message->type, json_root(&document), err);
    }
    json_done(&document);
    arena_done(&arena);
    return result;
}
