#ifndef SARK_AUTH_MFA_H
#define SARK_AUTH_MFA_H

#include <stdint.h>

#include "auth/factor.h"
#include "auth/session.h"
#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"

/*
 * The second factor at a login: whoever has one in force shows a code, with
 * the password or, within SARK_MFA_TOKEN_S, with the token that he is given
 * for it.
 */
#define SARK_MFA_TOKEN_S   300
#define SARK_MFA_TOKEN_MAX 2048

/*
 * Looks at the code of who has arrived.  factor_r has methods NULL where none
 * was needed; else it is to be used up by what opens the session.
 *
 * Errors: MFA_REQUIRED he has to show a code (event mfa_required), *token_r is
 * what he may do that with; INVALID_OTP, RATE_LIMITED his was wrong, or comes
 * too soon (event authentication_failure); those of pg.h; AUDIT_UNAVAILABLE.
 */
int sark_mfa_admit(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_arrival *arrival, struct sark_factor *factor_r,
    const char **token_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4, 5, 6) SARK_CHECKED;

/*
 * Goes on with the login that a token is of: it says who showed which
 * password, and when, and is sealed.  A password changed since makes it void.
 *
 * Errors: INVALID without a code; INVALID_TOKEN, TOKEN_EXPIRED; those of
 * sark_session_open.
 */
int sark_mfa_finish(struct sark_app *app, const struct sark_caller *caller,
    const char *token, const struct sark_passcode *code,
    struct sark_tokens *tokens_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4, 5, 6) SARK_CHECKED;

#endif
