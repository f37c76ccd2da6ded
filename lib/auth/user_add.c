#include <stdlib.h>
#include <string.h>

#include "audit/event.h"
#include "auth/grant.h"
#include "auth/new_password.h"
#include "auth/privilege.h"
#include "auth/user_check.h"
#include "auth/username.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/uuid.h"
#include "store/pg.h"
#include "store/users.h"

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t
add(const char **list, size_t n, const char *const *more)
{
	for (; more != NULL && *more != NULL; more++)
		if (!sark_str_in(*more, list))
			list[n++] = *more;
	return n;
}

static size_t
length(const char *const *list)
{
	size_t n = 0;

	while (list != NULL && list[n] != NULL)
		n++;
	return n;
}

/* All words of two lists, either of which may be NULL, sorted, each once. */
static const char *const *
united(void *ctx, const char *const *a, const char *const *b)
{
	const char **list =
	    sark_new_array(ctx, const char *, length(a) + length(b) + 1);
	size_t n = add(list, add(list, 0, a), b);

	qsort(list, n, sizeof(*list), by_bytes);
	return list;
}

static const char *
or_empty(const char *text)
{
	return text != NULL ? text : "";
}

static struct sark_user *
user_from(
    void *ctx, const struct sark_caller *caller, const struct sark_new_user *in)
{
	struct sark_user *user = sark_new(ctx, struct sark_user);

	user->username = in->username;
	user->username_norm = sark_username_normal(ctx, in->username);
	user->email = or_empty(in->email);
	user->name = or_empty(in->name);
	user->provider = "local";
	user->agent = in->agent;
	user->password_change_required = in->password_change_required;
	user->plain_roles = united(ctx, in->roles, NULL);
	user->roles = user->plain_roles;
	user->teams = united(ctx, in->teams, in->managed_teams);
	user->managed_teams = united(ctx, in->managed_teams, NULL);
	user->created_at = caller->time_ns / 1000000;
	user->updated_at = user->created_at;
	user->password_changed_at = user->created_at;
	return user;
}

static int
check(const struct sark_user *user, struct sark_err *err)
{
	const struct sark_user_change all = { .email = user->email,
		.name = user->name,
		.roles = user->roles,
		.teams = user->teams };

	if (user->username_norm == NULL)
		sark_err_field(err, "/username",
		    "must be 1 to %d bytes of UTF-8 without blanks, controls "
		    "and format characters",
		    SARK_USERNAME_MAX);
	return sark_user_check(&all, err);
}

int
sark_user_draft(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_new_user *in, struct sark_user **user_r,
    struct sark_err *err)
{
	struct sark_user *user = user_from(app->mem, caller, in);
	char *user_id = sark_new_array(app->mem, char, SARK_UUID_TEXT);

	if (check(user, err) == -1 ||
	    sark_new_password(app, user, "/password", in->password,
		&user->password_hash, err) == -1)
		return -1;
	sark_uuid_make(user_id);
	user->user_id = user_id;
	*user_r = user;
	return 0;
}

static int
write_user(struct sark_app *app, struct sark_tx *tx,
    const struct sark_caller *caller, const struct sark_user *user,
    struct sark_err *err)
{
	const struct sark_user_change told = { .roles = user->roles,
		.teams = user->teams,
		.managed_teams = user->managed_teams };
	struct sark_event event;

	if (sark_grant_begin(tx, err) == -1 ||
	    sark_privilege_give(app, tx, caller, user->roles, err) == -1 ||
	    sark_users_insert(tx, user, err) == -1 ||
	    sark_users_set_roles(
		tx, user->user_id, user->roles, caller->username, err) == -1 ||
	    sark_users_set_teams(
		tx, user->user_id, user->teams, user->managed_teams, err) == -1)
		return -1;
	sark_event_init(&event, caller, "user_created");
	event.severity = SARK_SEVERITY_MEDIUM;
	event.action = "user:write";
	event.resource = user->user_id;
	event.detail = sark_user_detail(app, user->username, &told);
	return sark_audit_in(tx, &event, err);
}

static int
try_register(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_user *user, struct sark_err *err)
{
	struct sark_tx tx = { .pg = app->pg, .open = false };
	int ret = -1;

	if (sark_tx_begin(&tx, app->pg, err) == 0 &&
	    write_user(app, &tx, caller, user, err) == 0)
		ret = sark_tx_commit(&tx, err);
	sark_tx_end(&tx);
	return ret;
}

int
sark_user_register(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_user *user, struct sark_err *err)
{
	int ret, tries = 0;

	do
		ret = try_register(app, caller, user, err);
	while (ret == -1 && sark_tx_again(app->pg, &tries, err));
	return ret;
}
