#ifndef SARK_HTTP_TARGET_H
#define SARK_HTTP_TARGET_H

#include "base/attr.h"
#include "base/err.h"

#define SARK_TARGET_PATH_MAX  2048
#define SARK_TARGET_QUERY_MAX 8192

/*
 * Splits an origin-form request target (RFC 9112 section 3.2.1) into the
 * decoded path and the raw query, both on mem.  There is one spelling of
 * every path: what a router or a policy could read in two ways is refused,
 * never repaired: empty and dot segments, ';' and '\', an encoded slash,
 * encoded unreserved characters, control bytes, invalid UTF-8, a fragment,
 * and characters that RFC 3986 does not allow.
 * Errors: BAD_REQUEST, URI_TOO_LONG.
 */
int sark_target_parse(void *mem, const char *target, const char **path_r,
    const char **query_r, struct sark_err *err)
    SARK_NONNULL(2, 3, 4, 5) SARK_CHECKED;
/* Two hex digits at s as a byte, -1 if they are none. */
int sark_target_hex(const char *s) SARK_NONNULL(1);

#endif
