#include "auth/enrol.h"
#include "mfa.h"
#include "routes.h"
#include "secret.h"

int
delete_mfa_totp(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	const struct mfa_input *in = req->input;
	int ret;

	ret = sark_enrol_remove(app, req->caller, &in->code, err);
	login_wipe(req, in->code.recovery_code);
	resp->status = 204;
	return ret;
}
