#ifndef SARK_AUTH_ENROL_H
#define SARK_AUTH_ENROL_H

#include "auth/factor.h"
#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"
#include "json/writer.h"

/*
 * The second factor of the caller, who must have a session of his own: an API
 * key can neither enrol nor show one.  Texts are on app->mem.
 *
 * Errors of all: FORBIDDEN no session; CONFLICT there is a factor in force
 * already, or none; INVALID_OTP, RATE_LIMITED as sark_factor_try, with an event
 * mfa_failed; INVALID_TOKEN the session is over; UNAVAILABLE, TIMEOUT,
 * UNCERTAIN; AUDIT_UNAVAILABLE.
 */

/* What an authenticator has to be given, once. */
struct sark_enrolment {
	const char *secret; /* base32 */
	const char *uri;    /* otpauth:// */
	const char *qr_text;
	const char *qr_svg;
};
/*
 * A new secret, in place of one that was not confirmed.  It is not in force
 * until it is.  Event mfa_enrolled.
 */
int sark_enrol_begin(struct sark_app *app, const struct sark_caller *caller,
    struct sark_enrolment *enrolment_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;

/*
 * A session whose user has shown his second factor: its access token, anew,
 * which says so.  Tokens given before say it too, as the session does.
 */
struct sark_verified {
	const char *access_token;
	int64_t expires_in; /* seconds */
	struct sark_caller user;
	/* 10 texts, ended by NULL, of a confirmation; else NULL */
	const char *const *recovery_codes;
};
/*
 * Puts the secret in force by a code of it, which also is the second factor
 * of this session.  Event mfa_confirmed.
 */
int sark_enrol_confirm(struct sark_app *app, const struct sark_caller *caller,
    const char *otp, struct sark_verified *verified_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;
/*
 * Shows the second factor again: mfa_time of the session is now.  Event
 * mfa_verified.
 */
int sark_enrol_verify(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_passcode *code, struct sark_verified *verified_r,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;
/*
 * Removes factor and recovery codes; the user's sessions are as if none had
 * been shown.  Event mfa_removed.
 */
int sark_enrol_remove(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_passcode *code, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;
/*
 * The same by an administrator for a user who has lost his, without a code;
 * needs app->pg as sark_admin.  NOT_FOUND: no such user, or he has none.
 * Event mfa_removed, reason "reset".
 */
int sark_enrol_reset(struct sark_app *app, const struct sark_caller *caller,
    const char *username, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;

/* The answers of the API, as the top value. */
void sark_enrolment_to_json(struct sark_jw *jw,
    const struct sark_enrolment *enrolment) SARK_NONNULL(1, 2);
void sark_verified_to_json(struct sark_jw *jw,
    const struct sark_verified *verified) SARK_NONNULL(1, 2);

#endif
