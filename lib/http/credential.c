#include "http/credential.h"

#include <stddef.h>
#include <string.h>

#include "base/str.h"

#define WORD                         \
	"abcdefghijklmnopqrstuvwxyz" \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

static int
read_bearer(const char *value, const char **bearer_r, struct sark_err *err)
{
	size_t n = strcspn(value, " \t,");
	char scheme[8];

	if (strchr(value, ',') != NULL)
		return sark_err_set(
		    err, SARK_BAD_REQUEST, "more than one Authorization");
	if (n >= sizeof(scheme))
		return 0;
	memcpy(scheme, value, n);
	scheme[n] = '\0';
	if (!sark_str_eq_nocase(scheme, "bearer"))
		return 0;
	/* One blank exactly: what follows is the token or malformed. */
	if (value[n] != ' ' || value[n + 1] == '\0' ||
	    !sark_str_of(value + n + 1, WORD "."))
		return sark_err_set(
		    err, SARK_BAD_REQUEST, "malformed bearer token");
	*bearer_r = value + n + 1;
	return 0;
}

int
sark_credential_read(const char *authorization, const char *key,
    struct sark_credential *credential_r, struct sark_err *err)
{
	credential_r->bearer = NULL;
	credential_r->api_key = key;
	if (authorization != NULL && key != NULL)
		return sark_err_set(err, SARK_BAD_REQUEST,
		    "Authorization and X-API-Key at once");
	if (key != NULL && (*key == '\0' || !sark_str_of(key, WORD)))
		return sark_err_set(err, SARK_BAD_REQUEST, "malformed API key");
	if (authorization == NULL)
		return 0;
	return read_bearer(authorization, &credential_r->bearer, err);
}
