#include "api_key_answer.h"
#include "auth/apikey_change.h"
#include "http/etag.h"
#include "routes.h"

int
post_api_key_rotate(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	const struct sark_json *overlap =
	    sark_json_get(req->json, "overlap_seconds");
	struct sark_apikey_rotation rotation = { .caller = req->caller,
		.overlap_s = sark_json_int(overlap, SARK_OVERLAP_DEFAULT_S) };

	if (sark_etag_wanted(req, &rotation.versions, err) == -1 ||
	    sark_apikey_rotation(app, req->params[0], &rotation, err) == -1)
		return -1;
	/* The answer comes first: it is committed with the new secret. */
	resp->status = 200;
	if (api_key_shown(resp, rotation.key, &rotation.text, app->mem, err) ==
	    -1)
		return -1;
	return sark_apikey_rotate(app, &rotation, err);
}
