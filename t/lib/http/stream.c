#include "stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

int
stream_set_up(void **state)
{
	struct setup *s = sark_new(NULL, struct setup);

	s->ctx = s;
	sark_buf_init(&s->in, s);
	sark_fcgi_init(&s->fcgi, s, BODY_MAX, 7);
	s->exchange = sark_new(s, struct sark_exchange);
	*state = s;
	return 0;
}

int
stream_tear_down(void **state)
{
	talloc_free(*state);
	return 0;
}

static void
take_request(struct setup *s, struct outcome *o)
{
	struct sark_exchange *in = s->exchange;
	size_t i;

	if (sark_fcgi_exchange(&s->fcgi, in) == -1) {
		o->malformed = true;
		return;
	}
	o->refused = in->refused;
	o->nparams = in->nparams;
	for (i = 0; i < in->nparams; i++)
		sark_buf_format(&o->requests, "%s=%s;", in->params[i].name,
		    in->params[i].value);
	sark_buf_add(&o->requests, "|", 1);
	sark_buf_add(&o->requests, in->body, in->body_len);
	sark_buf_add(&o->requests, "\n", 1);
	assert_int_equal(in->body[in->body_len], '\0');
	if (s->fcgi.refused == SARK_OK)
		sark_fcgi_done(&s->fcgi);
}

void
stream_run(struct setup *s, size_t first, size_t step, struct outcome *o)
{
	const unsigned char *p = (const unsigned char *)s->in.data;
	size_t left = s->in.len, piece = first, used;
	enum sark_fcgi_event event;

	memset(o, 0, sizeof(*o));
	sark_buf_init(&o->replies, s);
	sark_buf_init(&o->requests, s);
	sark_fcgi_reset(&s->fcgi);
	while (left > 0) {
		if (piece > left)
			piece = left;
		event = sark_fcgi_feed(&s->fcgi, p, piece, &used);
		assert_true(used <= piece);
		p += used;
		left -= used;
		piece -= used;
		if (event == SARK_FCGI_MORE) {
			assert_int_equal(piece, 0);
			piece = step;
			continue;
		}
		assert_true(o->nevents < EVENTS);
		o->events[o->nevents++] = event;
		if (event == SARK_FCGI_REQUEST)
			take_request(s, o);
		else if (event != SARK_FCGI_BROKEN)
			sark_buf_add(
			    &o->replies, s->fcgi.reply, s->fcgi.reply_len);
		if (event == SARK_FCGI_BROKEN || o->malformed ||
		    s->fcgi.refused != SARK_OK)
			return;
	}
}

void
stream_run_whole(struct setup *s, struct outcome *o)
{
	stream_run(s, s->in.len, 1, o);
}

void
stream_assert(const struct outcome *o, size_t n, ...)
{
	va_list ap;
	size_t i;

	assert_int_equal(o->nevents, n);
	va_start(ap, n);
	for (i = 0; i < n; i++)
		assert_int_equal(o->events[i], va_arg(ap, int));
	va_end(ap);
}
