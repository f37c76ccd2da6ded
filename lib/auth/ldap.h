#ifndef SARK_AUTH_LDAP_H
#define SARK_AUTH_LDAP_H

#include "auth/login.h"
#include "auth/session.h"
#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"

struct sark_user;

/*
 * Login with a password that the directory knows (directory.h).  The first
 * one makes the user, provider "ldap"; later ones bring him up to date.  A
 * user of another kind who has the name is never taken over.
 *
 * Whoever is refused gets one and the same answer; why is in the audit event
 * authentication_failure.  A directory that is away is no wrong password: no
 * event, nothing counted.
 *
 * Errors: PROVIDER_DISABLED no directory is set; INVALID_CREDENTIALS;
 * UNAVAILABLE, TIMEOUT the directory, PostgreSQL or Redis away; UNCERTAIN;
 * AUDIT_UNAVAILABLE.
 */
int sark_login_ldap(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_login *login, struct sark_tokens *tokens_r,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;

/*
 * Asks the directory about a user of it again, as at each refresh.  Brings
 * him up to date; who is gone or barred there is disabled, and his sessions
 * end.  user needs user_id, username and provider; caller is whose request it
 * is, for the event.  Program needs: PG, REDIS, LDAP.
 * Returns 1 he may go on: read him again, his roles may be others; also for a
 * user of another provider, without asking.  0 his sessions are over.
 * Errors: UNAVAILABLE, TIMEOUT, UNCERTAIN: nothing was changed, try again.
 */
int sark_ldap_recheck(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_user *user, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;

#endif
