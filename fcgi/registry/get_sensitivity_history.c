#include "json/writer.h"
#include "registry/tool.h"
#include "routes.h"

int
get_sensitivity_history(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	struct sark_tool_changes changes;
	struct sark_jw jw;
	size_t i;

	if (sark_tool_history(app, req->params[0], &changes, err) == -1)
		return -1;
	sark_jw_init(&jw, &resp->body);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_open(&jw, "items", '[');
	for (i = 0; i < changes.count; i++)
		sark_tool_change_to_json(&jw, &changes.items[i]);
	sark_jw_close(&jw);
	sark_jw_close(&jw);
	return 0;
}
