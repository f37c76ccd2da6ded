#ifndef SARK_POLICY_BUILTIN_GO_H
#define SARK_POLICY_BUILTIN_GO_H

#include <stddef.h>

#include "base/attr.h"
#include "base/buf.h"

/* How Go writes texts and numbers. */

/*
 * strconv.Quote of valid UTF-8.  Beyond Latin-1 every character counts as
 * printable.
 */
void sark_go_quote(struct sark_buf *buf, const char *s, size_t len)
    SARK_NONNULL(1, 2);
/*
 * The fewest digits that read back as value, which is not negative; e is the
 * letter before an exponent.
 */
void sark_go_float(double value, char *out, size_t size, char e)
    SARK_NONNULL(2);

#endif
