#ifndef SARK_AUTH_APIKEY_USE_H
#define SARK_AUTH_APIKEY_USE_H

#include "auth/standing.h"
#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"

/*
 * Verifies the secret of an API key and fills in whose and which it is:
 * user_id and key_id; the rest is as sark_auth_bearer leaves it.  Whether the
 * key counts, and what it may from where, is for sark_standing_part to say,
 * with *slot_r.
 *
 * Keys that were verified are remembered beside access tokens, by their HMAC:
 * a key costs PostgreSQL once a process.  What caller and slot_r lend is good
 * until the next call.
 * Errors: INVALID_TOKEN; UNAVAILABLE no pepper; those of pg.h.
 */
int sark_auth_apikey(struct sark_app *app, const char *text,
    struct sark_caller *caller, struct sark_standing_slot **slot_r,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;

#endif
