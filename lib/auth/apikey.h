#ifndef SARK_AUTH_APIKEY_H
#define SARK_AUTH_APIKEY_H

#include <stdbool.h>

#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"
#include "crypto/version.h"
#include "json/writer.h"
#include "store/apikeys.h"

/*
 * API keys as their owners see them, and whoever has the permission
 * apikey:read:any or apikey:write:any.  Another's key is NOT_FOUND.
 */
#define SARK_APIKEY_READ_ANY  "apikey:read:any"
#define SARK_APIKEY_WRITE_ANY "apikey:write:any"

/* Errors: NOT_FOUND; those of the store. */
int sark_apikey_get(struct sark_app *app, const struct sark_caller *caller,
    const char *key_id, struct sark_apikey **key_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;

/* One page; next_cursor is NULL on the last. */
struct sark_apikey_page {
	struct sark_apikeys keys;
	const char *next_cursor;
};
/* Whose keys: of user_id (NULL: the caller's), or everybody's. */
struct sark_apikey_query {
	const char *user_id;
	bool everybody;
	int64_t limit; /* 0: 50 */
	const char *cursor;
};
/*
 * Newest first.  Errors: INVALID_CURSOR one that we did not make; FORBIDDEN
 * others' keys without the permission; those of the store.
 */
int sark_apikey_list(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_apikey_query *query, struct sark_apikey_page *page_r,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;

/* As the API shows it: member name, or with NULL an element or the top. */
void sark_apikey_to_json(struct sark_jw *jw, const char *name,
    const struct sark_apikey *key) SARK_NONNULL(1, 3);
/*
 * Its version, for entity tags: of all that is shown but how often and when
 * it was used, as nobody changes that.
 */
void sark_apikey_version(void *ctx, const struct sark_apikey *key,
    char version[SARK_VERSION_TEXT]) SARK_NONNULL(2);

#endif
