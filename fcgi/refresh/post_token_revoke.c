#include "auth/introspect.h"
#include "routes.h"

/* What the token was, the answer does not say (RFC 7009 section 2.2). */
int
post_token_revoke(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	const struct token_form *form = req->input;

	if (sark_token_revoke(app, req->caller, form->token, err) == -1)
		return -1;
	success_to_json(resp);
	return 0;
}
