#include "config.h"

#include "serve/serve.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "conf/conf.h"
#include "proc/cli.h"
#include "proc/notify.h"
#include "proc/privs.h"
#include "proc/signals.h"
#include "proc/socket.h"
#include "proc/workers.h"
#include "serve/confine.h"
#include "serve/worker.h"

/* A program from its start to its workers. */
struct start {
	const struct sark_program *program;
	struct sark_cli cli;
	enum sark_started how;
	struct sark_conf *conf;
	char **environment; /* what we were given */
	bool schema_seen;
};

static int
index_in(const char *const *names, const char *name)
{
	int i = 0;

	while (names[i] != NULL && !sark_str_eq(names[i], name))
		i++;
	return i;
}

/* The settings' words in the order of the enumerations in log.h. */
static void
open_log(const struct sark_program *program, const struct sark_conf *conf)
{
	static const char *const levels[] = { "error", "warning", "info",
		"debug", NULL };

	sark_log_open(program->name,
	    (enum sark_log_level)index_in(levels, conf->log_level),
	    sark_str_eq(conf->log_format, "json") ? SARK_LOG_JSON : SARK_LOG_KV,
	    sark_str_eq(conf->log_target, "syslog") ? SARK_LOG_SYSLOG
						    : SARK_LOG_STDERR);
}

/* Copies the environment, which sark_privs_scrub empties. */
static char **
environment_of(void *ctx)
{
	size_t i, n = 0;
	char **copy;

	while (environ != NULL && environ[n] != NULL)
		n++;
	copy = sark_new_array(ctx, char *, n + 1);
	for (i = 0; i < n; i++)
		copy[i] = sark_strdup(copy, environ[i]);
	return copy;
}

static int
drop_privileges(const struct start *start, struct sark_err *err)
{
	const struct sark_conf *conf = start->conf;

	/* An administrator may check as root settings that name no user. */
	if (start->cli.check_config && *conf->user == '\0')
		return sark_privs_harden(err);
	if (sark_privs_drop(conf->user, conf->group, err) == -1)
		return -1;
	return sark_privs_harden(err);
}

static int
serve(const struct start *start, struct sark_err *err)
{
	struct sark_worker worker = { start->program, start->conf, false };
	int ret;

	if (sark_worker_rehearse(&worker, err) == -1)
		return -1;
	if (start->cli.check_config)
		return 0;
	if (start->how == SARK_STARTED_CGI)
		return sark_worker_cgi(&worker, start->environment, err);
	sark_confine_tell(start->conf);
	sark_signals_hold();
	sark_notify_ready(start->environment);
	ret = sark_workers_run((unsigned int)start->cli.workers, err);
	if (ret != 1)
		return ret;
	return sark_worker_run(&worker, err);
}

/* From the settings on; everything is on ctx. */
static int
run(struct start *start, void *ctx, struct sark_err *err)
{
	if (sark_conf_read(ctx, start->cli.config, &start->conf, err) == -1)
		return -1;
	if (start->cli.dump_config) {
		sark_conf_dump(start->conf, stdout);
		return 0;
	}
	open_log(start->program, start->conf);
	if (drop_privileges(start, err) == -1)
		return -1;
	start->environment = environment_of(ctx);
	sark_privs_scrub();
	if (start->how == SARK_STARTED_BY_HAND && !start->cli.check_config)
		return sark_err_set(err, SARK_USAGE,
		    "descriptor 0 is no listening socket: start it by "
		    "spawn-fcgi(1), systemd or the web server");
	return serve(start, err);
}

int
sark_serve(const struct sark_program *program, int argc, char **argv)
{
	struct start start = { .program = program };
	void *ctx = talloc_new(NULL);
	struct sark_err err;
	int exit = EX_OK;

	sark_err_init(&err);
	sark_cli_init(&start.cli);
	if (sark_socket_find(&start.how, &err) == -1)
		goto out;
	/*
	 * A web server may pass a query string without '=' as arguments
	 * (RFC 3875 section 4.4): whoever asks a CGI program something is
	 * not whoever may give it options.
	 */
	if (start.how != SARK_STARTED_CGI)
		switch (
		    sark_cli_parse(&start.cli, program->summary, argc, argv)) {
		case -1:
			exit = EX_USAGE;
			goto out;
		case 0:
			goto out;
		}
	if (run(&start, ctx, &err) == -1)
		goto out;
out:
	if (err.code != SARK_OK) {
		fprintf(stderr, "%s: %s\n", program->name, err.text);
		exit = sark_code_exit(err.code);
	}
	talloc_free(ctx);
	return exit;
}
