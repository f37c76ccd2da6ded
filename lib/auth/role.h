#ifndef SARK_AUTH_ROLE_H
#define SARK_AUTH_ROLE_H

#include <stddef.h>

#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"
#include "json/writer.h"
#include "store/roles.h"

/*
 * Roles as an administrator sees and makes them.  Each change is a
 * transaction with its event, under the rules of grant.h.  What changes a role
 * may touch anybody and holds the generation of everything; one that is new or
 * can be removed is nobody's.  Needs app->pg as sark_admin.
 */

#define SARK_ROLE_PERMISSIONS 100
#define SARK_ROLE_PAGE	      50

struct sark_new_role {
	const char *name;	 /* [a-z][a-z0-9_]{0,62} */
	const char *description; /* or NULL */
	const char *const *permissions;
};

/* Errors: NOT_FOUND; those of pg.h. */
int sark_role_get(struct sark_app *app, const char *name,
    struct sark_role **role_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;
/* By name; limit 0 is SARK_ROLE_PAGE.  Errors: INVALID_CURSOR. */
struct sark_role_page {
	struct sark_roles roles;
	const char *next_cursor; /* NULL on the last */
};
int sark_role_list(struct sark_app *app, int64_t limit, const char *cursor,
    struct sark_role_page *page_r, struct sark_err *err)
    SARK_NONNULL(1, 4, 5) SARK_CHECKED;

/*
 * A role as it will be made, on app->mem; nothing is written.
 * Errors: INVALID a name or permission that is none; CONFLICT the name is that
 * of a built-in role.
 */
int sark_role_draft(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_new_role *in, struct sark_role **role_r,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;
/* Event role_created.  Errors: CONFLICT the name is taken; FORBIDDEN. */
int sark_role_add(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_role *role, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;
/*
 * Gives the role in->name the description and permissions of in, if it is of
 * one of the versions (crypto/version.h; NULL any).  Event role_changed.
 * Errors: INVALID; NOT_FOUND; PRECONDITION_FAILED; FORBIDDEN it is built in,
 * or the caller has not got a permission that is new in it.
 */
int sark_role_change(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_new_role *in, const char *const *versions,
    struct sark_role **role_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 5, 6) SARK_CHECKED;
/* Event role_removed.  Errors: NOT_FOUND; CONFLICT bound; FORBIDDEN built in. */
int sark_role_remove(struct sark_app *app, const struct sark_caller *caller,
    const char *name, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;

/* As the API shows it: one member of an array, or the top value. */
void sark_role_to_json(struct sark_jw *jw, const struct sark_role *role)
    SARK_NONNULL(1, 2);

#endif
