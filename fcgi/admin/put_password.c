#include "auth/user_password.h"
#include "base/permission.h"
#include "base/str.h"
#include "crypto/secret.h"
#include "http/etag.h"
#include "json/reader.h"
#include "routes.h"

static int
reset(struct sark_app *app, const struct sark_req *req, struct sark_err *err)
{
	const struct password_body *body = req->input;
	struct sark_user_of of = { .user_id = req->params[0] };
	const struct sark_password_reset in = {
		.password = body->password,
		/* Somebody else knows it. */
		.change_required = body->change_required ||
		    sark_json_get(req->json, "change_required") == NULL,
	};

	if (!sark_permission_at(req->caller, "user:write", NULL))
		return sark_err_set(err, SARK_FORBIDDEN,
		    "the permission user:write is required");
	if (sark_etag_wanted(req, &of.versions, err) == -1)
		return -1;
	return sark_user_reset_password(app, req->caller, &of, &in, err);
}

static int
change_own(
    struct sark_app *app, const struct sark_req *req, struct sark_err *err)
{
	const struct password_body *body = req->input;
	const struct sark_own_password in = { body->current, body->password };

	return sark_user_own_password(app, req->caller, &in, err);
}

int
put_password(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	const struct password_body *body = req->input;
	int ret;

	ret = sark_str_eq(req->params[0], req->caller->user_id)
	    ? change_own(app, req, err)
	    : reset(app, req, err);
	sark_secret_wipe_text(body->password);
	if (body->current != NULL)
		sark_secret_wipe_text(body->current);
	sark_secret_wipe_text(req->body);
	resp->status = 204;
	return ret;
}
