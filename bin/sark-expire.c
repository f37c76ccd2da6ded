/* sark-expire: removes from PostgreSQL what has had its time. */
#include <inttypes.h>
#include <stdio.h>

#include "base/mem.h"
#include "config.h"
#include "proc/signals.h"
#include "store/expiry.h"
#include "store/pg.h"
#include "store/schema.h"
#include "tool.h"

#define PROGRAM "sark-expire"
/* Rows of one statement: short locks, and a stop is soon seen. */
#define BATCH	     1000
#define STATEMENT_MS 60000

const char *argp_program_version = PROGRAM " (SARK) " PACKAGE_VERSION;

static const char doc[] =
    "Removes what has had its time: answers kept by Idempotency-Key, sessions "
    "and role bindings that ended, old notes of logins.";

struct run {
	struct tool_batch batch;
	struct sark_pg *pg;
	int64_t keep_days;
	const volatile sig_atomic_t *stop;
};

static int
prepare(void *ctx, struct run *run, struct sark_err *err)
{
	struct sark_conf *conf;

	if (tool_batch_start(&run->batch, ctx, ctx, &conf, err) == -1)
		return -1;
	run->keep_days = conf->expired_keep_days;
	run->stop = sark_signals_stop();
	run->pg =
	    sark_pg_new(ctx, conf->postgresql, "sark_expire", STATEMENT_MS);
	return sark_schema_check(run->pg, err);
}

/* Batch by batch, until one is not full; returns how many in all. */
static int64_t
expire(const struct run *run, size_t kind, struct sark_err *err)
{
	int64_t removed = BATCH, total = 0;

	if (run->batch.dry_run)
		return sark_expiry_count(run->pg, kind, run->keep_days, err);
	while (removed == BATCH && *run->stop == 0) {
		removed = sark_expiry_remove(
		    run->pg, kind, run->keep_days, BATCH, err);
		if (removed == -1)
			return -1;
		total += removed;
	}
	return total;
}

static int
expire_all(const struct run *run, struct sark_err *err)
{
	const char *what;
	int64_t total;
	size_t kind;

	for (kind = 0; (what = sark_expiry_what(kind)) != NULL; kind++) {
		total = expire(run, kind, err);
		if (total == -1)
			return -1;
		if (run->batch.dry_run)
			printf(
			    "%" PRId64 " %s would be removed\n", total, what);
		else if (run->batch.verbose)
			printf("%" PRId64 " %s removed\n", total, what);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	const struct argp argp = { NULL, NULL, NULL, doc, tool_batch_options,
		NULL, NULL };
	struct run run = { .batch = { .program = PROGRAM,
			       .lock = "expire",
			       .config = tool_config() } };
	struct sark_err err;
	void *ctx = tool_begin(&argp, &run.batch, argc, argv, &err);
	int ret = prepare(ctx, &run, &err);

	if (ret == 0)
		ret = expire_all(&run, &err);
	return tool_end(PROGRAM, ctx, ret, &err);
}
