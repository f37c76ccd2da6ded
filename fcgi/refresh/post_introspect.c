#include "auth/introspect.h"
#include "routes.h"

int
post_introspect(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	const struct token_form *form = req->input;
	struct sark_token_state state;
	struct sark_jw jw;

	if (sark_token_look(app, form->token, &state, err) == -1)
		return -1;
	sark_jw_init(&jw, &resp->body);
	sark_token_state_to_json(&jw, app, &state);
	return 0;
}
