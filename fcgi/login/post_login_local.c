#include <stdint.h>
#include <string.h>

#include "auth/login.h"
#include "crypto/secret.h"
#include "routes.h"

/* The request's own copies; nobody reads them after this. */
static void
wipe(const char *secret, size_t n)
{
	sark_secret_wipe((void *)(uintptr_t)secret, n);
}

int
post_login_local(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	const struct sark_login *login = req->input;
	struct sark_tokens tokens;
	struct sark_jw jw;
	int ret;

	ret = sark_login_local(app, req->caller, login, &tokens, err);
	wipe(login->password, strlen(login->password));
	wipe(req->body, req->body_len);
	if (ret == -1)
		return -1;
	sark_jw_init(&jw, &resp->body);
	sark_tokens_to_json(&jw, &tokens);
	return 0;
}
