#include "auth/role.h"
#include "http/etag.h"
#include "routes.h"

int
put_role(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	const struct role_body *body = req->input;
	const struct sark_new_role in = { .name = req->params[0],
		.description = body->description,
		.permissions = body->permissions };
	const char *const *versions;
	struct sark_role *role;
	struct sark_jw jw;

	if (sark_etag_wanted(req, &versions, err) == -1 ||
	    sark_role_change(app, req->caller, &in, versions, &role, err) == -1)
		return -1;
	sark_jw_init(&jw, &resp->body);
	sark_role_to_json(&jw, role);
	return sark_etag_add(resp, err);
}
