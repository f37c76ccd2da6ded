#include "auth/session_end.h"
#include "routes.h"

int
post_logout(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	const struct sark_session_ending ending = {
		.user_id = req->caller->user_id,
		.session_id = req->caller->session_id,
		.reason = "logout",
	};
	size_t count;

	/* An API key belongs to no session. */
	if (*req->caller->session_id == '\0')
		return sark_err_set(
		    err, SARK_BAD_REQUEST, "the credential has no session");
	if (sark_session_end(app, req->caller, &ending, &count, err) == -1)
		return -1;
	success_to_json(resp);
	return 0;
}
