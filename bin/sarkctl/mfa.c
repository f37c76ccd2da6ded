#include <argp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "commands.h"
#include "crypto/secret.h"
#include "factor.h"
#include "json/writer.h"
#include "table.h"
#include "terminal.h"

#define TOTP   "/api/v1/auth/mfa/totp"
#define VERIFY "/api/v1/auth/mfa/verify"

/* Black on white, whatever the colours of the terminal are. */
#define INK "\033[30;107m"
#define OFF "\033[0m"

struct arguments {
	const char *verb;
	const char *code_file;
};

static const struct argp_option options[] = {
	{ "code-file", 'f', "FILE", 0,
	    "read the code from FILE (- is standard input) instead of the "
	    "terminal",
	    0 },
	{ 0 },
};

static error_t
parse_option(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	if (key == 'f')
		arguments->code_file = arg;
	else if (key == ARGP_KEY_ARG && arguments->verb == NULL)
		arguments->verb = arg;
	else if (key == ARGP_KEY_ARG || key == ARGP_KEY_NO_ARGS)
		argp_usage(state);
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

struct sark_buf
factor_body(struct client *client, const char *code, const char *mfa_token)
{
	bool otp = sark_str_of(code, "0123456789 ");
	struct sark_buf body;
	struct sark_jw jw;

	sark_buf_init(&body, client->ctx);
	sark_jw_init(&jw, &body);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_str(&jw, otp ? "otp" : "recovery_code", code);
	if (mfa_token != NULL)
		sark_jw_str(&jw, "mfa_token", mfa_token);
	sark_jw_close(&jw);
	return body;
}

/* Lines of a QR code; on a terminal in colours that a camera reads. */
static void
print_qr(const char *text)
{
	bool colours = isatty(STDOUT_FILENO) == 1;
	size_t n;

	for (; *text != '\0'; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		printf("%s%.*s%s\n", colours ? INK : "", (int)n, text,
		    colours ? OFF : "");
	}
}

static int
enrol(struct client *client, struct sark_err *err)
{
	/* A POST without a body has no length, which not every server takes. */
	const struct call call = {
		.method = "POST", .path = TOTP, .body = "{}"
	};
	struct sark_http_answer answer;
	const struct sark_json *got;

	if (client_call(client, &call, &answer, &got, err) == -1)
		return -1;
	if (client->json) {
		table_print_json(&answer);
		return 0;
	}
	print_qr(client_text(client->ctx, got, "/qr_text"));
	printf("Scan this with an authenticator app, or type its secret:\n"
	       "%s\n"
	       "Then put it in force by its code: sarkctl mfa confirm\n",
	    client_text(client->ctx, got, "/secret"));
	return 0;
}

/* Sends a code; the new access token of the answer is kept. */
static int
show(struct client *client, const struct arguments *arguments,
    struct call *call, const struct sark_json **got_r, struct sark_err *err)
{
	struct session session;
	struct sark_http_answer answer;
	char code[TERMINAL_SECRET_MAX];
	struct sark_buf body;
	int ret;

	if (client_open(client, false, err) == -1 ||
	    terminal_code(client->ctx, arguments->code_file, code, sizeof(code),
		err) == -1)
		return -1;
	body = factor_body(client, code, NULL);
	call->body = body.data;
	ret = client_call(client, call, &answer, got_r, err);
	sark_secret_wipe(body.data, body.len);
	sark_secret_wipe(code, sizeof(code));
	if (ret == -1 || answer.len == 0)
		return ret;
	session = client->session;
	session.access_token =
	    client_text(client->ctx, *got_r, "/access_token");
	if (session_write(client->ctx, client->session_file, &session, err) ==
	    -1)
		return -1;
	if (client->json)
		table_print_json(&answer);
	return 0;
}

static int
confirm(struct client *client, const struct arguments *arguments,
    struct sark_err *err)
{
	struct call call = { .method = "POST", .path = TOTP "/confirm" };
	const struct sark_json *got, *codes;
	size_t i;

	if (show(client, arguments, &call, &got, err) == -1)
		return -1;
	if (client->json)
		return 0;
	printf("The second factor is in force.  Keep these recovery codes; "
	       "each stands in\nfor it once:\n");
	codes = sark_json_get(got, "recovery_codes");
	for (i = 0; i < sark_json_count(codes); i++)
		printf("  %s\n",
		    table_cell(client->ctx, sark_json_element(codes, i), ""));
	return 0;
}

int
mfa_command(struct client *client, int argc, char **argv, struct sark_err *err)
{
	static const struct argp argp = { options, parse_option,
		"enrol | confirm | verify | remove",
		"Manages your second factor, an authenticator app.\v"
		"enrol    shows its secret, as a QR code too\n"
		"confirm  puts it in force by its code, shows recovery codes\n"
		"verify   shows it again in this session, by a code\n"
		"remove   removes it, by a code or a recovery code\n",
		NULL, NULL, NULL };
	struct call verify = { .method = "POST", .path = VERIFY };
	struct call removal = { .method = "DELETE", .path = TOTP };
	struct arguments arguments = { NULL, NULL };
	const struct sark_json *got;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	if (sark_str_eq(arguments.verb, "enrol"))
		return enrol(client, err);
	if (sark_str_eq(arguments.verb, "confirm"))
		return confirm(client, &arguments, err);
	if (sark_str_eq(arguments.verb, "verify"))
		return show(client, &arguments, &verify, &got, err);
	if (sark_str_eq(arguments.verb, "remove"))
		return show(client, &arguments, &removal, &got, err);
	return sark_err_set(
	    err, SARK_USAGE, "no such command: mfa %s", arguments.verb);
}
