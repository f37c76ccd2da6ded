/* sark-run: all programs of SARK at once, where there is no systemd. */
#include <argp.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
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
#include "ready.h"
#include "renew.h"
#include "supervise.h"
#include "tool.h"

#define PROGRAM "sark-run"
#define LOADER	"sark-audit-load"
#define COUNT	(SARK_COUNT(names) + 1)

const char *argp_program_version = PROGRAM " (SARK) " PACKAGE_VERSION;

static const char doc[] =
    "Makes the sockets of all FastCGI programs, starts the programs and "
    "sark-audit-load, and starts again what ends, until SIGTERM. "
    "For hosts without systemd.";

static const char *const names[] = { "sark-admin", "sark-login", "sark-refresh",
	"sark-registry", "sark-policy", "sark-audit", "sark-status" };

enum {
	KEY_GROUP = 256,
	KEY_PROGRAMS,
	KEY_TOOLS,
	KEY_NO_LOADER,
	KEY_CHECK,
	KEY_RENEW,
	KEY_STOP
};

/* clang-format off */
static const struct argp_option options[] = {
	{ "config", 'c', "FILE", 0, "Settings, instead of $SARK_CONF or "
	  SARK_CONF_DEFAULT_PATH, 0 },
	{ "workers", 'w', "N", 0, "Worker processes of each program (2)", 0 },
	{ "sockets", 's', "DIR", 0, "Where the sockets are made (sock in "
	  "run_dir)", 0 },
	{ "socket-group", KEY_GROUP, "GROUP", 0, "Group of the sockets, that "
	  "of the web server (as root " SARK_WEB_GROUP ", else one's own)", 0 },
	{ "programs", KEY_PROGRAMS, "DIR", 0, "Where the programs are ("
	  SARK_LIBEXECDIR ")", 0 },
	{ "tools", KEY_TOOLS, "DIR", 0, "Where " LOADER " is ("
	  SARK_SBINDIR ")", 0 },
	{ "no-loader", KEY_NO_LOADER, NULL, 0, "Run " LOADER " by other means",
	  0 },
	{ "check-config", KEY_CHECK, NULL, 0, "Say whether it would start, and "
	  "end", 0 },
	{ "renew", KEY_RENEW, NULL, 0, "Tell the " PROGRAM " that runs to go on "
	  "with the programs that are installed now, and end", 0 },
	{ "stop", KEY_STOP, NULL, 0, "End the " PROGRAM " that runs and all "
	  "programs with it, and wait for that", 0 },
	{ NULL, 0, NULL, 0, NULL, 0 }
};
/* clang-format on */

enum mode { MODE_RUN, MODE_CHECK, MODE_RENEW, MODE_STOP };

struct call {
	const char *config, *sockets, *group, *programs, *tools;
	const char *workers;
	bool no_loader;
	enum mode mode;
	char *const *argv;
	struct sark_conf *conf;
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
	case KEY_CHECK:
		call->mode = MODE_CHECK;
		return 0;
	case KEY_RENEW:
		call->mode = MODE_RENEW;
		return 0;
	case KEY_STOP:
		call->mode = MODE_STOP;
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

static const char *
socket_of(const struct call *call, const struct supervised *program)
{
	return sark_format(
	    call->ctx, "%s/%s.sock", call->sockets, program->name);
}

/* As root, if it was root that started us: sockets of the web server. */
static int
make_sockets(const struct call *call, const struct supervision *all,
    struct sark_err *err)
{
	gid_t gid;
	size_t i;

	if (listen_group(call->group, &gid, err) == -1 ||
	    listen_folder(call->sockets, "", err) == -1)
		return -1;
	for (i = 0; i < all->count; i++)
		if (!all->programs[i].alone &&
		    listen_unix(socket_of(call, &all->programs[i]), gid,
			&all->programs[i].fd, err) == -1)
			return -1;
	return 0;
}

/* The programs, and last the loader. */
static void
list(const struct call *call, struct supervision *all)
{
	struct supervised *programs = all->programs;
	size_t i, n = SARK_COUNT(names);

	for (i = 0; i < n; i++)
		programs[i] = (struct supervised){
			.name = names[i],
			.argv = command(call,
			    sark_format(
				call->ctx, "%s/%s", call->programs, names[i]),
			    "--workers", call->workers),
			.fd = -1,
		};
	if (!call->no_loader)
		programs[n++] = (struct supervised){
			.name = LOADER,
			.argv = command(call,
			    sark_format(call->ctx, "%s/" LOADER, call->tools),
			    "--follow", NULL),
			.fd = -1,
			.alone = true,
		};
	all->count = n;
}

static int
check(const struct supervision *all, struct sark_err *err)
{
	const char *path;
	size_t i;

	for (i = 0; i < all->count; i++) {
		path = all->programs[i].argv[0];
		if (access(path, X_OK) == -1)
			return sark_err_set(
			    err, SARK_CONFIG, "%s: %s", path, strerror(errno));
	}
	return 0;
}

/* The signal goes out as the user of the programs, who reaches only his own. */
static int
tell_running(const struct call *call, struct sark_err *err)
{
	const struct sark_conf *conf = call->conf;
	struct pollfd end = { .events = POLLIN };
	bool stop = call->mode == MODE_STOP;
	pid_t pid;

	switch (
	    sark_lock_holder(call->ctx, conf->run_dir, PROGRAM, &pid, err)) {
	case 0:
		return sark_err_set(
		    err, SARK_UNAVAILABLE, PROGRAM " does not run");
	case -1:
		return -1;
	}
	if (sark_privs_drop(conf->user, conf->group, err) == -1)
		return -1;
	end.fd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (end.fd == -1 || kill(pid, stop ? SIGTERM : SIGUSR2) == -1)
		return sark_err_set(err, SARK_INTERNAL, "process %d: %s",
		    (int)pid, strerror(errno));
	/* The programs have their time to end, and then some. */
	if (stop && poll(&end, 1, 2 * SUPERVISE_GRACE_S * 1000) != 1)
		return sark_err_set(
		    err, SARK_UNAVAILABLE, "process %d does not end", (int)pid);
	close(end.fd);
	return 0;
}

/* The lock and the sockets: made, or those of the run before. */
static int
take_place(const struct call *call, const struct supervision *all,
    struct sark_lock **lock_r, struct sark_err *err)
{
	const struct sark_conf *conf = call->conf;
	int taken = renew_take(call->ctx, all, lock_r, err);

	if (taken != 0)
		return taken == 1 ? 0 : -1;
	if (listen_folder(conf->run_dir, conf->user, err) == -1 ||
	    sark_lock_take(call->ctx, conf->run_dir, PROGRAM, lock_r, err) ==
		-1)
		return -1;
	return make_sockets(call, all, err);
}

/* A successor may have programs that the one before had no socket for. */
static void
drop_unreachable(struct supervision *all)
{
	size_t i, n = 0;

	for (i = 0; i < all->count; i++) {
		if (all->programs[i].fd != -1 || all->programs[i].alone) {
			all->programs[n++] = all->programs[i];
			continue;
		}
		sark_log(SARK_LOG_ERROR, "program_without_socket", "child",
		    all->programs[i].name, "action",
		    "end " PROGRAM " and start it again", NULL);
	}
	all->count = n;
}

static int
run(struct call *call, struct supervision *all, struct sark_err *err)
{
	const struct sark_conf *conf = call->conf;
	struct renewal renewal = { .argv = call->argv };
	char ready_name[READY_NAME];
	struct sark_lock *lock;

	if (take_place(call, all, &lock, err) == -1)
		return -1;
	drop_unreachable(all);
	/* The programs need nothing of root's any more, nor do we. */
	if (sark_privs_drop(conf->user, conf->group, err) == -1 ||
	    sark_privs_harden(err) == -1 ||
	    ready_open(&all->ready_fd, ready_name, err) == -1)
		return -1;
	sark_privs_scrub();
	sark_signals_hold();
	all->ready_name = ready_name;
	renewal.path = sark_format(call->ctx, "%s/" PROGRAM, call->tools);
	renewal.lock = lock;
	while (supervise(all) == 1)
		renew(call->ctx, &renewal, all);
	return 0;
}

static int
start(struct call *call, struct sark_err *err)
{
	struct supervised programs[COUNT];
	struct supervision all = { .programs = programs };

	if (sark_conf_read(call->ctx, call->config, &call->conf, err) == -1)
		return -1;
	if (geteuid() == 0 && *call->conf->user == '\0')
		return sark_err_set(err, SARK_CONFIG,
		    "running as root: the setting \"user\" must say whom to "
		    "become");
	if (call->mode == MODE_RENEW || call->mode == MODE_STOP)
		return tell_running(call, err);
	if (call->sockets == NULL)
		call->sockets =
		    sark_format(call->ctx, "%s/sock", call->conf->run_dir);
	list(call, &all);
	return call->mode == MODE_CHECK ? check(&all, err)
					: run(call, &all, err);
}

int
main(int argc, char **argv)
{
	const struct argp argp = { options, take, NULL, doc, NULL, NULL, NULL };
	struct call call = {
		.config = tool_config(),
		.group = geteuid() == 0 ? SARK_WEB_GROUP : "",
		.programs = SARK_LIBEXECDIR,
		.tools = SARK_SBINDIR,
		.workers = "2",
		.argv = argv,
	};
	struct sark_err err;

	call.ctx = tool_begin(&argp, &call, argc, argv, &err);
	sark_log_open(PROGRAM, SARK_LOG_INFO, SARK_LOG_KV, SARK_LOG_STDERR);
	return tool_end(PROGRAM, call.ctx, start(&call, &err), &err);
}
