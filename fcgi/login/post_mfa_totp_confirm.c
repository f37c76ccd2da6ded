#include "auth/enrol.h"
#include "mfa.h"
#include "routes.h"
#include "secret.h"

int
post_mfa_totp_confirm(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	const struct mfa_input *in = req->input;
	struct sark_verified verified;
	struct sark_jw jw;
	int ret;

	ret =
	    sark_enrol_confirm(app, req->caller, in->code.otp, &verified, err);
	login_wipe(req, in->code.otp);
	if (ret == -1)
		return -1;
	sark_jw_init(&jw, &resp->body);
	sark_verified_to_json(&jw, &verified);
	return 0;
}
