#include <argp.h>
#include <stdio.h>
#include <time.h>

#include "base/mem.h"
#include "base/str.h"
#include "commands.h"
#include "list.h"

#define TAIL_LIMIT    200
#define TAIL_PAUSE_MS 1000

static const struct column many[] = { { "TIME", "/time" }, { "TYPE", "/type" },
	{ "ACTOR", "/actor/name" }, { "ACTION", "/action" },
	{ "RESOURCE", "/resource" }, { "DECISION", "/decision" },
	{ "REASON", "/reason" }, { NULL, NULL } };
static const struct column one[] = { { "Id", "/id" }, { "Time", "/time" },
	{ "Type", "/type" }, { "Severity", "/severity" },
	{ "Outcome", "/outcome" }, { "Actor", "/actor/name" },
	{ "Action", "/action" }, { "Resource", "/resource" },
	{ "Decision", "/decision" }, { "Reason", "/reason" },
	{ "Address", "/client_ip" }, { "Request", "/request_id" },
	{ "Program", "/program" }, { "Detail", "/detail" }, { NULL, NULL } };

/* Options that are filters of GET /api/v1/audit/events of the same name. */
static const char *const filters[] = { "from", "to", "type", "severity",
	"outcome", "actor", "action", "resource", "decision", "request_id",
	"trace_id", "q", "limit", "cursor", NULL };
#define FILTERS	     (SARK_COUNT(filters) - 1)
#define OPT_FILTER   256
#define FILTER_TYPE  2
#define FILTER_LIMIT 12

struct arguments {
	const char *words[2];
	int count;
	const char *filter[FILTERS];
};

static const struct argp_option options[] = {
	{ "from", OPT_FILTER + 0, "TIME", 0, "not before TIME (RFC 3339)", 0 },
	{ "to", OPT_FILTER + 1, "TIME", 0, "before TIME", 0 },
	{ "type", OPT_FILTER + 2, "TYPE", 0, "like policy_decision", 0 },
	{ "severity", OPT_FILTER + 3, "LEVEL", 0, "low ... critical", 0 },
	{ "outcome", OPT_FILTER + 4, "WORD", 0, "success or failure", 0 },
	{ "actor", OPT_FILTER + 5, "NAME", 0, "who did it", 0 },
	{ "action", OPT_FILTER + 6, "ACTION", 0, "like tool:invoke", 0 },
	{ "resource", OPT_FILTER + 7, "TEXT", 0, "what was acted on", 0 },
	{ "decision", OPT_FILTER + 8, "WORD", 0, "allow or deny", 0 },
	{ "request-id", OPT_FILTER + 9, "ID", 0, "of one request", 0 },
	{ "trace-id", OPT_FILTER + 10, "ID", 0, "of one trace", 0 },
	{ "search", OPT_FILTER + 11, "TEXT", 0, "part of the event's texts",
	    0 },
	{ "limit", OPT_FILTER + 12, "N", 0, "at most N, 1 to 200", 0 },
	{ "cursor", OPT_FILTER + 13, "CURSOR", 0, "the page behind this one",
	    0 },
	{ 0 },
};

static error_t
parse_option(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	if (key >= OPT_FILTER && key < OPT_FILTER + (int)FILTERS) {
		arguments->filter[key - OPT_FILTER] = arg;
		return 0;
	}
	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	if (arguments->count == 2)
		argp_usage(state);
	arguments->words[arguments->count++] = arg;
	return 0;
}

static const char *
target(struct client *client, const struct arguments *arguments)
{
	struct sark_buf path;
	size_t i;

	sark_buf_init(&path, client->ctx);
	sark_buf_str(&path, "/api/v1/audit/events");
	for (i = 0; i < FILTERS; i++)
		client_query(&path, filters[i], arguments->filter[i]);
	return path.data;
}

static void
print_event(struct client *client, const struct sark_json *event)
{
	const char *text;
	size_t len, i;

	if (client->json) {
		text = sark_json_text(client->ctx, event, &len);
		printf("%s\n", text);
		return;
	}
	for (i = 0; many[i].heading != NULL; i++)
		printf("%s%s", i == 0 ? "" : "  ",
		    table_cell(client->ctx, event, many[i].pointer));
	fputc('\n', stdout);
}

/* Each look leaves an audit_read: unasked for, tail would show itself. */
static bool
shown(struct client *client, const struct arguments *arguments,
    const struct sark_json *event)
{
	return arguments->filter[FILTER_TYPE] != NULL ||
	    !sark_str_eq(
		client_text(client->ctx, event, "/type"), "audit_read");
}

/* Prints what is newer than *last, oldest first, and moves *last. */
static int
print_news(struct client *client, const struct arguments *arguments,
    const char **last, struct sark_err *err)
{
	const struct call call = { .method = "GET",
		.path = target(client, arguments) };
	const struct sark_json *page, *items;
	struct sark_http_answer answer;
	size_t n = 0;

	if (client_call(client, &call, &answer, &page, err) == -1)
		return -1;
	items = sark_json_get(page, "items");
	while (n < sark_json_count(items) &&
	    !sark_str_eq(
		client_text(client->ctx, sark_json_element(items, n), "/id"),
		*last))
		n++;
	for (; n > 0; n--)
		if (shown(client, arguments, sark_json_element(items, n - 1)))
			print_event(client, sark_json_element(items, n - 1));
	if (sark_json_count(items) > 0)
		*last = client_text(
		    client->ctx, sark_json_element(items, 0), "/id");
	fflush(stdout);
	return 0;
}

static int
tail(struct client *client, struct arguments *arguments, struct sark_err *err)
{
	const struct timespec pause = { TAIL_PAUSE_MS / 1000,
		(TAIL_PAUSE_MS % 1000) * 1000000L };
	void *ctx = client->ctx;
	char last[64] = "";
	const char *seen = last;

	if (arguments->filter[FILTER_LIMIT] == NULL)
		arguments->filter[FILTER_LIMIT] = "20";
	/* now: what the first call makes has to outlive it */
	if (client_open(client, false, err) == -1)
		return -1;
	for (;;) {
		client->ctx = talloc_new(ctx);
		if (print_news(client, arguments, &seen, err) == -1)
			return -1;
		if (seen != last &&
		    sark_str_copy(last, sizeof(last), seen) == 0)
			seen = last;
		talloc_free(client->ctx);
		client->ctx = ctx;
		arguments->filter[FILTER_LIMIT] =
		    sark_format(ctx, "%d", TAIL_LIMIT);
		nanosleep(&pause, NULL);
	}
}

static int
get(struct client *client, const char *path, const struct column *columns,
    struct sark_err *err)
{
	const struct call call = { .method = "GET", .path = path };
	const struct sark_json *value;
	struct sark_http_answer answer;

	if (client_call(client, &call, &answer, &value, err) == -1)
		return -1;
	if (client->json || columns == NULL)
		table_print_json(&answer);
	else
		table_print_one(client->ctx, value, columns);
	return 0;
}

int
audit_command(
    struct client *client, int argc, char **argv, struct sark_err *err)
{
	static const struct argp argp = { options, parse_option,
		"list\ntail\nshow ID\nstats",
		"Reads the audit trail: newest first, or as it grows (tail).",
		NULL, NULL, NULL };
	struct arguments arguments = { 0 };
	const char *verb;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	verb = arguments.count > 0 ? arguments.words[0] : "";
	if (arguments.count == 1 && sark_str_eq(verb, "list"))
		return list_print(
		    client, target(client, &arguments), many, err);
	if (arguments.count == 1 && sark_str_eq(verb, "tail"))
		return tail(client, &arguments, err);
	if (arguments.count == 1 && sark_str_eq(verb, "stats"))
		return get(client, "/api/v1/audit/stats", NULL, err);
	if (arguments.count == 2 && sark_str_eq(verb, "show"))
		return get(client,
		    sark_format(client->ctx, "/api/v1/audit/events/%s",
			sark_http_escape(client->ctx, arguments.words[1])),
		    one, err);
	return sark_err_set(
	    err, SARK_USAGE, "audit list, tail, show ID or stats");
}
