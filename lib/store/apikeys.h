#ifndef SARK_STORE_APIKEYS_H
#define SARK_STORE_APIKEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/uuid.h"

struct sark_pg;
struct sark_tx;

/*
 * A row of sark.api_key.  Times are ms since the epoch, 0 for never; texts
 * are never NULL; lists end in NULL and are never NULL themselves.
 */
struct sark_apikey {
	char key_id[SARK_UUID_TEXT];
	const char *user_id;  /* whose it is */
	const char *username; /* his name */
	const char *name;
	const char *description;
	const char *prefix; /* of the secret that counts */
	const char *const *scopes;
	const char *const *networks; /* none: from anywhere */
	int64_t rate_limit;	     /* a minute; 0: what a key gets */
	const char *created_by;
	int64_t created_at;
	int64_t updated_at;
	int64_t expires_at;
	int64_t disabled_at;
	int64_t last_used_at; /* as workers have told so far */
	int64_t usage_count;
	bool expired; /* by the clock of PostgreSQL */
};

struct sark_apikeys {
	struct sark_apikey *items;
	size_t count;
};

/* One secret of a key. */
struct sark_apikey_secret {
	const char *prefix;
	const char *digest; /* by crypto/pepper.h */
};

/* What a list is narrowed to; NULL members narrow nothing. */
struct sark_apikey_filter {
	const char *user_id;
	const char *before_id; /* older than this one */
	int64_t limit;
};

/* Errors of all: those of pg.h.  A key that was revoked is not found. */

/*
 * Inserts the key and its first secret.
 * Errors: CONFLICT the user has a key of that name.
 */
int sark_apikeys_insert(struct sark_tx *tx, const struct sark_apikey *key,
    const struct sark_apikey_secret *secret, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;
/* 1, 0 or -1; locked: until the end of the transaction. */
int sark_apikeys_get(struct sark_pg *pg, void *ctx, const char *key_id,
    struct sark_apikey **key_r, struct sark_err *err)
    SARK_NONNULL(1, 3, 4, 5) SARK_CHECKED;
int sark_apikeys_lock(struct sark_tx *tx, void *ctx, const char *key_id,
    struct sark_apikey **key_r, struct sark_err *err)
    SARK_NONNULL(1, 3, 4, 5) SARK_CHECKED;
/* Newest first. */
int sark_apikeys_list(struct sark_pg *pg, void *ctx,
    const struct sark_apikey_filter *filter, struct sark_apikeys *keys_r,
    struct sark_err *err) SARK_NONNULL(1, 3, 4, 5) SARK_CHECKED;
/*
 * Writes name, description, scopes, networks, rate_limit, expires_at and
 * disabled_at of a key that is locked.  Errors: CONFLICT as at insert.
 */
int sark_apikeys_update(struct sark_tx *tx, const struct sark_apikey *key,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;
/*
 * The secrets so far end in overlap_s seconds at the latest; a new one.  Of
 * the key its id and its new updated_at are taken.
 */
int sark_apikeys_rotate(struct sark_tx *tx, const struct sark_apikey *key,
    const struct sark_apikey_secret *secret, int64_t overlap_s,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 5) SARK_CHECKED;
/* How many keys a user has. */
int sark_apikeys_count(struct sark_tx *tx, const char *user_id,
    int64_t *count_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;
int sark_apikeys_revoke(struct sark_tx *tx, const char *key_id,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;

/*
 * Whose and which key has a secret with this prefix, whatever has become of
 * it; none of the three ever changes.  What counts of it: store/standing.h.
 */
struct sark_apikey_secret_of {
	const char *key_id;
	const char *user_id;
	const char *digest;
};
int sark_apikeys_find(struct sark_pg *pg, void *ctx, const char *prefix,
    struct sark_apikey_secret_of *of_r, struct sark_err *err)
    SARK_NONNULL(1, 3, 4, 5) SARK_CHECKED;

/* How often keys were used, and when last. */
struct sark_apikey_use {
	char key_id[SARK_UUID_TEXT];
	int64_t count;
	int64_t last_ms;
};
/* Adds to what is kept; keys that are gone are passed over. */
int sark_apikeys_used(struct sark_pg *pg, const struct sark_apikey_use *uses,
    size_t n, struct sark_err *err) SARK_NONNULL(1, 2, 4) SARK_CHECKED;

#endif
