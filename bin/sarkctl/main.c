#include <argp.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/str.h"
#include "commands.h"
#include "config.h"

static const struct {
	const char *name;
	command_fn *run;
} commands[] = {
	{ "login", login_command },
	{ "logout", logout_command },
	{ "whoami", whoami_command },
	{ "mfa", mfa_command },
	{ "evaluate", evaluate_command },
	{ "servers", servers_command },
	{ "tools", tools_command },
	{ "roles", roles_command },
	{ "bindings", bindings_command },
	{ "keys", keys_command },
	{ "audit", audit_command },
	{ "sessions", sessions_command },
	{ "status", status_command },
	{ "ldap-test", ldap_test_command },
};

static const char doc[] =
    "Talks to a SARK server.\v"
    "Commands:\n"
    "  login [--user NAME] [--password-file FILE] [--code-file FILE]\n"
    "  logout\n"
    "  whoami\n"
    "  mfa enrol | confirm | verify | remove\n"
    "  evaluate ACTION [--tool NAME] [--parameters JSON] ...\n"
    "  servers list | add FILE | show ID\n"
    "  tools list | show ID | history ID | set-level ID LEVEL REASON\n"
    "  roles list | show NAME | add NAME | remove NAME | of USER\n"
    "  bindings list | show ID | add ROLE | remove ID\n"
    "  keys list | create NAME | show ID | rotate ID | revoke ID\n"
    "  audit list | tail | show ID | stats\n"
    "  sessions [end ID | end-all]\n"
    "  status\n"
    "  ldap-test USER [--no-password] [--config FILE]\n"
    "\n"
    "Each command explains itself: sarkctl COMMAND --help.\n"
    "Exit status: 0 done (evaluate: allow), 1 evaluate: deny, else "
    "sysexits(3).\n";

static const struct argp_option options[] = {
	{ "url", 'u', "URL", 0,
	    "the server; default $SARK_URL, then where you logged in", 0 },
	{ "insecure", 'k', NULL, 0,
	    "allow http, in clear text, to another host than this", 0 },
	{ "ca", 'c', "FILE", 0,
	    "trust the authorities in this PEM file, instead of the system's",
	    0 },
	{ "json", 'j', NULL, 0, "print what the server answered", 0 },
	{ "key-file", 'K', "FILE", 0,
	    "show the API key in this file, which others must not be able to "
	    "read, in place of a login",
	    0 },
	{ "session-file", 's', "FILE", 0,
	    "where the login is kept, instead of sark/session.json under "
	    "$XDG_CONFIG_HOME or ~/.config",
	    0 },
	{ 0 },
};

struct invocation {
	struct client *client;
	int argc;
	char **argv;
};

static error_t
parse_option(int key, char *arg, struct argp_state *state)
{
	struct invocation *invocation = state->input;

	switch (key) {
	case 'u':
		invocation->client->url = arg;
		return 0;
	case 'k':
		invocation->client->insecure = true;
		return 0;
	case 'c':
		invocation->client->ca = arg;
		return 0;
	case 'j':
		invocation->client->json = true;
		return 0;
	case 'K':
		invocation->client->key_file = arg;
		return 0;
	case 's':
		invocation->client->session_file = arg;
		return 0;
	case ARGP_KEY_ARG:
		/* The rest belongs to the command. */
		invocation->argv = &state->argv[state->next - 1];
		invocation->argc = state->argc - state->next + 1;
		state->next = state->argc;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_usage(state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int
run(struct invocation *invocation, struct sark_err *err)
{
	struct client *client = invocation->client;
	size_t i;

	for (i = 0; i < SARK_COUNT(commands); i++) {
		if (!sark_str_eq(commands[i].name, invocation->argv[0]))
			continue;
		return commands[i].run(
		    client, invocation->argc, invocation->argv, err);
	}
	return sark_err_set(err, SARK_USAGE,
	    "no such command: %s (sarkctl --help)", invocation->argv[0]);
}

int
main(int argc, char **argv)
{
	static const struct argp argp = { options, parse_option, "COMMAND ...",
		doc, NULL, NULL, NULL };
	struct invocation invocation = { NULL, 0, NULL };
	struct sark_err err;
	int ret;

	argp_program_version = PACKAGE_STRING;
	invocation.client = sark_new(NULL, struct client);
	invocation.client->ctx = invocation.client;
	invocation.client->session_file = session_path(invocation.client);
	invocation.client->session.url = "";
	invocation.client->session.access_token = "";
	invocation.client->session.refresh_token = "";
	argp_err_exit_status = sark_code_exit(SARK_USAGE);
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &invocation);
	sark_err_init(&err);
	ret = run(&invocation, &err);
	if (ret == -1) {
		fprintf(stderr, "sarkctl: %s\n", err.text);
		ret = sark_code_exit(err.code);
	}
	talloc_free(invocation.client);
	return ret;
}
