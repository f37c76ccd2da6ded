#include "json/writer.h"
#include "registry/sensitivity.h"
#include "routes.h"

int
post_detect_sensitivity(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err SARK_UNUSED)
{
	const struct detect_body *body = req->input;
	struct sark_sensitivity found;
	struct sark_jw jw;

	found = sark_sensitivity_detect(
	    app->mem, body->name, body->description, body->parameters);
	sark_jw_init(&jw, &resp->body);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_str(&jw, "detected_level", sark_level_name(found.level));
	sark_jw_list(&jw, "keywords_matched", found.keywords);
	sark_jw_str(&jw, "detection_method", found.method);
	sark_jw_close(&jw);
	return 0;
}
