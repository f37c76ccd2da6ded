/* sark-run: all programs of SARK at once, where there is no systemd. */
#include <argp.h>
#include <stdbool.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "config.h"
#include "listen.h"
#include "proc/cli.h"
#include "proc/lock.h"
#include "proc/privs.h"
#include "proc/signals.h"
#include "supervise.h"
#include "tool.h"

#define PROGRAM "sark-run"
#define LOADER	"sark-audit-load"
/* Whom Debian's web servers run as. */
#define WEB_GROUP "www-data"

const char *argp_program_version = PROGRAM " (SARK) " PACKAGE_VERSION;

static const char doc[] =
    "Makes the sockets of all FastCGI programs, starts the programs and "
    "sark-audit-load, and starts again what ends, until SIGTERM. "
    "For hosts without systemd.";

static const char *const names[] = { "sark-login", "sark-registry",
	"sark-policy", "sark-audit", "sark-status" };

enum { KEY_GROUP = 256, KEY_PROGRAMS, KEY_TOOLS, KEY_NO_LOADER };

/* clang-format off */
static const struct argp_option options[] = {
	{ "config", 'c', "FILE", 0, "Settings, instead of $SARK_CONF or "
	  SARK_CONF_DEFAULT_PATH, 0 },
	{ "workers", 'w', "N", 0, "Worker processes of each program (2)", 0 },
	{ "sockets", 's', "DIR", 0, "Where the sockets are made (sock in "
	  "run_dir)", 0 },
	{ "socket-group", KEY_GROUP, "GROUP", 0, "Group of the sockets, that "
	  "of the web server (as root " WEB_GROUP ", else one's own)", 0 },
	{ "programs", KEY_PROGRAMS, "DIR", 0, "Where the programs are ("
	  SARK_LIBEXECDIR ")", 0 },
	{ "tools", KEY_TOOLS, "DIR", 0, "Where " LOADER " is ("
	  SARK_SBINDIR ")", 0 },
	{ "no-loader", KEY_NO_LOADER, NULL, 0, "Run " LOADER " by other means",
	  0 },
	{ NULL, 0, NULL, 0, NULL, 0 }
};
/* clang-format on */

struct call {
	const char *config, *sockets, *group, *programs, *tools;
	const char *workers;
	bool no_loader;
	const struct sark_conf *conf;
	void *ctx;
};

static error_t
take(int key, char *arg, struct argp_state *state)
{
	struct call *call = state->input;
	int64_t workers;

	switch (key) {
	case 'c':
		call->config = arg;
		return 0;
	case 'w':
		if (sark_num_int(arg, 1, SARK_WORKERS_MAX, &workers) == -1)
			argp_error(state, "workers: 1 to %d", SARK_WORKERS_MAX);
		call->workers = arg;
		return 0;
	case 's':
		call->sockets = arg;
		return 0;
	case KEY_GROUP:
		call->group = arg;
		return 0;
	case KEY_PROGRAMS:
		call->programs = arg;
		return 0;
	case KEY_TOOLS:
		call->tools = arg;
		return 0;
	case KEY_NO_LOADER:
		call->no_loader = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* PROGRAM --config FILE ..., ended by NULL. */
static const char *const *
command(const struct call *call, const char *path, const char *option,
    const char *value)
{
	const char **argv = sark_new_array(call->ctx, const char *, 6);

	argv[0] = path;
	argv[1] = "--config";
	argv[2] = call->config;
	argv[3] = option;
	argv[4] = value;
	argv[5] = NULL;
	return argv;
}

/* As root, if it was root that started us: sockets of the web server. */
static int
make_sockets(
    const struct call *call, struct supervised *programs, struct sark_err *err)
{
	const char *path;
	gid_t gid;
	size_t i;

	if (listen_group(call->group, &gid, err) == -1 ||
	    listen_folder(call->sockets, "", err) == -1)
		return -1;
	for (i = 0; i < SARK_COUNT(names); i++) {
		path = sark_format(
		    call->ctx, "%s/%s.sock", call->sockets, names[i]);
		if (listen_unix(path, gid, &programs[i].fd, err) == -1)
			return -1;
	}
	return 0;
}

/* The programs, and last the loader. */
static size_t
list(const struct call *call, struct supervised *programs)
{
	size_t i, n = SARK_COUNT(names);

	for (i = 0; i < n; i++) {
		programs[i].name = names[i];
		programs[i].argv = command(call,
		    sark_format(call->ctx, "%s/%s", call->programs, names[i]),
		    "--workers", call->workers);
	}
	if (call->no_loader)
		return n;
	programs[n].name = LOADER;
	programs[n].fd = -1;
	programs[n].argv =
	    command(call, sark_format(call->ctx, "%s/" LOADER, call->tools),
		"--follow", NULL);
	return n + 1;
}

static int
run(struct call *call, struct sark_err *err)
{
	struct supervised programs[SARK_COUNT(names) + 1] = { 0 };
	struct sark_lock *lock;
	struct sark_conf *conf;
	size_t count;

	if (sark_conf_read(call->ctx, call->config, &conf, err) == -1)
		return -1;
	if (geteuid() == 0 && *conf->user == '\0')
		return sark_err_set(err, SARK_CONFIG,
		    "running as root: the setting \"user\" must say whom to "
		    "become");
	if (call->sockets == NULL)
		call->sockets =
		    sark_format(call->ctx, "%s/sock", conf->run_dir);
	if (listen_folder(conf->run_dir, conf->user, err) == -1 ||
	    sark_lock_take(call->ctx, conf->run_dir, PROGRAM, &lock, err) ==
		-1 ||
	    make_sockets(call, programs, err) == -1)
		return -1;
	count = list(call, programs);
	/* The programs need nothing of root's any more, nor do we. */
	if (sark_privs_drop(conf->user, conf->group, err) == -1 ||
	    sark_privs_harden(err) == -1)
		return -1;
	sark_privs_scrub();
	sark_signals_hold();
	supervise(programs, count);
	return 0;
}

int
main(int argc, char **argv)
{
	const struct argp argp = { options, take, NULL, doc, NULL, NULL, NULL };
	struct call call = {
		.config = tool_config(),
		.group = geteuid() == 0 ? WEB_GROUP : "",
		.programs = SARK_LIBEXECDIR,
		.tools = SARK_SBINDIR,
		.workers = "2",
	};
	struct sark_err err;
	int status = EX_OK;

	sark_err_init(&err);
	argp_err_exit_status = EX_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, &call);
	call.ctx = sark_mem_check(talloc_new(NULL));
	sark_log_open(PROGRAM, SARK_LOG_INFO, SARK_LOG_KV, SARK_LOG_STDERR);
	if (run(&call, &err) == -1)
		status = tool_failed(PROGRAM, &err);
	talloc_free(call.ctx);
	return status;
}
