/* What only src/json sees: a value in the flat array, followed by all that it holds. */
#ifndef ASSAY_JSON_JSON_NODE_H
#define ASSAY_JSON_JSON_NODE_H

#include "json/json_reader.h"

struct json_node {
    uint32_t key, key_len; /* in the document's text; JSON_NO_KEY: an item or the root */
    uint32_t at;           /* of the text or number, or of the bracket */
    uint32_t len;          /* its bytes, or how many children */
    uint32_t next;         /* node after this one and all that it holds */
    uint32_t type;
};

#define JSON_NO_KEY UINT32_MAX

#endif
