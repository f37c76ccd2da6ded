#include "http/shed.h"

#include <string.h>

#include "base/mem.h"
#include "http/answer.h"
#include "http/cors.h"
#include "http/dispatch.h"
#include "http/incoming.h"
#include "http/problem.h"
#include "http/router.h"

/* The route that the request would take, NULL if it has no handler. */
static const struct sark_route *
route_of(const struct sark_dispatch *d, void *mem,
    const struct sark_exchange *in, struct sark_incoming *incoming, int *index)
{
	struct sark_match match;
	struct sark_err err;

	sark_err_init(&err);
	if (sark_incoming_read(mem, d->proxies, in, incoming, &err) == -1 ||
	    sark_router_find(d->router, mem, incoming->req.method,
		incoming->req.path, &match) == 0)
		return NULL;
	*index = match.index;
	return match.route;
}

static void
write_answer(const struct sark_dispatch *d, void *mem,
    const struct sark_exchange *in, const struct sark_incoming *incoming,
    struct sark_buf *out)
{
	const char *request_id = incoming->caller.request_id;
	struct sark_answer answer = { .method = incoming->req.method,
		.request_id = request_id,
		.traceparent = incoming->traceparent,
		.https = incoming->https };
	struct sark_resp resp = { 0 };
	struct sark_err err;

	sark_buf_init(&resp.headers, mem);
	sark_buf_init(&resp.body, mem);
	sark_err_init(&err);
	sark_err_set(&err, SARK_OVERLOADED, "too many requests wait");
	sark_problem_write(&resp, &err, request_id);
	sark_cors_answer(d->cors, in, NULL, &resp);
	sark_answer_write(&answer, &resp, out);
}

bool
sark_dispatch_shed(
    void *dispatch, const struct sark_exchange *in, struct sark_buf *out)
{
	const struct sark_dispatch *d = dispatch;
	void *mem = sark_mem_check(talloc_new(d->pool));
	struct sark_incoming *incoming = sark_new(mem, struct sark_incoming);
	const struct sark_route *route;
	int index = -1;
	bool shed;

	route = route_of(d, mem, in, incoming, &index);
	shed = route != NULL && route->limit != SARK_LIMIT_HEALTH;
	if (shed) {
		write_answer(d, mem, in, incoming, out);
		if (d->observe != NULL)
			d->observe(d->observe_arg, index,
			    sark_code_status(SARK_OVERLOADED), in->waited_ns);
	}
	talloc_free(mem);
	return shed;
}
