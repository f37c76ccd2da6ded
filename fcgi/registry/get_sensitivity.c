#include "http/etag.h"
#include "json/writer.h"
#include "registry/tool.h"
#include "routes.h"

int
get_sensitivity(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	struct sark_tool *tool;
	struct sark_jw jw;

	if (sark_tool_get(app, req->params[0], &tool, err) == -1)
		return -1;
	sark_jw_init(&jw, &resp->body);
	sark_tool_to_json(&jw, tool);
	return sark_etag_answer(req, resp, err);
}
