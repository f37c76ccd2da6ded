#ifndef SARK_STORE_USERS_H
#define SARK_STORE_USERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "store/effective.h"

struct sark_pg;
struct sark_tx;

/*
 * A row of sark.users with the roles that count now and the teams.
 * Times are ms since the epoch, 0 for never.  Strings are never NULL, lists
 * end in NULL and are sorted.
 */
struct sark_user {
	const char *user_id;
	const char *username;
	const char *username_norm; /* lower case, NFC */
	const char *email;
	const char *name;
	const char *provider;	   /* "local", "ldap", ... */
	const char *password_hash; /* "": none, or not asked for */
	bool agent;
	bool password_change_required; /* before he comes in */
	int64_t disabled_at;
	int64_t locked_until; /* only of a user shown, and listed */
	int64_t password_changed_at;
	int64_t created_at;
	int64_t updated_at;
	int64_t last_login_at;
	const char *const *roles;	/* effective.roles */
	const char *const *plain_roles; /* of sark.user_role, not expired */
	struct sark_effective effective;
	const char *const *teams;
	const char *const *managed_teams;
};

/*
 * Finders: the user, disabled or not, on ctx.  By username the row has its
 * password hash; only sark-login's role may read that.  The others leave it.
 * Errors: those of pg.h.
 */
int sark_users_by_username(struct sark_pg *pg, void *ctx,
    const char *username_norm, struct sark_user **user_r, struct sark_err *err)
    SARK_NONNULL(1, 3, 4, 5) SARK_CHECKED;
int sark_users_by_id(struct sark_pg *pg, void *ctx, const char *user_id,
    struct sark_user **user_r, struct sark_err *err)
    SARK_NONNULL(1, 3, 4, 5) SARK_CHECKED;

int sark_users_named(struct sark_pg *pg, void *ctx, const char *username_norm,
    struct sark_user **user_r, struct sark_err *err)
    SARK_NONNULL(1, 3, 4, 5) SARK_CHECKED;
/* With until when he is locked out, which only sark_admin may read. */
int sark_users_show(struct sark_pg *pg, void *ctx, const char *user_id,
    struct sark_user **user_r, struct sark_err *err)
    SARK_NONNULL(1, 3, 4, 5) SARK_CHECKED;

/* What a list is narrowed to; NULL members narrow nothing. */
struct sark_user_filter {
	const char *search; /* part of user name, name or e-mail address */
	const char *role;   /* one that he has, not expired */
	const char *team;
	const char *disabled; /* "true" or "false" */
	const char *after;    /* normal names behind this one */
	int64_t limit;
};
struct sark_users {
	struct sark_user *items;
	size_t count;
};
/* By normal name, in the order of its bytes. */
int sark_users_list(struct sark_pg *pg, void *ctx,
    const struct sark_user_filter *filter, struct sark_users *users_r,
    struct sark_err *err) SARK_NONNULL(1, 3, 4, 5) SARK_CHECKED;
/* Every user by name, for the tools of an administrator. */
int sark_users_all(struct sark_pg *pg, void *ctx, struct sark_user **users_r,
    size_t *count_r, struct sark_err *err)
    SARK_NONNULL(1, 3, 4, 5) SARK_CHECKED;

/*
 * Inserts user_id, the names, email, provider, agent, created_at (0 is now)
 * and, unless "", the password hash with what is known of it; roles and teams
 * go by their own calls.
 * Errors: CONFLICT the name is taken, those of pg.h.
 */
int sark_users_insert(struct sark_tx *tx, const struct sark_user *user,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;

/* Changes of one user.  Errors: NOT_FOUND, those of pg.h. */

/* Keeps others from changing him until the transaction ends. */
int sark_users_lock(struct sark_tx *tx, const char *user_id,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;
/* What is NULL stays. */
int sark_users_update(struct sark_tx *tx, const char *user_id,
    const char *email, const char *name, const bool *agent,
    struct sark_err *err) SARK_NONNULL(1, 2, 6) SARK_CHECKED;
/* Another hash of the same password: not a change of the password. */
int sark_users_set_hash(struct sark_tx *tx, const char *user_id,
    const char *password_hash, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;
/*
 * Notes a login of the user as he was read.  Returns 1, or 0 if he was
 * disabled or given another password since: then he must not come in.
 */
int sark_users_touch_login(struct sark_tx *tx, const struct sark_user *user,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;
int sark_users_set_disabled(struct sark_tx *tx, const char *user_id,
    bool disabled, struct sark_err *err) SARK_NONNULL(1, 2, 4) SARK_CHECKED;

/*
 * Makes the list the user's roles, all without an end.  A role that stays
 * keeps who granted it and when.
 */
int sark_users_set_roles(struct sark_tx *tx, const char *user_id,
    const char *const *roles, const char *granted_by, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;
/* Makes the lists the user's teams; managed teams are teams too. */
int sark_users_set_teams(struct sark_tx *tx, const char *user_id,
    const char *const *teams, const char *const *managed_teams,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;

#endif
