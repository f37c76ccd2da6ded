#ifndef SARK_TRACE_RECEIVE_H
#define SARK_TRACE_RECEIVE_H

#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"

/* The other end of send.h: the socket that all programs send traces to. */
struct sark_trace_receiver;

/*
 * Makes the socket in run_dir, mode 0660, in the place of one that was left
 * there; whoever calls has made sure that nobody else listens.  Freeing it
 * removes it.
 * Errors: CONFIG it cannot be made.
 */
int sark_trace_receiver_open(void *ctx, const char *run_dir,
    struct sark_trace_receiver **receiver_r, struct sark_err *err)
    SARK_NONNULL(2, 3, 4) SARK_CHECKED;
/* The descriptor to wait for. */
int sark_trace_receiver_fd(const struct sark_trace_receiver *receiver)
    SARK_NONNULL(1);
/*
 * The next datagram, without waiting: 1 a valid trace, lent until the next
 * call, 0 none, -1 one that is no trace.
 */
int sark_trace_receive(struct sark_trace_receiver *receiver,
    const struct sark_trace_record **trace_r, size_t *len_r)
    SARK_NONNULL(1, 2, 3) SARK_CHECKED;

#endif
