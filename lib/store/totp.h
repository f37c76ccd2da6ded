#ifndef SARK_STORE_TOTP_H
#define SARK_STORE_TOTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

struct sark_pg;
struct sark_tx;

/*
 * The second factor of users and their recovery codes, and what sessions say
 * of it.  A user has one factor at most; it is in force once it is confirmed.
 * Errors of all: those of pg.h.
 */

/* A factor as a try finds it. */
struct sark_totp_row {
	const char *secret; /* sealed */
	bool confirmed;
	int64_t last_step; /* of the last code that counted, 0 none yet */
	int64_t tries;	   /* since then, with this one; 0: not to be tried */
	int64_t wait_s;	   /* where it is not to be tried: how long */
};

/* When a factor is not to be tried. */
struct sark_totp_limit {
	int64_t free;	 /* tries before the first wait */
	int64_t wait_s;	 /* the first wait; it doubles with each try */
	int64_t longest; /* seconds of the longest */
	int64_t most;	 /* tries, after which there is none at all */
};

/* Whether the user's factor is in force: 1 or 0. */
int sark_totp_in_force(struct sark_pg *pg, const char *user_id,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;
/*
 * Takes one try: counts it before the code is looked at, so that many at once
 * get no more tries than one after the other.  Finder, on ctx; also found is
 * what is not to be tried now.
 */
int sark_totp_take_try(struct sark_pg *pg, void *ctx, const char *user_id,
    const struct sark_totp_limit *limit, struct sark_totp_row *row_r,
    struct sark_err *err) SARK_NONNULL(1, 3, 4, 5, 6) SARK_CHECKED;

/*
 * A new secret, unconfirmed, in place of another that was not confirmed.
 * Returns 1, or 0: a factor is in force.
 */
int sark_totp_put(struct sark_tx *tx, const char *user_id, const char *secret,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;
/*
 * Uses up the code of a step, and every one before it; forgets the tries.
 * Returns 1, or 0: that code, or a later one, was used before.
 */
int sark_totp_use(struct sark_tx *tx, const char *user_id, int64_t step,
    struct sark_err *err) SARK_NONNULL(1, 2, 4) SARK_CHECKED;
/*
 * The same, which puts the factor in force.  Returns 0 also if its secret is
 * no longer this one, or it was confirmed before.
 */
int sark_totp_confirm(struct sark_tx *tx, const char *user_id, int64_t step,
    const char *secret, struct sark_err *err)
    SARK_NONNULL(1, 2, 4, 5) SARK_CHECKED;
/* Removes factor and recovery codes: 1, or 0 there was none. */
int sark_totp_remove(struct sark_tx *tx, const char *user_id,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;

/* Recovery codes, as the SHA-256 of each in hex. */
int sark_recovery_put(struct sark_tx *tx, const char *user_id,
    const char *const *digests, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;
/* Whether it is one of the user's that was not used: 1 or 0. */
int sark_recovery_known(struct sark_pg *pg, const char *user_id,
    const char *digest, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;
/* Uses it up and forgets the tries: 1, or 0 it was used before. */
int sark_recovery_use(struct sark_tx *tx, const char *user_id,
    const char *digest, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;

/* A session whose user shows his second factor. */
struct sark_shown {
	const char *user_id;
	const char *session_id;
	const char *const *methods; /* RFC 8176 */
	int64_t time_s;		    /* when */
	/* found out: all methods of the session, and its end */
	const char *const *amr;
	int64_t until_ms;
};
/*
 * Says so of the session.  Returns 1, what was found out being on ctx; or 0:
 * the session is over.
 */
int sark_totp_shown(struct sark_tx *tx, void *ctx, struct sark_shown *shown,
    struct sark_err *err) SARK_NONNULL(1, 3, 4) SARK_CHECKED;
/* Forgets in all sessions of the user that he did. */
int sark_totp_forget(struct sark_tx *tx, const char *user_id,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;

#endif
