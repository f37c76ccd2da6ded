#include "auth/session_list.h"
#include "routes.h"

int
get_sessions(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	const struct sessions_query *query = req->input;
	const struct sark_caller *caller = req->caller;
	struct sark_session_page page;
	struct sark_jw jw;

	if (sark_session_list(app, caller->user_id, query->limit, query->cursor,
		&page, err) == -1)
		return -1;
	sark_jw_init(&jw, &resp->body);
	sark_session_page_to_json(&jw, &page, caller->session_id);
	return 0;
}
