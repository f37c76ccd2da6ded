#ifndef SARK_HTTP_CONN_H
#define SARK_HTTP_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "http/exchange.h"
#include "http/fcgi.h"
#include "http/listen.h"

/*
 * One FastCGI connection of a worker.  Reading never waits: a connection
 * whose request is not complete goes back to the loop.
 */
struct sark_conn {
	int fd;
	bool polled;   /* known to epoll */
	bool served;   /* has had a request */
	bool throwing; /* input is thrown away */
	bool queued;   /* its request waits for its turn */
	size_t thrown;
	int64_t deadline_ms;	       /* monotonic, while it waits */
	int64_t ready_ns;	       /* since when it is queued */
	struct sark_conn *prev, *next; /* by deadline; by turn if queued */
	struct sark_fcgi fcgi;
};

/* What all connections of a worker share: one request is handled at a time. */
struct sark_conn_room {
	const struct sark_listen *listen;
	bool queueing; /* whole requests are READY, not answered */
	unsigned int handled;
	struct sark_exchange exchange;
	struct sark_buf out;
	unsigned char in[65536];
};

enum sark_conn_next {
	SARK_CONN_WAIT,	     /* for more bytes, the old deadline holds */
	SARK_CONN_WAIT_ANEW, /* for more bytes, with a new deadline */
	SARK_CONN_CLOSE,
	SARK_CONN_READY, /* a whole request: sark_conn_answer */
};

/*
 * Reads what has come and answers every request that is complete, or, if
 * room->queueing, is READY with the first; waits only while the peer takes an
 * answer, at most the listener's timeout.
 */
enum sark_conn_next sark_conn_serve(struct sark_conn *conn,
    struct sark_conn_room *room) SARK_NONNULL(1, 2) SARK_CHECKED;
/*
 * Answers the request that was READY, after it waited for so long; with shed
 * the answer is that too many wait, unless the listener's shed wants it
 * handled.  Never READY.
 */
enum sark_conn_next sark_conn_answer(struct sark_conn *conn,
    struct sark_conn_room *room, int64_t waited_ns, bool shed)
    SARK_NONNULL(1, 2) SARK_CHECKED;
/* Whether the web server has hung up and waits for no answer. */
bool sark_conn_gone(const struct sark_conn *conn) SARK_NONNULL(1);
/* Whether a request may still come that the web server counts on. */
bool sark_conn_idle(const struct sark_conn *conn) SARK_NONNULL(1);

#endif
