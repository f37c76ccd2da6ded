#include "auth/grant.h"

#include <stdbool.h>

#include "auth/rbac.h"
#include "base/mem.h"
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

/* He surely has it until then; 0: for good. */
static bool
lasts(const struct sark_given *given, int64_t until_ms)
{
	return sark_str_eq(given->state, "active") &&
	    *given->scope_type == '\0' &&
	    (given->changes_at == 0 ||
		(until_ms != 0 && until_ms <= given->changes_at));
}

static const char **
appended(void *ctx, const char **list, size_t *n, const char *text)
{
	list = sark_mem_check(
	    talloc_realloc(ctx, list, const char *, (unsigned int)*n + 2));
	list[(*n)++] = text;
	list[*n] = NULL;
	return list;
}

/* What of it lasts, as roles and the permissions of own ones. */
static struct sark_effective
lasting(void *ctx, const struct sark_givens *givens, int64_t until_ms)
{
	static const char *const none[] = { NULL };
	const char **roles = sark_new_array(ctx, const char *, 1);
	const char **permissions = sark_new_array(ctx, const char *, 1);
	size_t i, nroles = 0, npermissions = 0;
	const char *const *p;

	for (i = 0; i < givens->count; i++) {
		if (!lasts(&givens->items[i], until_ms))
			continue;
		roles = appended(ctx, roles, &nroles, givens->items[i].role);
		for (p = givens->items[i].permissions; *p != NULL; p++)
			permissions =
			    appended(ctx, permissions, &npermissions, *p);
	}
	return (struct sark_effective){ roles, permissions, none, 0 };
}

/* The rights of the caller as the database has them: 1, 0 nobody, or -1. */
static int
rights_of(struct sark_tx *tx, void *ctx, const struct sark_caller *caller,
    int64_t until_ms, struct sark_effective *mine_r, struct sark_err *err)
{
	struct sark_givens givens;
	struct sark_user *user;
	int found;

	if (*caller->user_id == '\0')
		return 0;
	found = sark_users_by_id(tx->pg, ctx, caller->user_id, &user, err);
	if (found != 1 || user->disabled_at != 0)
		return found == -1 ? -1 : 0;
	if (sark_roles_given(tx->pg, ctx, caller->user_id, &givens, err) == -1)
		return -1;
	*mine_r = lasting(ctx, &givens, until_ms);
	return 1;
}

int
sark_grant_gift(struct sark_tx *tx, void *ctx, const struct sark_caller *caller,
    const struct sark_gift *gift, struct sark_err *err)
{
	const char *const *mine, *const *p;
	struct sark_effective rights;

	switch (rights_of(tx, ctx, caller, gift->until_ms, &rights, err)) {
	case -1:
		return -1;
	case 0:
		return sark_err_set(err, SARK_FORBIDDEN, "you have no rights");
	}
	mine = sark_rbac_effective(ctx, &rights);
	if (gift->role != NULL && sark_rbac_known(gift->role) &&
	    !sark_str_in(gift->role, rights.roles) &&
	    !sark_permission_in(mine, "*"))
		return sark_err_set(err, SARK_FORBIDDEN,
		    "you have not got the role %s yourself, or not for so "
		    "long",
		    gift->role);
	for (p = gift->permissions; *p != NULL; p++)
		if (!sark_permission_in(mine, *p) ||
		    (caller->scopes != NULL &&
			!sark_permission_in(caller->scopes, *p)))
			return sark_err_set(err, SARK_FORBIDDEN,
			    "you have not got the permission %.100s "
			    "yourself, or not for so long",
			    *p);
	return 0;
}

int
sark_grant_may(struct sark_tx *tx, void *ctx, const struct sark_caller *caller,
    const char *role, const char *const *permissions, struct sark_err *err)
{
	const struct sark_gift gift = { role, permissions, 0 };

	return sark_grant_gift(tx, ctx, caller, &gift, err);
}
