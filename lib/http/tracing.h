#ifndef SARK_HTTP_TRACING_H
#define SARK_HTTP_TRACING_H

#include <stdint.h>

#include "base/attr.h"
#include "base/span.h"
#include "http/incoming.h"
#include "http/route.h"

/*
 * A request as a span (base/span.h).  Begin it when the request was read,
 * which came at start_ns (monotonic).  A sampled one gets a traceparent of
 * ours, which is answered in the place of the caller's, and a trace id for
 * log and audit trail even where the caller had none.
 */
void sark_tracing_begin(struct sark_tracer *tracer,
    struct sark_incoming *incoming, int64_t start_ns) SARK_NONNULL(2);
/* route may be NULL; code is why the request was refused, or OK. */
void sark_tracing_end(struct sark_tracer *tracer,
    const struct sark_incoming *incoming, const struct sark_route *route,
    int status, enum sark_code code) SARK_NONNULL(2);

#endif
