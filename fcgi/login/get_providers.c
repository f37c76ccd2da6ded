#include "json/writer.h"
#include "routes.h"

static void
add(struct sark_jw *jw, const char *id, const char *name, const char *url)
{
	sark_jw_open(jw, NULL, '{');
	sark_jw_str(jw, "id", id);
	sark_jw_str(jw, "type", "password");
	sark_jw_str(jw, "name", name);
	sark_jw_str(jw, "login_url", url);
	sark_jw_close(jw);
}

int
get_providers(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	struct sark_jw jw;

	(void)req;
	(void)err;
	sark_jw_init(&jw, &resp->body);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_open(&jw, "providers", '[');
	add(&jw, "local", "User name and password", "/api/v1/auth/login/local");
	if (app->ldap != NULL)
		add(&jw, "ldap", "Name and password of the directory",
		    "/api/v1/auth/login/ldap");
	sark_jw_close(&jw);
	sark_jw_close(&jw);
	return 0;
}
