#include "proc/cli.h"

#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/num.h"
#include "conf/conf.h"
#include "config.h"

enum { OPT_CHECK_CONFIG = 256, OPT_DUMP_CONFIG, OPT_VERSION, OPT_USAGE };

/* What the parser passes along. */
struct parse {
	struct sark_cli *cli;
	bool said; /* nothing is left to do */
};

/* clang-format off */
static const struct argp_option options[] = {
	{ "config", 'c', "FILE", 0, "Settings, instead of $SARK_CONF or "
	  SARK_CONF_DEFAULT_PATH, 0 },
	{ "workers", 'w', "N", 0, "Worker processes, 1 to 64 (default 2)", 0 },
	{ "check-config", OPT_CHECK_CONFIG, NULL, 0,
	  "Check the settings and what they name, then end", 0 },
	{ "dump-config", OPT_DUMP_CONFIG, NULL, 0,
	  "Print all settings with their values, then end", 0 },
	{ "help", '?', NULL, 0, "Give this help list", -1 },
	{ "version", OPT_VERSION, NULL, 0, "Print the version", -1 },
	{ NULL, 0, NULL, 0, NULL, 0 }
};
/* clang-format on */

void
sark_cli_init(struct sark_cli *cli)
{
	const char *config = getenv("SARK_CONF");

	*cli = (struct sark_cli){
		.config = config != NULL && *config != '\0'
		    ? config
		    : SARK_CONF_DEFAULT_PATH,
		.workers = 2,
	};
}

static error_t
take_workers(struct sark_cli *cli, const char *arg, struct argp_state *state)
{
	if (sark_num_int(arg, 1, SARK_WORKERS_MAX, &cli->workers) == 0)
		return 0;
	argp_error(
	    state, "--workers takes a number from 1 to %d", SARK_WORKERS_MAX);
	return EINVAL;
}

static error_t
take(int key, char *arg, struct argp_state *state)
{
	struct parse *parse = state->input;

	switch (key) {
	case 'c':
		parse->cli->config = arg;
		return 0;
	case 'w':
		return take_workers(parse->cli, arg, state);
	case OPT_CHECK_CONFIG:
		parse->cli->check_config = true;
		return 0;
	case OPT_DUMP_CONFIG:
		parse->cli->dump_config = true;
		return 0;
	case '?':
		argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
		parse->said = true;
		return 0;
	case OPT_VERSION:
		printf("%s (SARK) %s\n", state->name, PACKAGE_VERSION);
		parse->said = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "unexpected argument: %s", arg);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int
sark_cli_parse(struct sark_cli *cli, const char *summary, int argc, char **argv)
{
	const struct argp argp = { options, take, NULL, summary, NULL, NULL,
		NULL };
	struct parse parse = { cli, false };

	/* The library never exits: main does, with our value. */
	if (argp_parse(&argp, argc, argv, ARGP_NO_EXIT | ARGP_NO_HELP, NULL,
		&parse) != 0)
		return -1;
	return parse.said ? 0 : 1;
}
