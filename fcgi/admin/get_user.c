#include "auth/user_list.h"
#include "http/etag.h"
#include "routes.h"

int
get_user(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	struct sark_user *user;
	struct sark_jw jw;

	if (sark_user_get(app, req->params[0], &user, err) == -1)
		return -1;
	sark_jw_init(&jw, &resp->body);
	sark_user_to_json(&jw, user);
	return sark_etag_answer(req, resp, err);
}
