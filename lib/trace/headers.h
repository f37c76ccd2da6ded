#ifndef SARK_TRACE_HEADERS_H
#define SARK_TRACE_HEADERS_H

#include "base/attr.h"
#include "base/err.h"

/*
 * Headers to send along, as they are in a file: one "Name: value" a line
 * (RFC 9110 section 5), as they may hold a secret, in a file that others
 * cannot read; empty lines and those that begin with '#' are passed over.
 * path "" has none.  headers_r ends in NULL, all on ctx.
 * Errors: CONFIG with file and line; the value is never shown.
 */
int sark_trace_headers_read(void *ctx, const char *path,
    const char *const **headers_r, struct sark_err *err)
    SARK_NONNULL(2, 3, 4) SARK_CHECKED;

#endif
