#include "json/writer.h"
#include "routes.h"
#include "config.h"

int
get_health(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	struct sark_jw jw;

	(void)app;
	(void)req;
	(void)err;
	sark_jw_init(&jw, &resp->body);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_str(&jw, "status", "ok");
	sark_jw_str(&jw, "version", PACKAGE_VERSION);
	sark_jw_close(&jw);
	return 0;
}
