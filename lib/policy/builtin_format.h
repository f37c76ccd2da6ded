#ifndef SARK_POLICY_BUILTIN_FORMAT_H
#define SARK_POLICY_BUILTIN_FORMAT_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "policy/term.h"

/*
 * Go's fmt.Sprintf over the values of Rego: numbers are int64, *big.Int or
 * float64 by how they are written, strings are strings, everything else is
 * the string that OPA prints for it.
 * Errors: POLICY_UNAVAILABLE a verb, flag or width that is not supported
 * here (%U, %p, %T, %w, *, [n], widths over 1000).
 */
int sark_format_go(struct sark_buf *out, const struct sark_term *format,
    const struct sark_term *args, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;

#endif
