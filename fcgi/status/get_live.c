#include "json/writer.h"
#include "routes.h"

/* Says that a worker answers; asks nobody else. */
int
get_live(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	struct sark_jw jw;

	(void)app;
	(void)req;
	(void)err;
	sark_jw_init(&jw, &resp->body);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_str(&jw, "status", "alive");
	sark_jw_close(&jw);
	return 0;
}
