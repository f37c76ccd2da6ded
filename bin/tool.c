#include "tool.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/uuid.h"
#include "proc/lock.h"
#include "proc/privs.h"

const char *
tool_config(void)
{
	const char *path = getenv("SARK_CONF");

	return path != NULL && *path != '\0' ? path : SARK_CONF_DEFAULT_PATH;
}

void
tool_caller(void *ctx, struct sark_caller *caller_r)
{
	static const char *const nothing[] = { NULL };
	/* Whoever runs it could do the same in PostgreSQL. */
	static const char *const everything[] = { "*", NULL };
	const struct passwd *user = getpwuid(getuid());
	char *request = sark_new_array(ctx, char, SARK_UUID_TEXT);

	sark_uuid_make(request);
	*caller_r = (struct sark_caller){
		.user_id = "",
		.username = user == NULL
		    ? sark_format(ctx, "uid %u", (unsigned int)getuid())
		    : sark_strdup(ctx, user->pw_name),
		.email = "",
		.name = "",
		.provider = "system",
		.roles = nothing,
		.teams = nothing,
		.managed_teams = nothing,
		.permissions = everything,
		.session_id = "",
		.key_id = "",
		.client_ip = "",
		.user_agent = "",
		.request_id = request,
		.trace_id = "",
		.time_ns = sark_clock_ns(),
	};
}

void
tool_log(const char *program, const struct sark_conf *conf)
{
	static const char *const levels[] = { "error", "warning", "info",
		"debug" };
	size_t level = 0;

	while (level + 1 < SARK_COUNT(levels) &&
	    !sark_str_eq(levels[level], conf->log_level))
		level++;
	sark_log_open(program, (enum sark_log_level)level,
	    sark_str_eq(conf->log_format, "json") ? SARK_LOG_JSON : SARK_LOG_KV,
	    sark_str_eq(conf->log_target, "syslog") ? SARK_LOG_SYSLOG
						    : SARK_LOG_STDERR);
}

void *
tool_begin(const struct argp *argp, void *call, int argc, char **argv,
    struct sark_err *err)
{
	argp_err_exit_status = EX_USAGE;
	argp_parse(argp, argc, argv, 0, NULL, call);
	sark_err_init(err);
	return sark_mem_check(talloc_new(NULL));
}

static int
failed(const char *program, const struct sark_err *err)
{
	unsigned int i;

	for (i = 0; i < err->nfields; i++)
		fprintf(stderr, "%s: %s %s\n", program,
		    err->fields[i].pointer + 1, err->fields[i].message);
	if (err->nfields == 0)
		fprintf(stderr, "%s: %s\n", program, err->text);
	return sark_code_exit(err->code);
}

int
tool_end(const char *program, void *ctx, int ret, const struct sark_err *err)
{
	talloc_free(ctx);
	if (ret == -1)
		return failed(program, err);
	return fflush(stdout) == EOF ? EX_IOERR : EX_OK;
}

static error_t
take_batch(int key, char *arg, struct argp_state *state)
{
	struct tool_batch *batch = state->input;

	switch (key) {
	case 'c':
		batch->config = arg;
		return 0;
	case 'n':
		batch->dry_run = true;
		return 0;
	case 'v':
		batch->verbose = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "unexpected argument: %s", arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* clang-format off */
static const struct argp_option batch_options[] = {
	{ "config", 'c', "FILE", 0, "Settings, instead of $SARK_CONF or "
	  SARK_CONF_DEFAULT_PATH, 0 },
	{ "dry-run", 'n', NULL, 0, "Say what would be done, change nothing", 0 },
	{ "verbose", 'v', NULL, 0, "Say what was done", 0 },
	{ NULL, 0, NULL, 0, NULL, 0 }
};
/* clang-format on */

static const struct argp batch_argp = { batch_options, take_batch, NULL, NULL,
	NULL, NULL, NULL };

const struct argp_child tool_batch_options[] = { { &batch_argp, 0, NULL, 0 },
	{ NULL, 0, NULL, 0 } };

int
tool_batch_start(const struct tool_batch *batch, void *ctx, void *home,
    struct sark_conf **conf_r, struct sark_err *err)
{
	struct sark_lock *lock;
	struct sark_conf *conf;

	if (sark_conf_read(home, batch->config, &conf, err) == -1)
		return -1;
	tool_log(batch->program, conf);
	if (sark_privs_drop(conf->user, conf->group, err) == -1 ||
	    sark_privs_harden(err) == -1)
		return -1;
	/* A look may be taken beside the one that works. */
	if (!batch->dry_run && batch->lock != NULL &&
	    sark_lock_take(ctx, conf->run_dir, batch->lock, &lock, err) == -1)
		return -1;
	*conf_r = conf;
	return 0;
}
