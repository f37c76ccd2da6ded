#include "answer.h"
#include "auth/login.h"
#include "credentials.h"
#include "routes.h"

int
post_login_local(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	struct sark_tokens tokens = { .mfa_token = NULL };
	int ret;

	ret = sark_login_local(app, req->caller, req->input, &tokens, err);
	credentials_wipe(req);
	return answer_tokens(resp, ret, &tokens);
}
