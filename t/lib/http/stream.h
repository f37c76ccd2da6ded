#ifndef T_LIB_HTTP_STREAM_H
#define T_LIB_HTTP_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "http/fcgi.h"

#define BODY_MAX 200000
#define EVENTS	 32

/* What a stream of bytes comes to. */
struct outcome {
	enum sark_fcgi_event events[EVENTS];
	size_t nevents;
	struct sark_buf replies;
	struct sark_buf requests; /* params and bodies as text */
	enum sark_code refused;	  /* of the last request */
	size_t nparams;
	bool malformed; /* the pairs of a request */
};

struct setup {
	void *ctx;
	struct sark_buf in;
	struct sark_fcgi fcgi;
	struct sark_exchange *exchange;
};

/* cmocka's setup and teardown: a struct setup. */
int stream_set_up(void **state);
int stream_tear_down(void **state);
/* Feeds s->in in pieces of step bytes, the first of them of first. */
void stream_run(struct setup *s, size_t first, size_t step, struct outcome *o);
void stream_run_whole(struct setup *s, struct outcome *o);
/* The stream came to n events, these. */
void stream_assert(const struct outcome *o, size_t n, ...);

#endif
