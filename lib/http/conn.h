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
	size_t thrown;
	int64_t deadline_ms;	       /* monotonic, while it waits */
	struct sark_conn *prev, *next; /* by deadline, while it waits */
	struct sark_fcgi fcgi;
};

/* What all connections of a worker share: one request is handled at a time. */
struct sark_conn_room {
	const struct sark_listen *listen;
	struct sark_exchange exchange;
	struct sark_buf out;
	unsigned char in[65536];
};

enum sark_conn_next {
	SARK_CONN_WAIT,	     /* for more bytes, the old deadline holds */
	SARK_CONN_WAIT_ANEW, /* for more bytes, with a new deadline */
	SARK_CONN_CLOSE,
};

/*
 * Reads what has come and answers every request that is complete; waits
 * only while the peer takes an answer, at most the listener's timeout.
 */
enum sark_conn_next sark_conn_serve(struct sark_conn *conn,
    struct sark_conn_room *room) SARK_NONNULL(1, 2) SARK_CHECKED;
/* Whether a request may still come that the web server counts on. */
bool sark_conn_idle(const struct sark_conn *conn) SARK_NONNULL(1);

#endif
