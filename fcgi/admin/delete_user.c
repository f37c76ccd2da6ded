#include "http/etag.h"
#include "routes.h"

/* He stays in the audit trail, so he stays: he is disabled. */
int
delete_user(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	static const bool yes = true;
	const struct sark_user_change change = { .disabled = &yes };
	struct sark_user_of of = { .user_id = req->params[0] };
	struct sark_user *user;

	if (sark_etag_wanted(req, &of.versions, err) == -1 ||
	    sark_user_change(app, req->caller, &of, &change, &user, err) == -1)
		return -1;
	resp->status = 204;
	return 0;
}
