#include "http/etag.h"
#include "json/writer.h"
#include "registry/tool.h"
#include "routes.h"

int
post_sensitivity(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	const struct sensitivity_body *body = req->input;
	struct sark_new_level level = { .tool_id = req->params[0],
		.level = (enum sark_level)(body->level - 1),
		.reason = body->reason };
	struct sark_tool *tool;
	struct sark_jw jw;

	if (sark_etag_wanted(req, &level.versions, err) == -1)
		return -1;
	if (sark_tool_set_level(app, req->caller, &level, &tool, err) == -1)
		return -1;
	sark_jw_init(&jw, &resp->body);
	sark_tool_to_json(&jw, tool);
	return sark_etag_add(resp, err);
}
