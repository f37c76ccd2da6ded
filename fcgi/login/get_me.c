#include "auth/account.h"
#include "routes.h"

int
get_me(struct sark_app *app, const struct sark_req *req, struct sark_resp *resp,
    struct sark_err *err)
{
	struct sark_jw jw;

	(void)app;
	(void)err;
	sark_jw_init(&jw, &resp->body);
	sark_account_to_json(&jw, NULL, req->caller);
	return 0;
}
