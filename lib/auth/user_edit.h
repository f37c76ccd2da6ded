#ifndef SARK_AUTH_USER_EDIT_H
#define SARK_AUTH_USER_EDIT_H

#include "auth/user.h"
#include "store/pg.h"
#include "store/sessions.h"
#include "store/users.h"

/*
 * The one way in which a user is changed: under a hold of his generation, in
 * one transaction, with him locked.  Whoever changes him this way says in
 * apply what to write; it may be run again when PostgreSQL wants it.
 */
struct sark_user_edit {
	struct sark_app *app;
	const struct sark_caller *caller;
	const struct sark_user_of *of;
	bool own;    /* a user changes himself: privilege.h is not asked */
	bool rights; /* apply gives or takes them: grant.h is */
	int (*apply)(struct sark_user_edit *edit, struct sark_tx *tx,
	    struct sark_err *err);
	const void *arg;
	/* made here */
	struct sark_user *user; /* for apply: under the lock */
	struct sark_session_ends ended;
};

/* For who has to see edit->user before: finds him.  Errors: NOT_FOUND. */
int sark_user_edit_find(struct sark_user_edit *edit, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;
/*
 * On success edit->user is the user as he is now.
 * Errors: NOT_FOUND; FORBIDDEN; PRECONDITION_FAILED none of of->versions;
 * CONFLICT he is the last administrator; apply's; those of pg.h and
 * redis.h.
 */
int sark_user_edit_run(struct sark_user_edit *edit, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;
/* For apply: an event about the user; detail NULL is his name alone. */
int sark_user_edit_record(struct sark_user_edit *edit, struct sark_tx *tx,
    const char *type, const char *detail, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 5) SARK_CHECKED;
/* For apply: ends the user's sessions, but one. */
int sark_user_edit_end_sessions(struct sark_user_edit *edit, struct sark_tx *tx,
    const char *reason, const char *spared_id, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 5) SARK_CHECKED;

#endif
