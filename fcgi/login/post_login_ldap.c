#include "answer.h"
#include "auth/ldap.h"
#include "credentials.h"
#include "routes.h"

int
post_login_ldap(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	struct sark_tokens tokens = { .mfa_token = NULL };
	int ret;

	ret = sark_login_ldap(app, req->caller, req->input, &tokens, err);
	credentials_wipe(req);
	return answer_tokens(resp, ret, &tokens);
}
