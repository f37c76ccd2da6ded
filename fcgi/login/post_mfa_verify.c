#include "answer.h"
#include "auth/enrol.h"
#include "auth/mfa.h"
#include "mfa.h"
#include "routes.h"
#include "secret.h"

/* The second half of a login. */
static int
finish(struct sark_app *app, const struct sark_req *req, struct sark_resp *resp,
    struct sark_err *err)
{
	const struct mfa_input *in = req->input;
	struct sark_tokens tokens = { .mfa_token = NULL };
	int ret;

	ret = sark_mfa_finish(
	    app, req->caller, in->mfa_token, &in->code, &tokens, err);
	return answer_tokens(resp, ret, &tokens);
}

/* The second factor of a session, again. */
static int
renew(struct sark_app *app, const struct sark_req *req, struct sark_resp *resp,
    struct sark_err *err)
{
	const struct mfa_input *in = req->input;
	struct sark_verified verified;
	struct sark_jw jw;

	if (req->caller->user_id[0] == '\0')
		return sark_err_set(err, SARK_UNAUTHENTICATED,
		    "neither mfa_token nor credential");
	if (sark_enrol_verify(app, req->caller, &in->code, &verified, err) ==
	    -1)
		return -1;
	sark_jw_init(&jw, &resp->body);
	sark_verified_to_json(&jw, &verified);
	return 0;
}

int
post_mfa_verify(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	const struct mfa_input *in = req->input;
	int ret;

	ret = in->mfa_token != NULL ? finish(app, req, resp, err)
				    : renew(app, req, resp, err);
	login_wipe(req, in->code.recovery_code);
	return ret;
}
