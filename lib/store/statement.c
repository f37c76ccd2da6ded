#include <stdarg.h>

#include "base/failpoint.h"
#include "base/mem.h"
#include "base/span.h"
#include "store/pg.h"
#include "store/report.h"
#include "store/wire.h"

#define PARAMS_MAX 32
#define AGAIN_MAX  3

static int
close_pg(struct sark_pg *pg)
{
	sark_pg_drop(pg);
	return 0;
}

struct sark_pg *
sark_pg_new(
    void *ctx, const char *conninfo, const char *role, int64_t timeout_ms)
{
	struct sark_pg *pg = sark_new(ctx, struct sark_pg);

	pg->conninfo = sark_strdup(pg, conninfo);
	pg->role = role != NULL ? sark_strdup(pg, role) : NULL;
	pg->timeout_ms = timeout_ms;
	talloc_set_destructor(pg, close_pg);
	return pg;
}

void
sark_pg_trace(struct sark_pg *pg, struct sark_tracer *tracer)
{
	pg->tracer = tracer;
}

/* Whether running it once more cannot do anything twice. */
static bool
worth_again(struct sark_pg *pg, enum sark_wire end)
{
	if (end == SARK_WIRE_REFUSED && sark_sqlstate_stale(pg->sqlstate)) {
		sark_pg_drop(pg);
		return !pg->in_tx;
	}
	if (pg->in_tx)
		return false;
	return end == SARK_WIRE_UNSENT ||
	    (end == SARK_WIRE_REFUSED && sark_sqlstate_again(pg->sqlstate));
}

static enum sark_wire
run_once(struct sark_pg *pg, const struct sark_stmt *stmt,
    const char *const *params, struct sark_answer *answer)
{
	enum sark_wire end = sark_wire_ensure(pg);
	struct sark_span span;

	if (SARK_FAILPOINT_FAILS(pg_before))
		end = SARK_WIRE_AWAY;
	if (end != SARK_WIRE_DONE)
		return end;
	sark_span_begin(pg->tracer, &span, SARK_SPAN_POSTGRESQL, stmt->name);
	end = sark_wire_run(pg, stmt, params, answer);
	if (SARK_FAILPOINT_FAILS(pg_after)) {
		sark_pg_drop(pg);
		end = SARK_WIRE_LOST;
	}
	sark_span_end(pg->tracer, &span, sark_wire_word(pg, end));
	if (end == SARK_WIRE_REFUSED && sark_sqlstate_again(pg->sqlstate))
		pg->collided = pg->in_tx;
	return end;
}

static enum sark_wire
run(struct sark_pg *pg, const struct sark_stmt *stmt, const char *const *params,
    struct sark_answer *answer)
{
	enum sark_wire end;

	for (int again = 0;; again++) {
		end = run_once(pg, stmt, params, answer);
		if (again == AGAIN_MAX || !worth_again(pg, end))
			return end;
		if (end == SARK_WIRE_REFUSED)
			sark_wire_rest(again);
	}
}

static int
collect(const char *params[PARAMS_MAX], const struct sark_stmt *stmt,
    va_list ap, struct sark_err *err)
{
	if (stmt->nparams < 0 || stmt->nparams > PARAMS_MAX)
		return sark_err_set(
		    err, SARK_INTERNAL, "%s: too many parameters", stmt->name);
	for (int i = 0; i < stmt->nparams; i++)
		params[i] = va_arg(ap, const char *);
	return 0;
}

int64_t
sark_pg_exec(
    struct sark_pg *pg, const struct sark_stmt *stmt, struct sark_err *err, ...)
{
	struct sark_answer answer = { 0 };
	const char *params[PARAMS_MAX];
	enum sark_wire end;
	va_list ap;
	int ret;

	va_start(ap, err);
	ret = collect(params, stmt, ap, err);
	va_end(ap);
	if (ret == -1)
		return -1;
	end = run(pg, stmt, params, &answer);
	/* Outside a transaction the statement is its own commit. */
	if (sark_pg_report(pg, end, stmt->name, !pg->in_tx, err) == -1)
		return -1;
	return answer.touched;
}

int
sark_pg_queryv(struct sark_pg *pg, const struct sark_stmt *stmt, void *ctx,
    const char *const *params, struct sark_rows **rows_r, struct sark_err *err)
{
	struct sark_answer answer = { .ctx = ctx != NULL ? ctx : pg };
	enum sark_wire end = run(pg, stmt, params, &answer);

	*rows_r = answer.rows;
	return sark_pg_report(pg, end, stmt->name, false, err);
}

int
sark_pg_query(struct sark_pg *pg, const struct sark_stmt *stmt, void *ctx,
    struct sark_rows **rows_r, struct sark_err *err, ...)
{
	const char *params[PARAMS_MAX];
	va_list ap;
	int ret;

	va_start(ap, err);
	ret = collect(params, stmt, ap, err);
	va_end(ap);
	if (ret == -1)
		return -1;
	return sark_pg_queryv(pg, stmt, ctx, params, rows_r, err);
}

int
sark_pg_ping(struct sark_pg *pg, struct sark_err *err)
{
	static const struct sark_stmt ping = { "ping", 0, "SELECT" };

	/* a read: nothing of it can be in doubt */
	return sark_pg_report(pg,
	    run(pg, &ping, NULL, &(struct sark_answer){ 0 }), ping.name, false,
	    err);
}
