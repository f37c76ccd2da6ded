#include "config.h"

#include "psql.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "store/pg.h"

#define ARGS_MAX 48
#define OPTIONS	 "PGOPTIONS"

/* What every script may rely on; a lock that another holds is not awaited. */
static const char options[] =
    OPTIONS "=-c search_path=pg_catalog -c client_min_messages=warning"
	    " -c lock_timeout=30s -c statement_timeout=0 -c timezone=UTC"
	    " -c standard_conforming_strings=on -c plpgsql.check_asserts=on";

/* The environment with our options in place of the caller's. */
static char **
environment(void *ctx)
{
	size_t n = 0, kept = 0;
	char **env;

	while (environ[n] != NULL)
		n++;
	env = sark_new_array(ctx, char *, n + 2);
	for (size_t i = 0; i < n; i++)
		if (!sark_str_starts(environ[i], OPTIONS "="))
			env[kept++] = environ[i];
	env[kept] = sark_strdup(ctx, options);
	return env;
}

static char **
arguments(void *ctx, const struct psql_script *script)
{
	static const char *const fixed[] = { "psql", "--no-psqlrc", "--quiet",
		"--no-password", "--single-transaction", "--output=/dev/null",
		"--set=ON_ERROR_STOP=1" };
	char **args = sark_new_array(ctx, char *, ARGS_MAX);
	size_t n = 0;

	for (size_t i = 0; i < SARK_COUNT(fixed); i++)
		args[n++] = sark_strdup(ctx, fixed[i]);
	for (const struct psql_variable *v = script->variables;
	     v->name != NULL && n < ARGS_MAX - 2; v++)
		args[n++] = sark_format(ctx, "--set=%s=%s", v->name, v->value);
	for (const char *const *file = script->files;
	     *file != NULL && n < ARGS_MAX - 2; file++)
		args[n++] = sark_format(ctx, "--file=%s", *file);
	args[n] = sark_format(ctx, "--dbname=%s", script->conninfo);
	return args;
}

/* psql: 1 a fault of its own, 2 the connection, 3 a statement. */
static int
judge(int status, struct sark_err *err)
{
	if (!WIFEXITED(status))
		return sark_err_set(err, SARK_UNCERTAIN,
		    "psql ended by signal %d", WTERMSIG(status));
	switch (WEXITSTATUS(status)) {
	case 0:
		return 0;
	case 2:
		return sark_err_set(err, SARK_UNAVAILABLE,
		    "psql could not connect or lost the connection");
	case 127:
		return sark_err_set(err, SARK_CONFIG, "psql cannot be run");
	default:
		return sark_err_set(
		    err, SARK_INTERNAL, "psql gave up, nothing was changed");
	}
}

/* A password may not stand on a command line. */
static bool
has_password(const char *conninfo)
{
	void *ctx = talloc_new(NULL);
	bool found = sark_pg_option(ctx, conninfo, "password") != NULL ||
	    sark_pg_option(ctx, conninfo, "sslpassword") != NULL;

	talloc_free(ctx);
	return found;
}

int
psql_run(const struct psql_script *script, struct sark_err *err)
{
	void *mem;
	int failed, status;
	pid_t pid;

	if (has_password(script->conninfo))
		return sark_err_set(err, SARK_CONFIG,
		    "the connection string holds a password, which psql would "
		    "show to everybody: put it into a passfile (~/.pgpass or "
		    "passfile=)");
	mem = sark_mem_check(talloc_new(NULL));
	failed = posix_spawnp(
	    &pid, "psql", NULL, NULL, arguments(mem, script), environment(mem));
	talloc_free(mem);
	if (failed != 0)
		return sark_err_set(err, SARK_CONFIG,
		    "psql cannot be run (%s): install postgresql-client",
		    strerror(failed));
	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			return sark_err_set(
			    err, SARK_UNCERTAIN, "psql: %s", strerror(errno));
	return judge(status, err);
}
