#ifndef SARK_AUTH_TOTP_H
#define SARK_AUTH_TOTP_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/*
 * One-time passwords by time (RFC 6238): HMAC-SHA-1, six digits, steps of 30
 * seconds, what every authenticator takes.  A clock may be one step off,
 * before or behind (RFC 6238 section 5.2).
 */
#define SARK_TOTP_SECRET_BYTES 20 /* RFC 4226 section 4, R6 */
#define SARK_TOTP_DIGITS       6
#define SARK_TOTP_STEP_S       30

struct sark_totp_secret {
	const unsigned char *bytes;
	size_t len;
};

/*
 * Whether otp is a code of the secret at now_s, seconds since the epoch.
 * Returns 1 and the time step of the code, or 0.  What comes of each step is
 * compared in constant time.
 */
int sark_totp_match(const struct sark_totp_secret *secret, int64_t now_s,
    const char *otp, int64_t *step_r) SARK_NONNULL(1, 3, 4) SARK_CHECKED;
/* The secret in base32 (RFC 4648 section 6), on ctx, wiped when freed. */
char *sark_totp_base32(void *ctx, const struct sark_totp_secret *secret)
    SARK_NONNULL(2) __attribute__((returns_nonnull));
/*
 * "otpauth://totp/ISSUER:ACCOUNT?secret=...", as authenticators read it from
 * a QR code; on ctx, wiped when freed.
 */
char *sark_totp_uri(void *ctx, const struct sark_totp_secret *secret,
    const char *issuer, const char *account) SARK_NONNULL(2, 3, 4)
    __attribute__((returns_nonnull));

#endif
