#ifndef SARK_SERVE_AUTHENTICATE_H
#define SARK_SERVE_AUTHENTICATE_H

#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"
#include "http/credential.h"
#include "http/route.h"

/*
 * Who asks, for the dispatcher: verifies the credential and passes the gate
 * (store/gate.h), which says what counts of it now.  A route that passes the
 * gate itself gets a caller as this process saw him last, and the gate still
 * to pass in app->gate; if this process has not seen him, it is passed here.
 *
 * Errors: UNAUTHENTICATED no credential; INVALID_TOKEN, TOKEN_EXPIRED;
 * UNAVAILABLE, TIMEOUT nobody can say.
 */
int sark_authenticate(struct sark_app *app, const struct sark_route *route,
    const struct sark_credential *credential, struct sark_caller *caller,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;

#endif
