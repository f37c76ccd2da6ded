#include "routes.h"

int
post_login_ldap(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	(void)app;
	(void)req;
	(void)resp;
	return sark_err_set(
	    err, SARK_PROVIDER_DISABLED, "no directory is configured");
}
