#include "auth/role.h"
#include "http/etag.h"
#include "routes.h"

int
get_role(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	struct sark_role *role;
	struct sark_jw jw;

	if (sark_role_get(app, req->params[0], &role, err) == -1)
		return -1;
	sark_jw_init(&jw, &resp->body);
	sark_role_to_json(&jw, role);
	return sark_etag_answer(req, resp, err);
}
