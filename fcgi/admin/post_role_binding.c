#include "auth/binding.h"
#include "routes.h"

int
post_role_binding(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	const struct binding_body *body = req->input;
	struct sark_new_binding in = body->binding;
	struct sark_binding *binding;
	struct sark_jw jw;

	in.windows = body->windows.items;
	in.nwindows = body->windows.count;
	if (sark_binding_draft(app, req->caller, &in, &binding, err) == -1)
		return -1;
	/* The answer comes first: it is committed with the binding. */
	resp->status = 201;
	sark_jw_init(&jw, &resp->body);
	sark_binding_to_json(&jw, binding);
	if (sark_resp_header(resp, err, "Location", "/api/v1/role-bindings/%s",
		binding->id) == -1)
		return -1;
	return sark_binding_add(app, req->caller, binding, err);
}
