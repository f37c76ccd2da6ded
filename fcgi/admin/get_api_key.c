#include "auth/apikey.h"
#include "http/etag.h"
#include "json/writer.h"
#include "routes.h"

int
get_api_key(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	char version[SARK_VERSION_TEXT];
	struct sark_apikey *key;
	struct sark_jw jw;

	if (sark_apikey_get(app, req->caller, req->params[0], &key, err) == -1)
		return -1;
	sark_jw_init(&jw, &resp->body);
	sark_apikey_to_json(&jw, NULL, key);
	sark_apikey_version(app->mem, key, version);
	return sark_etag_answer_version(req, resp, version, err);
}
