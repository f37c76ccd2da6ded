#include "base/mem.h"
#include "base/str.h"
#include "commands.h"
#include "json/writer.h"
#include "list.h"

static const struct column one[] = { { "Id", "/tool_id" }, { "Name", "/name" },
	{ "Server", "/server" }, { "Sensitivity", "/sensitivity_level" },
	{ "Source", "/sensitivity_source" },
	{ "Approval", "/requires_approval" }, { "Description", "/description" },
	{ NULL, NULL } };
static const struct column many[] = { { "ID", "/tool_id" }, { "NAME", "/name" },
	{ "SERVER", "/server" }, { "SENSITIVITY", "/sensitivity_level" },
	{ "SOURCE", "/sensitivity_source" }, { NULL, NULL } };
static const struct column changes[] = { { "TIME", "/changed_at" },
	{ "LEVEL", "/sensitivity_level" }, { "BEFORE", "/previous" },
	{ "BY", "/changed_by" }, { "REASON", "/reason" }, { NULL, NULL } };

/* The resource below a tool, asked with body, NULL to read it. */
static int
ask(struct client *client, const char *id, const char *below, const char *body,
    struct sark_err *err)
{
	struct call call = { .method = body == NULL ? "GET" : "POST",
		.body = body };
	const struct sark_json *value, *items;
	struct sark_http_answer answer;

	call.path = sark_format(client->ctx, "/api/v1/tools/%s/%s",
	    sark_http_escape(client->ctx, id), below);
	if (client_call(client, &call, &answer, &value, err) == -1)
		return -1;
	items = sark_json_get(value, "items");
	if (client->json)
		table_print_json(&answer);
	else if (items != NULL)
		table_print(client->ctx, items, changes);
	else
		table_print_one(client->ctx, value, one);
	return 0;
}

static const char *
level_body(struct client *client, const char *level, const char *reason)
{
	struct sark_buf body;
	struct sark_jw jw;

	sark_buf_init(&body, client->ctx);
	sark_jw_init(&jw, &body);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_str(&jw, "sensitivity_level", level);
	sark_jw_str(&jw, "reason", reason);
	sark_jw_close(&jw);
	return body.data;
}

int
tools_command(
    struct client *client, int argc, char **argv, struct sark_err *err)
{
	static const struct argp argp = { list_options, list_parse,
		"list\nshow ID\nhistory ID\nset-level ID LEVEL REASON",
		"Lists and shows tools, and says how sensitive they are.", NULL,
		NULL, NULL };
	struct list_words words = { 0 };
	const char *id;

	argp_parse(&argp, argc, argv, 0, NULL, &words);
	id = words.words[1];
	if (list_is(&words, "list", 0))
		return list_page(client, "/api/v1/tools", &words, many, err);
	if (list_is(&words, "show", 1))
		return ask(client, id, "sensitivity", NULL, err);
	if (list_is(&words, "history", 1))
		return ask(client, id, "sensitivity/history", NULL, err);
	if (list_is(&words, "set-level", 3))
		return ask(client, id, "sensitivity",
		    level_body(client, words.words[2], words.words[3]), err);
	return sark_err_set(err, SARK_USAGE,
	    "tools list, show ID, history ID or set-level ID LEVEL REASON");
}
