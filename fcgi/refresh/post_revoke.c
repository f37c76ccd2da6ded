#include "auth/session_end.h"
#include "routes.h"

/* The answer tells nothing about the token. */
int
post_revoke(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	const struct refresh_body *body = req->input;

	if (sark_session_end_token(
		app, req->caller, body->refresh_token, err) == -1)
		return -1;
	success_to_json(resp);
	return 0;
}
