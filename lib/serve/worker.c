#include "serve/worker.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "auth/key_use.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "crypto/pepper.h"
#include "http/cgi.h"
#include "http/dispatch.h"
#include "http/listen.h"
#include "http/shed.h"
#include "proc/metrics.h"
#include "proc/signals.h"
#include "proc/watch.h"
#include "proc/workers.h"
#include "serve/authenticate.h"
#include "serve/confine.h"
#include "serve/idempotency.h"
#include "serve/limits.h"
#include "serve/observe.h"
#include "serve/open.h"
#include "serve/peers.h"
#include "serve/refused.h"
#include "serve/repeats.h"
#include "store/gate.h"
#include "store/redis.h"
#include "store/schema.h"

/* A worker at work. */
struct work {
	const struct sark_program *program;
	struct sark_app *app;
	struct sark_dispatch dispatch;
	const struct sark_peers *peers;
	bool schema_seen;
	struct sark_metric *shed;
	int64_t shed_told; /* of them, in the log */
	int64_t shed_here; /* by this worker */
	struct sark_metric *lines_lost;
	uint64_t lines_told; /* of them, in the metric */
	struct sark_watch *watch;
	int tell;
};

/*
 * A program that needs PostgreSQL speaks to no schema that it has not seen:
 * one that came back from an upgrade may be another.
 */
static int
admit(void *arg, struct sark_err *err)
{
	struct work *work = arg;
	struct sark_err reason;

	if (work->schema_seen)
		return 0;
	sark_err_init(&reason);
	if (sark_schema_check(work->app->pg, &reason) == -1)
		/* A schema that does not fit is no more there than none. */
		return sark_err_set(err,
		    reason.code == SARK_CONFIG ? SARK_UNAVAILABLE : reason.code,
		    "%s", reason.text);
	work->schema_seen = true;
	return 0;
}

static void
count_lost_lines(struct work *work)
{
	uint64_t lost = sark_log_lost();

	sark_metric_add(work->lines_lost, (int64_t)(lost - work->lines_told));
	work->lines_told = lost;
}

static void
tell_shed(struct work *work)
{
	char shed[24];

	if (work->shed_here == work->shed_told)
		return;
	snprintf(shed, sizeof(shed), "%lld",
	    (long long)(work->shed_here - work->shed_told));
	work->shed_told = work->shed_here;
	sark_log(SARK_LOG_WARNING, "overloaded", "shed", shed, NULL);
}

static void
tick(void *arg)
{
	struct work *work = arg;

	sark_app_watch(work->app, work->program);
	count_lost_lines(work);
	tell_shed(work);
	sark_repeats_flush(work->app, false);
	sark_key_use_tick(work->app);
	if (sark_watch_changed(work->watch))
		sark_workers_tell(work->tell, SARK_WORKER_STALE);
}

/* One line a second tells of them, not one each: there is no time. */
static bool
shed(void *arg, const struct sark_exchange *in, struct sark_buf *out)
{
	struct work *work = arg;

	if (!sark_dispatch_shed(&work->dispatch, in, out))
		return false;
	sark_metric_add(work->shed, 1);
	work->shed_here++;
	return true;
}

static void
handle(void *arg, const struct sark_exchange *in, struct sark_buf *out)
{
	struct work *work = arg;

	sark_dispatch_handle(&work->dispatch, in, out);
}

/* What keeps the answers of routes that create: see idempotency.h. */
static int
check_routes(const struct sark_program *program, struct sark_err *err)
{
	const unsigned int needs = SARK_NEEDS_PG | SARK_NEEDS_SEAL;
	const struct sark_route *route;

	for (route = program->routes; route->path != NULL; route++)
		if (route->creates && (program->needs & needs) != needs)
			return sark_err_set(err, SARK_INTERNAL,
			    "route %s creates, but %s has no PostgreSQL or no "
			    "seal",
			    route->path, program->name);
	return 0;
}

static size_t
body_limit(void *arg, const struct sark_exchange *in)
{
	struct work *work = arg;

	return sark_dispatch_body_limit(&work->dispatch, in);
}

/* What is read once, at the start, beside what the sandbox adds. */
static struct sark_watch *
watch_new(
    void *ctx, const struct sark_program *program, const struct sark_conf *conf)
{
	struct sark_watch *watch = sark_watch_new(ctx);

	if ((program->needs & SARK_NEEDS_SEAL) != 0)
		sark_watch_add(watch, conf->seal_key_file, true);
	if (((program->needs | program->watches) & SARK_NEEDS_PEPPER) != 0)
		sark_watch_add(watch, conf->apikey_pepper_file, true);
	if ((program->needs & SARK_NEEDS_HASHES) != 0)
		sark_watch_add(watch, conf->password_blocklist, true);
	return watch;
}

static int
prepare(struct work *work, const struct sark_worker *worker, void *ctx,
    struct sark_err *err)
{
	const struct sark_program *program = worker->program;
	struct sark_app *app;

	if (check_routes(program, err) == -1)
		return -1;
	if (sark_app_open(ctx, program, worker->conf, &work->app, err) == -1)
		return -1;
	app = work->app;
	if (sark_peers_open(app, &work->peers, err) == -1)
		return -1;
	app->refusals = sark_refusals_new(app);
	if (worker->workers > 0)
		app->repeats = sark_repeats_new(app);
	app->limiter = sark_limiter_new(app, worker->workers);
	work->tell = worker->tell;
	work->watch = watch_new(work->app, program, worker->conf);
	work->program = program;
	work->schema_seen =
	    worker->schema_seen || (program->needs & SARK_NEEDS_PG) == 0;
	work->dispatch = (struct sark_dispatch){
		.app = app,
		.routes = program->routes,
		.authenticate = sark_authenticate,
		.pass_gate = sark_gate_pass,
		.admit = admit,
		.admit_arg = work,
		.limit = sark_limits_count,
		.once = sark_idempotency_serve,
		.observe = sark_observer_add,
		.observe_arg = sark_observer_new(
		    app, app->metrics, program->name, program->routes),
		.refused = sark_refused,
	};
	return sark_dispatch_init(&work->dispatch, app, err);
}

/* A server that is away is no reason not to start: workers ask again. */
static int
look_at_schema(struct work *work, struct sark_err *err)
{
	struct sark_err reason;

	if (work->schema_seen)
		return 0;
	sark_err_init(&reason);
	if (sark_schema_check(work->app->pg, &reason) == 0) {
		work->schema_seen = true;
		return 0;
	}
	if (reason.code == SARK_CONFIG) {
		*err = reason;
		return -1;
	}
	sark_log_err(SARK_LOG_WARNING, "postgresql_away", &reason);
	return 0;
}

/* Redis is asked only so that an administrator reads of a wrong path. */
static void
look_at_redis(const struct work *work)
{
	struct sark_err reason;

	sark_err_init(&reason);
	if (work->app->redis != NULL &&
	    sark_redis_ping(work->app->redis, &reason) == -1)
		sark_log_err(SARK_LOG_WARNING, "redis_away", &reason);
}

/* Without a pepper no API key is good, which only their users would see. */
static void
look_at_pepper(const struct work *work, void *ctx)
{
	const struct sark_app *app = work->app;
	struct sark_pepper *pepper;
	struct sark_err reason;

	sark_err_init(&reason);
	if ((work->program->watches & SARK_NEEDS_PEPPER) != 0 &&
	    app->pepper == NULL &&
	    sark_pepper_open(
		ctx, app->conf->apikey_pepper_file, &pepper, &reason) == -1)
		sark_log_err(SARK_LOG_WARNING, "no_api_keys", &reason);
}

int
sark_worker_rehearse(struct sark_worker *worker, struct sark_err *err)
{
	void *ctx = talloc_new(NULL);
	struct work work = { NULL };
	int ret;

	ret = prepare(&work, worker, ctx, err);
	if (ret == 0)
		ret = look_at_schema(&work, err);
	if (ret == 0) {
		look_at_redis(&work);
		look_at_pepper(&work, ctx);
	}
	worker->schema_seen = work.schema_seen;
	talloc_free(ctx);
	return ret;
}

/* A series of this program's own. */
static struct sark_metric *
metric(const struct sark_app *app, const char *family)
{
	char *name =
	    sark_format(NULL, "%s{program=\"%s\"}", family, app->program);
	struct sark_metric *m = sark_metric_of(app->metrics, name);

	talloc_free(name);
	return m;
}

int
sark_worker_run(const struct sark_worker *worker, struct sark_err *err)
{
	const struct sark_conf *conf = worker->conf;
	void *ctx = talloc_new(NULL);
	struct work work = { NULL };
	struct sark_listen listen;
	int ret = -1;

	/* All is open, and nobody's bytes were read: the time to give up. */
	if (prepare(&work, worker, ctx, err) == -1 ||
	    sark_confine(worker->program, conf, work.watch, err) == -1)
		goto out;
	SARK_FAILPOINT(worker_start);
	sark_metric_add(metric(work.app, "sark_worker_starts_total"), 1);
	work.shed = metric(work.app, "sark_requests_shed_total");
	work.lines_lost = metric(work.app, "sark_log_lines_lost_total");
	listen = (struct sark_listen){
		.fd = STDIN_FILENO,
		.peers = work.peers,
		.connections_max = (size_t)conf->connections_max,
		.body_max = (size_t)conf->body_max_bytes,
		.body_ask = (size_t)conf->body_max_unverified_bytes,
		.timeout_ms = conf->request_timeout_ms,
		.queue_max = (size_t)conf->queue_max,
		.queue_timeout_ms = conf->queue_timeout_ms,
		.stop = sark_signals_stop(),
		.handle = handle,
		.body_limit = body_limit,
		.shed = shed,
		.tick = tick,
		.arg = &work,
	};
	sark_workers_tell(worker->tell, SARK_WORKER_READY);
	ret = sark_listen_run(&listen, err);
	sark_repeats_flush(work.app, true);
	sark_key_use_end(work.app);
out:
	talloc_free(ctx);
	return ret;
}

int
sark_worker_cgi(const struct sark_worker *worker, char *const *environment,
    struct sark_err *err)
{
	const struct sark_conf *conf = worker->conf;
	void *ctx = talloc_new(NULL);
	struct work work = { NULL };
	struct sark_cgi cgi;
	int ret = -1;

	/* All is open, and nobody's bytes were read: the time to give up. */
	if (prepare(&work, worker, ctx, err) == -1 ||
	    sark_confine(worker->program, conf, work.watch, err) == -1)
		goto out;
	cgi = (struct sark_cgi){
		.environment = environment,
		.in = STDIN_FILENO,
		.out = STDOUT_FILENO,
		.body_max = (size_t)conf->body_max_bytes,
		.body_ask = (size_t)conf->body_max_unverified_bytes,
		.timeout_ms = conf->request_timeout_ms,
		.handle = handle,
		.body_limit = body_limit,
		.arg = &work,
	};
	ret = sark_cgi_run(&cgi, err);
	sark_key_use_end(work.app);
out:
	talloc_free(ctx);
	return ret;
}
