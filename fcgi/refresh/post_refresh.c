#include "auth/rotation.h"
#include "routes.h"

int
post_refresh(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	const struct refresh_body *body = req->input;
	struct sark_tokens tokens;
	struct sark_jw jw;

	if (sark_session_refresh(
		app, req->caller, body->refresh_token, &tokens, err) == -1)
		return -1;
	sark_jw_init(&jw, &resp->body);
	sark_tokens_to_json(&jw, &tokens);
	return 0;
}
