#ifndef SARK_HTTP_TRACE_H
#define SARK_HTTP_TRACE_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/span.h"

#define SARK_TRACE_ID_TEXT 33

/* Whether s may be taken as request id: 1 to 128 of [A-Za-z0-9._-]. */
bool sark_request_id_valid(const char *s) SARK_NONNULL(1);
/*
 * The trace id in a traceparent header (W3C Trace Context, section 3.2): 32
 * lower-case hex digits.  Returns 0, or -1 if the header is malformed.
 */
int sark_trace_id(const char *traceparent, char out[SARK_TRACE_ID_TEXT])
    SARK_NONNULL(1) SARK_CHECKED;
/* Takes apart a header that sark_trace_id has found good. */
void sark_trace_read(const char *traceparent,
    struct sark_trace_parent *parent_r) SARK_NONNULL(1, 2);

#endif
