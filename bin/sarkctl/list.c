#include "list.h"

#include <stdio.h>

#include "base/str.h"

const struct argp_option list_options[] = {
	{ "search", 'q', "TEXT", 0, "list: part of name or description", 0 },
	{ "limit", 'l', "N", 0, "list: at most N, 1 to 200", 0 },
	{ "cursor", 'c', "CURSOR", 0, "list: the page behind this one", 0 },
	{ 0 },
};

error_t
list_parse(int key, char *arg, struct argp_state *state)
{
	struct list_words *words = state->input;

	switch (key) {
	case 'q':
		words->search = arg;
		return 0;
	case 'l':
		words->limit = arg;
		return 0;
	case 'c':
		words->cursor = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (words->count == LIST_WORDS)
			argp_usage(state);
		words->words[words->count++] = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

bool
list_is(const struct list_words *words, const char *verb, int n)
{
	return words->count == n + 1 && sark_str_eq(words->words[0], verb);
}

int
list_print(struct client *client, const char *path,
    const struct column *columns, struct sark_err *err)
{
	const struct call call = { .method = "GET", .path = path };
	const struct sark_json *page;
	struct sark_http_answer answer;
	const char *next;

	if (client_call(client, &call, &answer, &page, err) == -1)
		return -1;
	if (client->json) {
		table_print_json(&answer);
		return 0;
	}
	table_print(client->ctx, sark_json_get(page, "items"), columns);
	next = client_text(client->ctx, page, "/next_cursor");
	if (*next != '\0')
		printf("more: --cursor %s\n", next);
	return 0;
}

int
list_page(struct client *client, const char *path,
    const struct list_words *words, const struct column *columns,
    struct sark_err *err)
{
	struct sark_buf target;

	sark_buf_init(&target, client->ctx);
	sark_buf_str(&target, path);
	client_query(&target, "search", words->search);
	client_query(&target, "limit", words->limit);
	client_query(&target, "cursor", words->cursor);
	return list_print(client, target.data, columns, err);
}
