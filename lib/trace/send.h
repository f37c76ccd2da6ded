#ifndef SARK_TRACE_SEND_H
#define SARK_TRACE_SEND_H

#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"

/*
 * Hands finished traces to sark-trace-forward(8): one datagram a trace
 * (base/span.h) to the Unix socket of address.h.  Never waits: where nobody
 * listens, or the listener is behind, the trace is dropped.  The name is
 * looked up at each datagram, so a listener may come and go; one that is not
 * there is tried once a second.
 */
struct sark_trace_sender;

/* Errors: CONFIG the path is too long; INTERNAL. */
int sark_trace_sender_open(void *ctx, const char *run_dir,
    struct sark_trace_sender **sender_r, struct sark_err *err)
    SARK_NONNULL(2, 3, 4) SARK_CHECKED;
/* 0, or -1 if it was dropped. */
int sark_trace_send(struct sark_trace_sender *sender, const void *record,
    size_t len) SARK_NONNULL(1, 2) SARK_CHECKED;

#endif
