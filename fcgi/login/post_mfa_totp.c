#include "auth/enrol.h"
#include "routes.h"

int
post_mfa_totp(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	struct sark_enrolment enrolment;
	struct sark_jw jw;

	if (sark_enrol_begin(app, req->caller, &enrolment, err) == -1)
		return -1;
	sark_jw_init(&jw, &resp->body);
	sark_enrolment_to_json(&jw, &enrolment);
	return 0;
}
