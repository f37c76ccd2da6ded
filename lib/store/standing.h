#ifndef SARK_STORE_STANDING_H
#define SARK_STORE_STANDING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "store/effective.h"
#include "store/redis.h"

struct sark_pg;

/*
 * What counts now of a credential: PostgreSQL decides, Redis remembers under
 * session:standing:{id}, id being that of the session or key.  Strings are
 * never NULL; lists end in NULL and are sorted.
 */
struct sark_standing_row {
	bool live;     /* begun, not ended, not expired */
	bool disabled; /* its user is */
	const char *username;
	const char *email;
	const char *name;
	const char *provider;
	bool agent;
	bool mfa;	  /* the session was begun with a second factor */
	int64_t mfa_time; /* s since the epoch, 0 without */
	struct sark_effective effective;
	const char *const *teams;
	const char *const *managed_teams;
	/* ms until the first of all this ends by itself; -1 nothing does */
	int64_t left_ms;
	/* of an API key; scopes NULL: it is none */
	const char *const *scopes;
	const char *const *networks;
	int64_t key_rate; /* 0: none of its own */
};

/*
 * Finder, by one statement, on ctx: 0 where there is no such user.  A session
 * of another user is not live.  Both ids are UUIDs.  Errors: those of pg.h.
 */
int sark_standing_of_session(struct sark_pg *pg, void *ctx, const char *user_id,
    const char *session_id, struct sark_standing_row *row_r,
    struct sark_err *err) SARK_NONNULL(1, 3, 4, 5, 6) SARK_CHECKED;

/*
 * The same of an API key, by the prefix of one of its secrets; the roles are
 * those that are bound to the key, too.
 */
int sark_standing_of_key(struct sark_pg *pg, void *ctx, const char *user_id,
    const char *prefix, struct sark_standing_row *row_r, struct sark_err *err)
    SARK_NONNULL(1, 3, 4, 5, 6) SARK_CHECKED;

/* The words of the command that looks into Redis. */
#define SARK_STANDING_WORDS 6

/*
 * Fills them, on ctx: generation and hold of the user and of everything, and
 * the record.
 */
void sark_standing_words(void *ctx, const char *user_id, const char *id,
    const char *words[SARK_STANDING_WORDS]) SARK_NONNULL(2, 3, 4);
/* The key of the record among them, which also is the purpose of its seal. */
const char *sark_standing_key(const char *const words[SARK_STANDING_WORDS])
    SARK_NONNULL(1);

/* What Redis said; lent by the reply. */
struct sark_standing_seen {
	const char *generation; /* of the user, NULL: none */
	const char *all;	/* of everything, NULL: none */
	bool held;		/* somebody changes him */
	const char *record;	/* NULL without */
};
/* Returns 0, or -1 for what is no answer to that command. */
int sark_standing_see(const struct sark_reply *reply,
    struct sark_standing_seen *seen_r) SARK_NONNULL(1, 2) SARK_CHECKED;
/* Keeps a record for ttl_ms.  Errors: those of redis.h. */
int sark_standing_keep(struct sark_redis *redis, const char *key,
    const char *record, int64_t ttl_ms, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 5) SARK_CHECKED;

#endif
