#ifndef SARK_AUTH_GRANT_H
#define SARK_AUTH_GRANT_H

#include <stdint.h>

#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"
#include "store/generations.h"
#include "store/pg.h"

/*
 * The rules that every change of who may what obeys, inside the transaction
 * of the change and under one lock (sark_roles_lock):
 *
 *	- nobody gives what he has not got himself, everywhere and for as long
 *	  as he gives it: neither a permission nor a built-in role, to which
 *	  the policy gives rights by its name;
 *	- the last administrator stays (sark_roles_admin_left).
 */

/* A change: what it is about, and what writes it, its event included. */
struct sark_grant {
	struct sark_app *app;
	struct sark_generation_of of; /* whose rights; kind NULL: nobody's */
	int (*apply)(void *arg, struct sark_tx *tx, struct sark_err *err);
	void *arg;
};

/*
 * Applies it in a transaction of its own, under the lock and the hold of the
 * generation.  Errors: CONFLICT it would remove the last administrator; those
 * of apply; UNAVAILABLE, TIMEOUT, UNCERTAIN.
 */
int sark_grant_commit(const struct sark_grant *grant, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;

/*
 * For a change in a transaction that is open already: begin takes the lock
 * and returns whether there is an administrator, 1, 0 or -1; end refuses if
 * there was one and is none any more.
 */
int sark_grant_begin(struct sark_tx *tx, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;
int sark_grant_end(struct sark_tx *tx, int was, struct sark_err *err)
    SARK_NONNULL(1, 3) SARK_CHECKED;

/* What is to be given. */
struct sark_gift {
	const char *role; /* that permits it, NULL: the permissions alone */
	const char *const *permissions; /* ended by NULL */
	int64_t until_ms;		/* 0 for good */
};

/*
 * Whether the caller may give it.  His rights are read again, under the lock;
 * of what he has for a time, or at some hours, he may give until that changes.
 * Errors: FORBIDDEN with what he lacks.
 */
int sark_grant_gift(struct sark_tx *tx, void *ctx,
    const struct sark_caller *caller, const struct sark_gift *gift,
    struct sark_err *err) SARK_NONNULL(1, 3, 4, 5) SARK_CHECKED;
/* The same for good. */
int sark_grant_may(struct sark_tx *tx, void *ctx,
    const struct sark_caller *caller, const char *role,
    const char *const *permissions, struct sark_err *err)
    SARK_NONNULL(1, 3, 5, 6) SARK_CHECKED;

#endif
