#ifndef SARK_STORE_DIRECTORY_H
#define SARK_STORE_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"

struct sark_pg;
struct sark_tx;

/*
 * A user as the directory left him: its own roles and teams, not those that
 * somebody gave by hand.  Strings are never NULL, lists end in NULL and are
 * sorted.
 */
struct sark_directory_user {
	const char *user_id;
	const char *username;
	const char *username_norm;
	const char *provider;
	const char *directory_id; /* "" unknown */
	const char *email;
	const char *name;
	bool disabled;
	bool gone; /* because the directory said so */
	const char *const *roles;
	const char *const *teams; /* that he does not manage */
	const char *const *managed_teams;
	const char *const *groups; /* normal forms of auth/group.h */
	/* what somebody gave by hand, which is not the directory's to take */
	const char *const *own_roles;
	const char *const *own_teams;
};

/*
 * Finder: the user with this directory_id, else the one of this name,
 * whoever's he is; on ctx.  Errors: those of pg.h.
 */
int sark_directory_users_find(struct sark_pg *pg, void *ctx,
    const char *directory_id, const char *username_norm,
    struct sark_directory_user **user_r, struct sark_err *err)
    SARK_NONNULL(1, 3, 4, 5, 6) SARK_CHECKED;
/* All users of the directory by name. */
int sark_directory_users_all(struct sark_pg *pg, void *ctx,
    struct sark_directory_user **users_r, size_t *count_r, struct sark_err *err)
    SARK_NONNULL(1, 3, 4, 5) SARK_CHECKED;

/* A new user: the ids and names.  Errors: CONFLICT the name is taken. */
int sark_directory_users_add(struct sark_tx *tx,
    const struct sark_directory_user *user, struct sark_err *err)
    SARK_NONNULL(1, 2, 3) SARK_CHECKED;
/*
 * Makes him what user says, but for provider; who was gone is back.
 * Errors: NOT_FOUND he is no user of the directory; CONFLICT the name is
 * taken.
 */
int sark_directory_users_set(struct sark_tx *tx,
    const struct sark_directory_user *user, struct sark_err *err)
    SARK_NONNULL(1, 2, 3) SARK_CHECKED;
/* Disables him.  Returns 1, 0 if he was disabled already. */
int sark_directory_users_gone(struct sark_tx *tx, const char *user_id,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;

#endif
