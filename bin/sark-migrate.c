/* sark-migrate: brings the schema of the database to what is installed. */
#include <argp.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "config.h"
#include "migrations.h"
#include "psql.h"
#include "store/pg.h"
#include "tool.h"

#define WAIT_S	    30
#define VERSION_MAX 9999

const char *argp_program_version = "sark-migrate (SARK) " PACKAGE_VERSION;

static const char doc[] =
    "Applies the migrations that the database does not have yet, in order, "
    "each in one transaction.  Run it as the owner of the database.\v"
    "Exit: 69 no database, 75 another run is at work, 78 wrong settings, or "
    "a migration that was changed or is unknown here.";

enum {
	OPT_TO = 256,
	OPT_STATUS,
	OPT_VERIFY,
	OPT_REVERT,
	OPT_YES,
	OPT_DIR,
	OPT_DATABASE,
	OPT_WAIT
};

/* clang-format off */
static const struct argp_option options[] = {
	{ "config", 'c', "FILE", 0, "Settings, instead of $SARK_CONF or "
	  SARK_CONF_DEFAULT_PATH, 0 },
	{ "database", OPT_DATABASE, "CONNINFO", 0,
	  "The owner's connection string, instead of the setting postgresql", 0 },
	{ "dir", OPT_DIR, "DIR", 0,
	  "Folder of deploy/, verify/ and revert/, instead of share_dir/sql", 0 },
	{ "to", OPT_TO, "N", 0, "Go no further than migration N", 0 },
	{ "status", OPT_STATUS, NULL, 0, "Show the migrations, change nothing", 0 },
	{ "verify", OPT_VERIFY, NULL, 0,
	  "Check that what was applied is in effect", 0 },
	{ "revert", OPT_REVERT, "N", 0,
	  "Take back every migration after N, newest first; needs --yes", 0 },
	{ "yes", OPT_YES, NULL, 0, "Do it, though data is lost", 0 },
	{ "dry-run", 'n', NULL, 0, "Say what would be done", 0 },
	{ "verbose", 'v', NULL, 0, "Say what is done", 0 },
	{ "wait", OPT_WAIT, "S", 0,
	  "Seconds to wait for another run (default 30)", 0 },
	{ NULL, 0, NULL, 0, NULL, 0 }
};
/* clang-format on */

enum mode { MODE_DEPLOY, MODE_STATUS, MODE_VERIFY, MODE_REVERT };

struct call {
	const char *config;
	const char *database;
	const char *dir;
	enum mode mode;
	int64_t version; /* where to end */
	int64_t wait_s;
	bool yes;
	bool dry_run;
	bool verbose;
	/* made by open_all */
	void *ctx;
	struct sark_pg *pg;
	struct migrations migrations;
	struct sark_ledger ledger;
};

static void
take_number(
    struct argp_state *state, const char *arg, int64_t max, int64_t *number_r)
{
	if (sark_num_int(arg, 0, max, number_r) == -1)
		argp_error(state, "not a number from 0 to %lld: %s",
		    (long long)max, arg);
}

static error_t
take(int key, char *arg, struct argp_state *state)
{
	struct call *call = state->input;

	switch (key) {
	case 'c':
		call->config = arg;
		return 0;
	case 'n':
		call->dry_run = true;
		return 0;
	case 'v':
		call->verbose = true;
		return 0;
	case OPT_DATABASE:
		call->database = arg;
		return 0;
	case OPT_DIR:
		call->dir = arg;
		return 0;
	case OPT_YES:
		call->yes = true;
		return 0;
	case OPT_STATUS:
		call->mode = MODE_STATUS;
		return 0;
	case OPT_VERIFY:
		call->mode = MODE_VERIFY;
		return 0;
	case OPT_TO:
		take_number(state, arg, VERSION_MAX, &call->version);
		return 0;
	case OPT_REVERT:
		call->mode = MODE_REVERT;
		take_number(state, arg, VERSION_MAX, &call->version);
		return 0;
	case OPT_WAIT:
		take_number(state, arg, 86400, &call->wait_s);
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "unexpected argument: %s", arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int
open_all(struct call *call, struct sark_err *err)
{
	struct sark_conf *conf;

	if (sark_conf_read(call->ctx, call->config, &conf, err) == -1)
		return -1;
	if (call->database == NULL)
		call->database = conf->postgresql;
	if (call->dir == NULL)
		call->dir = sark_format(call->ctx, "%s/sql", conf->share_dir);
	if (migrations_read(call->ctx, call->dir, &call->migrations, err) == -1)
		return -1;
	call->pg = sark_pg_new(
	    call->ctx, call->database, NULL, conf->postgresql_timeout_ms);
	return sark_ledger_read(call->pg, call->ctx, &call->ledger, err);
}

static void
say(const struct call *call, const char *what, const struct migration *m)
{
	if (call->dry_run)
		printf("would %s %s\n", what, m->name);
	else if (call->verbose)
		printf("%s %s\n", what, m->name);
	(void)fflush(stdout);
}

static const char *
file(const struct call *call, const char *folder, const struct migration *m)
{
	return sark_format(
	    call->ctx, "%s/%s/%s.sql", call->dir, folder, m->name);
}

/* Runs the files for a migration; first errors are told with its name. */
static int
run_files(const struct call *call, const struct migration *m,
    const char *const *files, struct sark_err *err)
{
	const struct psql_variable variables[] = {
		{ "version",
		    sark_format(call->ctx, "%lld", (long long)m->version) },
		{ "name", m->name },
		{ "checksum", m->checksum },
		{ "compatible",
		    m->oldest_program == 0
			? ""
			: sark_format(call->ctx, "%lld",
			      (long long)m->oldest_program) },
		{ NULL, NULL },
	};
	const struct psql_script script = { call->database, files, variables };
	struct sark_err why;

	sark_err_init(&why);
	if (psql_run(&script, &why) == -1)
		return sark_err_set(err, why.code, "%s: %s", m->name, why.text);
	return 0;
}

static int
deploy(const struct call *call, const struct migration *m, struct sark_err *err)
{
	const char *const files[] = { file(call, "deploy", m),
		sark_format(call->ctx, "%s/record.sql", call->dir),
		file(call, "verify", m), NULL };

	say(call, "apply", m);
	return call->dry_run ? 0 : run_files(call, m, files, err);
}

static int
verify(const struct call *call, const struct migration *m, struct sark_err *err)
{
	const char *const files[] = { file(call, "verify", m), NULL };

	say(call, "verify", m);
	return call->dry_run ? 0 : run_files(call, m, files, err);
}

static int
revert(const struct call *call, const struct migration *m, struct sark_err *err)
{
	const char *const files[] = { sark_format(call->ctx, "%s/forget.sql",
					  call->dir),
		file(call, "revert", m), NULL };

	say(call, "revert", m);
	return call->dry_run ? 0 : run_files(call, m, files, err);
}

/* Is alone from here on, and looks again at what there is to do. */
static int
be_alone(struct call *call, struct sark_err *err)
{
	if (!call->dry_run &&
	    (sark_ledger_lock(call->pg, call->wait_s, err) == -1 ||
		sark_ledger_read(call->pg, call->ctx, &call->ledger, err) ==
		    -1))
		return -1;
	return migrations_agree(&call->migrations, &call->ledger, err);
}

/* psql said that it went well: the ledger must say so too. */
static int
confirm(struct call *call, size_t count, struct sark_err *err)
{
	if (call->dry_run)
		return 0;
	if (sark_ledger_read(call->pg, call->ctx, &call->ledger, err) == -1)
		return -1;
	if (call->ledger.count != count)
		return sark_err_set(err, SARK_INTERNAL,
		    "the ledger has %zu migrations instead of %zu",
		    call->ledger.count, count);
	return 0;
}

static int
deploy_all(struct call *call, struct sark_err *err)
{
	size_t goal = call->migrations.count;

	if ((size_t)call->version < goal)
		goal = (size_t)call->version;
	if (migrations_agree(&call->migrations, &call->ledger, err) == -1)
		return -1;
	if (call->ledger.count >= goal)
		return 0;
	if (be_alone(call, err) == -1)
		return -1;
	if (call->ledger.count >= goal)
		return 0; /* the other run did it */
	for (size_t i = call->ledger.count; i < goal; i++)
		if (deploy(call, &call->migrations.items[i], err) == -1)
			return -1;
	return confirm(call, goal, err);
}

static int
revert_all(struct call *call, struct sark_err *err)
{
	size_t goal = (size_t)call->version;

	if (!call->yes && !call->dry_run)
		return sark_err_set(err, SARK_USAGE,
		    "reverting destroys data: say --yes, or --dry-run to see");
	if (be_alone(call, err) == -1)
		return -1;
	if (call->ledger.count > call->migrations.count)
		return sark_err_set(err, SARK_CONFIG,
		    "%s was applied and is unknown here: who applied it takes "
		    "it back",
		    call->ledger.entries[call->ledger.count - 1].name);
	if (call->ledger.count <= goal)
		return 0;
	for (size_t i = call->ledger.count; i > goal; i--)
		if (revert(call, &call->migrations.items[i - 1], err) == -1)
			return -1;
	return confirm(call, goal, err);
}

static int
verify_all(struct call *call, struct sark_err *err)
{
	if (migrations_agree(&call->migrations, &call->ledger, err) == -1)
		return -1;
	for (size_t i = 0; i < call->ledger.count && i < call->migrations.count;
	     i++)
		if (verify(call, &call->migrations.items[i], err) == -1)
			return -1;
	return 0;
}

static int
status_all(struct call *call, struct sark_err *err)
{
	const struct sark_ledger_entry *entry;
	char time[SARK_TIME_TEXT];

	printf("%-24s %-8s %-24s %s\n", "MIGRATION", "STATE", "APPLIED", "BY");
	for (size_t i = 0; i < call->ledger.count; i++) {
		entry = &call->ledger.entries[i];
		sark_time_format(time, entry->applied_ms);
		printf("%-24s %-8s %-24s %s\n", entry->name, "applied", time,
		    entry->applied_by);
	}
	for (size_t i = call->ledger.count; i < call->migrations.count; i++)
		printf("%-24s %-8s %-24s %s\n", call->migrations.items[i].name,
		    "pending", "-", "-");
	return migrations_agree(&call->migrations, &call->ledger, err);
}

static int
run(struct call *call, struct sark_err *err)
{
	static int (*const modes[])(struct call *, struct sark_err *) = {
		[MODE_DEPLOY] = deploy_all,
		[MODE_STATUS] = status_all,
		[MODE_VERIFY] = verify_all,
		[MODE_REVERT] = revert_all,
	};

	if (open_all(call, err) == -1)
		return -1;
	return modes[call->mode](call, err);
}

int
main(int argc, char **argv)
{
	const struct argp argp = { options, take, NULL, doc, NULL, NULL, NULL };
	struct call call = { .config = tool_config(),
		.version = VERSION_MAX,
		.wait_s = WAIT_S };
	struct sark_err err;

	call.ctx = tool_begin(&argp, &call, argc, argv, &err);
	return tool_end("sark-migrate", call.ctx, run(&call, &err), &err);
}
