#ifndef SARK_AUTH_APIKEY_USE_H
#define SARK_AUTH_APIKEY_USE_H

#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"

/*
 * Verifies an API key and fills the credential part of caller with its owner
 * as he is now: permissions are those that the scopes leave (scope.h), scopes
 * are the key's, key_id and key_rate its own.  caller has the address of the
 * client.
 *
 * Errors: INVALID_TOKEN no such key, revoked, suspended, or its owner is
 * disabled; TOKEN_EXPIRED; FORBIDDEN not from that address; UNAVAILABLE no
 * pepper, or no store can say.
 */
int sark_auth_apikey(struct sark_app *app, const char *text,
    struct sark_caller *caller, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;

#endif
