#ifndef SARK_HTTP_CREDENTIAL_H
#define SARK_HTTP_CREDENTIAL_H

#include "base/attr.h"
#include "base/err.h"

/*
 * What a request shows as credential: at most one of a bearer token (RFC
 * 6750 section 2.1) and an API key.  Headers that the web server merged
 * ("a, b") are two credentials.  Another scheme than Bearer is none.
 */
struct sark_credential {
	const char *bearer;  /* NULL without */
	const char *api_key; /* NULL without */
};

/*
 * authorization and key are the values of Authorization and X-API-Key, NULL
 * without.  Errors: BAD_REQUEST, both or malformed.
 */
int sark_credential_read(const char *authorization, const char *key,
    struct sark_credential *credential_r, struct sark_err *err)
    SARK_NONNULL(3, 4) SARK_CHECKED;

#endif
