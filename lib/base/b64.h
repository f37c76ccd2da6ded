#ifndef SARK_BASE_B64_H
#define SARK_BASE_B64_H

#include <stddef.h>

#include "base/attr.h"

/* Text length of n bytes in base64url without padding, and its NUL. */
#define SARK_B64URL_TEXT(n) (((n)*4 + 2) / 3 + 1)

/* base64url without padding (RFC 4648 section 5), terminated. */
void sark_b64url_encode(char *out, const void *data, size_t n)
    SARK_NONNULL(1, 2);
/*
 * Reads len characters; strict: no padding, no blanks, unused bits zero, so
 * every value has one spelling.  out holds at least len * 3 / 4 bytes.
 * Returns 0 and *n_r bytes, or -1.
 */
int sark_b64url_decode(void *out, size_t *n_r, const char *s, size_t len)
    SARK_NONNULL(1, 2, 3) SARK_CHECKED;

#endif
