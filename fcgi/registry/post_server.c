#include "json/writer.h"
#include "routes.h"

int
post_server(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	const struct server_body *body = req->input;
	struct sark_new_server in = body->server;
	struct sark_server *server;
	struct sark_jw jw;

	in.tools = body->tools.items;
	in.ntools = body->tools.count;
	if (sark_server_draft(app, req->caller, &in, &server, err) == -1)
		return -1;
	/* The answer comes first: it is committed with the server. */
	resp->status = 201;
	sark_jw_init(&jw, &resp->body);
	sark_server_to_json(&jw, server);
	if (sark_resp_header(
		resp, err, "Location", "/api/v1/servers/%s", server->id) == -1)
		return -1;
	return sark_server_register(app, req->caller, server, err);
}
