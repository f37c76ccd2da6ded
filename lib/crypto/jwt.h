#ifndef SARK_CRYPTO_JWT_H
#define SARK_CRYPTO_JWT_H

#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "crypto/keyring.h"
#include "json/reader.h"

/*
 * No library stands behind this: libjwt 1.10.2 refuses to read and to write
 * any typ but "JWT", so it cannot tell an access token from another (RFC
 * 9068); it believes the token's own alg besides and checks no claim.
 */

/* Longest token, looked at before anything is decoded. */
#define SARK_JWT_MAX 8192

/* What a token must say to be taken. */
struct sark_jwt_rules {
	const char *type;     /* header typ, exactly: "at+jwt" */
	const char *issuer;   /* iss, exactly */
	const char *audience; /* aud, exactly, one string */
	int64_t leeway_s;
	int64_t now_ms;
};

/* A verified token: its claims, and the times between which it is good. */
struct sark_jwt {
	const struct sark_json *claims;
	size_t size;	       /* of their text, in bytes */
	int64_t not_before_ms; /* leeway included */
	int64_t not_after_ms;  /* first moment it is not */
};

/*
 * Verifies a signed token (RFC 7519, RFC 7515 compact form, ES256 of RFC
 * 7518 section 3.4) as RFC 8725 and RFC 9068 advise, stricter where our own
 * tokens let us be: the header has exactly alg (ES256), typ and kid; the kid
 * is looked up in memory; each text has one spelling; sub, jti and sid are
 * UUIDs; exp, nbf and iat are required, in seconds, fractions allowed.
 * jwt_r is on ctx.
 * Errors: INVALID_TOKEN, TOKEN_EXPIRED; the text says which check failed and
 * holds nothing of the token.
 */
int sark_jwt_verify(struct sark_keyring *ring,
    const struct sark_jwt_rules *rules, void *ctx, const char *token,
    struct sark_jwt *jwt_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 4, 5, 6) SARK_CHECKED;
/*
 * Signs claims, the text of a JSON object, with the active key; type is the
 * header's typ, a plain word.  The token is on ctx.
 * Errors: CONFIG no key signs here; INTERNAL, also for a token that would be
 * too long to be taken.
 */
int sark_jwt_sign(struct sark_keyring *ring, void *ctx, const char *type,
    const char *claims, char **token_r, struct sark_err *err)
    SARK_NONNULL(1, 3, 4, 5, 6) SARK_CHECKED;

#endif
