/* sark-trace-forward: takes traces from the programs to a collector. */
#include <stdbool.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "config.h"
#include "proc/lock.h"
#include "proc/metrics.h"
#include "proc/signals.h"
#include "tool.h"
#include "trace/export.h"
#include "trace/receive.h"

#define PROGRAM "sark-trace-forward"
/* Datagrams taken before the exporter has its turn. */
#define AT_ONCE 1000
/* For what is left at the end. */
#define FLUSH_NS INT64_C(5000000000)

const char *argp_program_version = PROGRAM " (SARK) " PACKAGE_VERSION;

static const char doc[] =
    "Takes the traces of sampled requests from the programs of SARK and "
    "exports them by OTLP/HTTP to the setting trace_endpoint, until SIGTERM.";

/* A figure of the exporter and its slot. */
struct counter {
	struct sark_metric *metric;
	int64_t seen;
};

struct run {
	struct tool_batch batch;
	const volatile sig_atomic_t *stop;
	volatile sig_atomic_t *reload;
	void *ctx; /* of the settings and the exporter */
	struct sark_conf *conf;
	struct sark_trace_receiver *receiver;
	struct sark_trace_queue *queue;
	struct sark_exporter *exporter;
	struct sark_exporter_figures figures;
	int64_t overflowed; /* spans that found the queue full */
	int64_t malformed;
	struct counter exported, rejected, dropped, bad;
	struct counter ok, retried, refused;
	struct sark_metric *waiting;
};

static void
print(const char *json)
{
	puts(json);
	fflush(stdout);
}

static int
open_metrics(void *ctx, struct run *run, const char *dir, struct sark_err *err)
{
#define SPANS(result) "sark_trace_forward_spans_total{result=\"" result "\"}"
#define REQUESTS(result) \
	"sark_trace_forward_requests_total{result=\"" result "\"}"
	const struct {
		struct counter *counter;
		const char *name;
	} counters[] = {
		{ &run->exported, SPANS("exported") },
		{ &run->rejected, SPANS("rejected") },
		{ &run->dropped, SPANS("dropped") },
		{ &run->ok, REQUESTS("ok") },
		{ &run->retried, REQUESTS("retried") },
		{ &run->refused, REQUESTS("refused") },
		{ &run->bad, "sark_trace_forward_malformed_total" },
	};
	char *path = sark_format(ctx, "%s/metrics", dir);
	struct sark_metrics *metrics;
	size_t i;

	if (sark_metrics_open(ctx, path, &metrics, err) == -1)
		return -1;
	for (i = 0; i < SARK_COUNT(counters); i++)
		counters[i].counter->metric =
		    sark_metric_of(metrics, counters[i].name);
	run->waiting =
	    sark_metric_of(metrics, "sark_trace_forward_queue_spans");
	return 0;
}

static int
open_exporter(
    struct run *run, void *ctx, struct sark_conf *conf, struct sark_err *err)
{
	const struct sark_exporter_options exporter = {
		.endpoint = conf->trace_endpoint,
		.headers_file = conf->trace_headers_file,
		.version = PACKAGE_VERSION,
		.delay_ms = conf->trace_delay_ms,
		.timeout_ms = conf->trace_timeout_ms,
		.gzip = conf->trace_gzip,
		.print = run->batch.dry_run ? print : NULL,
		.figures = &run->figures,
	};
	struct sark_exporter *opened;

	if (sark_exporter_open(ctx, &exporter, run->queue, &opened, err) == -1)
		return -1;
	run->ctx = ctx;
	run->conf = conf;
	run->exporter = opened;
	return 0;
}

static int
prepare(void *ctx, struct run *run, struct sark_err *err)
{
	void *own = sark_mem_check(talloc_new(ctx));
	struct sark_lock *lock;
	struct sark_conf *conf;

	/* Also in a dry run there is one that takes what programs send. */
	if (tool_batch_start(&run->batch, ctx, own, &conf, err) == -1 ||
	    sark_lock_take(ctx, conf->run_dir, "trace-forward", &lock, err) ==
		-1)
		return -1;
	run->stop = sark_signals_stop();
	run->reload = sark_signals_reload();
	run->queue = sark_trace_queue_new(ctx, (size_t)conf->trace_queue_spans);
	if (open_metrics(ctx, run, conf->run_dir, err) == -1 ||
	    open_exporter(run, own, conf, err) == -1)
		return -1;
	return sark_trace_receiver_open(
	    ctx, conf->run_dir, &run->receiver, err);
}

/* New settings; what is wrong with them is told, and the old ones stay. */
static void
reload(struct run *run)
{
	void *old = run->ctx;
	void *own = sark_mem_check(talloc_new(talloc_parent(old)));
	struct sark_conf *conf;
	struct sark_err err;

	*run->reload = 0;
	sark_err_init(&err);
	if (sark_conf_read(own, run->batch.config, &conf, &err) == 0)
		sark_conf_keep_fixed(run->conf, conf);
	if (err.code != SARK_OK || open_exporter(run, own, conf, &err) == -1) {
		sark_log_err(SARK_LOG_ERROR, "settings_not_reloaded", &err);
		talloc_free(own);
		return;
	}
	/* The batch under way goes with the old exporter. */
	run->overflowed += (int64_t)(sark_trace_queue_held(run->queue) -
	    sark_trace_queue_spans(run->queue));
	talloc_free(old);
	tool_log(PROGRAM, conf);
	sark_log(SARK_LOG_INFO, "settings_reloaded", NULL);
}

static void
receive(struct run *run)
{
	const struct sark_trace_record *trace;
	size_t len;
	int i, got;

	for (i = 0; i < AT_ONCE; i++) {
		got = sark_trace_receive(run->receiver, &trace, &len);
		if (got == 0)
			return;
		if (got == -1)
			run->malformed++;
		else if (sark_trace_queue_put(run->queue, trace, len) == -1)
			run->overflowed += trace->spans;
	}
}

static void
count(struct counter *counter, int64_t now)
{
	sark_metric_add(counter->metric, now - counter->seen);
	counter->seen = now;
}

static void
publish(struct run *run)
{
	const struct sark_exporter_figures *figures = &run->figures;

	count(&run->exported, figures->exported);
	count(&run->rejected, figures->rejected);
	count(&run->dropped, figures->dropped + run->overflowed);
	count(&run->ok, figures->ok);
	count(&run->retried, figures->retried);
	count(&run->refused, figures->refused);
	count(&run->bad, run->malformed);
	sark_metric_set(
	    run->waiting, (int64_t)sark_trace_queue_held(run->queue));
}

/* What has come is exported still, or counted as lost. */
static void
finish(struct run *run)
{
	int64_t end_ns = sark_clock_mono_ns() + FLUSH_NS;

	receive(run);
	talloc_free(run->receiver);
	while (sark_trace_queue_held(run->queue) > 0 &&
	    sark_clock_mono_ns() < end_ns)
		sark_exporter_step(run->exporter, -1, true);
	run->overflowed += (int64_t)sark_trace_queue_held(run->queue);
	publish(run);
	sark_metric_set(run->waiting, 0);
	if (run->batch.verbose)
		printf("spans exported %lld, rejected %lld, dropped %lld\n",
		    (long long)run->exported.seen,
		    (long long)run->rejected.seen,
		    (long long)run->dropped.seen);
}

static void
forward(struct run *run)
{
	int fd = sark_trace_receiver_fd(run->receiver);

	while (*run->stop == 0) {
		if (*run->reload != 0)
			reload(run);
		sark_exporter_step(run->exporter, fd, false);
		receive(run);
		publish(run);
	}
	finish(run);
}

int
main(int argc, char **argv)
{
	const struct argp argp = { NULL, NULL, NULL, doc, tool_batch_options,
		NULL, NULL };
	struct run run = { .batch = {
			       .program = PROGRAM, .config = tool_config() } };
	struct sark_err err;
	void *ctx = tool_begin(&argp, &run.batch, argc, argv, &err);
	int ret = prepare(ctx, &run, &err);

	if (ret == 0)
		forward(&run);
	talloc_free(run.ctx); /* it holds a part of the queue */
	return tool_end(PROGRAM, ctx, ret, &err);
}
