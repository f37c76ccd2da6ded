#include "api_key_answer.h"
#include "auth/apikey_new.h"
#include "routes.h"

int
post_api_key(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	struct sark_key_text text;
	struct sark_apikey *key;

	if (sark_apikey_draft(app, req->caller, req->input, &key, &text, err) ==
	    -1)
		return -1;
	/* The answer comes first: it is committed with the key. */
	resp->status = 201;
	if (api_key_shown(resp, key, &text, app->mem, err) == -1 ||
	    sark_resp_header(resp, err, "Location", "/api/v1/api-keys/%s",
		key->key_id) == -1)
		return -1;
	return sark_apikey_create(app, req->caller, key, &text, err);
}
