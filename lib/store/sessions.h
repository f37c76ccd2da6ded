#ifndef SARK_STORE_SESSIONS_H
#define SARK_STORE_SESSIONS_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

struct sark_pg;
struct sark_redis;
struct sark_tx;

/*
 * A session: its row in PostgreSQL decides whether it is over, its sealed
 * record in Redis serves the refresh.  Times are ms since the epoch.
 */
struct sark_session {
	const char *session_id; /* UUID, the sid claim */
	const char *user_id;
	const char *token_id;	 /* UUID of the live refresh token */
	const char *secret_hash; /* of that token's secret */
	const char *client_ip;
	const char *user_agent;
	int64_t created_at;
	int64_t last_used_at; /* at first created_at */
	int64_t ttl_s;	    /* of a new one: expires_at by PostgreSQL's clock */
	int64_t expires_at; /* of one that was read */
	const char *const *methods; /* of RFC 8176, ended by NULL */
	int64_t mfa_time;	    /* s since the epoch, 0 without */
};

struct sark_session_list {
	size_t count;
	struct sark_session *items;
};

/* A session that was ended: what must go from Redis. */
struct sark_session_end {
	const char *session_id;
	const char *user_id;
	const char *token_id;
};
struct sark_session_ends {
	size_t count;
	struct sark_session_end *items;
};

/* Errors of all: those of pg.h. */
int sark_sessions_insert(struct sark_tx *tx, const struct sark_session *session,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;
/*
 * Live sessions of a user, newest first: at most limit, of those before
 * before_id, a UUID, unless that is NULL.  They have no hash.
 */
int sark_sessions_list(struct sark_pg *pg, void *ctx, const char *user_id,
    const char *before_id, int64_t limit, struct sark_session_list *list_r,
    struct sark_err *err) SARK_NONNULL(1, 3, 6, 7) SARK_CHECKED;
/*
 * Ends the user's oldest live sessions beyond limit (reason
 * "session_limit"), to be called after the insert.  Logins of one user wait
 * for each other here until the transaction ends, so that two at once cannot
 * pass the limit together.
 */
int sark_sessions_over_limit(struct sark_tx *tx, void *ctx, const char *user_id,
    int64_t limit, struct sark_session_ends *ends_r, struct sark_err *err)
    SARK_NONNULL(1, 3, 5, 6) SARK_CHECKED;
/*
 * Ends one session of the user, or all with session_id NULL.  What was over
 * already, or another's, is left alone and not in ends_r.
 */
int sark_sessions_revoke(struct sark_tx *tx, void *ctx, const char *user_id,
    const char *session_id, const char *reason,
    struct sark_session_ends *ends_r, struct sark_err *err)
    SARK_NONNULL(1, 3, 5, 6, 7) SARK_CHECKED;

/* The same for all but session_id. */
int sark_sessions_revoke_others(struct sark_tx *tx, void *ctx,
    const char *user_id, const char *session_id, const char *reason,
    struct sark_session_ends *ends_r, struct sark_err *err)
    SARK_NONNULL(1, 3, 4, 5, 6, 7) SARK_CHECKED;

/* "refresh_token:user:{user_id}:{token_id}" on ctx: also the seal's place. */
char *sark_sessions_key(void *ctx, const char *user_id, const char *token_id)
    SARK_NONNULL(2, 3) __attribute__((returns_nonnull));
/* "refresh_token:successor:{token_id}" on ctx, in the same way. */
char *sark_sessions_successor_key(void *ctx, const char *token_id)
    SARK_NONNULL(2) __attribute__((returns_nonnull));
/*
 * Keeps what was sealed for ttl_s seconds, and takes that of the key former
 * away unless it is NULL.  Errors: those of redis.h.
 */
int sark_sessions_put(struct sark_redis *redis, const char *key,
    const char *sealed, int64_t ttl_s, const char *former, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 6) SARK_CHECKED;
/* What was kept, on ctx: 1, 0 or -1. */
int sark_sessions_get(struct sark_redis *redis, void *ctx, const char *key,
    const char **sealed_r, struct sark_err *err)
    SARK_NONNULL(1, 3, 4, 5) SARK_CHECKED;
/* Takes the records of ended sessions away. */
int sark_sessions_drop(struct sark_redis *redis,
    const struct sark_session_ends *ends, struct sark_err *err)
    SARK_NONNULL(1, 2, 3) SARK_CHECKED;

#endif
