#ifndef SARK_AUTH_ROTATION_H
#define SARK_AUTH_ROTATION_H

#include "auth/session.h"
#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"

/*
 * Gives new tokens for the refresh token text (RFC 9700 section 4.14), with
 * the user as he is now.  caller is the request's, anonymous.
 *
 * PostgreSQL decides what a token is: the live one of its session is used up
 * and another takes its place, in one statement with the event
 * token_refreshed.  The one before it gets, for refresh_grace_s, the live one
 * once more.  Any other token that was made here comes from somebody who
 * should not have it, or from one who was robbed: its session ends, event
 * refresh_reuse.  Redis serves the grace, and what it has lost costs the late
 * ones a new login; what it has too much of means nothing.
 *
 * Errors: INVALID_REFRESH_TOKEN, whatever is the matter with it, also that
 * its user is disabled; UNAVAILABLE, TIMEOUT; UNCERTAIN: the same token may
 * be sent again; AUDIT_UNAVAILABLE; CONFIG no key signs here.
 */
int sark_session_refresh(struct sark_app *app, const struct sark_caller *caller,
    const char *text, struct sark_tokens *tokens_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;

#endif
