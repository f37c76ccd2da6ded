#include <stdio.h>

#include "base/mem.h"
#include "base/str.h"
#include "commands.h"
#include "list.h"

#define SESSIONS "/api/v1/auth/sessions"

static const struct column many[] = { { "ID", "/session_id" },
	{ "FROM", "/client_ip" }, { "CLIENT", "/user_agent" },
	{ "CREATED", "/created_at" }, { "LAST USED", "/last_used_at" },
	{ "CURRENT", "/current" }, { NULL, NULL } };

static int
end(struct client *client, const char *id, struct sark_err *err)
{
	struct call call = { .method = "DELETE" };
	const struct sark_json *nothing;
	struct sark_http_answer answer;

	call.path = sark_format(
	    client->ctx, SESSIONS "/%s", sark_http_escape(client->ctx, id));
	return client_call(client, &call, &answer, &nothing, err);
}

static int
end_all(struct client *client, struct sark_err *err)
{
	const struct call call = { .method = "DELETE", .path = SESSIONS };
	const struct sark_json *ended;
	struct sark_http_answer answer;

	if (client_call(client, &call, &answer, &ended, err) == -1)
		return -1;
	if (client->json)
		table_print_json(&answer);
	else
		printf("%s ended, this one too.\n",
		    client_text(client->ctx, ended, "/revoked"));
	return 0;
}

int
sessions_command(
    struct client *client, int argc, char **argv, struct sark_err *err)
{
	static const struct argp argp = { list_options, list_parse,
		"\nend ID\nend-all",
		"Shows where you are logged in, and ends it there.", NULL, NULL,
		NULL };
	struct list_words words = { 0 };

	argp_parse(&argp, argc, argv, 0, NULL, &words);
	if (words.count == 0 || list_is(&words, "list", 0))
		return list_page(client, SESSIONS, &words, many, err);
	if (list_is(&words, "end", 1))
		return end(client, words.words[1], err);
	if (list_is(&words, "end-all", 0))
		return end_all(client, err);
	return sark_err_set(err, SARK_USAGE, "sessions, end ID or end-all");
}
