#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "auth/directory.h"
#include "base/mem.h"
#include "commands.h"
#include "conf/conf.h"
#include "crypto/secret.h"
#include "terminal.h"

/* On the server: reads its settings, asks the directory and nobody else. */

#define PASSWORD_BYTES 1026

struct arguments {
	const char *config;
	const char *password_file;
	const char *user;
	bool without; /* a password */
};

enum { OPT_CONFIG = 256, OPT_WITHOUT };

static const struct argp_option options[] = {
	{ "config", OPT_CONFIG, "FILE", 0,
	    "settings of the server, instead of " SARK_CONF_DEFAULT_PATH, 0 },
	{ "no-password", OPT_WITHOUT, NULL, 0,
	    "only look for the user; ask for no password", 0 },
	{ "password-file", 'p', "FILE", 0,
	    "read the password from FILE (- is standard input) instead of the "
	    "terminal",
	    0 },
	{ 0 },
};

static error_t
parse_option(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case OPT_CONFIG:
		arguments->config = arg;
		return 0;
	case OPT_WITHOUT:
		arguments->without = true;
		return 0;
	case 'p':
		arguments->password_file = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (state->arg_num > 0)
			argp_error(state, "one USER is enough");
		arguments->user = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "whom?");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void
show(void *arg, const char *what, const char *how)
{
	(void)arg;
	printf("%-16s %s\n", what, how);
}

static void
show_list(const char *what, const char *const *list)
{
	if (*list == NULL)
		show(NULL, what, "-");
	for (; *list != NULL; list++)
		show(NULL, what, *list);
}

static void
show_person(const struct sark_person *person)
{
	show(NULL, "user name", person->username);
	show(NULL, "name", person->name);
	show(NULL, "e-mail", person->email);
	show(NULL, "id", *person->id != '\0' ? person->id : "none");
	if (person->barred != NULL)
		show(NULL, "barred", person->barred);
	show_list("group", person->groups);
	show_list("role", person->roles);
	show_list("team", person->teams);
	show_list("manages", person->managed_teams);
}

static int
ask(struct sark_directory *directory, void *ctx,
    const struct arguments *arguments, struct sark_err *err)
{
	char password[PASSWORD_BYTES] = "";
	struct sark_person *person;
	const char *why = NULL;
	int got = -1;

	if (arguments->without)
		got = sark_directory_find(
		    directory, ctx, arguments->user, &person, &why, err);
	else if (terminal_password(ctx, arguments->password_file, password,
		     sizeof(password), err) == 0)
		got = sark_directory_login(directory, ctx, arguments->user,
		    password, &person, &why, err);
	sark_secret_wipe(password, sizeof(password));
	if (got == -1)
		return -1;
	if (got == 1)
		show_person(person);
	show(NULL, "outcome", got == 1 ? "lets the user in" : why);
	return got == 1 ? 0 : 1;
}

int
ldap_test_command(
    struct client *client, int argc, char **argv, struct sark_err *err)
{
	static const struct argp argp = { options, parse_option, "USER",
		"Asks the directory about USER as a login would, step by step; "
		"run on the server, as somebody who may read its settings.\v"
		"Nothing is changed.  Exit status: 0 the user may log in, 1 "
		"not, else sysexits(3).",
		NULL, NULL, NULL };
	struct arguments arguments = { .config = SARK_CONF_DEFAULT_PATH };
	struct sark_directory *directory;
	struct sark_conf *conf;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	if (sark_conf_read(client->ctx, arguments.config, &conf, err) == -1 ||
	    sark_directory_open(client->ctx, conf, &directory, err) == -1)
		return -1;
	if (directory == NULL)
		return sark_err_set(err, SARK_PROVIDER_DISABLED,
		    "%s: ldap_servers is empty", arguments.config);
	sark_directory_tell(directory, show, NULL);
	return ask(directory, client->ctx, &arguments, err);
}
