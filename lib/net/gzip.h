#ifndef SARK_NET_GZIP_H
#define SARK_NET_GZIP_H

#include <stddef.h>

#include "base/attr.h"

/* len bytes as one gzip member (RFC 1952), on ctx, for Content-Encoding. */
const void *sark_gzip(void *ctx, const void *data, size_t len, size_t *len_r)
    SARK_NONNULL(2, 4) __attribute__((returns_nonnull));

#endif
