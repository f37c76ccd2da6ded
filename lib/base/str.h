#ifndef SARK_BASE_STR_H
#define SARK_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

/*
 * Copies src, cut to fit, always terminated.  Returns 0, or -1 if it was
 * cut.  size is that of dst, at least 1.
 */
int sark_str_copy(char *dst, size_t size, const char *src) SARK_NONNULL(1, 3);
bool sark_str_eq(const char *a, const char *b) SARK_NONNULL(1, 2);
/* ASCII case folded; the locale plays no part. */
bool sark_str_eq_nocase(const char *a, const char *b) SARK_NONNULL(1, 2);
bool sark_str_starts(const char *s, const char *prefix) SARK_NONNULL(1, 2);
/* Whether s is in a NULL-terminated list; a NULL list is empty. */
bool sark_str_in(const char *s, const char *const *list) SARK_NONNULL(1);
/* Every byte of s is in set. */
bool sark_str_of(const char *s, const char *set) SARK_NONNULL(1, 2);
/* Lower-cases ASCII letters in place. */
void sark_str_lower(char *s) SARK_NONNULL(1);
/* n bytes as 2n lower-case hex digits and a NUL in out. */
void sark_str_hex(char *out, const void *data, size_t n) SARK_NONNULL(1, 2);
/*
 * Whether n bytes are well-formed UTF-8 (RFC 3629: no overlong forms, no
 * surrogates, nothing above U+10FFFF) without a NUL.
 */
bool sark_str_utf8(const char *s, size_t n) SARK_NONNULL(1);

#endif
