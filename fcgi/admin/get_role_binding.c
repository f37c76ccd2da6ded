#include "auth/binding.h"
#include "http/etag.h"
#include "routes.h"

int
get_role_binding(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	struct sark_binding *binding;
	struct sark_jw jw;

	if (sark_binding_get(app, req->params[0], &binding, err) == -1)
		return -1;
	sark_jw_init(&jw, &resp->body);
	sark_binding_to_json(&jw, binding);
	return sark_etag_answer(req, resp, err);
}
