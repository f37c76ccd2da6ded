#ifndef SARK_AUTH_SESSION_H
#define SARK_AUTH_SESSION_H

#include <stdint.h>

#include "auth/factor.h"
#include "auth/token.h"
#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"
#include "json/writer.h"

struct sark_attempt;
struct sark_user;

/* What a login, or a refresh, gives; on app->mem. */
struct sark_tokens {
	const char *access_token;
	const char *refresh_token;
	int64_t expires_in;	    /* seconds */
	int64_t refresh_expires_in; /* seconds */
	struct sark_caller user;
	/* with MFA_REQUIRED alone: for sark_mfa_finish; else NULL */
	const char *mfa_token;
};

/* Somebody who has shown who he is. */
struct sark_arrival {
	const struct sark_user *user; /* as he was read */
	struct sark_proof proof;      /* how, and when */
	const char *action;	      /* "login:local", of the audit event */
	const char *new_hash; /* of the same password; NULL: the old will do */
	const char *new_password;	    /* hash of another; NULL: none */
	const struct sark_attempt *attempt; /* lockout.h; NULL: no password */
	struct sark_passcode code; /* of his second factor, if he sent one */
};

/*
 * Opens a session for who has arrived through the request of caller: the
 * sealed record goes to Redis first; then one transaction has the session,
 * the sessions that are one too many (session_dropped each), the time of
 * login, the new hash, and the event authentication_success.  Whatever fails
 * leaves no token that works: a record without its row is none, and the
 * tokens are only given after the commit.
 *
 * Who has a second factor in force has to show it (mfa.h); its code is used up
 * in that transaction.  What a session without one withholds: withhold.h.
 *
 * Errors: MFA_REQUIRED, INVALID_OTP, RATE_LIMITED as sark_mfa_admit;
 * INVALID_CREDENTIALS he was disabled, given another password or locked out
 * since he was read, and nothing is recorded of it; PASSWORD_CHANGE_REQUIRED
 * there is no new_password, and there has to be; UNAVAILABLE, TIMEOUT,
 * UNCERTAIN; CONFIG no key signs here.
 */
int sark_session_open(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_arrival *arrival, struct sark_tokens *tokens_r,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;

/*
 * Makes who the user in this session: ids, names, roles, teams, permissions;
 * what else is in who stays.  who->mfa says whether the roles count
 * (withhold.h).
 */
void sark_session_identify(struct sark_app *app, const struct sark_user *user,
    const char *session_id, struct sark_caller *who) SARK_NONNULL(1, 2, 3, 4);

/* The tokens object of the API, as the top value. */
void sark_tokens_to_json(struct sark_jw *jw, const struct sark_tokens *tokens)
    SARK_NONNULL(1, 2);

#endif
