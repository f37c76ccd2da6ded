#include "json/writer.h"
#include "routes.h"

int
get_providers(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	struct sark_jw jw;

	(void)app;
	(void)req;
	(void)err;
	sark_jw_init(&jw, &resp->body);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_open(&jw, "providers", '[');
	sark_jw_open(&jw, NULL, '{');
	sark_jw_str(&jw, "id", "local");
	sark_jw_str(&jw, "type", "password");
	sark_jw_str(&jw, "name", "User name and password");
	sark_jw_str(&jw, "login_url", "/api/v1/auth/login/local");
	sark_jw_close(&jw);
	sark_jw_close(&jw);
	sark_jw_close(&jw);
	return 0;
}
