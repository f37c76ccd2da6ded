#ifndef SARK_AUTH_LOCKOUT_H
#define SARK_AUTH_LOCKOUT_H

#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"
#include "store/attempts.h"

/*
 * Who guesses at a password has to wait, longer each time; PostgreSQL counts,
 * so that a restart forgets nothing.  What has to wait is refused as a wrong
 * password is, for as much work.  Names that nobody has count too.
 */

/* The account of a user name that was given, and where it comes from. */
void sark_lockout_attempt(struct sark_app *app,
    const struct sark_caller *caller, const char *username,
    struct sark_attempt *attempt_r) SARK_NONNULL(1, 2, 3, 4);
/*
 * Counts a failure; event account_locked where that makes the next ones wait.
 * user_id is NULL for a name that nobody has.
 * Errors: those of pg.h; AUDIT_UNAVAILABLE.
 */
int sark_lockout_failed(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_attempt *attempt, const char *username,
    const char *user_id, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4, 6) SARK_CHECKED;

#endif
