#include "trace/queue.h"

#include "base/mem.h"

struct item {
	struct item *next;
	struct sark_trace_record *trace;
};

struct sark_trace_queue {
	struct item *first, **end;
	size_t spans, spans_max;
	size_t taken; /* in batches that are not freed yet */
};

/* What is taken, and the place that it comes from. */
struct loan {
	struct sark_trace_batch batch;
	struct sark_trace_queue *queue;
};

struct sark_trace_queue *
sark_trace_queue_new(void *ctx, size_t spans_max)
{
	struct sark_trace_queue *queue = sark_new(ctx, struct sark_trace_queue);

	queue->end = &queue->first;
	queue->spans_max = spans_max;
	return queue;
}

int
sark_trace_queue_put(struct sark_trace_queue *queue,
    const struct sark_trace_record *trace, size_t len)
{
	struct item *item;

	if (trace->spans > queue->spans_max - sark_trace_queue_held(queue))
		return -1;
	item = sark_new(queue, struct item);
	item->trace = sark_memdup(item, trace, len);
	*queue->end = item;
	queue->end = &item->next;
	queue->spans += trace->spans;
	return 0;
}

/* How many traces, from the first, have at most so many spans. */
static size_t
fitting(const struct sark_trace_queue *queue, size_t spans_max)
{
	const struct item *item;
	size_t spans = 0, n = 0;

	for (item = queue->first; item != NULL; item = item->next) {
		spans += item->trace->spans;
		if (n > 0 && spans > spans_max)
			break;
		n++;
	}
	return n;
}

static int
give_back(struct loan *loan)
{
	loan->queue->taken -= loan->batch.spans;
	return 0;
}

struct sark_trace_batch *
sark_trace_queue_take(
    struct sark_trace_queue *queue, void *ctx, size_t spans_max)
{
	size_t n = fitting(queue, spans_max);
	struct sark_trace_batch *batch;
	struct loan *loan;
	struct item *item;

	if (n == 0)
		return NULL;
	loan = sark_new(ctx, struct loan);
	loan->queue = queue;
	batch = &loan->batch;
	batch->traces =
	    sark_new_array(batch, const struct sark_trace_record *, n);
	while (batch->count < n) {
		item = queue->first;
		queue->first = item->next;
		batch->spans += item->trace->spans;
		batch->traces[batch->count++] =
		    talloc_steal(batch, item->trace);
		talloc_free(item);
	}
	if (queue->first == NULL)
		queue->end = &queue->first;
	queue->spans -= batch->spans;
	queue->taken += batch->spans;
	talloc_set_destructor(loan, give_back);
	return batch;
}

size_t
sark_trace_queue_spans(const struct sark_trace_queue *queue)
{
	return queue->spans;
}

size_t
sark_trace_queue_held(const struct sark_trace_queue *queue)
{
	return queue->spans + queue->taken;
}
