#include "config.h"

#include "serve/serve.h"

#include <stdbool.h>
#include <stdio.h>
#include <sysexits.h>

#include "base/log.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "proc/cli.h"
#include "proc/notify.h"
#include "proc/privs.h"
#include "proc/signals.h"
#include "proc/socket.h"
#include "proc/workers.h"
#include "serve/confine.h"
#include "serve/settings.h"
#include "serve/worker.h"

/* A program from its start to its workers. */
struct start {
	struct sark_cli cli;
	enum sark_started how;
	struct sark_settings settings;
};

static int
drop_privileges(const struct start *start, struct sark_err *err)
{
	const struct sark_conf *conf = start->settings.now.conf;

	/* An administrator may check as root settings that name no user. */
	if (start->cli.check_config && *conf->user == '\0')
		return sark_privs_harden(err);
	if (sark_privs_drop(conf->user, conf->group, err) == -1)
		return -1;
	return sark_privs_harden(err);
}

static int
serve(struct start *start, struct sark_err *err)
{
	struct sark_settings *settings = &start->settings;
	const struct sark_workers plan = {
		.count = (unsigned int)start->cli.workers,
		.renew = sark_settings_renew,
		.settle = sark_settings_settle,
		.arg = settings,
	};
	int ret, tell;

	settings->now.workers =
	    start->how == SARK_STARTED_CGI ? 0 : start->cli.workers;
	if (sark_worker_rehearse(&settings->now, err) == -1)
		return -1;
	if (start->cli.check_config)
		return 0;
	if (start->how == SARK_STARTED_CGI)
		return sark_worker_cgi(
		    &settings->now, settings->environment, err);
	sark_confine_tell(settings->now.conf);
	sark_notify_ready(settings->environment);
	ret = sark_workers_run(&plan, &tell, err);
	if (ret != 1)
		return ret;
	settings->now.tell = tell;
	return sark_worker_run(&settings->now, err);
}

/* From the settings on; everything is on ctx. */
static int
run(struct start *start, const struct sark_program *program, void *ctx,
    struct sark_err *err)
{
	bool shows = start->cli.check_config || start->cli.dump_config;

	/* A SIGHUP from here on is about settings that were not read yet. */
	if (start->how == SARK_STARTED_SOCKET && !shows)
		sark_signals_hold();
	sark_settings_init(&start->settings, ctx, program, start->cli.config);
	if (sark_settings_read(&start->settings, err) == -1)
		return -1;
	if (start->cli.dump_config) {
		sark_conf_dump(start->settings.now.conf, stdout);
		return 0;
	}
	sark_settings_open_log(&start->settings);
	if (drop_privileges(start, err) == -1)
		return -1;
	if (start->how == SARK_STARTED_BY_HAND && !start->cli.check_config)
		return sark_err_set(err, SARK_USAGE,
		    "descriptor 0 is no listening socket: start it by "
		    "spawn-fcgi(1), systemd or the web server");
	return serve(start, err);
}

int
sark_serve(const struct sark_program *program, int argc, char **argv)
{
	struct start start = { 0 };
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
	if (run(&start, program, ctx, &err) == -1)
		goto out;
out:
	if (err.code != SARK_OK) {
		fprintf(stderr, "%s: %s\n", program->name, err.text);
		exit = sark_code_exit(err.code);
	}
	talloc_free(ctx);
	return exit;
}
