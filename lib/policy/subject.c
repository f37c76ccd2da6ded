#include "policy/subject.h"

#include "base/str.h"
#include "store/users.h"

static const char *const none[] = { NULL };

int
sark_subject_of(const struct sark_caller *caller, const char *user_id,
    struct sark_subject *subject_r, struct sark_err *err)
{
	static const char *const any[] = { "*", "policy:*", "policy:evaluate:*",
		"policy:evaluate:any", NULL };
	struct sark_subject other = { .user_id = user_id,
		.username = "",
		.provider = "",
		.roles = none,
		.teams = none,
		.managed_teams = none,
		.other = true };
	struct sark_subject self = { caller->user_id, caller->username,
		caller->provider, caller->roles, caller->teams,
		caller->managed_teams, caller->scopes, caller->scoped,
		caller->mfa, caller->mfa_time, caller->agent, false, 0 };
	const char *const *permission;

	if (user_id == NULL || sark_str_eq(user_id, caller->user_id)) {
		*subject_r = self;
		return 0;
	}
	for (permission = any; *permission != NULL; permission++) {
		if (sark_str_in(*permission, caller->permissions)) {
			*subject_r = other;
			return 0;
		}
	}
	return sark_err_set(
	    err, SARK_FORBIDDEN, "you may ask about yourself only");
}

int
sark_subject_load(
    struct sark_app *app, struct sark_subject *subject, struct sark_err *err)
{
	struct sark_user *user;
	int found;

	if (!subject->other)
		return 0;
	found =
	    sark_users_by_id(app->pg, app->mem, subject->user_id, &user, err);
	if (found == -1)
		return -1;
	if (found == 0)
		return sark_err_field(err, "/user_id", "no such user");
	subject->username = user->username;
	subject->provider = user->provider;
	subject->agent = user->agent;
	/* Whoever is disabled has no rights, whatever his rows say. */
	if (user->disabled_at != 0)
		return 0;
	subject->roles = user->roles;
	subject->scoped = user->effective.scoped;
	subject->until_ms = user->effective.until_ms;
	subject->teams = user->teams;
	subject->managed_teams = user->managed_teams;
	return 0;
}
