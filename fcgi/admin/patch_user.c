#include "auth/user_list.h"
#include "http/etag.h"
#include "json/reader.h"
#include "routes.h"

/* A flag that is given, true or false. */
static const bool *
given(const struct sark_req *req, const char *name, const bool *flag)
{
	const struct sark_json *value = sark_json_get(req->json, name);

	return sark_json_type(value) == SARK_JSON_BOOL ? flag : NULL;
}

int
patch_user(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	const struct user_patch *patch = req->input;
	struct sark_user_change change = patch->change;
	struct sark_user_of of = { .user_id = req->params[0] };
	struct sark_user *user;
	struct sark_jw jw;

	change.agent = given(req, "agent", &patch->agent);
	change.disabled = given(req, "disabled", &patch->disabled);
	if (sark_etag_wanted(req, &of.versions, err) == -1 ||
	    sark_user_change(app, req->caller, &of, &change, &user, err) == -1)
		return -1;
	sark_jw_init(&jw, &resp->body);
	sark_user_to_json(&jw, user);
	return sark_etag_add(resp, err);
}
