#ifndef SARK_AUTH_TOKEN_H
#define SARK_AUTH_TOKEN_H

#include <stdint.h>

#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"

/*
 * How somebody proved who he is: the methods of RFC 8176 ("pwd", "otp",
 * "mfa"), ended by NULL, and when.
 */
struct sark_proof {
	const char *const *methods;
	int64_t time_ms;
};

/*
 * Issues an access token (RFC 9068) for who->user_id in who->session_id, good
 * for access_token_ttl_s, but no longer than the session, which ends at
 * until_ms (since the epoch): iss, sub, aud, exp, iat, nbf, jti, sid, username,
 * email, name, provider, roles, teams, managed_teams, amr, auth_time, and
 * where they apply agent and mfa_time.  The token is on app->mem.
 * Errors: CONFIG no key signs here, INTERNAL.
 */
int sark_token_issue(struct sark_app *app, const struct sark_caller *who,
    const struct sark_proof *proof, int64_t until_ms, char **token_r,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 5, 6) SARK_CHECKED;

#endif
