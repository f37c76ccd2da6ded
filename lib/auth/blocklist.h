#ifndef SARK_AUTH_BLOCKLIST_H
#define SARK_AUTH_BLOCKLIST_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"

/*
 * Passwords that everybody tries first: a file with one in each line, in any
 * order; empty lines and those that begin with '#' do not count.
 */
struct sark_blocklist;

/* Errors: CONFIG the file cannot be read or is too large. */
int sark_blocklist_open(void *ctx, const char *path,
    struct sark_blocklist **list_r, struct sark_err *err)
    SARK_NONNULL(2, 3, 4) SARK_CHECKED;
/*
 * Whether a password is one of the list, or one of it in disguise: other case,
 * digits and signs around or inside it, digits and signs for the letters that
 * they look like, one word again and again.  Also a run of neighbours
 * (abcdefgh, 87654321), and a few characters again and again.
 */
bool sark_blocklist_has(const struct sark_blocklist *list, const char *password)
    SARK_NONNULL(1, 2) SARK_CHECKED;

#endif
