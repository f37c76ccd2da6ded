#ifndef SARK_AUTH_USER_CHECK_H
#define SARK_AUTH_USER_CHECK_H

#include "auth/user.h"

/*
 * Whether a user may be given this: texts that are UTF-8 and not too long,
 * built-in roles, teams with a name.  Errors: INVALID with fields.
 */
int sark_user_check(const struct sark_user_change *change, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;
/* {"username":...,"roles":[...],...} on app->mem: what an event tells. */
const char *sark_user_detail(struct sark_app *app, const char *username,
    const struct sark_user_change *change) SARK_NONNULL(1, 2, 3);

#endif
