#ifndef SARK_HTTP_QUEUE_H
#define SARK_HTTP_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

struct sark_conn;

/*
 * Requests of a worker that have come whole and wait for their turn, first
 * come, first served.  It takes no more than max, and none that would have to
 * wait longer than half of the timeout, judged by how long the last ones took:
 * who would wait too long mostly learns so at once, not in his turn.
 */
struct sark_queue {
	size_t max;
	int64_t timeout_ns;
	struct sark_conn *first, *last; /* by sark_conn.next */
	size_t len;
	int64_t service_ns; /* of one request, smoothed */
};

/* Whether one more may wait. */
bool sark_queue_takes(const struct sark_queue *queue) SARK_NONNULL(1);
/* conn is in no other list; now is monotonic. */
void sark_queue_push(struct sark_queue *queue, struct sark_conn *conn,
    int64_t now_ns) SARK_NONNULL(1, 2);
/* The next in turn, NULL without. */
struct sark_conn *sark_queue_pop(struct sark_queue *queue) SARK_NONNULL(1);
/* Whether what was popped has waited longer than it should. */
bool sark_queue_late(const struct sark_queue *queue,
    const struct sark_conn *conn, int64_t now_ns) SARK_NONNULL(1, 2);
/* A request was answered in that time. */
void sark_queue_served(struct sark_queue *queue, int64_t took_ns)
    SARK_NONNULL(1);

#endif
