#include "auth/user_password.h"

#include <string.h>

#include "audit/event.h"
#include "auth/lockout.h"
#include "auth/new_password.h"
#include "auth/privilege.h"
#include "auth/user_edit.h"
#include "auth/user_list.h"
#include "base/str.h"
#include "conf/conf.h"
#include "crypto/hash_slots.h"
#include "crypto/password.h"
#include "store/passwords.h"

#define EVENT "user_password_changed"

/* A new password on its way. */
struct setting {
	const struct sark_user *judged; /* as it was judged for */
	struct sark_password_change change;
	const char *spared; /* the session that goes on */
};

static int
unlock(struct sark_user_edit *edit, struct sark_tx *tx, struct sark_err *err)
{
	const char *name = edit->user->username_norm;
	char account[SARK_SHA256_TEXT];

	sark_sha256_hex(account, name, strlen(name));
	return sark_attempts_unlock(tx, account, err);
}

static int
apply(struct sark_user_edit *edit, struct sark_tx *tx, struct sark_err *err)
{
	const struct setting *setting = edit->arg;

	if (edit->user->password_changed_at !=
	    setting->judged->password_changed_at)
		return sark_err_set(err, SARK_CONFLICT,
		    "the password was changed by somebody else just now");
	if (sark_passwords_set(tx, &setting->change, err) == -1 ||
	    unlock(edit, tx, err) == -1 ||
	    sark_user_edit_end_sessions(
		edit, tx, EVENT, setting->spared, err) == -1)
		return -1;
	return sark_user_edit_record(edit, tx, EVENT, NULL, err);
}

static int
check_provider(const struct sark_user *user, struct sark_err *err)
{
	if (!sark_str_eq(user->provider, "local"))
		return sark_err_set(err, SARK_CONFLICT,
		    "the password of this user is not kept here");
	return 0;
}

/* Judges the password before the transaction: that takes its time. */
static int
set(struct sark_user_edit *edit, struct setting *setting, const char *password,
    struct sark_err *err)
{
	struct sark_app *app = edit->app;

	setting->judged = edit->user;
	if (check_provider(edit->user, err) == -1 ||
	    sark_new_password(app, edit->user, "/password", password,
		&setting->change.hash, err) == -1)
		return -1;
	setting->change.user_id = edit->user->user_id;
	setting->change.remembered = app->conf->password_history;
	edit->apply = apply;
	edit->arg = setting;
	return sark_user_edit_run(edit, err);
}

int
sark_user_reset_password(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_user_of *of, const struct sark_password_reset *reset,
    struct sark_err *err)
{
	struct sark_user_edit edit = {
		.app = app,
		.caller = caller,
		.of = of,
	};
	struct setting setting = {
		.change.change_required = reset->change_required,
	};

	if (sark_user_edit_find(&edit, err) == -1 ||
	    sark_privilege_over(app, caller, edit.user, err) == -1)
		return -1;
	return set(&edit, &setting, reset->password, err);
}

static int
refuse(const struct sark_user_edit *edit, const char *why, struct sark_err *err)
{
	struct sark_event event;

	sark_event_init(&event, edit->caller, "authentication_failure");
	event.severity = SARK_SEVERITY_MEDIUM;
	event.outcome = "failure";
	event.action = "user:password";
	event.resource = edit->user->user_id;
	event.reason = why;
	if (sark_audit_spool(edit->app, &event, err) == -1)
		return -1;
	return sark_err_field(err, "/current_password", "is not your password");
}

/* Whoever has found a session open does not get to keep the account. */
static int
check_current(const struct sark_user_edit *edit, const char *password,
    struct sark_err *err)
{
	const struct sark_password_cost none = { 0, 0 };
	struct sark_app *app = edit->app;
	const char *const *hashes;
	struct sark_attempt attempt;
	bool rehash, right;
	int locked;

	if (sark_passwords_last(
		app->pg, app->mem, edit->user->user_id, 1, &hashes, err) == -1)
		return -1;
	sark_lockout_attempt(app, edit->caller, edit->user->username, &attempt);
	locked = sark_attempts_locked(app->pg, &attempt, err);
	if (locked == -1 || sark_hash_slots_take(app->slots, err) == -1)
		return -1;
	right = *hashes != NULL &&
	    sark_password_verify(
		*hashes, password, strlen(password), &none, &rehash) == 1;
	sark_hash_slots_give(app->slots);
	if (right && locked == 0)
		return 0;
	if (sark_lockout_failed(app, edit->caller, &attempt,
		edit->user->username, edit->user->user_id, err) == -1)
		return -1;
	return refuse(edit, locked ? "locked" : "wrong_password", err);
}

int
sark_user_own_password(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_own_password *change, struct sark_err *err)
{
	const struct sark_user_of of = { .user_id = caller->user_id };
	struct sark_user_edit edit = {
		.app = app,
		.caller = caller,
		.of = &of,
		.own = true,
	};
	struct setting setting = { .spared = caller->session_id };

	if (*caller->session_id == '\0' || caller->scopes != NULL)
		return sark_err_set(err, SARK_FORBIDDEN,
		    "a password is changed by who has logged in");
	if (change->current == NULL)
		return sark_err_field(err, "/current_password", "is required");
	if (sark_user_edit_find(&edit, err) == -1 ||
	    check_provider(edit.user, err) == -1 ||
	    check_current(&edit, change->current, err) == -1)
		return -1;
	return set(&edit, &setting, change->password, err);
}

static int
apply_unlock(
    struct sark_user_edit *edit, struct sark_tx *tx, struct sark_err *err)
{
	if (unlock(edit, tx, err) == -1)
		return -1;
	return sark_user_edit_record(edit, tx, "account_unlocked", NULL, err);
}

int
sark_user_unlock(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_user_of *of, struct sark_err *err)
{
	struct sark_user_edit edit = {
		.app = app,
		.caller = caller,
		.of = of,
		.apply = apply_unlock,
	};

	return sark_user_edit_run(&edit, err);
}
