#ifndef SARK_AUTH_NEW_PASSWORD_H
#define SARK_AUTH_NEW_PASSWORD_H

#include "base/app.h"
#include "base/attr.h"
#include "base/err.h"

struct sark_user;

/*
 * A new password, judged and hashed; *hash_r is on app->mem.  The rules are
 * those of NIST SP 800-63B: a least length, no password that everybody tries
 * (blocklist.h), none that holds the user name, none of the user's last ones;
 * nothing about kinds of characters.  A user who is being made has no
 * user_id.  Needs app->common.
 *
 * Errors: INVALID with the field pointer; OVERLOADED no slot for a hash came
 * free in time (hash_slots.h); those of pg.h.
 */
int sark_new_password(struct sark_app *app, const struct sark_user *user,
    const char *pointer, const char *password, const char **hash_r,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4, 5, 6) SARK_CHECKED;

#endif
