#include <argp.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "commands.h"
#include "list.h"
#include "json/writer.h"

#define MANY_MAX 100

static const struct column many[] = { { "ID", "/id" }, { "NAME", "/name" },
	{ "PREFIX", "/key_prefix" }, { "OWNER", "/username" },
	{ "ACTIVE", "/is_active" }, { "EXPIRES", "/expires_at" },
	{ "LAST USED", "/last_used_at" }, { "USES", "/usage_count" },
	{ NULL, NULL } };
static const struct column one[] = { { "Id", "/id" }, { "Name", "/name" },
	{ "Description", "/description" }, { "Owner", "/username" },
	{ "Prefix", "/key_prefix" }, { "Scopes", "/scopes" },
	{ "Networks", "/allowed_networks" }, { "Limit", "/rate_limit" },
	{ "Active", "/is_active" }, { "Created", "/created_at" },
	{ "By", "/created_by" }, { "Expires", "/expires_at" },
	{ "Last used", "/last_used_at" }, { "Uses", "/usage_count" },
	{ NULL, NULL } };

enum {
	OPT_ALL = 256,
	OPT_DAYS,
	OPT_DESCRIPTION,
	OPT_NETWORK,
	OPT_OVERLAP,
	OPT_RATE,
	OPT_SCOPE,
	OPT_USER,
};

static const struct argp_option options[] = {
	{ "all", OPT_ALL, NULL, 0, "list the keys of everybody", 0 },
	{ "user", OPT_USER, "USER", 0, "list, or make, keys of this user", 0 },
	{ "scope", OPT_SCOPE, "SCOPE", 0,
	    "what the new key may, like policy:evaluate; more than once", 0 },
	{ "network", OPT_NETWORK, "CIDR", 0,
	    "from where it may be used; more than once", 0 },
	{ "days", OPT_DAYS, "N", 0, "it expires after N days", 0 },
	{ "rate", OPT_RATE, "N", 0, "its requests a minute", 0 },
	{ "description", OPT_DESCRIPTION, "TEXT", 0, "what it is for", 0 },
	{ "overlap", OPT_OVERLAP, "SECONDS", 0,
	    "rotate: so long the key of before goes on to work", 0 },
	{ 0 },
};

struct arguments {
	const char *words[2];
	int count;
	const char *scopes[MANY_MAX + 1];
	const char *networks[MANY_MAX + 1];
	size_t nscopes, nnetworks;
	const char *user;
	const char *description;
	const char *days, *rate, *overlap;
	bool all;
};

static void
add_to(const char **list, size_t *n, const char *arg, struct argp_state *state)
{
	if (*n == MANY_MAX)
		argp_error(state, "too many: %s", arg);
	list[(*n)++] = arg;
}

static error_t
parse_option(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case OPT_ALL:
		a->all = true;
		return 0;
	case OPT_DAYS:
		a->days = arg;
		return 0;
	case OPT_DESCRIPTION:
		a->description = arg;
		return 0;
	case OPT_NETWORK:
		add_to(a->networks, &a->nnetworks, arg, state);
		return 0;
	case OPT_OVERLAP:
		a->overlap = arg;
		return 0;
	case OPT_RATE:
		a->rate = arg;
		return 0;
	case OPT_SCOPE:
		add_to(a->scopes, &a->nscopes, arg, state);
		return 0;
	case OPT_USER:
		a->user = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (a->count == 2)
			argp_usage(state);
		a->words[a->count++] = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* A number of the command line as a member, unless it was not given. */
static int
number(struct sark_jw *jw, const char *name, const char *text,
    struct sark_err *err)
{
	int64_t n;

	if (text == NULL)
		return 0;
	if (sark_num_int(text, 0, INT64_MAX, &n) == -1)
		return sark_err_set(
		    err, SARK_USAGE, "%s is no number: %s", name, text);
	sark_jw_int(jw, name, n);
	return 0;
}

/* The one time that the key is shown: alone on standard output. */
static int
show_key(struct client *client, const struct call *call, struct sark_err *err)
{
	const struct sark_json *value;
	struct sark_http_answer answer;

	if (client_call(client, call, &answer, &value, err) == -1)
		return -1;
	if (client->json) {
		table_print_json(&answer);
		return 0;
	}
	fprintf(stderr, "key %s of %s; it is not shown again\n",
	    table_cell(client->ctx, value, "/api_key/id"),
	    table_cell(client->ctx, value, "/api_key/username"));
	printf("%s\n", table_cell(client->ctx, value, "/key"));
	return 0;
}

static int
create(struct client *client, const struct arguments *a, struct sark_err *err)
{
	struct call call = {
		.method = "POST", .path = "/api/v1/api-keys", .creates = true
	};
	struct sark_buf body;
	struct sark_jw jw;
	const char *user;

	sark_buf_init(&body, client->ctx);
	sark_jw_init(&jw, &body);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_str(&jw, "name", a->words[1]);
	sark_jw_list(&jw, "scopes", a->scopes);
	if (a->nnetworks > 0)
		sark_jw_list(&jw, "allowed_networks", a->networks);
	if (a->description != NULL)
		sark_jw_str(&jw, "description", a->description);
	if (a->user != NULL) {
		if (client_user(client, a->user, &user, err) == -1)
			return -1;
		sark_jw_str(&jw, "user_id", user);
	}
	if (number(&jw, "expires_in_days", a->days, err) == -1 ||
	    number(&jw, "rate_limit", a->rate, err) == -1)
		return -1;
	sark_jw_close(&jw);
	call.body = body.data;
	return show_key(client, &call, err);
}

static const char *
path_of(struct client *client, const char *id, const char *behind)
{
	return sark_format(client->ctx, "/api/v1/api-keys/%s%s",
	    sark_http_escape(client->ctx, id), behind);
}

static int
rotate(struct client *client, const struct arguments *a, struct sark_err *err)
{
	struct call call = { .method = "POST",
		.path = path_of(client, a->words[1], "/rotate"),
		.creates = true };
	struct sark_buf body;
	struct sark_jw jw;

	sark_buf_init(&body, client->ctx);
	sark_jw_init(&jw, &body);
	sark_jw_open(&jw, NULL, '{');
	if (number(&jw, "overlap_seconds", a->overlap, err) == -1)
		return -1;
	sark_jw_close(&jw);
	call.body = body.data;
	return show_key(client, &call, err);
}

static int
revoke(struct client *client, const char *id, struct sark_err *err)
{
	const struct call call = { .method = "DELETE",
		.path = path_of(client, id, "") };
	const struct sark_json *value;
	struct sark_http_answer answer;

	return client_call(client, &call, &answer, &value, err);
}

static int
show(struct client *client, const char *id, struct sark_err *err)
{
	const struct call call = { .method = "GET",
		.path = path_of(client, id, "") };
	const struct sark_json *value;
	struct sark_http_answer answer;

	if (client_call(client, &call, &answer, &value, err) == -1)
		return -1;
	if (client->json)
		table_print_json(&answer);
	else
		table_print_one(client->ctx, value, one);
	return 0;
}

static int
list(struct client *client, const struct arguments *a, struct sark_err *err)
{
	const char *user = NULL;
	struct sark_buf path;

	if (a->user != NULL && client_user(client, a->user, &user, err) == -1)
		return -1;
	sark_buf_init(&path, client->ctx);
	sark_buf_str(&path, "/api/v1/api-keys");
	client_query(&path, "user_id", user);
	client_query(&path, "all", a->all ? "true" : NULL);
	return list_print(client, path.data, many, err);
}

int
keys_command(struct client *client, int argc, char **argv, struct sark_err *err)
{
	static const struct argp argp = { options, parse_option,
		"list\ncreate NAME\nshow ID\nrotate ID\nrevoke ID",
		"Lists, makes, shows, rotates and revokes API keys.  A new key "
		"is written to standard output, alone, and never again.",
		NULL, NULL, NULL };
	struct arguments a = { .count = 0 };
	const char *verb;

	argp_parse(&argp, argc, argv, 0, NULL, &a);
	verb = a.count > 0 ? a.words[0] : "";
	if (a.count == 1 && sark_str_eq(verb, "list"))
		return list(client, &a, err);
	if (a.count == 2 && sark_str_eq(verb, "create"))
		return create(client, &a, err);
	if (a.count == 2 && sark_str_eq(verb, "show"))
		return show(client, a.words[1], err);
	if (a.count == 2 && sark_str_eq(verb, "rotate"))
		return rotate(client, &a, err);
	if (a.count == 2 && sark_str_eq(verb, "revoke"))
		return revoke(client, a.words[1], err);
	return sark_err_set(err, SARK_USAGE,
	    "keys list, create NAME, show ID, rotate ID or revoke ID");
}
