#ifndef SARK_AUTH_REFRESH_H
#define SARK_AUTH_REFRESH_H

#include "auth/token.h"
#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"
#include "base/uuid.h"
#include "crypto/digest.h"

/*
 * A refresh token: opaque to the client, "srt_" and the base64url of the
 * user's id (16 bytes), the token's id (16) and a secret (32).  The secret is
 * in the client's text alone; PostgreSQL and Redis hold its SHA-256, which
 * for 256 random bits needs no salt and no work factor.
 */
struct sark_refresh {
	char token_id[SARK_UUID_TEXT];
	char secret_hash[SARK_SHA256_TEXT];
	char *text; /* wiped when freed */
};

/* A new token of the user on ctx.  user_id is a UUID. */
void sark_refresh_make(void *ctx, const char *user_id,
    struct sark_refresh *refresh_r) SARK_NONNULL(2, 3);
/*
 * Keeps the record of the token in Redis for refresh_token_ttl_s under
 * sark_sessions_key, sealed to that key: who, the session, the hash, the
 * proof, from where, when made and last used.
 * Errors: UNAVAILABLE, TIMEOUT.
 */
int sark_refresh_keep(struct sark_app *app, const struct sark_refresh *refresh,
    const struct sark_caller *who, const struct sark_proof *proof,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;

#endif
