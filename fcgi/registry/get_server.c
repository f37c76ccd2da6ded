#include "http/etag.h"
#include "json/writer.h"
#include "routes.h"

int
get_server(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	struct sark_server *server;
	struct sark_jw jw;

	if (sark_server_get(app, req->params[0], &server, err) == -1)
		return -1;
	sark_jw_init(&jw, &resp->body);
	sark_server_to_json(&jw, server);
	return sark_etag_answer(req, resp, err);
}
