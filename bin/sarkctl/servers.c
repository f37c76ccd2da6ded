#include <stdio.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "commands.h"
#include "list.h"

#define REGISTRATION_MAX (1024 * 1024)

static const struct column one[] = { { "Id", "/server_id" },
	{ "Name", "/name" }, { "Status", "/status" },
	{ "Sensitivity", "/sensitivity_level" }, { "Transport", "/transport" },
	{ "Endpoint", "/endpoint" }, { "Command", "/command" },
	{ "Version", "/version" }, { "Owner", "/owner" }, { "Team", "/team" },
	{ "Tags", "/tags" }, { "Registered", "/created_at" }, { NULL, NULL } };
static const struct column many[] = { { "ID", "/server_id" },
	{ "NAME", "/name" }, { "STATUS", "/status" },
	{ "SENSITIVITY", "/sensitivity_level" }, { "OWNER", "/owner" },
	{ "TEAM", "/team" }, { NULL, NULL } };
static const struct column tools[] = { { "TOOL", "/name" },
	{ "SENSITIVITY", "/sensitivity_level" },
	{ "APPROVAL", "/requires_approval" }, { "ID", "/tool_id" },
	{ NULL, NULL } };

static void
show(struct client *client, const struct sark_http_answer *answer,
    const struct sark_json *server)
{
	if (client->json) {
		table_print_json(answer);
		return;
	}
	table_print_one(client->ctx, server, one);
	table_print(client->ctx, sark_json_get(server, "tools"), tools);
}

/* A file's text; "-" is standard input. */
static int
read_text(struct client *client, const char *file, char **text_r,
    struct sark_err *err)
{
	size_t len;

	if (!sark_str_eq(file, "-"))
		return sark_file_read(
		    client->ctx, file, REGISTRATION_MAX, text_r, &len, err);
	*text_r =
	    sark_mem_check(talloc_zero_size(client->ctx, REGISTRATION_MAX + 1));
	len = fread(*text_r, 1, REGISTRATION_MAX, stdin);
	if (len == REGISTRATION_MAX)
		return sark_err_set(
		    err, SARK_TOO_LARGE, "standard input is too long");
	return 0;
}

static int
add(struct client *client, const char *file, struct sark_err *err)
{
	struct call call = {
		.method = "POST", .path = "/api/v1/servers", .creates = true
	};
	const struct sark_json *server;
	struct sark_http_answer answer;
	char *text;

	if (read_text(client, file, &text, err) == -1)
		return -1;
	call.body = text;
	if (client_call(client, &call, &answer, &server, err) == -1)
		return -1;
	show(client, &answer, server);
	return 0;
}

static int
get(struct client *client, const char *id, struct sark_err *err)
{
	struct call call = { .method = "GET" };
	const struct sark_json *server;
	struct sark_http_answer answer;

	call.path = sark_format(client->ctx, "/api/v1/servers/%s",
	    sark_http_escape(client->ctx, id));
	if (client_call(client, &call, &answer, &server, err) == -1)
		return -1;
	show(client, &answer, server);
	return 0;
}

int
servers_command(
    struct client *client, int argc, char **argv, struct sark_err *err)
{
	static const struct argp argp = { list_options, list_parse,
		"list\nadd FILE\nshow ID",
		"Lists, registers and shows servers.  FILE holds the "
		"registration as JSON; - is standard input.",
		NULL, NULL, NULL };
	struct list_words words = { 0 };

	argp_parse(&argp, argc, argv, 0, NULL, &words);
	if (list_is(&words, "list", 0))
		return list_page(client, "/api/v1/servers", &words, many, err);
	if (list_is(&words, "add", 1))
		return add(client, words.words[1], err);
	if (list_is(&words, "show", 1))
		return get(client, words.words[1], err);
	return sark_err_set(
	    err, SARK_USAGE, "servers list, add FILE or show ID");
}
