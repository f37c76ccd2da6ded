#include "base/clock.h"
#include "crypto/keyring.h"
#include "routes.h"

/* A new key is published before it signs: caches may keep this a while. */
#define CACHED "public, max-age=300"

int
get_jwks(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	(void)req;
	resp->cacheable = true;
	sark_keyring_jwks(app->keys, sark_clock_ms(), &resp->body);
	return sark_resp_header(resp, err, "Cache-Control", CACHED);
}
