#include "auth/user_edit.h"

#include "audit/event.h"
#include "auth/grant.h"
#include "auth/privilege.h"
#include "auth/session_end.h"
#include "auth/user_list.h"
#include "auth/username.h"
#include "base/buf.h"
#include "base/mem.h"
#include "crypto/version.h"
#include "json/writer.h"
#include "store/generations.h"

int
sark_user_edit_record(struct sark_user_edit *edit, struct sark_tx *tx,
    const char *type, const char *detail, struct sark_err *err)
{
	struct sark_event event;
	struct sark_buf buf;
	struct sark_jw jw;

	sark_event_init(&event, edit->caller, type);
	event.severity = SARK_SEVERITY_MEDIUM;
	event.action = "user:write";
	event.resource = edit->user->user_id;
	event.detail = detail;
	if (detail == NULL) {
		sark_buf_init(&buf, edit->app->mem);
		sark_jw_init(&jw, &buf);
		sark_jw_open(&jw, NULL, '{');
		sark_jw_str(&jw, "username", edit->user->username);
		sark_jw_close(&jw);
		event.detail = buf.data;
	}
	return sark_audit_in(tx, &event, err);
}

int
sark_user_edit_end_sessions(struct sark_user_edit *edit, struct sark_tx *tx,
    const char *reason, const char *spared_id, struct sark_err *err)
{
	const struct sark_session_ending ending = {
		.user_id = edit->user->user_id,
		.spared_id = spared_id,
		.reason = reason,
	};

	return sark_session_end_in(
	    tx, edit->app, edit->caller, &ending, &edit->ended, err);
}

int
sark_user_edit_find(struct sark_user_edit *edit, struct sark_err *err)
{
	struct sark_app *app = edit->app;
	const char *user_id = edit->of->user_id;
	struct sark_user *named;
	char *name;
	int found;

	if (user_id != NULL)
		return sark_user_get(app, user_id, &edit->user, err);
	name = sark_username_normal(app->mem, edit->of->username);
	found = name == NULL
	    ? 0
	    : sark_users_named(app->pg, app->mem, name, &named, err);
	if (found == 0)
		sark_err_set(
		    err, SARK_NOT_FOUND, "no user %.200s", edit->of->username);
	if (found != 1)
		return -1;
	return sark_user_get(app, named->user_id, &edit->user, err);
}

/* Locks the user and sees whether he is what the caller has seen. */
static int
lock(struct sark_user_edit *edit, struct sark_tx *tx, struct sark_err *err)
{
	struct sark_app *app = edit->app;
	struct sark_buf text;
	struct sark_jw jw;

	if (sark_users_lock(tx, edit->user->user_id, err) == -1 ||
	    sark_user_get(app, edit->user->user_id, &edit->user, err) == -1)
		return -1;
	if (!edit->own &&
	    sark_privilege_over(app, edit->caller, edit->user, err) == -1)
		return -1;
	sark_buf_init(&text, app->mem);
	sark_jw_init(&jw, &text);
	sark_user_to_json(&jw, edit->user);
	if (!sark_version_in(edit->of->versions, text.data, text.len))
		return sark_err_set(err, SARK_PRECONDITION_FAILED,
		    "the user is of another version");
	return 0;
}

static int
write_edit(
    struct sark_user_edit *edit, struct sark_tx *tx, struct sark_err *err)
{
	int was = edit->rights ? sark_grant_begin(tx, err) : 0;

	if (was == -1 || lock(edit, tx, err) == -1 ||
	    edit->apply(edit, tx, err) == -1 ||
	    sark_user_get(edit->app, edit->user->user_id, &edit->user, err) ==
		-1)
		return -1;
	return sark_grant_end(tx, was, err);
}

static int
try_edit(struct sark_user_edit *edit, struct sark_err *err)
{
	struct sark_tx tx = { .pg = edit->app->pg, .open = false };
	int ret = -1;

	edit->ended.count = 0;
	if (sark_tx_begin(&tx, edit->app->pg, err) == 0 &&
	    write_edit(edit, &tx, err) == 0)
		ret = sark_tx_commit(&tx, err);
	sark_tx_end(&tx);
	return ret;
}

int
sark_user_edit_run(struct sark_user_edit *edit, struct sark_err *err)
{
	struct sark_generation_of of = { "user", NULL };
	struct sark_app *app = edit->app;
	int ret, tries = 0;

	if (edit->user == NULL && sark_user_edit_find(edit, err) == -1)
		return -1;
	of.name = edit->user->user_id;
	if (sark_generations_hold(app->redis, &of, 1, err) == -1)
		return -1;
	do
		ret = try_edit(edit, err);
	while (ret == -1 && sark_tx_again(app->pg, &tries, err));
	if (ret == 0)
		sark_session_forget(app, &edit->ended);
	/* With the outcome unknown the hold has to run its time. */
	if (err->code != SARK_UNCERTAIN)
		sark_generations_release(app->redis, &of, 1);
	return ret;
}
