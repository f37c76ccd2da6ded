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
	/* where one has to be changed; NULL without */
	const char *new_password;
};

/*
 * Login with a password kept here.  caller is the request's, anonymous.
 *
 * An unknown name, a wrong password, a disabled user, a user of another
 * provider and one who has to wait (lockout.h) are one and the same to the
 * client, in time too: each costs one password hash and one note in
 * PostgreSQL.  Which it was is in the audit event authentication_failure
 * alone.
 *
 * Success opens a session (session.h).
 *
 * Errors: INVALID_CREDENTIALS; PASSWORD_CHANGE_REQUIRED it is right, and no
 * new one was sent along; INVALID the new one is none (new_password.h), or
 * none is wanted; OVERLOADED (hash_slots.h); UNAVAILABLE, TIMEOUT PostgreSQL or Redis away;
 * UNCERTAIN; AUDIT_UNAVAILABLE.
 */
int sark_login_local(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_login *login, struct sark_tokens *tokens_r,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;

#endif
