#ifndef SARK_BASE_MEM_H
#define SARK_BASE_MEM_H

#include <talloc.h>

#include "base/attr.h"

/*
 * Every allocation is a talloc one; the context says how long it lives.
 * Running out of memory ends the process through one hook: no caller
 * checks an allocation, no allocation returns NULL.
 */

/* The hook: writes one line to descriptor 2 and ends with EX_OSERR. */
void sark_mem_exhausted(void) __attribute__((noreturn));

/* Returns p unless it is NULL. */
void *sark_mem_check(void *p) __attribute__((returns_nonnull));

#define sark_new(ctx, type) \
	((type *)sark_mem_check(_talloc_zero(ctx, sizeof(type), #type)))
#define sark_new_array(ctx, type, n) \
	((type *)sark_mem_check(     \
	    _talloc_zero_array(ctx, sizeof(type), (unsigned int)(n), #type)))
char *sark_strdup(const void *ctx, const char *s) SARK_NONNULL(2)
    __attribute__((returns_nonnull));
char *sark_strndup(const void *ctx, const char *s, size_t n) SARK_NONNULL(2)
    __attribute__((returns_nonnull));
char *sark_format(const void *ctx, const char *format, ...) SARK_FORMAT(2, 3)
    SARK_NONNULL(2) __attribute__((returns_nonnull));
/* A copy of n bytes, followed by a NUL that does not count. */
void *sark_memdup(const void *ctx, const void *p, size_t n) SARK_NONNULL(2)
    __attribute__((returns_nonnull));

#endif
