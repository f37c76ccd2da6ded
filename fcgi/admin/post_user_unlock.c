#include "auth/user_password.h"
#include "routes.h"

int
post_user_unlock(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	const struct sark_user_of of = { .user_id = req->params[0] };

	resp->status = 204;
	return sark_user_unlock(app, req->caller, &of, err);
}
