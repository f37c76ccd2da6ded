#ifndef SARK_AUTH_LOGIN_H
#define SARK_AUTH_LOGIN_H

#include <stdint.h>

#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"
#include "json/writer.h"

/* What a client sends; otp counts only for who has enrolled one. */
struct sark_login {
	const char *username;
	const char *password; /* at most SARK_PASSWORD_MAX bytes */
	const char *otp;      /* NULL without */
};

/* What a login gives; on app->mem. */
struct sark_tokens {
	const char *access_token;
	const char *refresh_token;
	int64_t expires_in;	    /* seconds */
	int64_t refresh_expires_in; /* seconds */
	struct sark_caller user;
};

/*
 * Login with a password kept here.  caller is the request's, anonymous.
 *
 * An unknown name, a wrong password, a disabled user and a user of another
 * provider are one and the same to the client, in time too: each costs one
 * password hash.  Which it was is in the audit event authentication_failure
 * alone.
 *
 * Success: the sealed record goes to Redis first; then one transaction has
 * the session, the sessions that are one too many (session_dropped each),
 * the time of login, the hash again if its parameters rose, and the event
 * authentication_success.  Whatever fails leaves no token that works: a
 * record without its row is none, and the tokens are only given after the
 * commit.
 *
 * Errors: INVALID_CREDENTIALS; UNAVAILABLE, TIMEOUT PostgreSQL or Redis away;
 * UNCERTAIN; AUDIT_UNAVAILABLE.
 */
int sark_login_local(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_login *login, struct sark_tokens *tokens_r,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;

/* The tokens object of the API, as the top value. */
void sark_tokens_to_json(struct sark_jw *jw, const struct sark_tokens *tokens)
    SARK_NONNULL(1, 2);

#endif
