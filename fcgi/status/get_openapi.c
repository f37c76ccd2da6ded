#include "base/str.h"
#include "description.h"
#include "routes.h"

int
get_openapi(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	struct description description;

	if (description_read(app, &description, err) == -1)
		return -1;
	resp->cacheable = true;
	if (sark_resp_header(
		resp, err, "Cache-Control", "public, max-age=300") == -1 ||
	    sark_resp_header(resp, err, "ETag", "%s", description.etag) == -1)
		return -1;
	if (sark_str_eq(req->if_none_match, description.etag)) {
		resp->status = 304;
		return 0;
	}
	sark_buf_add(&resp->body, description.text, description.len);
	return 0;
}
