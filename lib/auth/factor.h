#ifndef SARK_AUTH_FACTOR_H
#define SARK_AUTH_FACTOR_H

#include <stdint.h>

#include "base/app.h"
#include "base/attr.h"
#include "base/err.h"

struct sark_tx;

/*
 * Codes of a second factor: looked at, then used up together with what they
 * are for, in one transaction.  A code counts once.
 *
 * Each look is a try.  After mfa_tries of them without a right one the next
 * has to wait 30 seconds, and each further one twice as long, an hour at most;
 * after 100 (NIST SP 800-63B section 5.2.2) an administrator must remove the
 * factor.
 */

/* What somebody sends; otp wins where there are both. */
struct sark_passcode {
	const char *otp;	   /* six digits, blanks do no harm; or NULL */
	const char *recovery_code; /* as it was shown, in any case; or NULL */
};

/* What came of a try; on app->mem. */
struct sark_factor {
	const char *user_id;
	const char *const *methods; /* what was shown, RFC 8176 */
	int64_t step;		    /* of a one-time password */
	const char *digest;	    /* of a recovery code, else NULL */
	const char *secret;	    /* the factor's, as it is stored */
	/* of one that is refused: a word, and seconds to the next try */
	const char *why;
	int64_t wait_s;
};

/* Which factor a code may be for. */
enum sark_factor_state {
	SARK_FACTOR_IN_FORCE,
	SARK_FACTOR_UNCONFIRMED,
};

/*
 * Looks at a code.  Returns 1 when it is right; 0 when it is refused, *why:
 * "wrong_otp", "replayed_otp", "wrong_recovery_code", "mfa_locked", or
 * "not_enrolled" where there is no factor in that state.  Needs app->seal.
 * Errors: those of pg.h; CONFIG the secret was sealed by another key.
 */
int sark_factor_try(struct sark_app *app, const char *user_id,
    const struct sark_passcode *code, enum sark_factor_state state,
    struct sark_factor *factor_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 5, 6) SARK_CHECKED;
/* The error of a refusal: INVALID_OTP, RATE_LIMITED, CONFLICT.  Returns -1. */
int sark_factor_refuse(const struct sark_factor *factor, struct sark_err *err)
    SARK_NONNULL(1, 2);
/*
 * Uses up the code of a factor that is in force.  Errors: INVALID_OTP it was
 * used meanwhile; those of pg.h.
 */
int sark_factor_use(struct sark_tx *tx, const struct sark_factor *factor,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;

/* Where a user's secret is sealed to, on ctx. */
const char *sark_factor_place(void *ctx, const char *user_id) SARK_NONNULL(2)
    __attribute__((returns_nonnull));

#define SARK_RECOVERY_CODES 10
#define SARK_RECOVERY_TEXT  20 /* "abcd-efgh-ijkl-mnop" and its NUL */

/* A new recovery code of 80 random bits. */
void sark_recovery_make(char out[SARK_RECOVERY_TEXT]);
/*
 * What is kept of a user's recovery code: SHA-256, which for 80 random bits
 * needs no work factor, in hex on ctx.  NULL if text can be no such code.
 */
const char *sark_recovery_digest(void *ctx, const char *user_id,
    const char *text) SARK_NONNULL(2, 3) SARK_CHECKED;

#endif
