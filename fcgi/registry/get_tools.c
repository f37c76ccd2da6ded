#include "base/level.h"
#include "json/writer.h"
#include "registry/list.h"
#include "registry/tool.h"
#include "routes.h"

int
get_tools(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	const struct tools_query *query = req->input;
	struct sark_tool_filter filter = { .server_id = query->server_id,
		.search = query->search,
		.limit = query->limit };
	struct sark_tool_page page;
	struct sark_jw jw;
	size_t i;

	if (query->sensitivity != 0)
		filter.sensitivity = sark_level_names[query->sensitivity - 1];
	if (sark_tool_list(app, &filter, query->cursor, &page, err) == -1)
		return -1;
	sark_jw_init(&jw, &resp->body);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_open(&jw, "items", '[');
	for (i = 0; i < page.tools.count; i++)
		sark_tool_to_json(&jw, &page.tools.items[i]);
	sark_jw_close(&jw);
	sark_jw_str(&jw, "next_cursor", page.next_cursor);
	sark_jw_bool(&jw, "has_more", page.next_cursor != NULL);
	sark_jw_close(&jw);
	return 0;
}
