#include "base/mem.h"
#include "base/str.h"
#include "commands.h"
#include "json/writer.h"
#include "list.h"

#define PERMISSIONS_MAX 100

static const struct column one[] = { { "Name", "/name" },
	{ "Description", "/description" }, { "Permissions", "/permissions" },
	{ "Built in", "/built_in" }, { "Made by", "/created_by" },
	{ "Changed", "/updated_at" }, { NULL, NULL } };
static const struct column many[] = { { "NAME", "/name" },
	{ "BUILT IN", "/built_in" }, { "PERMISSIONS", "/permissions" },
	{ NULL, NULL } };
static const struct column gains[] = { { "PERMISSION", "/permission" },
	{ "ROLE", "/from/role" }, { "BY", "/from/source" },
	{ "GROUP", "/from/group" }, { "ON", "/from/scope/id" },
	{ "UNTIL", "/from/expires_at" }, { NULL, NULL } };
static const struct column hindered[] = { { "NOT IN EFFECT", "/role" },
	{ "BY", "/source" }, { "GROUP", "/group" }, { "WHY", "/reason" },
	{ NULL, NULL } };

struct role_words {
	struct list_words list;
	const char *description;
	const char *permissions[PERMISSIONS_MAX + 1];
	size_t count;
};

static const struct argp_option options[] = {
	{ "limit", 'l', "N", 0, "list: at most N, 1 to 200", 0 },
	{ "cursor", 'c', "CURSOR", 0, "list: the page behind this one", 0 },
	{ "permission", 'p', "WORD", 0,
	    "add: what it permits; may be given again", 0 },
	{ "description", 'd', "TEXT", 0, "add: what it is for", 0 },
	{ 0 },
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct role_words *words = state->input;
	struct argp_state list = *state;

	switch (key) {
	case 'p':
		if (words->count == PERMISSIONS_MAX)
			argp_error(state, "too many permissions");
		else
			words->permissions[words->count++] = arg;
		return 0;
	case 'd':
		words->description = arg;
		return 0;
	default:
		list.input = &words->list;
		return list_parse(key, arg, &list);
	}
}

static int
ask(struct client *client, const struct call *call, struct sark_err *err)
{
	const struct sark_json *role;
	struct sark_http_answer answer;

	if (client_call(client, call, &answer, &role, err) == -1)
		return -1;
	if (client->json)
		table_print_json(&answer);
	else if (role != NULL)
		table_print_one(client->ctx, role, one);
	return 0;
}

static int
add(struct client *client, const struct role_words *words, struct sark_err *err)
{
	struct call call = {
		.method = "POST", .path = "/api/v1/roles", .creates = true
	};
	struct sark_buf body;
	struct sark_jw jw;

	sark_buf_init(&body, client->ctx);
	sark_jw_init(&jw, &body);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_str(&jw, "name", words->list.words[1]);
	if (words->description != NULL)
		sark_jw_str(&jw, "description", words->description);
	sark_jw_list(&jw, "permissions", words->permissions);
	sark_jw_close(&jw);
	call.body = body.data;
	return ask(client, &call, err);
}

/* A line for each role that a permission comes from. */
static int
print_gains(
    struct client *client, const struct sark_json *all, struct sark_err *err)
{
	const struct sark_json *items, *item, *from, *lines;
	struct sark_buf text;
	struct sark_jw jw;
	size_t i, j, len;
	const char *one_from;

	sark_buf_init(&text, client->ctx);
	sark_jw_init(&jw, &text);
	sark_jw_open(&jw, NULL, '[');
	items = sark_json_get(all, "permissions");
	for (i = 0; i < sark_json_count(items); i++) {
		item = sark_json_element(items, i);
		from = sark_json_get(item, "from");
		for (j = 0; j < sark_json_count(from); j++) {
			one_from = sark_json_text(
			    client->ctx, sark_json_element(from, j), &len);
			sark_jw_open(&jw, NULL, '{');
			sark_jw_str(&jw, "permission",
			    sark_json_str(sark_json_get(item, "permission")));
			sark_jw_raw(&jw, "from", one_from, len);
			sark_jw_close(&jw);
		}
	}
	sark_jw_close(&jw);
	if (sark_json_parse(client->ctx, text.data, text.len, &lines, err) ==
	    -1)
		return -1;
	table_print(client->ctx, lines, gains);
	return 0;
}

/* What a user may, and why. */
static int
explain(struct client *client, const char *user, struct sark_err *err)
{
	struct call call = { .method = "GET" };
	const struct sark_json *all, *rest;
	struct sark_http_answer answer;
	const char *id;

	if (client_user(client, user, &id, err) == -1)
		return -1;
	call.path =
	    sark_format(client->ctx, "/api/v1/users/%s/permissions", id);
	if (client_call(client, &call, &answer, &all, err) == -1)
		return -1;
	if (client->json) {
		table_print_json(&answer);
		return 0;
	}
	if (print_gains(client, all, err) == -1)
		return -1;
	rest = sark_json_get(all, "not_in_effect");
	if (sark_json_count(rest) > 0)
		table_print(client->ctx, rest, hindered);
	return 0;
}

int
roles_command(
    struct client *client, int argc, char **argv, struct sark_err *err)
{
	static const struct argp argp = { options, parse,
		"list\nshow NAME\nadd NAME\nremove NAME\nof USER",
		"Lists, shows, makes and removes roles, and says what a user "
		"may and why.",
		NULL, NULL, NULL };
	struct role_words words = { .count = 0 };
	struct call call = { .method = "GET" };
	const char *name;

	argp_parse(&argp, argc, argv, 0, NULL, &words);
	name = words.list.words[1];
	if (list_is(&words.list, "list", 0))
		return list_page(
		    client, "/api/v1/roles", &words.list, many, err);
	if (list_is(&words.list, "add", 1))
		return add(client, &words, err);
	if (list_is(&words.list, "of", 1))
		return explain(client, name, err);
	if (list_is(&words.list, "remove", 1))
		call.method = "DELETE";
	else if (!list_is(&words.list, "show", 1))
		return sark_err_set(err, SARK_USAGE,
		    "roles list, show NAME, add NAME, remove NAME or of USER");
	call.path = sark_format(client->ctx, "/api/v1/roles/%s",
	    sark_http_escape(client->ctx, name));
	return ask(client, &call, err);
}
