/*
 * Errors travel as values: a function that can fail returns 0 or a negative
 * code of this table and fills a caller-owned struct error, passed last.
 * Nothing is logged below the command line.
 */
#ifndef ASSAY_BASE_ERROR_H
#define ASSAY_BASE_ERROR_H

#include <stdarg.h>
#include <stdint.h>

enum error_code {
    ERR_IO = -1,          /* the system refused to read or write; errno is in the text */
    ERR_NOT_FOUND = -2,   /* no such file, record or name */
    ERR_FORMAT = -3,      /* foreign bytes do not have the form that they must have */
    ERR_LIMIT = -4,       /* larger, deeper or longer than base/limits.h allows */
    ERR_VERSION = -5,     /* well-formed, of a format version that is not read here */
    ERR_USAGE = -6,       /* the user's words: option, argument, value */
    ERR_UNSUPPORTED = -7, /* known, and not done here */
    ERR_NETWORK = -8,     /* a connection failed or ended early */
    ERR_TIMEOUT = -9,     /* a time ceiling was reached */
    ERR_INTERRUPTED = -10 /* the user asked to stop */
};

/* ERROR_NO_POSITION: the error has no byte position in its input. */
#define ERROR_NO_POSITION UINT64_MAX

struct error {
    int code;          /* 0 while nothing failed, else one of enum error_code */
    uint64_t position; /* byte offset in the input, or ERROR_NO_POSITION */
    char where[256];   /* the thing: a file, feed or target; "" when there is none */
    char message[512]; /* what failed and what to do; one line, no final full stop */
};

#define ERROR_INIT                                                                                 \
    {                                                                                              \
        .code = 0, .position = ERROR_NO_POSITION                                                   \
    }

/* error_set fills err (which may be NULL) and returns code, so that callers can
 * `return error_set(err, ERR_FORMAT, "...")`. Position and where are reset. */
int error_set(struct error *err, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* error_set_at is error_set with the byte offset at which the input is wrong. */
int error_set_at(struct error *err, int code, uint64_t position, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* error_set_errno appends the text of the current errno: "FORMAT: No such file". ENOENT
 * gives ERR_NOT_FOUND, everything else ERR_IO. errno stays. */
int error_set_errno(struct error *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* error_add_where names the thing that an error is about, unless it has a name or its message
 * begins with that name. Returns the error's code. */
int error_add_where(struct error *err, const char *where);

/* error_text writes "WHERE: byte N: MESSAGE" (parts that are missing left out) to out,
 * always terminated, control characters and what is no UTF-8 replaced. Returns out. */
const char *error_text(const struct error *err, char *out, unsigned out_size);

/* error_code_name returns the code's name for machines: "format", "limit"; "ok" for 0. */
const char *error_code_name(int code);

#endif
