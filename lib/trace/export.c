#include "trace/export.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/uuid.h"
#include "net/gzip.h"
#include "net/http.h"
#include "trace/headers.h"
#include "trace/otlp.h"

#define NS_PER_MS   INT64_C(1000000)
#define NS_PER_S    INT64_C(1000000000)
#define WAIT_MAX_MS INT64_C(1000)
#define BACKOFF_MS  INT64_C(1000)
#define BACKOFF_MAX INT64_C(32000)

struct sark_exporter {
	struct sark_exporter_options options;
	struct sark_trace_queue *queue;
	struct sark_http *http;
	bool failing;	  /* said in the log once, not at each request */
	int64_t since_ns; /* when the queue was first seen not empty; or 0 */
	/* the batch under way, or NULL */
	struct sark_trace_batch *batch;
	struct sark_buf body;
	const char *sent; /* body, or what it was compressed to */
	size_t len;
	int64_t begun_ns, again_ns, backoff_ms;
	bool asked; /* a request is under way */
	void *mem;  /* of this request */
	struct sark_http_answer answer;
};

/* The user of a URL would show in messages; headers have a file. */
static int
check_endpoint(const char *url, struct sark_err *err)
{
	const char *host = strstr(url, "://");
	size_t n;

	if (!sark_str_starts(url, "http://") &&
	    !sark_str_starts(url, "https://"))
		return sark_err_set(err, SARK_CONFIG,
		    "trace_endpoint: neither http:// nor https://");
	host += 3;
	n = strcspn(host, "/?#");
	if (n == 0 || memchr(host, '@', n) != NULL)
		return sark_err_set(err, SARK_CONFIG,
		    "trace_endpoint: no host, or a user before it");
	return 0;
}

int
sark_exporter_open(void *ctx, const struct sark_exporter_options *options,
    struct sark_trace_queue *queue, struct sark_exporter **exporter_r,
    struct sark_err *err)
{
	struct sark_exporter *exporter = sark_new(ctx, struct sark_exporter);
	const char *const *headers;

	exporter->options = *options;
	exporter->queue = queue;
	exporter->http = sark_http_new(exporter, options->timeout_ms, err);
	if (exporter->http == NULL ||
	    check_endpoint(options->endpoint, err) == -1 ||
	    sark_trace_headers_read(
		exporter, options->headers_file, &headers, err) == -1) {
		talloc_free(exporter);
		return -1;
	}
	*exporter_r = exporter;
	return 0;
}

static void
forget(struct sark_exporter *exporter)
{
	talloc_free(exporter->batch);
	exporter->batch = NULL;
}

static void
take_batch(struct sark_exporter *exporter, int64_t now)
{
	exporter->batch =
	    sark_trace_queue_take(exporter->queue, exporter, SARK_EXPORT_SPANS);
	exporter->since_ns = 0;
	if (exporter->batch == NULL)
		return;
	exporter->begun_ns = exporter->again_ns = now;
	exporter->backoff_ms = BACKOFF_MS;
	sark_buf_init(&exporter->body, exporter->batch);
	sark_otlp_write(
	    &exporter->body, exporter->batch, exporter->options.version);
	exporter->sent = exporter->body.data;
	exporter->len = exporter->body.len;
	if (exporter->options.gzip)
		exporter->sent = sark_gzip(exporter->batch, exporter->body.data,
		    exporter->body.len, &exporter->len);
}

/* When the traces in the queue become a batch; INT64_MAX: not yet known. */
static int64_t
due_ns(struct sark_exporter *exporter, bool flush, int64_t now)
{
	size_t spans = sark_trace_queue_spans(exporter->queue);

	if (spans == 0)
		return INT64_MAX;
	if (flush || spans >= SARK_EXPORT_SPANS)
		return now;
	if (exporter->since_ns == 0)
		exporter->since_ns = now;
	return exporter->since_ns + exporter->options.delay_ms * NS_PER_MS;
}

/* One line when it begins to fail and one when it is well again. */
static void
tell(struct sark_exporter *exporter, bool failing, const char *text)
{
	if (failing != exporter->failing)
		sark_log(failing ? SARK_LOG_WARNING : SARK_LOG_INFO,
		    failing ? "trace_export_fails" : "trace_export_works",
		    "text", text, NULL);
	exporter->failing = failing;
}

/* Half to once and a half of the delay: forwarders shall not march in step. */
static int64_t
scatter(int64_t ms)
{
	uint32_t chance;

	sark_random(&chance, sizeof(chance));
	return ms / 2 + (int64_t)(chance % (uint32_t)ms);
}

static void
again(struct sark_exporter *exporter, int64_t after_s, const char *why)
{
	int64_t now = sark_clock_mono_ns(), wait_ns;

	tell(exporter, true, why);
	exporter->options.figures->retried++;
	wait_ns = scatter(exporter->backoff_ms) * NS_PER_MS;
	if (after_s > SARK_EXPORT_RETRY_S)
		after_s = SARK_EXPORT_RETRY_S;
	if (wait_ns < after_s * NS_PER_S)
		wait_ns = after_s * NS_PER_S;
	if (exporter->backoff_ms < BACKOFF_MAX)
		exporter->backoff_ms *= 2;
	exporter->again_ns = now + wait_ns;
	if (exporter->again_ns - exporter->begun_ns >
	    SARK_EXPORT_RETRY_S * NS_PER_S) {
		exporter->options.figures->dropped +=
		    (int64_t)exporter->batch->spans;
		forget(exporter);
	}
}

/* The endpoint has judged the batch: it is not sent again. */
static void
settle(struct sark_exporter *exporter, size_t rejected, const char *why)
{
	size_t spans = exporter->batch->spans;

	if (rejected > spans)
		rejected = spans;
	exporter->options.figures->rejected += (int64_t)rejected;
	exporter->options.figures->exported += (int64_t)(spans - rejected);
	tell(exporter, rejected > 0, why);
	forget(exporter);
}

static void
succeed(struct sark_exporter *exporter)
{
	const struct sark_http_answer *answer = &exporter->answer;
	const struct sark_json *json = NULL;
	const char *why = "";
	struct sark_err err;

	sark_err_init(&err);
	exporter->options.figures->ok++;
	/* Some endpoints say nothing, or nothing in JSON: that is success. */
	if (sark_json_parse(
		exporter->mem, answer->body, answer->len, &json, &err) == -1)
		json = NULL;
	settle(exporter, sark_otlp_rejected(json, &why), why);
}

static void
judge(struct sark_exporter *exporter)
{
	const struct sark_http_answer *answer = &exporter->answer;
	char why[40];

	snprintf(why, sizeof(why), "answered %d", answer->status);
	switch (answer->status) {
	case 429:
	case 502:
	case 503:
	case 504:
		again(exporter, answer->retry_after_s, why);
		return;
	default:
		break;
	}
	if (answer->status >= 200 && answer->status <= 299) {
		succeed(exporter);
		return;
	}
	exporter->options.figures->refused++;
	settle(exporter, exporter->batch->spans, why);
}

static int
ask(struct sark_exporter *exporter, struct sark_err *err)
{
	struct sark_http_request request = {
		.method = "POST",
		.url = exporter->options.endpoint,
		.body = exporter->sent,
		.len = exporter->len,
	};
	const char *const *from, **to;

	exporter->mem = sark_mem_check(talloc_new(exporter));
	if (sark_trace_headers_read(exporter->mem,
		exporter->options.headers_file, &from, err) == -1)
		return -1;
	request.headers = to = sark_new_array(
	    exporter->mem, const char *, talloc_array_length(from) + 1);
	if (exporter->options.gzip)
		*to++ = "Content-Encoding: gzip";
	while (*from != NULL)
		*to++ = *from++;
	return sark_http_start(
	    exporter->http, exporter->mem, &request, &exporter->answer, err);
}

static void
let_go(struct sark_exporter *exporter)
{
	exporter->asked = false;
	talloc_free(exporter->mem);
	exporter->mem = NULL;
}

static void
start(struct sark_exporter *exporter)
{
	struct sark_err err;

	if (exporter->options.print != NULL) {
		exporter->options.print(exporter->body.data);
		settle(exporter, 0, "");
		return;
	}
	sark_err_init(&err);
	exporter->asked = true;
	if (ask(exporter, &err) == 0)
		return;
	let_go(exporter);
	again(exporter, 0, err.text);
}

/* What there is to do now; returns when there will be more. */
static int64_t
advance(struct sark_exporter *exporter, bool flush, int64_t now)
{
	int64_t due;

	if (exporter->asked)
		return INT64_MAX;
	if (exporter->batch == NULL) {
		due = due_ns(exporter, flush, now);
		if (due > now)
			return due;
		take_batch(exporter, now);
	}
	if (exporter->again_ns > now)
		return exporter->again_ns;
	start(exporter);
	return exporter->asked ? INT64_MAX : now;
}

void
sark_exporter_step(struct sark_exporter *exporter, int fd, bool flush)
{
	int64_t now = sark_clock_mono_ns();
	int64_t next = advance(exporter, flush, now), ms = WAIT_MAX_MS;
	struct sark_err err;
	int over;

	if (next - now < WAIT_MAX_MS * NS_PER_MS)
		ms = next > now ? (next - now + NS_PER_MS - 1) / NS_PER_MS : 0;
	sark_err_init(&err);
	over = sark_http_wait(exporter->http, fd, ms, &err);
	if (!exporter->asked || over == 0)
		return;
	if (over == 1)
		judge(exporter);
	else
		again(exporter, 0, err.text);
	let_go(exporter);
}
