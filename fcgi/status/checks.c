#include "checks.h"

#include "audit/spool.h"
#include "base/clock.h"
#include "base/mem.h"
#include "proc/metrics.h"
#include "store/pg.h"
#include "store/redis.h"
#include "store/schema.h"

static int
check_postgresql(struct sark_app *app, struct sark_err *err)
{
	if (sark_pg_ping(app->pg, err) == -1)
		return -1;
	return sark_schema_check(app->pg, err);
}

static int
check_redis(struct sark_app *app, struct sark_err *err)
{
	return sark_redis_ping(app->redis, err);
}

static int
check_policy(struct sark_app *app, struct sark_err *err)
{
	if (app->policy == NULL)
		return sark_err_set(
		    err, SARK_POLICY_UNAVAILABLE, "no policy is loaded");
	return 0;
}

static int
check_spool(struct sark_app *app, struct sark_err *err)
{
	if (app->spool == NULL)
		return sark_err_set(
		    err, SARK_AUDIT_UNAVAILABLE, "there is no spool");
	return sark_spool_check(app->spool, err);
}

static const struct {
	const char *name;
	int (*ask)(struct sark_app *app, struct sark_err *err);
} table[CHECKS] = {
	[CHECK_POSTGRESQL] = { "postgresql", check_postgresql },
	[CHECK_REDIS] = { "redis", check_redis },
	[CHECK_POLICY] = { "policy", check_policy },
	[CHECK_SPOOL] = { "spool", check_spool },
};

static void
run(struct sark_app *app, size_t i, struct check *check)
{
	int64_t start = sark_clock_mono_ns();
	struct sark_err err;

	sark_err_init(&err);
	check->name = table[i].name;
	check->ok = table[i].ask(app, &err) == 0;
	check->code = err.code;
	check->latency_ns = sark_clock_mono_ns() - start;
	sark_metric_set(sark_metric_of(app->metrics,
			    sark_format(app->mem, "sark_up{dependency=\"%s\"}",
				check->name)),
	    check->ok);
}

bool
checks_run(struct sark_app *app, struct check checks[CHECKS])
{
	bool ready = true;
	size_t i;

	for (i = 0; i < CHECKS; i++) {
		run(app, i, &checks[i]);
		ready = ready && checks[i].ok;
	}
	return ready;
}
