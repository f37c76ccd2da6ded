#ifndef SARK_HTTP_LISTEN_H
#define SARK_HTTP_LISTEN_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "http/exchange.h"
#include "http/peer.h"

/*
 * A worker's loop on a listening FastCGI socket that it may share with other
 * workers.  It handles one request at a time, but neither a slow sender nor
 * a connection kept open keeps it from others: connections wait in epoll(7),
 * each with a deadline.  The one closest to its deadline gives way when
 * there are connections_max of them or descriptors run out.
 *
 * A worker that has found no end of waiting connections for a while takes
 * them all, so that whole requests wait in its own queue (queue.h) and those
 * beyond it are shed: answered at once instead of handled.
 */
struct sark_listen {
	int fd;				/* the listening socket */
	const struct sark_peers *peers; /* NULL: all who can */
	size_t connections_max;
	size_t body_max;		   /* bytes of a body */
	size_t body_ask;		   /* bytes read unasked, 0: all */
	int64_t timeout_ms;		   /* send, take an answer */
	size_t queue_max;		   /* requests that wait */
	int64_t queue_timeout_ms;	   /* for their turn */
	const volatile sig_atomic_t *stop; /* set by SIGTERM */
	/* Fills out with the CGI/1.1 response, header and body. */
	void (*handle)(
	    void *arg, const struct sark_exchange *in, struct sark_buf *out);
	/*
	 * How many bytes of body a request may have, asked when it has, or is
	 * about to send, more than body_ask; in->body is empty.
	 */
	size_t (*body_limit)(void *arg, const struct sark_exchange *in);
	/*
	 * Fills out with the answer to a request for which there is no time;
	 * false if that one is to be handled all the same.
	 */
	bool (*shed)(
	    void *arg, const struct sark_exchange *in, struct sark_buf *out);
	void (*tick)(void *arg); /* about once a second, or NULL */
	void *arg;
};

/*
 * Serves until *stop: then takes no more connections, closes the idle ones,
 * answers those under way and returns 0.  The handler of the signal must
 * not restart system calls (no SA_RESTART).
 * Errors: INTERNAL, the socket or epoll cannot be used.
 */
int sark_listen_run(const struct sark_listen *listen, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;

#endif
