#include "auth/role.h"
#include "routes.h"

int
post_role(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	struct sark_role *role;
	struct sark_jw jw;

	if (sark_role_draft(app, req->caller, req->input, &role, err) == -1)
		return -1;
	/* The answer comes first: it is committed with the role. */
	resp->status = 201;
	sark_jw_init(&jw, &resp->body);
	sark_role_to_json(&jw, role);
	if (sark_resp_header(
		resp, err, "Location", "/api/v1/roles/%s", role->name) == -1)
		return -1;
	return sark_role_add(app, req->caller, role, err);
}
