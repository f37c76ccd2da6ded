#ifndef SARK_AUTH_BINDING_H
#define SARK_AUTH_BINDING_H

#include <stddef.h>
#include <stdint.h>

#include "auth/window.h"
#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"
#include "json/reader.h"
#include "json/writer.h"
#include "store/bindings.h"

/*
 * Roles bound to users, groups of a directory and API keys.  Each change is a
 * transaction with its event, under the rules of grant.h.  One about a user
 * holds his generation; one about a group or key may touch many and holds that
 * of everything.  Needs app->pg as sark_admin.
 */

#define SARK_BINDING_PAGE 50

/* A binding as it comes in; what is not given is NULL or 0. */
struct sark_new_binding {
	const char *role;
	const char *user_id;
	const char *group;
	const char *key_id;
	const struct sark_json *scope; /* {"type": "team", "id": "red"} */
	int64_t expires_at;	       /* ms since the epoch */
	const struct sark_new_window *windows;
	size_t nwindows;
};

/* "team", "server", NULL. */
extern const char *const sark_scope_types[];

/*
 * A binding as it will be made, on app->mem; nothing is written.
 * Errors: INVALID with fields: not exactly one of user, group and key; no such
 * role, user or key; a time that is over; those of window.h and pg.h.
 */
int sark_binding_draft(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_new_binding *in, struct sark_binding **binding_r,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;
/* Event role_bound.  Errors: FORBIDDEN; NOT_FOUND the role is gone. */
int sark_binding_add(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_binding *binding, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;
/* Event role_unbound.  Errors: NOT_FOUND; CONFLICT the last administrator. */
int sark_binding_remove(struct sark_app *app, const struct sark_caller *caller,
    const char *id, struct sark_err *err) SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;

/* Errors: NOT_FOUND; those of pg.h. */
int sark_binding_get(struct sark_app *app, const char *id,
    struct sark_binding **binding_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;
/*
 * The newest first; filter->group in any form, limit 0 is SARK_BINDING_PAGE,
 * before_id is taken from the cursor.  Errors: INVALID_CURSOR; INVALID.
 */
struct sark_binding_page {
	struct sark_bindings bindings;
	const char *next_cursor; /* NULL on the last */
};
int sark_binding_list(struct sark_app *app, struct sark_binding_filter *filter,
    const char *cursor, struct sark_binding_page *page_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 4, 5) SARK_CHECKED;

/* As the API shows it: one member of an array, or the top value. */
void sark_binding_to_json(
    struct sark_jw *jw, const struct sark_binding *binding) SARK_NONNULL(1, 2);

#endif
