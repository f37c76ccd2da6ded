#include "auth/apikey.h"
#include "auth/apikey_change.h"
#include "base/str.h"
#include "http/etag.h"
#include "json/writer.h"
#include "routes.h"

/* Whether the body has the member: null takes a limit away (RFC 7396). */
static bool
given(const struct sark_json *body, const char *member)
{
	size_t n = sark_json_count(body), i;
	const char *name;

	for (i = 0; i < n; i++) {
		(void)sark_json_member(body, i, &name);
		if (sark_str_eq(name, member))
			return true;
	}
	return false;
}

int
patch_api_key(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	const struct sark_apikey_change *body = req->input;
	struct sark_apikey_change change = *body;
	char version[SARK_VERSION_TEXT];
	struct sark_apikey *key;
	struct sark_jw jw;

	change.sets_rate = given(req->json, "rate_limit");
	change.sets_days = given(req->json, "expires_in_days");
	change.sets_active = sark_json_type(sark_json_get(
				 req->json, "is_active")) == SARK_JSON_BOOL;
	if (sark_etag_wanted(req, &change.versions, err) == -1 ||
	    sark_apikey_change(
		app, req->caller, req->params[0], &change, &key, err) == -1)
		return -1;
	sark_jw_init(&jw, &resp->body);
	sark_apikey_to_json(&jw, NULL, key);
	sark_apikey_version(app->mem, key, version);
	return sark_etag_add_version(resp, version, err);
}
