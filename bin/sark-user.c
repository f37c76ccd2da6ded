/* sark-user: the users whose passwords are kept here. */
#include <argp.h>
#include <stdbool.h>
#include <stdio.h>

#include "auth/blocklist.h"
#include "auth/enrol.h"
#include "auth/user_list.h"
#include "auth/user_password.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "config.h"
#include "json/writer.h"
#include "prompt.h"
#include "store/pg.h"
#include "store/redis.h"
#include "store/users.h"
#include "tool.h"

#define WORDS_MAX 64

const char *argp_program_version = "sark-user (SARK) " PACKAGE_VERSION;

static const char doc[] =
    "Manages the users whose passwords are kept here.\v"
    "add NAME      add a user\n"
    "passwd NAME   set the password; ends the user's sessions\n"
    "disable NAME  let the user log in no more; ends the sessions\n"
    "enable NAME   let the user log in again\n"
    "unlock NAME   let the user try again at once after wrong passwords\n"
    "roles NAME    set the roles and teams that are given, leave the others\n"
    "mfa-reset NAME\n"
    "              remove the second factor of who has lost it\n"
    "list          show the users\n"
    "\n"
    "Without --password-file the password is asked for on the terminal.";

enum {
	OPT_EMAIL = 256,
	OPT_NAME,
	OPT_ROLE,
	OPT_TEAM,
	OPT_MANAGES,
	OPT_AGENT,
	OPT_PASSWORD_FILE,
	OPT_PASSWORD_STDIN,
	OPT_CHANGE
};

/* clang-format off */
static const struct argp_option options[] = {
	{ "config", 'c', "FILE", 0, "Settings, instead of $SARK_CONF or "
	  SARK_CONF_DEFAULT_PATH, 0 },
	{ "json", 'j', NULL, 0, "Print the list as JSON", 0 },
	{ "email", OPT_EMAIL, "ADDRESS", 0, "E-mail address", 0 },
	{ "name", OPT_NAME, "TEXT", 0, "Name for people", 0 },
	{ "role", OPT_ROLE, "ROLE", 0, "A role; may be given again", 0 },
	{ "team", OPT_TEAM, "TEAM", 0, "A team; may be given again", 0 },
	{ "manages", OPT_MANAGES, "TEAM", 0,
	  "A team that the user manages; may be given again", 0 },
	{ "agent", OPT_AGENT, NULL, 0, "The user is an AI agent", 0 },
	{ "password-file", OPT_PASSWORD_FILE, "FILE", 0,
	  "The password is the first line of FILE; - is standard input", 0 },
	{ "password-stdin", OPT_PASSWORD_STDIN, NULL, 0,
	  "The same as --password-file=-", 0 },
	{ "change", OPT_CHANGE, NULL, 0,
	  "The user must choose another password when he logs in", 0 },
	{ NULL, 0, NULL, 0, NULL, 0 }
};
/* clang-format on */

/* An option that may be given again. */
struct words {
	const char *list[WORDS_MAX + 1];
	size_t count;
};

struct call {
	const char *config;
	const char *verb;
	const char *username;
	const char *email;
	const char *name;
	struct words roles, teams, manages;
	bool agent;
	bool json;
	bool change; /* of the password, at the next login */
	const char *password_file;
	/* made by run */
	struct sark_app app;
	struct sark_caller caller;
};

static void
take_word(struct argp_state *state, struct words *words, const char *arg)
{
	if (words->count == WORDS_MAX)
		argp_error(state, "too many: %s", arg);
	else
		words->list[words->count++] = arg;
}

static error_t
take_argument(struct call *call, char *arg, struct argp_state *state)
{
	if (state->arg_num == 0)
		call->verb = arg;
	else if (state->arg_num == 1)
		call->username = arg;
	else
		argp_error(state, "unexpected argument: %s", arg);
	return 0;
}

static error_t
take(int key, char *arg, struct argp_state *state)
{
	struct call *call = state->input;

	switch (key) {
	case 'c':
		call->config = arg;
		return 0;
	case 'j':
		call->json = true;
		return 0;
	case OPT_EMAIL:
		call->email = arg;
		return 0;
	case OPT_NAME:
		call->name = arg;
		return 0;
	case OPT_ROLE:
		take_word(state, &call->roles, arg);
		return 0;
	case OPT_TEAM:
		take_word(state, &call->teams, arg);
		return 0;
	case OPT_MANAGES:
		take_word(state, &call->manages, arg);
		return 0;
	case OPT_AGENT:
		call->agent = true;
		return 0;
	case OPT_PASSWORD_FILE:
		call->password_file = arg;
		return 0;
	case OPT_PASSWORD_STDIN:
		call->password_file = "-";
		return 0;
	case OPT_CHANGE:
		call->change = true;
		return 0;
	case ARGP_KEY_ARG:
		return take_argument(call, arg, state);
	case ARGP_KEY_END:
		if (call->verb == NULL)
			argp_error(state, "nothing to do");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Read and, once it is known who the user is, judged. */
static int
read_password(struct call *call, const char **password_r, struct sark_err *err)
{
	struct sark_app *app = &call->app;
	char *password;

	if (sark_blocklist_open(app->mem, app->conf->password_blocklist,
		&app->common, err) == -1 ||
	    prompt_password(app->mem, call->password_file, &password, err) ==
		-1)
		return -1;
	*password_r = password;
	return 0;
}

static int
add(struct call *call, struct sark_err *err)
{
	struct sark_new_user in = {
		.username = call->username,
		.password_change_required = call->change,
		.email = call->email,
		.name = call->name,
		.agent = call->agent,
		.roles = call->roles.list,
		.teams = call->teams.list,
		.managed_teams = call->manages.list,
	};
	struct sark_user *user;

	if (read_password(call, &in.password, err) == -1 ||
	    sark_user_draft(&call->app, &call->caller, &in, &user, err) == -1)
		return -1;
	return sark_user_register(&call->app, &call->caller, user, err);
}

static int
passwd(struct call *call, struct sark_err *err)
{
	const struct sark_user_of of = { .username = call->username };
	struct sark_password_reset in = { .change_required = call->change };

	if (read_password(call, &in.password, err) == -1)
		return -1;
	return sark_user_reset_password(
	    &call->app, &call->caller, &of, &in, err);
}

static int
unlock(struct call *call, struct sark_err *err)
{
	const struct sark_user_of of = { .username = call->username };

	return sark_user_unlock(&call->app, &call->caller, &of, err);
}

static int
change(
    struct call *call, const struct sark_user_change *in, struct sark_err *err)
{
	const struct sark_user_of of = { .username = call->username };
	struct sark_user *user;

	return sark_user_change(&call->app, &call->caller, &of, in, &user, err);
}

static int
mfa_reset(struct call *call, struct sark_err *err)
{
	return sark_enrol_reset(&call->app, &call->caller, call->username, err);
}

static int
disable(struct call *call, struct sark_err *err)
{
	static const bool yes = true;

	return change(
	    call, &(struct sark_user_change){ .disabled = &yes }, err);
}

static int
enable(struct call *call, struct sark_err *err)
{
	static const bool no = false;

	return change(call, &(struct sark_user_change){ .disabled = &no }, err);
}

/* The words, or NULL for "leave them" if none were given. */
static const char *const *
given(const struct words *words)
{
	return words->count == 0 ? NULL : words->list;
}

static int
roles(struct call *call, struct sark_err *err)
{
	const struct sark_user_change in = {
		.roles = given(&call->roles),
		.teams = given(&call->teams),
		.managed_teams = given(&call->manages),
	};

	return change(call, &in, err);
}

static void
list_json(struct call *call, const struct sark_user *users, size_t count)
{
	struct sark_buf buf;
	struct sark_jw jw;
	size_t i;

	sark_buf_init(&buf, call->app.mem);
	sark_jw_init(&jw, &buf);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_open(&jw, "users", '[');
	for (i = 0; i < count; i++)
		sark_user_to_json(&jw, &users[i]);
	sark_jw_close(&jw);
	sark_jw_close(&jw);
	printf("%s\n", buf.data);
}

static const char *
joined(void *ctx, const char *const *list)
{
	struct sark_buf buf;

	if (*list == NULL)
		return "-";
	sark_buf_init(&buf, ctx);
	for (; *list != NULL; list++) {
		if (buf.len > 0)
			sark_buf_char(&buf, ',');
		sark_buf_str(&buf, *list);
	}
	return buf.data;
}

static void
list_table(struct call *call, const struct sark_user *users, size_t count)
{
	char login[SARK_TIME_TEXT];
	size_t i;

	printf("%-20s %-9s %-25s %-25s %s\n", "USER", "STATE", "LAST LOGIN",
	    "ROLES", "TEAMS");
	for (i = 0; i < count; i++) {
		sark_time_format(login, users[i].last_login_at);
		printf("%-20s %-9s %-25s %-25s %s\n", users[i].username,
		    users[i].disabled_at == 0 ? "enabled" : "disabled",
		    users[i].last_login_at == 0 ? "never" : login,
		    joined(call->app.mem, users[i].plain_roles),
		    joined(call->app.mem, users[i].teams));
	}
}

static int
list(struct call *call, struct sark_err *err)
{
	struct sark_user *users;
	size_t count;

	if (sark_users_all(call->app.pg, call->app.mem, &users, &count, err) ==
	    -1)
		return -1;
	if (call->json)
		list_json(call, users, count);
	else
		list_table(call, users, count);
	return 0;
}

static const struct verb {
	const char *name;
	int (*run)(struct call *, struct sark_err *);
	bool takes_name;
} verbs[] = {
	{ "add", add, true },
	{ "passwd", passwd, true },
	{ "disable", disable, true },
	{ "enable", enable, true },
	{ "unlock", unlock, true },
	{ "roles", roles, true },
	{ "mfa-reset", mfa_reset, true },
	{ "list", list, false },
};

static const struct verb *
verb_of(const struct call *call, struct sark_err *err)
{
	size_t i;

	for (i = 0; i < SARK_COUNT(verbs); i++)
		if (sark_str_eq(verbs[i].name, call->verb))
			break;
	if (i == SARK_COUNT(verbs))
		sark_err_set(err, SARK_USAGE, "unknown command %s", call->verb);
	else if (verbs[i].takes_name && call->username == NULL)
		sark_err_set(
		    err, SARK_USAGE, "%s takes the name of a user", call->verb);
	else if (!verbs[i].takes_name && call->username != NULL)
		sark_err_set(err, SARK_USAGE, "%s takes no name", call->verb);
	else
		return &verbs[i];
	return NULL;
}

static int
run(struct call *call, struct sark_err *err)
{
	const struct verb *verb = verb_of(call, err);
	struct sark_conf *conf;

	if (verb == NULL ||
	    sark_conf_read(call->app.mem, call->config, &conf, err) == -1)
		return -1;
	call->app.program = "sark-user";
	call->app.conf = conf;
	call->app.pg = sark_pg_new(call->app.mem, conf->postgresql,
	    "sark_admin", conf->postgresql_timeout_ms);
	call->app.redis = sark_redis_new(call->app.mem, conf->redis_socket,
	    conf->redis_database, conf->redis_timeout_ms);
	if (*conf->redis_password_file != '\0' &&
	    sark_redis_login(call->app.redis, conf->redis_user,
		conf->redis_password_file, err) == -1)
		return -1;
	tool_caller(call->app.mem, &call->caller);
	return verb->run(call, err);
}

int
main(int argc, char **argv)
{
	const struct argp argp = { options, take, "COMMAND [NAME]", doc, NULL,
		NULL, NULL };
	struct call call = {
		.config = tool_config(),
		.email = "",
		.name = "",
	};
	struct sark_err err;

	call.app.mem = tool_begin(&argp, &call, argc, argv, &err);
	return tool_end("sark-user", call.app.mem, run(&call, &err), &err);
}
