#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "commands.h"
#include "crypto/secret.h"
#include "factor.h"
#include "json/writer.h"
#include "table.h"
#include "terminal.h"

struct arguments {
	const char *user;
	const char *provider;
	const char *password_file;
	const char *code_file;
};

static const struct argp_option options[] = {
	{ "user", 'n', "NAME", 0, "user name, else asked for", 0 },
	{ "provider", 'P', "NAME", 0,
	    "who knows the password: local (the default) or ldap, the "
	    "company's directory",
	    0 },
	{ "password-file", 'p', "FILE", 0,
	    "read the password from FILE (- is standard input) instead of the "
	    "terminal",
	    0 },
	{ "code-file", 'f', "FILE", 0,
	    "read the code of your second factor from FILE (- is standard "
	    "input) instead of the terminal, if one is asked for",
	    0 },
	{ 0 },
};

static error_t
take_provider(
    struct arguments *arguments, const char *name, struct argp_state *state)
{
	if (!sark_str_eq(name, "local") && !sark_str_eq(name, "ldap"))
		argp_error(state, "--provider is local or ldap");
	arguments->provider = name;
	return 0;
}

static error_t
parse_option(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	if (key == 'n')
		arguments->user = arg;
	else if (key == 'P')
		return take_provider(arguments, arg, state);
	else if (key == 'p')
		arguments->password_file = arg;
	else if (key == 'f')
		arguments->code_file = arg;
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

static int
keep(
    struct client *client, const struct sark_json *tokens, struct sark_err *err)
{
	const struct session session = { client->url,
		client_text(client->ctx, tokens, "/access_token"),
		client_text(client->ctx, tokens, "/refresh_token") };

	if (session_write(client->ctx, client->session_file, &session, err) ==
	    -1)
		return -1;
	printf("Logged in to %s as %s.\n", client->url,
	    client_text(client->ctx, tokens, "/user/username"));
	return 0;
}

/* The rest of a login whose password was right. */
static int
send_code(struct client *client, const char *code_file, const char *mfa_token,
    const struct sark_json **tokens_r, struct sark_err *err)
{
	struct call call = { .method = "POST",
		.path = "/api/v1/auth/mfa/verify",
		.anonymous = true };
	struct sark_http_answer answer;
	char code[TERMINAL_SECRET_MAX];
	struct sark_buf body;
	int ret;

	if (terminal_code(client->ctx, code_file, code, sizeof(code), err) ==
	    -1)
		return -1;
	body = factor_body(client, code, mfa_token);
	call.body = body.data;
	ret = client_call(client, &call, &answer, tokens_r, err);
	sark_secret_wipe(body.data, body.len);
	sark_secret_wipe(code, sizeof(code));
	return ret;
}

static int
send(struct client *client, const struct arguments *arguments,
    const char *password, struct sark_err *err)
{
	struct call call = { .method = "POST",
		.path = sark_format(
		    client->ctx, "/api/v1/auth/login/%s", arguments->provider),
		.anonymous = true };
	const struct sark_json *tokens;
	struct sark_http_answer answer;
	struct sark_buf body;
	struct sark_jw jw;
	int ret;

	sark_buf_init(&body, client->ctx);
	sark_jw_init(&jw, &body);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_str(&jw, "username", arguments->user);
	sark_jw_str(&jw, "password", password);
	sark_jw_close(&jw);
	call.body = body.data;
	ret = client_call(client, &call, &answer, &tokens, err);
	sark_secret_wipe(body.data, body.len);
	if (ret == -1 && err->code == SARK_MFA_REQUIRED) {
		sark_err_init(err);
		ret = send_code(client, arguments->code_file,
		    client_text(client->ctx, tokens, "/mfa_token"), &tokens,
		    err);
	}
	return ret == -1 ? -1 : keep(client, tokens, err);
}

int
login_command(
    struct client *client, int argc, char **argv, struct sark_err *err)
{
	static const struct argp argp = { options, parse_option, "",
		"Logs in and keeps the tokens, readable by you alone.", NULL,
		NULL, NULL };
	struct arguments arguments = { .provider = "local" };
	char user[256], password[TERMINAL_SECRET_MAX];
	int ret;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	if (arguments.user == NULL) {
		if (terminal_ask(
			"User name: ", false, user, sizeof(user), err) == -1)
			return -1;
		arguments.user = user;
	}
	if (terminal_password(client->ctx, arguments.password_file, password,
		sizeof(password), err) == -1)
		return -1;
	ret = send(client, &arguments, password, err);
	sark_secret_wipe(password, sizeof(password));
	return ret;
}

/* Ends the session on the server, unless nobody is logged in or it is over. */
static int
end_session(struct client *client, struct sark_err *err)
{
	const struct call call = {
		.method = "POST", .path = "/api/v1/auth/logout", .body = "{}"
	};
	const struct sark_json *done;
	struct sark_http_answer answer;

	if (access(client->session_file, F_OK) == -1 ||
	    client_call(client, &call, &answer, &done, err) == 0)
		return 0;
	if (err->code != SARK_UNAUTHENTICATED &&
	    err->code != SARK_INVALID_TOKEN)
		return -1;
	sark_err_init(err);
	return 0;
}

int
logout_command(
    struct client *client, int argc, char **argv, struct sark_err *err)
{
	static const struct argp argp = { NULL, NULL, "",
		"Ends the session, and forgets the tokens in any case.", NULL,
		NULL, NULL };
	int ret;

	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	ret = end_session(client, err);
	if (unlink(client->session_file) == -1 && errno != ENOENT) {
		sark_err_init(err);
		return sark_err_set(err, SARK_CONFIG, "%s: %s",
		    client->session_file, strerror(errno));
	}
	return ret;
}

int
whoami_command(
    struct client *client, int argc, char **argv, struct sark_err *err)
{
	static const struct argp argp = { NULL, NULL, "",
		"Shows who you are and what you may do.", NULL, NULL, NULL };
	static const struct column columns[] = { { "User", "/username" },
		{ "Name", "/name" }, { "E-mail", "/email" },
		{ "Id", "/user_id" }, { "Provider", "/provider" },
		{ "Roles", "/roles" }, { "Teams", "/teams" },
		{ "Permissions", "/permissions" }, { "MFA", "/mfa" },
		{ NULL, NULL } };
	const struct call call = { .method = "GET", .path = "/api/v1/auth/me" };
	struct sark_http_answer answer;
	const struct sark_json *user;

	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	if (client_call(client, &call, &answer, &user, err) == -1)
		return -1;
	if (client->json)
		table_print_json(&answer);
	else
		table_print_one(client->ctx, user, columns);
	return 0;
}
