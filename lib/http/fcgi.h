#ifndef SARK_HTTP_FCGI_H
#define SARK_HTTP_FCGI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "http/exchange.h"

/*
 * The FastCGI 1.0 record protocol for a responder that takes one request at
 * a time on a connection: a state machine over bytes, without any I/O.  What
 * it keeps is bounded: SARK_EXCHANGE_BYTES of PARAMS and body_max bytes of
 * STDIN.  How the bytes are cut into pieces never changes the events.
 */
#define SARK_FCGI_HEADER      8
#define SARK_FCGI_CONTENT_MAX 65535
#define SARK_FCGI_END	      (SARK_FCGI_HEADER + SARK_FCGI_HEADER + 8)

enum sark_fcgi_event {
	SARK_FCGI_MORE,	   /* every byte is used up */
	SARK_FCGI_REPLY,   /* send reply, go on */
	SARK_FCGI_REFUSED, /* send reply, the request is over */
	SARK_FCGI_REQUEST, /* a request to answer */
	SARK_FCGI_LARGE,   /* the body grows beyond ask_at: set limit, go on */
	SARK_FCGI_BROKEN,  /* not FastCGI: close */
};

struct sark_fcgi {
	/* the request under way */
	bool active;
	bool keep; /* FCGI_KEEP_CONN */
	bool params_done;
	uint16_t id;
	size_t params_len;    /* at the start of data */
	struct sark_buf data; /* PARAMS, a spare byte, STDIN */
	size_t body_max;
	size_t ask_at; /* bytes of a body, at which LARGE comes; 0 never */
	size_t limit;  /* of this body, body_max at first */
	bool asked;
	enum sark_code refused; /* HEADERS_TOO_LARGE, TOO_LARGE */
	/* the record under way */
	unsigned char header[SARK_FCGI_HEADER];
	size_t header_len;
	unsigned char type;
	uint16_t record_id;
	size_t content_len;
	size_t content_left;
	size_t padding_left;
	unsigned char small[256]; /* BEGIN_REQUEST, GET_VALUES */
	size_t small_len;
	/* what is to be sent after REPLY and REFUSED */
	unsigned char reply[128];
	size_t reply_len;
	size_t connections_max; /* told to FCGI_GET_VALUES */
};

/* Its one buffer is on ctx. */
void sark_fcgi_init(struct sark_fcgi *fcgi, const void *ctx, size_t body_max,
    size_t connections_max) SARK_NONNULL(1);
/* Makes it ready for another connection, keeps the buffer. */
void sark_fcgi_reset(struct sark_fcgi *fcgi) SARK_NONNULL(1);
/*
 * Takes bytes up to the next event; *used_r is how many.  After REQUEST and
 * REFUSED fcgi->keep says whether the connection goes on.
 */
enum sark_fcgi_event sark_fcgi_feed(struct sark_fcgi *fcgi,
    const unsigned char *bytes, size_t len, size_t *used_r)
    SARK_NONNULL(1, 2, 4) SARK_CHECKED;
/*
 * The request after SARK_FCGI_REQUEST, lent until sark_fcgi_done.  With
 * in->refused TOO_LARGE or HEADERS_TOO_LARGE the rest of the request has not
 * been read: answer it and throw away what still comes.
 * Returns 0, or -1 if the PARAMS are no name-value pairs: close.
 */
int sark_fcgi_exchange(struct sark_fcgi *fcgi, struct sark_exchange *in)
    SARK_NONNULL(1, 2) SARK_CHECKED;
/*
 * The request after SARK_FCGI_LARGE, as one whose body is refused, TOO_LARGE;
 * lent by copy.  Returns 0, or -1 as sark_fcgi_exchange does.
 */
int sark_fcgi_preview(const struct sark_fcgi *fcgi, struct sark_buf *copy,
    struct sark_exchange *in) SARK_NONNULL(1, 2, 3) SARK_CHECKED;
/* The request is answered; nothing of it is left for the next one. */
void sark_fcgi_done(struct sark_fcgi *fcgi) SARK_NONNULL(1);

/* The header of a STDOUT record of n content bytes, n <= CONTENT_MAX. */
void sark_fcgi_stdout(
    unsigned char out[SARK_FCGI_HEADER], uint16_t id, size_t n) SARK_NONNULL(1);
/* The end of STDOUT and of the request. */
void sark_fcgi_end(unsigned char out[SARK_FCGI_END], uint16_t id)
    SARK_NONNULL(1);

#endif
