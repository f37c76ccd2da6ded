#include "base/mem.h"
#include "base/str.h"
#include "base/uuid.h"
#include "description.h"
#include "docs_page.h"
#include "routes.h"

/* The file is ours: that it is wrong is not the client's mistake. */
static int
parse(struct sark_app *app, const struct description *description,
    const struct sark_json **api_r, struct sark_err *err)
{
	struct sark_err reason;

	sark_err_init(&reason);
	if (sark_json_parse(app->mem, description->text, description->len,
		api_r, &reason) == -1)
		return sark_err_set(
		    err, SARK_CONFIG, "openapi.json: %s", reason.text);
	return 0;
}

int
get_docs(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	struct description description;
	const struct sark_json *api;
	unsigned char random[16];
	char nonce[2 * sizeof(random) + 1];

	(void)req;
	if (description_read(app, &description, err) == -1 ||
	    parse(app, &description, &api, err) == -1)
		return -1;
	sark_random(random, sizeof(random));
	sark_str_hex(nonce, random, sizeof(random));
	resp->type = "text/html; charset=utf-8";
	resp->content_policy = sark_format(app->mem,
	    "default-src 'none'; style-src 'nonce-%s'; base-uri 'none'; "
	    "form-action 'none'; frame-ancestors 'none'",
	    nonce);
	docs_page(&resp->body, api, nonce);
	return 0;
}
