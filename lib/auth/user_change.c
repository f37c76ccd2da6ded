#include <stddef.h>

#include "auth/privilege.h"
#include "auth/user_check.h"
#include "auth/user_edit.h"
#include "base/mem.h"
#include "base/str.h"

/* The roles of a list that the user has not got. */
static const char *const *
new_roles(void *ctx, const char *const *roles, const struct sark_user *user)
{
	const char **list;
	size_t i, n = 0;

	for (i = 0; roles[i] != NULL; i++)
		continue;
	list = sark_new_array(ctx, const char *, i + 1);
	for (i = 0; roles[i] != NULL; i++)
		if (!sark_str_in(roles[i], user->plain_roles))
			list[n++] = roles[i];
	return list;
}

static int
change_self(struct sark_user_edit *edit, struct sark_tx *tx,
    const struct sark_user_change *in, struct sark_err *err)
{
	const struct sark_user_change told = {
		.email = in->email, .name = in->name, .agent = in->agent
	};

	if (in->email == NULL && in->name == NULL && in->agent == NULL)
		return 0;
	if (sark_users_update(tx, edit->user->user_id, in->email, in->name,
		in->agent, err) == -1)
		return -1;
	return sark_user_edit_record(edit, tx, "user_changed",
	    sark_user_detail(edit->app, edit->user->username, &told), err);
}

/* The new list, or what the user has. */
static const char *const *
or_as_is(const char *const *list, const char *const *as_is)
{
	return list != NULL ? list : as_is;
}

static int
change_roles(struct sark_user_edit *edit, struct sark_tx *tx,
    const struct sark_user_change *in, struct sark_err *err)
{
	const struct sark_user *user = edit->user;

	if (in->roles == NULL)
		return 0;
	if (sark_privilege_give(edit->app, tx, edit->caller,
		new_roles(edit->app->mem, in->roles, user), err) == -1)
		return -1;
	return sark_users_set_roles(
	    tx, user->user_id, in->roles, edit->caller->username, err);
}

static int
change_places(struct sark_user_edit *edit, struct sark_tx *tx,
    const struct sark_user_change *in, struct sark_err *err)
{
	const struct sark_user_change told = { .roles = in->roles,
		.teams = in->teams,
		.managed_teams = in->managed_teams };
	const struct sark_user *user = edit->user;
	bool teams = in->teams != NULL || in->managed_teams != NULL;

	if (in->roles == NULL && !teams)
		return 0;
	if (change_roles(edit, tx, in, err) == -1)
		return -1;
	if (teams &&
	    sark_users_set_teams(tx, user->user_id,
		or_as_is(in->teams, user->teams),
		or_as_is(in->managed_teams, user->managed_teams), err) == -1)
		return -1;
	return sark_user_edit_record(edit, tx, "user_roles_changed",
	    sark_user_detail(edit->app, user->username, &told), err);
}

static int
change_state(struct sark_user_edit *edit, struct sark_tx *tx,
    const struct sark_user_change *in, struct sark_err *err)
{
	const char *type;

	if (in->disabled == NULL ||
	    *in->disabled == (edit->user->disabled_at != 0))
		return 0;
	type = *in->disabled ? "user_disabled" : "user_enabled";
	if (sark_users_set_disabled(
		tx, edit->user->user_id, *in->disabled, err) == -1)
		return -1;
	if (*in->disabled &&
	    sark_user_edit_end_sessions(edit, tx, type, NULL, err) == -1)
		return -1;
	return sark_user_edit_record(edit, tx, type, NULL, err);
}

static int
apply(struct sark_user_edit *edit, struct sark_tx *tx, struct sark_err *err)
{
	const struct sark_user_change *in = edit->arg;

	if (change_self(edit, tx, in, err) == -1 ||
	    change_places(edit, tx, in, err) == -1)
		return -1;
	return change_state(edit, tx, in, err);
}

int
sark_user_change(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_user_of *of, const struct sark_user_change *change,
    struct sark_user **user_r, struct sark_err *err)
{
	struct sark_user_edit edit = {
		.app = app,
		.caller = caller,
		.of = of,
		.rights = change->roles != NULL || change->disabled != NULL,
		.apply = apply,
		.arg = change,
	};

	if (sark_user_check(change, err) == -1 ||
	    sark_user_edit_run(&edit, err) == -1)
		return -1;
	*user_r = edit.user;
	return 0;
}
