#ifndef SARK_HTTP_SHED_H
#define SARK_HTTP_SHED_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "http/exchange.h"

/*
 * Answers a request for which there is no time: OVERLOADED, without looking
 * at its credential or body and without a line in the log.  dispatch is
 * struct sark_dispatch, as this is the shed of struct sark_listen.  False,
 * and out is as it was, for what is never shed: a route of
 * SARK_LIMIT_HEALTH, and what is answered as cheaply otherwise.
 */
bool sark_dispatch_shed(void *dispatch, const struct sark_exchange *in,
    struct sark_buf *out) SARK_NONNULL(1, 2, 3);

#endif
