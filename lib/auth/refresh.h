#ifndef SARK_AUTH_REFRESH_H
#define SARK_AUTH_REFRESH_H

#include <stdint.h>

#include "auth/token.h"
#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"
#include "base/uuid.h"
#include "crypto/digest.h"

struct sark_seal;

/*
 * A refresh token: opaque to the client, "srt_" and the base64url of the
 * session's id (16 bytes), the token's id (16), a secret (32) and a mark (16)
 * by the sealing key over the three, by which a token that was made here is
 * told from a guess without asking a store, however old it is.  The secret
 * is in the client's text alone; PostgreSQL and Redis hold its SHA-256, which
 * for 256 random bits needs no salt and no work factor.
 */
#define SARK_REFRESH_TEXT 112 /* longest text of one, and its NUL */

struct sark_refresh {
	char session_id[SARK_UUID_TEXT];
	char token_id[SARK_UUID_TEXT];
	char secret_hash[SARK_SHA256_TEXT];
	char *text; /* wiped when freed */
};

/* A new token of the session, a UUID, on ctx. */
void sark_refresh_make(void *ctx, const struct sark_seal *seal,
    const char *session_id, struct sark_refresh *refresh_r)
    SARK_NONNULL(2, 3, 4);
/* Reads a token, text and all, on ctx: 1, or 0 if it was not made here. */
int sark_refresh_read(void *ctx, const struct sark_seal *seal, const char *text,
    struct sark_refresh *refresh_r) SARK_NONNULL(2, 3, 4) SARK_CHECKED;

/* What is kept in Redis beside a live token, for those who look after it. */
struct sark_refresh_record {
	const struct sark_refresh *refresh;
	const struct sark_caller *who; /* and from where */
	const struct sark_proof *proof;
	int64_t created_ms; /* of the session */
	int64_t used_ms;    /* last */
	int64_t ttl_s;
	const char
	    *former_id; /* the token that this one comes after, or NULL */
};

/*
 * Keeps the record under sark_sessions_key, sealed to that key, and takes the
 * former token's away.  Errors: UNAVAILABLE, TIMEOUT.
 */
int sark_refresh_keep(struct sark_app *app,
    const struct sark_refresh_record *record, struct sark_err *err)
    SARK_NONNULL(1, 2, 3) SARK_CHECKED;
/*
 * Keeps the text of a token that comes after another, sealed, for those who
 * ask for it once more within ttl_s.  Errors: UNAVAILABLE, TIMEOUT.
 */
int sark_refresh_keep_successor(struct sark_app *app,
    const struct sark_refresh *refresh, int64_t ttl_s, struct sark_err *err)
    SARK_NONNULL(1, 2, 4) SARK_CHECKED;
/*
 * The token of this id and hash if its text was kept: 1, 0 or -1.
 * Errors: UNAVAILABLE, TIMEOUT.
 */
int sark_refresh_successor(struct sark_app *app, const char *token_id,
    const char *secret_hash, struct sark_refresh *refresh_r,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;

#endif
