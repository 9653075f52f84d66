/* jansson as the oracle, in a file of its own because its names collide with ours. */
#ifndef ASSAY_TESTS_JSON_ORACLE_H
#define ASSAY_TESTS_JSON_ORACLE_H

#include <stddef.h>

enum oracle_answer {
    ORACLE_ACCEPTS,
    ORACLE_REFUSES,
    ORACLE_RANGE /* a number that does not fit the library's types */
};

enum oracle_answer oracle_ask(const char *text, size_t len);

#endif
