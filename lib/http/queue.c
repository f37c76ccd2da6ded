#include "http/queue.h"

#include "http/conn.h"

#define SMOOTHING 8 /* requests of which the service time is the mean, about */

bool
sark_queue_takes(const struct sark_queue *queue)
{
	return queue->len < queue->max &&
	    (int64_t)queue->len * queue->service_ns <= queue->timeout_ns / 2;
}

void
sark_queue_push(
    struct sark_queue *queue, struct sark_conn *conn, int64_t now_ns)
{
	conn->queued = true;
	conn->ready_ns = now_ns;
	conn->next = NULL;
	if (queue->last != NULL)
		queue->last->next = conn;
	else
		queue->first = conn;
	queue->last = conn;
	queue->len++;
}

struct sark_conn *
sark_queue_pop(struct sark_queue *queue)
{
	struct sark_conn *conn = queue->first;

	if (conn == NULL)
		return NULL;
	queue->first = conn->next;
	if (queue->first == NULL)
		queue->last = NULL;
	queue->len--;
	conn->queued = false;
	conn->next = NULL;
	return conn;
}

bool
sark_queue_late(const struct sark_queue *queue, const struct sark_conn *conn,
    int64_t now_ns)
{
	return now_ns - conn->ready_ns > queue->timeout_ns;
}

void
sark_queue_served(struct sark_queue *queue, int64_t took_ns)
{
	queue->service_ns += (took_ns - queue->service_ns) / SMOOTHING;
}
