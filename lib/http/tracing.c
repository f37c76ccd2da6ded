#include "http/tracing.h"

#include "base/mem.h"
#include "http/trace.h"

void
sark_tracing_begin(struct sark_tracer *tracer, struct sark_incoming *incoming,
    int64_t start_ns)
{
	struct sark_trace_parent parent;
	bool given = incoming->traceparent != NULL;
	char *text;

	if (given)
		sark_trace_read(incoming->traceparent, &parent);
	if (!sark_trace_begin(tracer, given ? &parent : NULL, start_ns,
		incoming->caller.time_ns))
		return;
	text = sark_new_array(incoming->req.mem, char, SARK_TRACEPARENT_TEXT);
	if (sark_trace_parent(tracer, text) == -1)
		return;
	incoming->traceparent = text;
	incoming->caller.trace_id =
	    sark_strndup(incoming->req.mem, text + 3, SARK_TRACE_ID_TEXT - 1);
}

void
sark_tracing_end(struct sark_tracer *tracer,
    const struct sark_incoming *incoming, const struct sark_route *route,
    int status, enum sark_code code)
{
	const struct sark_trace_end end = {
		.method = incoming->method,
		.route = route != NULL ? route->path : NULL,
		.path = incoming->req.path,
		.status = status,
		.https = incoming->https,
		.code = code,
	};

	sark_trace_end(tracer, &end);
}
