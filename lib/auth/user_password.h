#ifndef SARK_AUTH_USER_PASSWORD_H
#define SARK_AUTH_USER_PASSWORD_H

#include "auth/user.h"

/*
 * Passwords that are kept here.  Errors of both: those of user.h; INVALID the
 * new password is none (new_password.h); CONFLICT the password is kept
 * elsewhere; OVERLOADED.  Event user_password_changed.
 */

struct sark_password_reset {
	const char *password;
	bool change_required; /* the user must choose another at his login */
};
/* Another's, by who may.  Ends all his sessions and what locks him out. */
int sark_user_reset_password(struct sark_app *app,
    const struct sark_caller *caller, const struct sark_user_of *of,
    const struct sark_password_reset *reset, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;

struct sark_own_password {
	const char *current;
	const char *password;
};
/*
 * One's own, by who knows it.  Ends his other sessions.  Errors besides:
 * INVALID current_password is wrong; FORBIDDEN the caller came with no
 * session, or not as a person.
 */
int sark_user_own_password(struct sark_app *app,
    const struct sark_caller *caller, const struct sark_own_password *change,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;

/* Lets the user try again at once.  Event account_unlocked. */
int sark_user_unlock(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_user_of *of, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;

#endif
