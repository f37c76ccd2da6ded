#include "auth/apikey_change.h"
#include "http/etag.h"
#include "routes.h"

int
delete_api_key(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	const char *const *versions;

	if (sark_etag_wanted(req, &versions, err) == -1 ||
	    sark_apikey_revoke(
		app, req->caller, req->params[0], versions, err) == -1)
		return -1;
	resp->status = 204;
	return 0;
}
