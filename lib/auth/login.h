#ifndef SARK_AUTH_LOGIN_H
#define SARK_AUTH_LOGIN_H

#include "auth/session.h"
#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"

/* What a client sends; otp counts only for who has enrolled one. */
struct sark_login {
	const char *username;
	const char *password; /* at most SARK_PASSWORD_MAX bytes */
	const char *otp;      /* NULL without */
};

/*
 * Login with a password kept here.  caller is the request's, anonymous.
 *
 * An unknown name, a wrong password, a disabled user and a user of another
 * provider are one and the same to the client, in time too: each costs one
 * password hash.  Which it was is in the audit event authentication_failure
 * alone.
 *
 * Success opens a session (session.h).
 *
 * Errors: INVALID_CREDENTIALS; UNAVAILABLE, TIMEOUT PostgreSQL or Redis away;
 * UNCERTAIN; AUDIT_UNAVAILABLE.
 */
int sark_login_local(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_login *login, struct sark_tokens *tokens_r,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;

#endif
