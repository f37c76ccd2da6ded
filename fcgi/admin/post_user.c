#include "auth/user_list.h"
#include "crypto/secret.h"
#include "json/reader.h"
#include "routes.h"

int
post_user(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	const struct user_body *body = req->input;
	struct sark_new_user in = body->user;
	struct sark_user *user;
	struct sark_jw jw;
	int ret;

	/* Somebody else knows the first password. */
	if (sark_json_get(req->json, "password_change_required") == NULL)
		in.password_change_required = true;
	ret = sark_user_draft(app, req->caller, &in, &user, err);
	sark_secret_wipe_text(in.password);
	if (ret == -1)
		return -1;
	/* The answer comes first: it is committed with the user. */
	resp->status = 201;
	sark_jw_init(&jw, &resp->body);
	sark_user_to_json(&jw, user);
	if (sark_resp_header(
		resp, err, "Location", "/api/v1/users/%s", user->user_id) == -1)
		return -1;
	return sark_user_register(app, req->caller, user, err);
}
