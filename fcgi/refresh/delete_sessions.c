#include "auth/session_end.h"
#include "json/writer.h"
#include "routes.h"

int
delete_sessions(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	const struct sark_session_ending ending = {
		.user_id = req->caller->user_id,
		.reason = "all_ended",
	};
	struct sark_jw jw;
	size_t count;

	if (sark_session_end(app, req->caller, &ending, &count, err) == -1)
		return -1;
	sark_jw_init(&jw, &resp->body);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_int(&jw, "revoked", (int64_t)count);
	sark_jw_close(&jw);
	return 0;
}
