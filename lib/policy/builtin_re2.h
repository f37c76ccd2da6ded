#ifndef SARK_POLICY_BUILTIN_RE2_H
#define SARK_POLICY_BUILTIN_RE2_H

#include <stddef.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

/*
 * Rego's regular expressions are RE2's; what matches here is PCRE2.  This
 * turns a pattern of the syntax that both share into PCRE2's, where the same
 * letters mean something else, and refuses what only one of them knows: look
 * around, back references, possessive and nested repetition, recursion.
 *
 * Finder: 1 with the pattern in buf, 0 RE2 would not read it, -1 RE2 would,
 * but it cannot be said in PCRE2 with the same meaning.
 */
int sark_re2_translate(struct sark_buf *buf, const char *pattern, size_t len,
    struct sark_err *err) SARK_NONNULL(1, 2, 4) SARK_CHECKED;

#endif
