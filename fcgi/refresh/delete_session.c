#include "auth/session_end.h"
#include "base/uuid.h"
#include "routes.h"

int
delete_session(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	const struct sark_session_ending ending = {
		.user_id = req->caller->user_id,
		.session_id = req->params[0],
		.reason = "ended",
	};
	size_t count = 0;

	if (sark_uuid_valid(ending.session_id) &&
	    sark_session_end(app, req->caller, &ending, &count, err) == -1)
		return -1;
	if (count == 0)
		return sark_err_set(
		    err, SARK_NOT_FOUND, "you have no such session");
	resp->status = 204;
	return 0;
}
