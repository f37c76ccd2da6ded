#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "commands.h"
#include "json/writer.h"
#include "list.h"

#define BINDINGS "/api/v1/role-bindings"

static const struct column one[] = { { "Id", "/binding_id" },
	{ "Role", "/role" }, { "User", "/username" }, { "Group", "/group" },
	{ "API key", "/api_key_id" }, { "On", "/scope/type" },
	{ "", "/scope/id" }, { "Until", "/expires_at" },
	{ "Hours", "/windows" }, { "By", "/granted_by" },
	{ "At", "/granted_at" }, { NULL, NULL } };
static const struct column many[] = { { "ID", "/binding_id" },
	{ "ROLE", "/role" }, { "USER", "/username" }, { "GROUP", "/group" },
	{ "API KEY", "/api_key_id" }, { "ON", "/scope/id" },
	{ "UNTIL", "/expires_at" }, { NULL, NULL } };

struct binding_words {
	struct list_words list;
	const char *role;
	const char *user;
	const char *group;
	const char *key;
	const char *team;
	const char *server;
	const char *expires;
	const char *hours; /* "09:00-17:00" */
	const char *days;  /* "monday,friday" */
	const char *zone;
};

static const struct argp_option options[] = {
	{ "limit", 'l', "N", 0, "list: at most N, 1 to 200", 0 },
	{ "cursor", 'c', "CURSOR", 0, "list: the page behind this one", 0 },
	{ "role", 'r', "NAME", 0, "list: of this role", 0 },
	{ "user", 'u', "USER", 0, "to this user, by name or id", 0 },
	{ "group", 'g', "GROUP", 0, "to this group of the directory", 0 },
	{ "api-key", 'k', "ID", 0, "to this API key", 0 },
	{ "team", 't', "TEAM", 0, "add: for this team alone", 0 },
	{ "server", 's', "ID", 0, "add: for this server alone", 0 },
	{ "expires", 'e', "TIME", 0, "add: until then, as 2030-01-31T18:00:00Z",
	    0 },
	{ "hours", 'o', "FROM-TO", 0, "add: only then, as 09:00-17:00", 0 },
	{ "days", 'd', "DAY,...", 0, "add: only on these, as monday,friday",
	    0 },
	{ "zone", 'z', "ZONE", 0, "add: of the hours, as Europe/Berlin", 0 },
	{ 0 },
};

/* Where an option's argument goes. */
static const char **
place_of(struct binding_words *words, int key)
{
	switch (key) {
	case 'r':
		return &words->role;
	case 'u':
		return &words->user;
	case 'g':
		return &words->group;
	case 'k':
		return &words->key;
	case 't':
		return &words->team;
	case 's':
		return &words->server;
	case 'e':
		return &words->expires;
	case 'o':
		return &words->hours;
	case 'd':
		return &words->days;
	case 'z':
		return &words->zone;
	default:
		return NULL;
	}
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct binding_words *words = state->input;
	const char **place = place_of(words, key);
	struct argp_state list = *state;

	if (place != NULL) {
		*place = arg;
		return 0;
	}
	list.input = &words->list;
	return list_parse(key, arg, &list);
}

static int
ask(struct client *client, const struct call *call, struct sark_err *err)
{
	const struct sark_json *binding;
	struct sark_http_answer answer;

	if (client_call(client, call, &answer, &binding, err) == -1)
		return -1;
	if (client->json)
		table_print_json(&answer);
	else if (binding != NULL)
		table_print_one(client->ctx, binding, one);
	return 0;
}

static void
optional(struct sark_jw *jw, const char *name, const char *value)
{
	if (value != NULL)
		sark_jw_str(jw, name, value);
}

static void
write_scope(struct sark_jw *jw, const struct binding_words *words)
{
	if (words->team == NULL && words->server == NULL)
		return;
	sark_jw_open(jw, "scope", '{');
	sark_jw_str(jw, "type", words->team != NULL ? "team" : "server");
	sark_jw_str(
	    jw, "id", words->team != NULL ? words->team : words->server);
	sark_jw_close(jw);
}

static void
write_days(struct sark_jw *jw, const char *days)
{
	size_t n;

	if (days == NULL)
		return;
	sark_jw_open(jw, "days", '[');
	for (; *days != '\0'; days += n + (days[n] == ',')) {
		n = strcspn(days, ",");
		sark_jw_strn(jw, NULL, days, n);
	}
	sark_jw_close(jw);
}

/* The server says what is wrong with it. */
static void
write_window(struct sark_jw *jw, const struct binding_words *words)
{
	const char *hours = words->hours == NULL ? "00:00-24:00" : words->hours;
	size_t n = strcspn(hours, "-");

	if (words->hours == NULL && words->days == NULL)
		return;
	sark_jw_open(jw, "windows", '[');
	sark_jw_open(jw, NULL, '{');
	write_days(jw, words->days);
	sark_jw_strn(jw, "from", hours, n);
	sark_jw_str(jw, "to", hours[n] == '-' ? hours + n + 1 : "");
	sark_jw_str(jw, "zone", words->zone == NULL ? "UTC" : words->zone);
	sark_jw_close(jw);
	sark_jw_close(jw);
}

static int
add(struct client *client, struct binding_words *words, struct sark_err *err)
{
	struct call call = {
		.method = "POST", .path = BINDINGS, .creates = true
	};
	struct sark_buf body;
	struct sark_jw jw;

	if (words->team != NULL && words->server != NULL)
		return sark_err_set(err, SARK_USAGE, "--team or --server");
	sark_buf_init(&body, client->ctx);
	sark_jw_init(&jw, &body);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_str(&jw, "role", words->list.words[1]);
	optional(&jw, "user_id", words->user);
	optional(&jw, "group", words->group);
	optional(&jw, "api_key_id", words->key);
	optional(&jw, "expires_at", words->expires);
	write_scope(&jw, words);
	write_window(&jw, words);
	sark_jw_close(&jw);
	call.body = body.data;
	return ask(client, &call, err);
}

static int
list(struct client *client, const struct binding_words *words,
    struct sark_err *err)
{
	struct sark_buf target;

	sark_buf_init(&target, client->ctx);
	sark_buf_str(&target, BINDINGS);
	client_query(&target, "role", words->role);
	client_query(&target, "user_id", words->user);
	client_query(&target, "group", words->group);
	client_query(&target, "api_key_id", words->key);
	client_query(&target, "limit", words->list.limit);
	client_query(&target, "cursor", words->list.cursor);
	return list_print(client, target.data, many, err);
}

int
bindings_command(
    struct client *client, int argc, char **argv, struct sark_err *err)
{
	static const struct argp argp = { options, parse,
		"list\nshow ID\nadd ROLE\nremove ID",
		"Lists, shows, makes and takes away bindings: who has which "
		"role.",
		NULL, NULL, NULL };
	struct binding_words words = { .role = NULL };
	struct call call = { .method = "GET" };

	argp_parse(&argp, argc, argv, 0, NULL, &words);
	if (words.user != NULL &&
	    client_user(client, words.user, &words.user, err) == -1)
		return -1;
	if (list_is(&words.list, "list", 0))
		return list(client, &words, err);
	if (list_is(&words.list, "add", 1))
		return add(client, &words, err);
	if (list_is(&words.list, "remove", 1))
		call.method = "DELETE";
	else if (!list_is(&words.list, "show", 1))
		return sark_err_set(err, SARK_USAGE,
		    "bindings list, show ID, add ROLE or remove ID");
	call.path = sark_format(client->ctx, BINDINGS "/%s",
	    sark_http_escape(client->ctx, words.list.words[1]));
	return ask(client, &call, err);
}
