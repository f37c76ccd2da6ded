#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "commands.h"
#include "crypto/secret.h"
#include "json/writer.h"
#include "table.h"
#include "terminal.h"

#define PASSWORD_MAX 1024

struct arguments {
	const char *user;
	const char *password_file;
};

static const struct argp_option options[] = {
	{ "user", 'n', "NAME", 0, "user name, else asked for", 0 },
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

	if (key == 'n')
		arguments->user = arg;
	else if (key == 'p')
		arguments->password_file = arg;
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

static int
send(struct client *client, const char *user, const char *password,
    struct sark_err *err)
{
	struct call call = { .method = "POST",
		.path = "/api/v1/auth/login/local",
		.anonymous = true };
	const struct sark_json *tokens;
	struct sark_http_answer answer;
	struct sark_buf body;
	struct sark_jw jw;
	int ret;

	sark_buf_init(&body, client->ctx);
	sark_jw_init(&jw, &body);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_str(&jw, "username", user);
	sark_jw_str(&jw, "password", password);
	sark_jw_close(&jw);
	call.body = body.data;
	ret = client_call(client, &call, &answer, &tokens, err);
	sark_secret_wipe(body.data, body.len);
	return ret == -1 ? -1 : keep(client, tokens, err);
}

int
login_command(
    struct client *client, int argc, char **argv, struct sark_err *err)
{
	static const struct argp argp = { options, parse_option, "",
		"Logs in and keeps the tokens, readable by you alone.", NULL,
		NULL, NULL };
	struct arguments arguments = { NULL, NULL };
	char user[256], password[PASSWORD_MAX + 2];
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
	ret = send(client, arguments.user, password, err);
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
