#include "auth/user_list.h"

#include "base/mem.h"
#include "base/uuid.h"
#include "crypto/seal.h"

/* What a cursor is signed for: one of another list does not pass. */
#define CURSOR "cursor:users"

int
sark_user_get(struct sark_app *app, const char *user_id,
    struct sark_user **user_r, struct sark_err *err)
{
	int found = 0;

	if (sark_uuid_valid(user_id))
		found =
		    sark_users_show(app->pg, app->mem, user_id, user_r, err);
	if (found == 0)
		sark_err_set(err, SARK_NOT_FOUND, "no such user");
	return found == 1 ? 0 : -1;
}

int
sark_user_list(struct sark_app *app, struct sark_user_filter *filter,
    const char *cursor, struct sark_user_page *page_r, struct sark_err *err)
{
	int64_t limit = filter->limit != 0 ? filter->limit : SARK_USER_PAGE;
	struct sark_users *users = &page_r->users;
	char *after = NULL;

	if (cursor != NULL &&
	    sark_seal_verify(app->seal, app->mem, CURSOR, cursor, &after) != 1)
		return sark_err_set(
		    err, SARK_INVALID_CURSOR, "the cursor is not one of ours");
	filter->after = after;
	filter->limit = limit + 1; /* one more says whether there is more */
	if (sark_users_list(app->pg, app->mem, filter, users, err) == -1)
		return -1;
	page_r->next_cursor = NULL;
	if (users->count > (size_t)limit) {
		users->count = (size_t)limit;
		page_r->next_cursor = sark_seal_sign(app->seal, app->mem,
		    CURSOR, users->items[limit - 1].username_norm);
	}
	return 0;
}

void
sark_user_to_json(struct sark_jw *jw, const struct sark_user *user)
{
	sark_jw_open(jw, NULL, '{');
	sark_jw_str(jw, "user_id", user->user_id);
	sark_jw_str(jw, "username", user->username);
	sark_jw_str(jw, "email", user->email);
	sark_jw_str(jw, "name", user->name);
	sark_jw_str(jw, "provider", user->provider);
	sark_jw_bool(jw, "agent", user->agent);
	sark_jw_list(jw, "roles", user->plain_roles);
	sark_jw_list(jw, "teams", user->teams);
	sark_jw_list(jw, "managed_teams", user->managed_teams);
	sark_jw_bool(jw, "disabled", user->disabled_at != 0);
	sark_jw_bool(
	    jw, "password_change_required", user->password_change_required);
	sark_jw_time(jw, "created_at", user->created_at);
	sark_jw_time(jw, "updated_at", user->updated_at);
	sark_jw_time(jw, "disabled_at", user->disabled_at);
	sark_jw_time(jw, "password_changed_at", user->password_changed_at);
	sark_jw_time(jw, "last_login_at", user->last_login_at);
	sark_jw_time(jw, "locked_until", user->locked_until);
	sark_jw_close(jw);
}
