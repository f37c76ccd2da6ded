#ifndef SARK_BIN_PROMPT_H
#define SARK_BIN_PROMPT_H

#include "base/attr.h"
#include "base/err.h"

/*
 * A new password: the first line of the file, of standard input for "-", or,
 * with path NULL, what is typed twice on the terminal without being shown.
 * Never from the command line, where everybody could read it.  On ctx, wiped
 * when freed.
 * Errors: USAGE no terminal, two different ones; CONFIG a file that others
 * may read.
 */
int prompt_password(void *ctx, const char *path, char **password_r,
    struct sark_err *err) SARK_NONNULL(3, 4) SARK_CHECKED;

#endif
