#ifndef SARK_AUTH_PRIVILEGE_H
#define SARK_AUTH_PRIVILEGE_H

#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"
#include "store/pg.h"

struct sark_user;

/*
 * Nobody gives what he lacks (grant.h), nor gets at it by changing who has it:
 * the password of an administrator, for instance.
 *
 * Errors of both: FORBIDDEN, the text says what is lacking; those of pg.h.
 */

/* Whether the caller may give these built-in roles; under the lock. */
int sark_privilege_give(struct sark_app *app, struct sark_tx *tx,
    const struct sark_caller *caller, const char *const *roles,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;
/*
 * Whether the caller has everywhere, within the scopes of his API key, all
 * that the user has anywhere, so that he may change him.
 */
int sark_privilege_over(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_user *user, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;

#endif
