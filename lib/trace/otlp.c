#include "trace/otlp.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "json/writer.h"

/* Of the proto: Span.SpanKind and Status.StatusCode. */
#define KIND_INTERNAL 1
#define KIND_SERVER   2
#define KIND_CLIENT   3
#define STATUS_ERROR  2

/* Span.flags: sampled; whether the parent is remote is known; it is. */
#define FLAGS_SAMPLED 0x001
#define FLAGS_KNOWN   0x100
#define FLAGS_REMOTE  0x200

static const char *const systems[SARK_SPAN_KINDS] = {
	[SARK_SPAN_POSTGRESQL] = "postgresql",
	[SARK_SPAN_REDIS] = "redis",
};

/* Methods that semantic conventions know; all others are one. */
static const char *const methods[] = { "GET", "HEAD", "POST", "PUT", "DELETE",
	"CONNECT", "OPTIONS", "TRACE", "PATCH", NULL };

static void
open_attribute(struct sark_jw *jw, const char *key)
{
	sark_jw_open(jw, NULL, '{');
	sark_jw_str(jw, "key", key);
	sark_jw_open(jw, "value", '{');
}

static void
close_attribute(struct sark_jw *jw)
{
	sark_jw_close(jw);
	sark_jw_close(jw);
}

static void
add_text(struct sark_jw *jw, const char *key, const char *value)
{
	open_attribute(jw, key);
	sark_jw_str(jw, "stringValue", value);
	close_attribute(jw);
}

/* 64-bit integers are texts. */
static void
add_integer(struct sark_jw *jw, const char *name, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, value);
	sark_jw_str(jw, name, text);
}

static void
add_number(struct sark_jw *jw, const char *key, int64_t value)
{
	open_attribute(jw, key);
	add_integer(jw, "intValue", value);
	close_attribute(jw);
}

static void
add_id(struct sark_jw *jw, const char *name, uint64_t id)
{
	char text[17];

	snprintf(text, sizeof(text), "%016" PRIx64, id);
	sark_jw_str(jw, name, text);
}

static bool
server_failed(const struct sark_trace_record *trace)
{
	return trace->status >= 500;
}

static void
add_request(struct sark_jw *jw, const struct sark_trace_record *trace)
{
	const char *error = trace->span[0].error;

	add_text(jw, "http.request.method",
	    sark_str_in(trace->method, methods) ? trace->method : "_OTHER");
	add_text(jw, "url.scheme", trace->https != 0 ? "https" : "http");
	add_text(jw, "url.path", trace->path);
	if (*trace->route != '\0')
		add_text(jw, "http.route", trace->route);
	add_number(jw, "http.response.status_code", trace->status);
	if (*error != '\0')
		add_text(jw, "sark.error", error);
	/* A client's mistake is no error of the server's span. */
	if (server_failed(trace))
		add_text(jw, "error.type", *error != '\0' ? error : "500");
	if (trace->lost > 0)
		add_number(jw, "sark.spans_lost", trace->lost);
}

/* A pipeline of different commands is called that already. */
static const char *
operation(char out[80], const struct sark_span_record *span)
{
	if (span->commands <= 1 || sark_str_eq(span->name, "PIPELINE"))
		return span->name;
	snprintf(out, 80, "PIPELINE %s", span->name);
	return out;
}

/* SQLSTATE or a word of Redis, not one of ours for how it ended. */
static bool
said_by_server(const char *error)
{
	return *error != '\0' &&
	    sark_str_of(error, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
}

static void
add_call(struct sark_jw *jw, const struct sark_span_record *span)
{
	const char *system = systems[span->kind];
	char name[80];

	if (system != NULL) {
		add_text(jw, "db.system.name", system);
		add_text(jw, "db.operation.name", operation(name, span));
		if (span->commands > 1)
			add_number(
			    jw, "db.operation.batch.size", span->commands);
		if (said_by_server(span->error))
			add_text(jw, "db.response.status_code", span->error);
	}
	if (*span->error != '\0')
		add_text(jw, "error.type", span->error);
}

static void
add_name(struct sark_jw *jw, const struct sark_trace_record *trace,
    const struct sark_span_record *span)
{
	const char *method =
	    sark_str_in(trace->method, methods) ? trace->method : "HTTP";
	char name[128];

	if (span->kind != SARK_SPAN_REQUEST) {
		sark_jw_str(jw, "name", operation(name, span));
		return;
	}
	snprintf(name, sizeof(name), "%s%s%s", method,
	    *trace->route != '\0' ? " " : "", trace->route);
	sark_jw_str(jw, "name", name);
}

static int
kind_of(const struct sark_span_record *span)
{
	if (span->kind == SARK_SPAN_REQUEST)
		return KIND_SERVER;
	return span->kind == SARK_SPAN_ENGINE ? KIND_INTERNAL : KIND_CLIENT;
}

static void
add_span(struct sark_jw *jw, const struct sark_trace_record *trace,
    const struct sark_span_record *span)
{
	bool own = span->kind == SARK_SPAN_REQUEST;
	char trace_id[33];

	sark_str_hex(trace_id, trace->id, sizeof(trace->id));
	sark_jw_open(jw, NULL, '{');
	sark_jw_str(jw, "traceId", trace_id);
	add_id(jw, "spanId", span->id);
	if (span->parent != 0)
		add_id(jw, "parentSpanId", span->parent);
	sark_jw_int(jw, "flags",
	    FLAGS_SAMPLED | FLAGS_KNOWN |
		(own && span->parent != 0 ? FLAGS_REMOTE : 0));
	add_name(jw, trace, span);
	sark_jw_int(jw, "kind", kind_of(span));
	add_integer(jw, "startTimeUnixNano", span->start_ns);
	add_integer(jw, "endTimeUnixNano", span->end_ns);
	sark_jw_open(jw, "attributes", '[');
	if (own)
		add_request(jw, trace);
	else
		add_call(jw, span);
	sark_jw_close(jw);
	sark_jw_open(jw, "status", '{');
	if (own ? server_failed(trace) : *span->error != '\0')
		sark_jw_int(jw, "code", STATUS_ERROR);
	sark_jw_close(jw);
	sark_jw_close(jw);
}

/* The traces of one program, from the first of them on. */
static void
add_program(struct sark_jw *jw, const struct sark_trace_batch *batch,
    size_t first, const char *version)
{
	const char *program = batch->traces[first]->program;
	uint32_t j;
	size_t i;

	sark_jw_open(jw, NULL, '{');
	sark_jw_open(jw, "resource", '{');
	sark_jw_open(jw, "attributes", '[');
	add_text(jw, "service.name", program);
	add_text(jw, "service.namespace", "sark");
	add_text(jw, "service.version", version);
	sark_jw_close(jw);
	sark_jw_close(jw);
	sark_jw_open(jw, "scopeSpans", '[');
	sark_jw_open(jw, NULL, '{');
	sark_jw_open(jw, "scope", '{');
	sark_jw_str(jw, "name", "sark");
	sark_jw_str(jw, "version", version);
	sark_jw_close(jw);
	sark_jw_open(jw, "spans", '[');
	for (i = first; i < batch->count; i++) {
		const struct sark_trace_record *trace = batch->traces[i];

		if (!sark_str_eq(trace->program, program))
			continue;
		for (j = 0; j < trace->spans; j++)
			add_span(jw, trace, &trace->span[j]);
	}
	sark_jw_close(jw);
	sark_jw_close(jw);
	sark_jw_close(jw);
	sark_jw_close(jw);
}

/* Whether no trace before this one is of the same program. */
static bool
first_of_program(const struct sark_trace_batch *batch, size_t at)
{
	size_t i;

	for (i = 0; i < at; i++)
		if (sark_str_eq(
			batch->traces[i]->program, batch->traces[at]->program))
			return false;
	return true;
}

void
sark_otlp_write(struct sark_buf *out, const struct sark_trace_batch *batch,
    const char *version)
{
	struct sark_jw jw;
	size_t i;

	sark_jw_init(&jw, out);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_open(&jw, "resourceSpans", '[');
	for (i = 0; i < batch->count; i++)
		if (first_of_program(batch, i))
			add_program(&jw, batch, i, version);
	sark_jw_close(&jw);
	sark_jw_close(&jw);
}

size_t
sark_otlp_rejected(const struct sark_json *answer, const char **message_r)
{
	const struct sark_json *partial =
	    sark_json_get(answer, "partialSuccess");
	const struct sark_json *spans = sark_json_get(partial, "rejectedSpans");
	const char *text = sark_json_str(spans);
	const char *message =
	    sark_json_str(sark_json_get(partial, "errorMessage"));
	int64_t n = sark_json_int(spans, 0);

	*message_r = message != NULL ? message : "";
	if (text != NULL && sark_num_int(text, 0, INT64_MAX, &n) == -1)
		n = 0;
	return n > 0 ? (size_t)n : 0;
}
