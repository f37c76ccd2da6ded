#include "base/buf.h"
#include "client.h"
#include "crypto/secret.h"
#include "json/writer.h"

int
client_refresh(struct client *client, struct sark_err *err)
{
	struct call call = { .method = "POST",
		.path = "/api/v1/auth/refresh",
		.anonymous = true };
	const struct sark_json *tokens;
	struct sark_http_answer answer;
	struct session session;
	struct sark_buf body;
	struct sark_jw jw;
	int ret;

	sark_buf_init(&body, client->ctx);
	sark_jw_init(&jw, &body);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_str(&jw, "refresh_token", client->session.refresh_token);
	sark_jw_close(&jw);
	call.body = body.data;
	ret = client_call(client, &call, &answer, &tokens, err);
	sark_secret_wipe(body.data, body.len);
	if (ret == -1)
		return -1;
	session = (struct session){ client->session.url,
		client_text(client->ctx, tokens, "/access_token"),
		client_text(client->ctx, tokens, "/refresh_token") };
	/* What was sent is used up: first of all the next one is kept. */
	if (session_write(client->ctx, client->session_file, &session, err) ==
	    -1)
		return -1;
	client->session = session;
	return 0;
}
