#include "checks.h"
#include "json/writer.h"
#include "routes.h"

int
get_ready(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	struct check checks[CHECKS];
	struct sark_jw jw;
	size_t i;
	bool ready = checks_run(app, checks);

	(void)req;
	(void)err;
	resp->status = ready ? 200 : 503;
	sark_jw_init(&jw, &resp->body);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_bool(&jw, "ready", ready);
	sark_jw_open(&jw, "checks", '{');
	for (i = 0; i < CHECKS; i++) {
		sark_jw_open(&jw, checks[i].name, '{');
		sark_jw_bool(&jw, "ok", checks[i].ok);
		sark_jw_close(&jw);
	}
	sark_jw_close(&jw);
	sark_jw_close(&jw);
	return 0;
}
