#ifndef SARK_AUTH_BEARER_H
#define SARK_AUTH_BEARER_H

#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"

/*
 * Verifies an access token (crypto/jwt.h, typ at+jwt) and fills the
 * credential part of caller; the part of the request is left alone.  Verified
 * tokens are remembered: a token costs its signature once a process, as long
 * as the keys stay the same.  What caller lends is good until the next call.
 * Needs app->keys and app->conf.
 * Errors: INVALID_TOKEN, TOKEN_EXPIRED.
 */
int sark_auth_bearer(struct sark_app *app, const char *token,
    struct sark_caller *caller, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;

#endif
