#ifndef SARK_TRACE_QUEUE_H
#define SARK_TRACE_QUEUE_H

#include <stddef.h>

#include "base/attr.h"
#include "base/span.h"

/* Traces that wait to be exported, first come, first served; bounded. */
struct sark_trace_queue;

/*
 * Traces that go together; everything is on the batch, which keeps its room
 * in the queue until it is freed.
 */
struct sark_trace_batch {
	const struct sark_trace_record **traces;
	size_t count;
	size_t spans; /* of all of them */
};

/* Holds as many spans at most. */
struct sark_trace_queue *sark_trace_queue_new(void *ctx, size_t spans_max)
    __attribute__((returns_nonnull));
/* Copies a valid trace of len bytes.  0, or -1 if there is no room. */
int sark_trace_queue_put(struct sark_trace_queue *queue,
    const struct sark_trace_record *trace, size_t len)
    SARK_NONNULL(1, 2) SARK_CHECKED;
/*
 * Takes the oldest traces, as many as have spans_max spans together and at
 * least one; NULL when it is empty.  The batch is on ctx, freed before the
 * queue is.
 */
struct sark_trace_batch *sark_trace_queue_take(struct sark_trace_queue *queue,
    void *ctx, size_t spans_max) SARK_NONNULL(1);
/* The spans that wait in it; the same with those of batches. */
size_t sark_trace_queue_spans(const struct sark_trace_queue *queue)
    SARK_NONNULL(1);
size_t sark_trace_queue_held(const struct sark_trace_queue *queue)
    SARK_NONNULL(1);

#endif
