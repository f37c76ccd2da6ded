#ifndef SARK_AUTH_BEARER_H
#define SARK_AUTH_BEARER_H

#include "auth/standing.h"
#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"

/*
 * Verifies an access token (crypto/jwt.h, typ at+jwt) and fills in whose and
 * which session it is of: user_id, username, session_id; the rest of the
 * credential part of caller is empty, that of the request is left alone.  Whether the session goes on, and what its user may, is for
 * sark_standing_part to say, with *slot_r.
 *
 * Verified tokens are remembered: a token costs its signature once a process,
 * as long as the keys stay the same.  What caller and slot_r lend is good
 * until the next call.  Needs app->keys and app->conf.
 * Errors: INVALID_TOKEN, TOKEN_EXPIRED.
 */
int sark_auth_bearer(struct sark_app *app, const char *token,
    struct sark_caller *caller, struct sark_standing_slot **slot_r,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;

#endif
