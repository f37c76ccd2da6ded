#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "commands.h"
#include "json/writer.h"
#include "table.h"

#define DENY_EXIT 1

struct arguments {
	const char *action;
	const char *tool;
	const char *server;
	const char *resource;
	const char *parameters;
	const char *context;
	const char *user;
	bool explain;
	bool fresh;
};

enum { OPT_EXPLAIN = 256, OPT_FRESH };

static const struct argp_option options[] = {
	{ "tool", 't', "NAME", 0, "the tool that is to be used", 0 },
	{ "server", 'i', "ID", 0, "the server that offers it", 0 },
	{ "resource", 'r', "TEXT", 0, "what it is used on", 0 },
	{ "parameters", 'p', "JSON", 0, "the tool's arguments, an object", 0 },
	{ "context", 'c', "JSON", 0, "what you claim beside, an object", 0 },
	{ "user", 'n', "ID", 0, "ask about another user", 0 },
	{ "explain", OPT_EXPLAIN, NULL, 0,
	    "show what the policy saw and answered", 0 },
	{ "fresh", OPT_FRESH, NULL, 0, "do not ask the cache", 0 },
	{ 0 },
};

static error_t
parse_option(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case 't':
		arguments->tool = arg;
		return 0;
	case 'i':
		arguments->server = arg;
		return 0;
	case 'r':
		arguments->resource = arg;
		return 0;
	case 'p':
		arguments->parameters = arg;
		return 0;
	case 'c':
		arguments->context = arg;
		return 0;
	case 'n':
		arguments->user = arg;
		return 0;
	case OPT_EXPLAIN:
		arguments->explain = true;
		return 0;
	case OPT_FRESH:
		arguments->fresh = true;
		return 0;
	case ARGP_KEY_ARG:
		if (arguments->action != NULL)
			argp_usage(state);
		arguments->action = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_usage(state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void
optional(struct sark_jw *jw, const char *name, const char *value)
{
	if (value != NULL)
		sark_jw_str(jw, name, value);
}

/* A JSON text from the command line goes in only if it is JSON. */
static int
optional_json(struct client *client, struct sark_jw *jw, const char *name,
    const char *text, struct sark_err *err)
{
	const struct sark_json *value;

	if (text == NULL)
		return 0;
	if (sark_json_parse(client->ctx, text, strlen(text), &value, err) == -1)
		return -1;
	sark_jw_raw(jw, name, text, strlen(text));
	return 0;
}

static int
question(struct client *client, const struct arguments *arguments,
    struct sark_buf *body, struct sark_err *err)
{
	struct sark_jw jw;

	sark_jw_init(&jw, body);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_str(&jw, "action", arguments->action);
	optional(&jw, "tool", arguments->tool);
	optional(&jw, "server_id", arguments->server);
	optional(&jw, "resource", arguments->resource);
	optional(&jw, "user_id", arguments->user);
	if (optional_json(
		client, &jw, "parameters", arguments->parameters, err) == -1 ||
	    optional_json(client, &jw, "context", arguments->context, err) ==
		-1)
		return -1;
	if (arguments->explain)
		sark_jw_bool(&jw, "explain", true);
	sark_jw_close(&jw);
	return 0;
}

int
evaluate_command(
    struct client *client, int argc, char **argv, struct sark_err *err)
{
	static const struct argp argp = { options, parse_option, "ACTION",
		"Asks whether you may do ACTION, like tool:invoke.", NULL, NULL,
		NULL };
	static const struct column columns[] = { { "Decision", "/decision" },
		{ "Reason", "/reason" }, { "Rule", "/rule" },
		{ "Sensitivity", "/sensitivity" },
		{ "Parameters", "/filtered_parameters" },
		{ "Removed", "/removed_parameters" },
		{ "Obligations", "/obligations" },
		{ "Policy", "/policy_revision" }, { "Event", "/audit_id" },
		{ "Explanation", "/explanation" }, { NULL, NULL } };
	static const char *const fresh[] = { "Cache-Control: no-cache", NULL };
	struct arguments arguments = { 0 };
	struct call call = { .method = "POST",
		.path = "/api/v1/policy/evaluate" };
	const struct sark_json *decision;
	struct sark_http_answer answer;
	struct sark_buf body;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	sark_buf_init(&body, client->ctx);
	if (question(client, &arguments, &body, err) == -1)
		return -1;
	call.body = body.data;
	call.headers = arguments.fresh ? fresh : NULL;
	if (client_call(client, &call, &answer, &decision, err) == -1)
		return -1;
	if (client->json) {
		table_print_json(&answer);
	} else {
		table_print_one(client->ctx, decision, columns);
		printf("%-12s %s\n", "Cache", answer.cache_status);
	}
	return sark_str_eq(
		   client_text(client->ctx, decision, "/decision"), "allow")
	    ? 0
	    : DENY_EXIT;
}
