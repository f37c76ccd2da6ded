#include "auth/explain.h"
#include "routes.h"

int
get_user_permissions(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	struct sark_explanation explanation;
	struct sark_jw jw;

	if (sark_explain(app, req->params[0], &explanation, err) == -1)
		return -1;
	sark_jw_init(&jw, &resp->body);
	sark_explain_to_json(app, &jw, &explanation);
	return 0;
}
