#include "description.h"
#include "http/etag.h"
#include "routes.h"

int
get_openapi(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	struct description description;

	if (description_read(app, &description, err) == -1)
		return -1;
	resp->cacheable = true;
	sark_buf_add(&resp->body, description.text, description.len);
	if (sark_resp_header(
		resp, err, "Cache-Control", "public, max-age=300") == -1)
		return -1;
	return sark_etag_answer(req, resp, err);
}
