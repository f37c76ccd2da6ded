#ifndef SARK_AUTH_APIKEY_CHANGE_H
#define SARK_AUTH_APIKEY_CHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/key_text.h"
#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"
#include "store/apikeys.h"

/*
 * Changes of a key, of the caller's own or with apikey:write:any: each is one
 * transaction with its event, under a hold of the generation of the owner, so
 * that it counts at the next request everywhere (README).
 *
 * Errors of all: NOT_FOUND; FORBIDDEN; PRECONDITION_FAILED it is of none of
 * the versions, unless that list is NULL; UNAVAILABLE, also without Redis;
 * those of the store.
 */
#define SARK_OVERLAP_DEFAULT_S 3600
#define SARK_OVERLAP_MAX_S     (7 * 24 * 3600)

/* What to make of a key; what is NULL or not set stays. */
struct sark_apikey_change {
	const char *const *versions;
	const char *name;
	const char *description;
	const char *const *scopes; /* the caller's permissions cover each */
	const char *const *networks;
	bool sets_rate, sets_days, sets_active;
	int64_t rate_limit; /* 0: what a key gets */
	int64_t days;	    /* from now on; 0: no end */
	bool active;
};
/*
 * *key_r is the key as it is then, on app->mem.  Event api_key_changed.
 * Errors: INVALID; CONFLICT the owner has another of that name.
 */
int sark_apikey_change(struct sark_app *app, const struct sark_caller *caller,
    const char *key_id, const struct sark_apikey_change *change,
    struct sark_apikey **key_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4, 5, 6) SARK_CHECKED;

/*
 * A new secret for a key.  First what it will be like, with the text; then
 * the change itself, after which the secrets of before count overlap_s
 * seconds longer at most.  Event api_key_rotated.
 */
struct sark_apikey_rotation {
	const struct sark_caller *caller;
	const char *const *versions;
	int64_t overlap_s;
	struct sark_apikey *key;
	struct sark_key_text text;
};
int sark_apikey_rotation(struct sark_app *app, const char *key_id,
    struct sark_apikey_rotation *rotation, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;
int sark_apikey_rotate(struct sark_app *app,
    const struct sark_apikey_rotation *rotation, struct sark_err *err)
    SARK_NONNULL(1, 2, 3) SARK_CHECKED;

/* Ends it for good, with its overlaps.  Event api_key_revoked. */
int sark_apikey_revoke(struct sark_app *app, const struct sark_caller *caller,
    const char *key_id, const char *const *versions, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 5) SARK_CHECKED;

#endif
