#include "auth/grant.h"

#include "auth/rbac.h"
#include "base/permission.h"
#include "base/str.h"
#include "store/roles.h"
#include "store/users.h"

int
sark_grant_begin(struct sark_tx *tx, struct sark_err *err)
{
	if (sark_roles_lock(tx, err) == -1)
		return -1;
	return sark_roles_admin_left(tx, err);
}

int
sark_grant_end(struct sark_tx *tx, int was, struct sark_err *err)
{
	int is = was == 0 ? 0 : sark_roles_admin_left(tx, err);

	if (is == 0 && was == 1)
		return sark_err_set(
		    err, SARK_CONFLICT, "this is the last administrator");
	return is == -1 ? -1 : 0;
}

static int
try_commit(const struct sark_grant *grant, struct sark_err *err)
{
	struct sark_tx tx;
	int was, ret = -1;

	if (sark_tx_begin(&tx, grant->app->pg, err) == -1)
		return -1;
	was = sark_grant_begin(&tx, err);
	if (was != -1 && grant->apply(grant->arg, &tx, err) == 0 &&
	    sark_grant_end(&tx, was, err) == 0)
		ret = sark_tx_commit(&tx, err);
	sark_tx_end(&tx);
	return ret;
}

int
sark_grant_commit(const struct sark_grant *grant, struct sark_err *err)
{
	struct sark_app *app = grant->app;
	size_t n = grant->of.kind == NULL ? 0 : 1;
	int ret, tries = 0;

	if (sark_generations_hold(app->redis, &grant->of, n, err) == -1)
		return -1;
	do
		ret = try_commit(grant, err);
	while (ret == -1 && sark_tx_again(app->pg, &tries, err));
	/* With the outcome unknown the hold has to run its time. */
	if (err->code != SARK_UNCERTAIN)
		sark_generations_release(app->redis, &grant->of, n);
	return ret;
}

/* The rights of the caller as the database has them: 1, 0 nobody, or -1. */
static int
rights_of(struct sark_tx *tx, void *ctx, const struct sark_caller *caller,
    struct sark_user **user_r, struct sark_err *err)
{
	int found;

	if (*caller->user_id == '\0')
		return 0;
	found = sark_users_by_id(tx->pg, ctx, caller->user_id, user_r, err);
	return found == 1 && (*user_r)->disabled_at != 0 ? 0 : found;
}

int
sark_grant_may(struct sark_tx *tx, void *ctx, const struct sark_caller *caller,
    const char *role, const char *const *permissions, struct sark_err *err)
{
	const char *const *mine;
	struct sark_user *user;

	switch (rights_of(tx, ctx, caller, &user, err)) {
	case -1:
		return -1;
	case 0:
		return sark_err_set(err, SARK_FORBIDDEN, "you have no rights");
	}
	mine = sark_rbac_effective(ctx, &user->effective);
	if (role != NULL && sark_rbac_known(role) &&
	    !sark_str_in(role, user->roles) && !sark_permission_in(mine, "*"))
		return sark_err_set(err, SARK_FORBIDDEN,
		    "you have not got the role %s yourself", role);
	for (; *permissions != NULL; permissions++)
		if (!sark_permission_in(mine, *permissions) ||
		    (caller->scopes != NULL &&
			!sark_permission_in(caller->scopes, *permissions)))
			return sark_err_set(err, SARK_FORBIDDEN,
			    "you have not got the permission %.100s yourself",
			    *permissions);
	return 0;
}
