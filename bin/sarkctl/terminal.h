#ifndef SARKCTL_TERMINAL_H
#define SARKCTL_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"

/* Room for a password, or a code, and its NUL. */
#define TERMINAL_SECRET_MAX 1026

/*
 * A line of the terminal, without echo where it is a secret.
 * Errors: USAGE there is none, or nothing was entered.
 */
int terminal_ask(const char *prompt, bool secret, char *line, int size,
    struct sark_err *err) SARK_NONNULL(1, 3, 5) SARK_CHECKED;
/*
 * A password: the first line of the file, the next one of standard input for
 * "-", or what is typed with file NULL.  The caller wipes it.
 * Errors: USAGE; CONFIG a file that others can read.
 */
int terminal_password(void *ctx, const char *file, char *password, size_t size,
    struct sark_err *err) SARK_NONNULL(3, 5) SARK_CHECKED;
/* A code of the second factor, or a recovery code, in the same way. */
int terminal_code(void *ctx, const char *file, char *code, size_t size,
    struct sark_err *err) SARK_NONNULL(3, 5) SARK_CHECKED;

#endif
