#include <string.h>

#include "base/level.h"
#include "base/mem.h"
#include "json/writer.h"
#include "registry/list.h"
#include "routes.h"

/* "a,b" as a list; NULL stays NULL. */
static const char *const *
split(void *ctx, const char *text)
{
	const char **list;
	size_t n, count = 0;

	if (text == NULL)
		return NULL;
	list = sark_new_array(ctx, const char *, strlen(text) + 2);
	for (;;) {
		n = strcspn(text, ",");
		if (n > 0)
			list[count++] = sark_strndup(ctx, text, n);
		if (text[n] == '\0')
			return list;
		text += n + 1;
	}
}

int
get_servers(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	const struct servers_query *query = req->input;
	struct sark_server_filter filter = { .team = query->team,
		.owner = query->owner,
		.search = query->search,
		.limit = query->limit,
		.tags = split(app->mem, query->tags) };
	struct sark_server_page page;
	struct sark_jw jw;
	size_t i;

	if (query->status != 0)
		filter.status = sark_server_statuses[query->status - 1];
	if (query->sensitivity != 0)
		filter.sensitivity = sark_level_names[query->sensitivity - 1];
	if (sark_server_list(app, &filter, query->cursor, &page, err) == -1)
		return -1;
	sark_jw_init(&jw, &resp->body);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_open(&jw, "items", '[');
	for (i = 0; i < page.servers.count; i++)
		sark_server_to_json(&jw, &page.servers.items[i]);
	sark_jw_close(&jw);
	sark_jw_str(&jw, "next_cursor", page.next_cursor);
	sark_jw_bool(&jw, "has_more", page.next_cursor != NULL);
	sark_jw_close(&jw);
	return 0;
}
