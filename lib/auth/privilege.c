#include "auth/privilege.h"

#include <stdbool.h>
#include <string.h>

#include "auth/grant.h"
#include "auth/rbac.h"
#include "base/mem.h"
#include "base/permission.h"
#include "store/users.h"

/* No team and no server: what counts on one alone does not count. */
static const struct sark_place everywhere = { "", "" };

static int
check(const struct sark_caller *caller, const char *permission,
    struct sark_err *err)
{
	if (!sark_permission_at(caller, permission, &everywhere))
		return sark_err_set(err, SARK_FORBIDDEN,
		    "you lack the permission %.100s yourself", permission);
	return 0;
}

static int
check_all(const struct sark_caller *caller, const char *const *permissions,
    struct sark_err *err)
{
	for (; *permissions != NULL; permissions++)
		if (check(caller, *permissions, err) == -1)
			return -1;
	return 0;
}

/* A tool, whoever runs which, is no user, and has its permissions itself. */
static bool
is_tool(const struct sark_caller *caller)
{
	return *caller->user_id == '\0';
}

int
sark_privilege_give(struct sark_app *app, struct sark_tx *tx,
    const struct sark_caller *caller, const char *const *roles,
    struct sark_err *err)
{
	const char *const *permissions;

	for (; *roles != NULL; roles++) {
		permissions = sark_rbac_built_in(app->mem, *roles);
		if (permissions == NULL)
			return sark_err_set(
			    err, SARK_INTERNAL, "no role %.40s", *roles);
		if (is_tool(caller) ? check_all(caller, permissions, err) == -1
				    : sark_grant_may(tx, app->mem, caller,
					  *roles, permissions, err) == -1)
			return -1;
	}
	return 0;
}

/* Permissions joined by blanks, of a role that counts on a resource. */
static int
check_text(struct sark_app *app, const struct sark_caller *caller,
    const char *text, struct sark_err *err)
{
	size_t n;

	for (; *text != '\0'; text += n) {
		text += strspn(text, " ");
		n = strcspn(text, " ");
		if (n > 0 &&
		    check(caller, sark_strndup(app->mem, text, n), err) == -1)
			return -1;
	}
	return 0;
}

int
sark_privilege_over(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_user *user, struct sark_err *err)
{
	const struct sark_effective *has = &user->effective;
	const char *const *scoped = sark_rbac_scoped(app->mem, has->scoped);

	for (; *scoped != NULL; scoped += SARK_SCOPED_TEXTS)
		if (check_text(app, caller, scoped[SARK_SCOPED_PERMISSIONS],
			err) == -1)
			return -1;
	return check_all(caller, sark_rbac_effective(app->mem, has), err);
}
