#include "auth/role.h"
#include "routes.h"

int
delete_role(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	if (sark_role_remove(app, req->caller, req->params[0], err) == -1)
		return -1;
	resp->status = 204;
	return 0;
}
