#include "auth/login.h"
#include "credentials.h"
#include "routes.h"

int
post_login_local(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	struct sark_tokens tokens;
	struct sark_jw jw;
	int ret;

	ret = sark_login_local(app, req->caller, req->input, &tokens, err);
	credentials_wipe(req);
	if (ret == -1)
		return -1;
	sark_jw_init(&jw, &resp->body);
	sark_tokens_to_json(&jw, &tokens);
	return 0;
}
