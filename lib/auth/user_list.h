#ifndef SARK_AUTH_USER_LIST_H
#define SARK_AUTH_USER_LIST_H

#include "base/app.h"
#include "base/attr.h"
#include "base/err.h"
#include "json/writer.h"
#include "store/users.h"

/* Users as an administrator sees them.  Needs app->pg as sark_admin. */

#define SARK_USER_PAGE 50

/* One page; next_cursor is NULL on the last. */
struct sark_user_page {
	struct sark_users users;
	const char *next_cursor;
};

/* Errors: NOT_FOUND; those of pg.h. */
int sark_user_get(struct sark_app *app, const char *user_id,
    struct sark_user **user_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;
/*
 * Users that pass the filter, by name; filter->limit 0 is SARK_USER_PAGE,
 * after is taken from the cursor (NULL: first page).  A cursor names the last
 * one seen.  Errors: INVALID_CURSOR one that we did not make; those of pg.h.
 */
int sark_user_list(struct sark_app *app, struct sark_user_filter *filter,
    const char *cursor, struct sark_user_page *page_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 4, 5) SARK_CHECKED;
/* As the API shows him: one member of an array, or the top value. */
void sark_user_to_json(struct sark_jw *jw, const struct sark_user *user)
    SARK_NONNULL(1, 2);

#endif
