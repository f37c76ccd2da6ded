#ifndef SARK_CRYPTO_SECRET_H
#define SARK_CRYPTO_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

/* Whether two secrets of the same length n are equal, in constant time. */
bool sark_secret_eq(const void *a, const void *b, size_t n) SARK_NONNULL(1, 2);
/* Overwrites memory; never optimised away. */
void sark_secret_wipe(void *p, size_t n) SARK_NONNULL(1);
/* The same for a text up to its NUL, though it was lent to be read. */
void sark_secret_wipe_text(const char *text) SARK_NONNULL(1);
/* A copy on ctx, wiped when it is freed; followed by a NUL. */
char *sark_secret_dup(const void *ctx, const void *p, size_t n) SARK_NONNULL(2)
    __attribute__((returns_nonnull));

#endif
