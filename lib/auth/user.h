#ifndef SARK_AUTH_USER_H
#define SARK_AUTH_USER_H

#include <stdbool.h>

#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"

/* Fewest characters of a new password; no other rule (NIST SP 800-63B). */
#define SARK_PASSWORD_MIN 12

/*
 * Users of the local provider, as an administrator changes them.  Each call
 * is one transaction with its audit event; what the policy can see of an
 * existing user changes under a hold of his generation (generations.h).
 * Lists end in NULL.  Needs app->pg as sark_admin, app->redis, app->mem.
 *
 * Errors of all: INVALID with fields; NOT_FOUND no such user; CONFLICT the
 * name is taken; UNAVAILABLE, TIMEOUT, UNCERTAIN.
 */
struct sark_new_user {
	const char *username;
	const char *email; /* "" without */
	const char *name;  /* "" without */
	const char *password;
	bool agent;
	const char *const *roles;
	const char *const *teams;
	const char *const *managed_teams;
};

/* Event user_created. */
int sark_user_add(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_new_user *in, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;
/* Ends the user's sessions too.  Event user_password_changed. */
int sark_user_set_password(struct sark_app *app,
    const struct sark_caller *caller, const char *username,
    const char *password, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;
/* Ends the user's sessions too.  Event user_disabled. */
int sark_user_disable(struct sark_app *app, const struct sark_caller *caller,
    const char *username, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;
/* Event user_enabled. */
int sark_user_enable(struct sark_app *app, const struct sark_caller *caller,
    const char *username, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;

/* What to make of a user; a list that is NULL stays. */
struct sark_user_places {
	const char *const *roles;
	const char *const *teams;
	const char *const *managed_teams;
};
/* Event user_roles_changed. */
int sark_user_place(struct sark_app *app, const struct sark_caller *caller,
    const char *username, const struct sark_user_places *places,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;

#endif
