/* sark-ldap-sync: brings the users of the directory up to date. */
#include <argp.h>
#include <stdio.h>

#include "auth/directory.h"
#include "auth/ldap_sync.h"
#include "base/mem.h"
#include "config.h"
#include "proc/signals.h"
#include "store/pg.h"
#include "store/redis.h"
#include "store/schema.h"
#include "tool.h"

#define PROGRAM	     "sark-ldap-sync"
#define STATEMENT_MS 60000

const char *argp_program_version = PROGRAM " (SARK) " PACKAGE_VERSION;

static const char doc[] =
    "Brings the users of the company's directory up to date: disables those "
    "who are gone from it, and gives the others the roles and teams of their "
    "groups.";

enum { OPT_FORCE = 256 };

static const struct argp_option options[] = {
	{ "force", OPT_FORCE, NULL, 0,
	    "Disable users, however many: also more than ldap_sync_percent",
	    0 },
	{ 0 },
};

struct run {
	struct tool_batch batch;
	struct sark_ldap_sync sync;
	struct sark_app app;
	struct sark_caller caller;
};

static error_t
take(int key, char *arg, struct argp_state *state)
{
	struct run *run = state->input;

	(void)arg;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &run->batch;
		return 0;
	case OPT_FORCE:
		run->sync.force = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int
open_redis(struct run *run, const struct sark_conf *conf, struct sark_err *err)
{
	run->app.redis = sark_redis_new(run->app.mem, conf->redis_socket,
	    conf->redis_database, conf->redis_timeout_ms);
	if (*conf->redis_password_file == '\0')
		return 0;
	return sark_redis_login(
	    run->app.redis, conf->redis_user, conf->redis_password_file, err);
}

static int
prepare(struct run *run, struct sark_err *err)
{
	struct sark_app *app = &run->app;
	struct sark_conf *conf;

	if (tool_batch_start(&run->batch, app->mem, app->mem, &conf, err) ==
		-1 ||
	    open_redis(run, conf, err) == -1 ||
	    sark_directory_open(app->mem, conf, &app->ldap, err) == -1)
		return -1;
	if (app->ldap != NULL)
		sark_directory_keep(app->ldap);
	app->program = PROGRAM;
	app->conf = conf;
	app->pg = sark_pg_new(
	    app->mem, conf->postgresql, "sark_ldap_sync", STATEMENT_MS);
	tool_caller(app->mem, &run->caller);
	run->sync.stop = sark_signals_stop();
	run->sync.dry_run = run->batch.dry_run;
	return sark_schema_check(app->pg, err);
}

static void
print_list(const char *what, const char *const *list)
{
	const char *comma = "";

	printf(" %s=", what);
	for (; *list != NULL; list++, comma = ",")
		printf("%s%s", comma, *list);
}

static void
tell(void *arg, const struct sark_ldap_step *step)
{
	const struct run *run = arg;

	if (!run->batch.dry_run && !run->batch.verbose)
		return;
	if (step->why != NULL) {
		printf("disable %s: %s\n", step->username, step->why);
		return;
	}
	printf("change %s:", step->username);
	print_list("roles", step->roles);
	print_list("teams", step->teams);
	print_list("manages", step->managed_teams);
	printf("\n");
}

static int
synchronize(struct run *run, struct sark_err *err)
{
	const struct sark_ldap_sync *sync = &run->sync;
	const char *would = run->batch.dry_run ? "would be " : "";
	int ret;

	run->sync.tell = tell;
	run->sync.arg = run;
	ret = sark_ldap_sync_run(&run->app, &run->caller, &run->sync, err);
	if (ret == 0 && (run->batch.dry_run || run->batch.verbose))
		printf("%zu users, %zu %schanged, %zu %sdisabled\n",
		    sync->users, sync->changed, would, sync->disabled, would);
	return ret;
}

int
main(int argc, char **argv)
{
	const struct argp argp = { options, take, NULL, doc, tool_batch_options,
		NULL, NULL };
	struct run run = { .batch = { .program = PROGRAM,
			       .lock = "ldap-sync",
			       .config = tool_config() } };
	struct sark_err err;
	int ret;

	run.app.mem = tool_begin(&argp, &run, argc, argv, &err);
	ret = prepare(&run, &err);
	if (ret == 0)
		ret = synchronize(&run, &err);
	return tool_end(PROGRAM, run.app.mem, ret, &err);
}
