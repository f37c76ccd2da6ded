#ifndef SARK_AUTH_APIKEY_NEW_H
#define SARK_AUTH_APIKEY_NEW_H

#include <stdint.h>

#include "auth/key_text.h"
#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"
#include "store/apikeys.h"

#define SARK_APIKEYS_MAX	 100 /* of one user */
#define SARK_APIKEY_NETWORKS_MAX 64
#define SARK_APIKEY_DAYS_MAX	 3650
#define SARK_APIKEY_RATE_MAX	 1000000

/* A key as it comes in; members not given are NULL or 0. */
struct sark_new_apikey {
	const char *user_id; /* whose it shall be; NULL: the caller's */
	const char *name;
	const char *description;
	const char *const *scopes;
	const char *const *networks;
	int64_t rate_limit;
	int64_t days; /* until it expires */
};

/*
 * A key as it will be made, and its text, which is in nothing that is kept;
 * on app->mem.  Nothing is written.
 *
 * Nobody gives what he has not: the caller's permissions must cover each
 * scope, and for another's key, which acts as its owner, all that the owner
 * may; that takes the permission apikey:write:any besides.
 *
 * Errors: INVALID a scope or network that is none, no such owner or one who
 * is disabled; FORBIDDEN; UNAVAILABLE there is no pepper; the store's.
 */
int sark_apikey_draft(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_new_apikey *in, struct sark_apikey **key_r,
    struct sark_key_text *text_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4, 5, 6) SARK_CHECKED;
/*
 * Keeps it, in one transaction with its event api_key_created.
 * Errors: CONFLICT the owner has one of that name, or too many; the store's.
 */
int sark_apikey_create(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_apikey *key, const struct sark_key_text *text,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;

/* ---- for changes, apikey_change.h */

/* Errors: INVALID, by the element of /allowed_networks. */
int sark_apikey_check_networks(const char *const *networks,
    struct sark_err *err) SARK_NONNULL(2) SARK_CHECKED;
/* Errors: FORBIDDEN more than every key gets, without apikey:write:any. */
int sark_apikey_check_rate(const struct sark_app *app,
    const struct sark_caller *caller, int64_t rate, struct sark_err *err)
    SARK_NONNULL(1, 2, 4) SARK_CHECKED;
/*
 * Whether the caller may have a secret that acts as the owner.
 * Errors: INVALID there is no such owner; FORBIDDEN; the store's.
 */
int sark_apikey_check_owner(struct sark_app *app,
    const struct sark_caller *caller, const char *user_id,
    const char **username_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;
/* A new text of this installation.  Errors: UNAVAILABLE no pepper. */
int sark_apikey_text(struct sark_app *app, struct sark_key_text *text_r,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;
/* What the store keeps of a text, on app->mem. */
struct sark_apikey_secret sark_apikey_secret_of(
    struct sark_app *app, const struct sark_key_text *text) SARK_NONNULL(1, 2);
/* The event of type about the key in the transaction of its change. */
int sark_apikey_record(struct sark_app *app, struct sark_tx *tx,
    const struct sark_caller *caller, const char *type,
    const struct sark_apikey *key, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4, 5, 6) SARK_CHECKED;

#endif
