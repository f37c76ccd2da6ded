#include "credentials.h"

#include <stdint.h>
#include <string.h>

#include "auth/login.h"
#include "crypto/secret.h"

/* The request's own copies. */
static void
wipe(const char *secret, size_t n)
{
	sark_secret_wipe((void *)(uintptr_t)secret, n);
}

void
credentials_wipe(const struct sark_req *req)
{
	const struct sark_login *login = req->input;

	wipe(login->password, strlen(login->password));
	if (login->new_password != NULL)
		wipe(login->new_password, strlen(login->new_password));
	wipe(req->body, req->body_len);
}
