/* sark-expire: removes from PostgreSQL what has had its time. */
#include <argp.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/mem.h"
#include "config.h"
#include "proc/lock.h"
#include "proc/privs.h"
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

/* clang-format off */
static const struct argp_option options[] = {
	{ "config", 'c', "FILE", 0, "Settings, instead of $SARK_CONF or "
	  SARK_CONF_DEFAULT_PATH, 0 },
	{ "dry-run", 'n', NULL, 0, "Count only, change nothing", 0 },
	{ "verbose", 'v', NULL, 0, "Say what was done", 0 },
	{ NULL, 0, NULL, 0, NULL, 0 }
};
/* clang-format on */

struct run {
	const char *config;
	bool dry_run, verbose;
	struct sark_pg *pg;
	int64_t keep_days;
	const volatile sig_atomic_t *stop;
};

static error_t
take(int key, char *arg, struct argp_state *state)
{
	struct run *run = state->input;

	switch (key) {
	case 'c':
		run->config = arg;
		return 0;
	case 'n':
		run->dry_run = true;
		return 0;
	case 'v':
		run->verbose = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "unexpected argument: %s", arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int
prepare(void *ctx, struct run *run, struct sark_err *err)
{
	struct sark_lock *lock;
	struct sark_conf *conf;

	if (sark_conf_read(ctx, run->config, &conf, err) == -1 ||
	    sark_privs_drop(conf->user, conf->group, err) == -1 ||
	    sark_privs_harden(err) == -1)
		return -1;
	if (!run->dry_run &&
	    sark_lock_take(ctx, conf->run_dir, "expire", &lock, err) == -1)
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

	if (run->dry_run)
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
		if (run->dry_run)
			printf(
			    "%" PRId64 " %s would be removed\n", total, what);
		else if (run->verbose)
			printf("%" PRId64 " %s removed\n", total, what);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	const struct argp argp = { options, take, NULL, doc, NULL, NULL, NULL };
	struct run run = { .config = tool_config() };
	struct sark_err err;
	void *ctx = tool_begin(&argp, &run, argc, argv, &err);
	int ret = prepare(ctx, &run, &err);

	if (ret == 0)
		ret = expire_all(&run, &err);
	return tool_end(PROGRAM, ctx, ret, &err);
}
