#ifndef SARK_HTTP_IDEMPOTENCY_H
#define SARK_HTTP_IDEMPOTENCY_H

#include "base/attr.h"
#include "base/err.h"

/*
 * The key in a value of Idempotency-Key
 * (draft-ietf-httpapi-idempotency-key-header), on ctx: 1..255 visible ASCII
 * characters.  The draft wants a String of RFC 9651, "..." with \" and \\
 * inside; as many clients send the characters alone, those are taken, too,
 * and are the same key: they may hold neither quote nor backslash, nor a
 * comma, which stands between two headers that were folded into one.
 * Errors: BAD_REQUEST.
 */
#define SARK_IDEMPOTENCY_KEY_MAX 255
int sark_idempotency_key(void *ctx, const char *value, const char **key_r,
    struct sark_err *err) SARK_NONNULL(2, 3, 4) SARK_CHECKED;

#endif
