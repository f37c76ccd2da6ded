#include "secret.h"

#include <stdint.h>
#include <string.h>

#include "crypto/secret.h"

void
login_wipe(const struct sark_req *req, const char *secret)
{
	if (secret != NULL)
		sark_secret_wipe((void *)(uintptr_t)secret, strlen(secret));
	sark_secret_wipe((void *)(uintptr_t)req->body, req->body_len);
}
