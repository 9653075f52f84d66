#include "oracle.h"

#include <jansson.h>

enum oracle_answer oracle_ask(const char *text, size_t len)
{
    json_error_t error;
    json_t *value = json_loadb(text, len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    if (value != NULL) {
        json_decref(value);
        return ORACLE_ACCEPTS;
    }
    return json_error_code(&error) == json_error_numeric_overflow ? ORACLE_RANGE : ORACLE_REFUSES;
}
