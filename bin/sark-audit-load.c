/* sark-audit-load: moves the audit spool into PostgreSQL. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <sysexits.h>
#include <time.h>

#include "audit/folder.h"
#include "audit/load.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "config.h"
#include "proc/signals.h"
#include "store/pg.h"
#include "store/schema.h"
#include "tool.h"

#define PROGRAM "sark-audit-load"
/* A batch is one statement; the requests' limit is too short for it. */
#define STATEMENT_MS 60000
/* Between two looks at the folder, and while PostgreSQL is away. */
#define IDLE_MS	    150
#define AWAY_MAX_MS 5000
/* How often new partitions are made, and leftovers swept. */
#define CHORES_MS ((int64_t)6 * 3600 * 1000)
/* Runs of --once when the answer to a commit was lost. */
#define TRIES 3

const char *argp_program_version = PROGRAM " (SARK) " PACKAGE_VERSION;

static const char doc[] =
    "Moves the audit events in the local spool into PostgreSQL, in order, "
    "each once, and gives all new events their numbers.";

/* clang-format off */
static const struct argp_option options[] = {
	{ "once", '1', NULL, 0, "Load what is there and end (the default)", 0 },
	{ "follow", 'f', NULL, 0, "Go on until SIGTERM", 0 },
	{ NULL, 0, NULL, 0, NULL, 0 }
};
/* clang-format on */

struct run {
	struct tool_batch batch;
	bool follow;
	void *ctx; /* of what follows from the settings */
	const struct sark_conf *conf;
	struct sark_pg *pg;
	struct sark_load *load;
	const volatile sig_atomic_t *stop;
	volatile sig_atomic_t *reload;
	struct sark_load_result result;
	int64_t chores_ms; /* when they are due, monotonic */
	int64_t delay_ms;  /* before the next pass */
	bool away;
	bool started; /* the schema was found to be ours */
};

static error_t
take(int key, char *arg SARK_UNUSED, struct argp_state *state)
{
	struct run *run = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &run->batch;
		return 0;
	case '1':
		run->follow = false;
		return 0;
	case 'f':
		run->follow = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Opens what the settings name; that it can be used is seen later. */
static void
open_all(struct run *run, void *ctx, const struct sark_conf *conf)
{
	struct sark_load_options load = {
		.dry_run = run->batch.dry_run,
		.dir = conf->spool_dir,
		.stop = run->stop,
	};

	run->ctx = ctx;
	run->conf = conf;
	run->pg =
	    sark_pg_new(ctx, conf->postgresql, "sark_audit_load", STATEMENT_MS);
	load.pg = run->pg;
	run->load = sark_load_new(ctx, &load);
	run->chores_ms = 0;
}

static int
prepare(void *ctx, struct run *run, struct sark_err *err)
{
	void *own = sark_mem_check(talloc_new(ctx));
	struct sark_conf *conf;

	if (tool_batch_start(&run->batch, ctx, own, &conf, err) == -1)
		return -1;
	run->stop = sark_signals_stop();
	if (run->follow)
		run->reload = sark_signals_reload();
	open_all(run, own, conf);
	return 0;
}

/* Whether the loader could work so; a server that is away may come back. */
static int
rehearse(const struct run *run, struct sark_err *err)
{
	struct sark_err reason;
	const char **names;

	sark_err_init(&reason);
	if (sark_folder_list(run->ctx, run->conf->spool_dir, &names, err) == -1)
		return -1;
	if (sark_schema_check(run->pg, &reason) == -1 &&
	    reason.code == SARK_CONFIG)
		return sark_err_set(err, reason.code, "%s", reason.text);
	return 0;
}

/* New settings; what is wrong with them is told, and the old ones stay. */
static void
reload(struct run *run)
{
	void *own = sark_mem_check(talloc_new(talloc_parent(run->ctx)));
	struct run next = *run;
	struct sark_conf *conf;
	struct sark_err err;
	int ret;

	*run->reload = 0;
	sark_err_init(&err);
	ret = sark_conf_read(own, run->batch.config, &conf, &err);
	if (ret == 0) {
		sark_conf_keep_fixed(run->conf, conf);
		open_all(&next, own, conf);
		ret = rehearse(&next, &err);
	}
	if (ret == -1) {
		sark_log_err(SARK_LOG_ERROR, "settings_not_reloaded", &err);
		talloc_free(own);
		return;
	}
	talloc_free(run->ctx);
	*run = next;
	tool_log(PROGRAM, conf);
	sark_log(SARK_LOG_INFO, "settings_reloaded", NULL);
}

static int
chores(struct run *run, struct sark_err *err)
{
	int64_t now = sark_clock_mono_ns() / 1000000;

	if (run->started && now < run->chores_ms)
		return 0;
	if (sark_schema_check(run->pg, err) == -1 ||
	    sark_load_prepare(run->load, err) == -1)
		return -1;
	run->started = true;
	run->chores_ms = now + CHORES_MS;
	return 0;
}

static void
tell(const struct run *run, const struct sark_load_result *before)
{
	const struct sark_load_result *now = &run->result;

	if (!run->batch.verbose ||
	    (run->follow && now->events == before->events &&
		now->numbered == before->numbered &&
		now->removed == before->removed))
		return;
	printf("events %" PRId64 ", numbered %" PRId64 ", duplicates %" PRId64
	       ", damaged %" PRId64 ", torn %" PRId64 ", skipped %" PRId64
	       ", segments removed %" PRId64 "\n",
	    now->events, now->numbered, now->duplicates, now->bad, now->torn,
	    now->skipped, now->removed);
	fflush(stdout);
}

static int
pass(struct run *run, struct sark_err *err)
{
	struct sark_load_result before = run->result;

	if (chores(run, err) == -1 ||
	    sark_load_pass(run->load, &run->result, err) == -1)
		return -1;
	tell(run, &before);
	return 0;
}

static void
rest(int64_t ms)
{
	struct timespec time = { ms / 1000, (ms % 1000) * 1000000 };

	nanosleep(&time, NULL);
}

/* An outage is said once at its beginning and once at its end. */
static void
outage(struct run *run, const struct sark_err *err)
{
	if (!run->away)
		sark_log_err(SARK_LOG_WARNING, "audit_load_waits", err);
	run->away = true;
	run->delay_ms =
	    run->delay_ms * 2 < AWAY_MAX_MS ? run->delay_ms * 2 : AWAY_MAX_MS;
	sark_pg_drop(run->pg);
}

static void
well_again(struct run *run)
{
	if (run->away)
		sark_log(SARK_LOG_INFO, "audit_load_goes_on", NULL);
	run->away = false;
	run->delay_ms = IDLE_MS;
}

static int
follow(struct run *run, struct sark_err *err)
{
	struct sark_err now;

	run->delay_ms = IDLE_MS;
	while (*run->stop == 0) {
		if (*run->reload != 0)
			reload(run);
		sark_err_init(&now);
		if (pass(run, &now) == 0)
			well_again(run);
		else if (!run->started && now.code == SARK_CONFIG)
			return sark_err_set(err, now.code, "%s", now.text);
		else
			outage(run, &now);
		if (*run->stop == 0 && *run->reload == 0)
			rest(run->delay_ms);
	}
	return 0;
}

static int
once(struct run *run, struct sark_err *err)
{
	struct sark_err now;
	int tries;

	for (tries = 1;; tries++) {
		sark_err_init(&now);
		if (pass(run, &now) == 0)
			return 0;
		/* The cursor in PostgreSQL tells whether it was done. */
		if (now.code != SARK_UNCERTAIN || tries == TRIES)
			return sark_err_set(err, now.code, "%s", now.text);
		sark_pg_drop(run->pg);
	}
}

int
main(int argc, char **argv)
{
	const struct argp argp = { options, take, NULL, doc, tool_batch_options,
		NULL, NULL };
	struct run run = { .batch = { .program = PROGRAM,
			       .lock = "audit-load",
			       .config = tool_config() } };
	struct sark_err err;
	void *ctx = tool_begin(&argp, &run, argc, argv, &err);
	int ret = prepare(ctx, &run, &err), status;

	if (ret == 0)
		ret = run.follow ? follow(&run, &err) : once(&run, &err);
	status = tool_end(PROGRAM, ctx, ret, &err);
	if (status == EX_OK && (run.result.bad > 0 || run.result.skipped > 0))
		status = EX_DATAERR;
	return status;
}
