#ifndef SARK_AUTH_USER_H
#define SARK_AUTH_USER_H

#include <stdbool.h>

#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"

struct sark_user;

/*
 * Users as administrators change them.  Each call is one transaction with its
 * audit events; what is kept or decided about an existing user changes under a
 * hold of his generation (generations.h).  Lists end in NULL.  Needs app->pg
 * as sark_admin, app->redis, app->mem.
 *
 * Errors of all: INVALID with fields; NOT_FOUND no such user; FORBIDDEN the
 * caller lacks what he would give, or what the user has (privilege.h);
 * CONFLICT the name is taken, or nobody would be administrator any more;
 * PRECONDITION_FAILED; UNAVAILABLE, TIMEOUT, UNCERTAIN.
 */
struct sark_new_user {
	const char *username;
	const char *email; /* NULL or "" without */
	const char *name;  /* NULL or "" without */
	const char *password;
	bool password_change_required; /* at his first login */
	bool agent;
	const char *const *roles; /* NULL: none; so the others */
	const char *const *teams;
	const char *const *managed_teams; /* which are teams as well */
};

/* The user as he will be, on app->mem; nothing is written yet. */
int sark_user_draft(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_new_user *in, struct sark_user **user_r,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;
/* Writes a draft.  Event user_created. */
int sark_user_register(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_user *user, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;

/* Which user: by id, or with NULL by name; and as the caller has seen him. */
struct sark_user_of {
	const char *user_id;
	const char *username;
	const char *const *versions; /* of If-Match; NULL: any */
};

/* What to make of a user; what is NULL stays. */
struct sark_user_change {
	const char *email;
	const char *name;
	const bool *agent;
	const char *const *roles;
	const char *const *teams;
	const char *const *managed_teams;
	const bool *disabled; /* true ends his sessions */
};
/*
 * Events user_changed, user_roles_changed, user_disabled, user_enabled, as
 * they apply.  *user_r is the user as he is then.
 */
int sark_user_change(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_user_of *of, const struct sark_user_change *change,
    struct sark_user **user_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4, 5, 6) SARK_CHECKED;

#endif
