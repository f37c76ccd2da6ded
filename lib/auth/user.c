#include "auth/user.h"

#include <string.h>

#include "audit/event.h"
#include "auth/rbac.h"
#include "auth/username.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/uuid.h"
#include "conf/conf.h"
#include "crypto/password.h"
#include "json/writer.h"
#include "store/generations.h"
#include "store/pg.h"
#include "store/sessions.h"
#include "store/users.h"

#define TEXT_MAX 320 /* the longest e-mail address, RFC 3696 erratum 1690 */

/* A change of one user on its way. */
struct change {
	struct sark_app *app;
	const struct sark_caller *caller;
	const struct sark_user *user; /* as he was */
	const char *event;
	const char *detail; /* of the event, may be NULL */
	int (*apply)(
	    const struct change *, struct sark_tx *, struct sark_err *);
	bool ends_sessions;
	/* what apply writes */
	const char *hash;
	const struct sark_user_places *places;
	struct sark_session_ends ends;
};

static size_t
characters(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += (*s & 0xc0) != 0x80;
	return n;
}

static void
check_password(const char *password, struct sark_err *err)
{
	if (characters(password) < SARK_PASSWORD_MIN)
		sark_err_field(err, "/password",
		    "must have at least %d characters", SARK_PASSWORD_MIN);
	else if (strlen(password) > SARK_PASSWORD_MAX)
		sark_err_field(err, "/password", "must have at most %d bytes",
		    SARK_PASSWORD_MAX);
}

static void
check_text(const char *pointer, const char *text, struct sark_err *err)
{
	if (strlen(text) > TEXT_MAX || !sark_str_utf8(text, strlen(text)))
		sark_err_field(err, pointer,
		    "must be UTF-8 of at most %d bytes", TEXT_MAX);
}

static void
check_roles(const char *const *roles, struct sark_err *err)
{
	for (; roles != NULL && *roles != NULL; roles++)
		if (!sark_rbac_known(*roles))
			sark_err_field(
			    err, "/roles", "there is no role %.40s", *roles);
}

static void
check_teams(const char *pointer, const char *const *teams, struct sark_err *err)
{
	for (; teams != NULL && *teams != NULL; teams++)
		if (**teams == '\0')
			sark_err_field(err, pointer, "a team has a name");
		else
			check_text(pointer, *teams, err);
}

static const char *
hash_of(struct sark_app *app, const char *password)
{
	const struct sark_password_cost cost = {
		.memory_kib = app->conf->argon2_memory_kib,
		.passes = app->conf->argon2_passes,
	};
	char *hash = sark_new_array(app->mem, char, SARK_PASSWORD_TEXT);

	sark_password_hash(hash, password, strlen(password), &cost);
	return hash;
}

/* {"username":...,"roles":[...],...}: what the event tells of the user. */
static const char *
detail_of(struct sark_app *app, const char *username,
    const struct sark_user_places *places)
{
	struct sark_buf buf;
	struct sark_jw jw;

	sark_buf_init(&buf, app->mem);
	sark_jw_init(&jw, &buf);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_str(&jw, "username", username);
	if (places->roles != NULL)
		sark_jw_list(&jw, "roles", places->roles);
	if (places->teams != NULL)
		sark_jw_list(&jw, "teams", places->teams);
	if (places->managed_teams != NULL)
		sark_jw_list(&jw, "managed_teams", places->managed_teams);
	sark_jw_close(&jw);
	return buf.data;
}

static int
record(struct sark_tx *tx, const struct change *change, struct sark_err *err)
{
	struct sark_event event;

	sark_event_init(&event, change->caller, change->event);
	event.severity = SARK_SEVERITY_MEDIUM;
	event.action = "user:write";
	event.resource = change->user->user_id;
	event.detail = change->detail;
	return sark_audit_in(tx, &event, err);
}

static int
write_change(struct change *change, struct sark_tx *tx, struct sark_err *err)
{
	if (change->apply(change, tx, err) == -1)
		return -1;
	if (change->ends_sessions &&
	    sark_sessions_revoke(tx, change->app->mem, change->user->user_id,
		NULL, change->event, &change->ends, err) == -1)
		return -1;
	return record(tx, change, err);
}

/* Best effort: PostgreSQL has said already that they are over. */
static void
drop_sessions(const struct change *change)
{
	struct sark_err err;

	sark_err_init(&err);
	if (change->ends.count > 0 &&
	    sark_sessions_drop(change->app->redis, &change->ends, &err) == -1)
		sark_log_err(SARK_LOG_WARNING, "session_record_left", &err);
}

static int
commit_change(struct change *change, struct sark_err *err)
{
	const struct sark_generation_of of = { "user", change->user->user_id };
	struct sark_app *app = change->app;
	struct sark_tx tx = { .pg = app->pg, .open = false };
	int ret = -1;

	if (sark_generations_hold(app->redis, &of, 1, err) == -1)
		return -1;
	if (sark_tx_begin(&tx, app->pg, err) == -1 ||
	    write_change(change, &tx, err) == -1 ||
	    sark_tx_commit(&tx, err) == -1)
		goto out;
	drop_sessions(change);
	ret = 0;
out:
	sark_tx_end(&tx);
	/* With the outcome unknown the hold has to run its time. */
	if (err->code != SARK_UNCERTAIN)
		sark_generations_release(app->redis, &of, 1);
	return ret;
}

static int
change_user(struct change *change, const char *username, struct sark_err *err)
{
	struct sark_app *app = change->app;
	char *name = sark_username_normal(app->mem, username);
	struct sark_user *user = NULL;
	int found = 0;

	if (name != NULL)
		found = sark_users_named(app->pg, app->mem, name, &user, err);
	if (found == -1)
		return -1;
	if (found == 0)
		return sark_err_set(
		    err, SARK_NOT_FOUND, "no user %.200s", username);
	change->user = user;
	if (change->detail == NULL)
		change->detail = detail_of(app, user->username,
		    &(struct sark_user_places){ NULL, NULL, NULL });
	return commit_change(change, err);
}

static int
apply_password(
    const struct change *change, struct sark_tx *tx, struct sark_err *err)
{
	return sark_users_set_password(
	    tx, change->user->user_id, change->hash, err);
}

int
sark_user_set_password(struct sark_app *app, const struct sark_caller *caller,
    const char *username, const char *password, struct sark_err *err)
{
	struct change change = {
		.app = app,
		.caller = caller,
		.event = "user_password_changed",
		.apply = apply_password,
		.ends_sessions = true,
	};

	check_password(password, err);
	if (err->code != SARK_OK)
		return -1;
	change.hash = hash_of(app, password);
	return change_user(&change, username, err);
}

static int
apply_disable(
    const struct change *change, struct sark_tx *tx, struct sark_err *err)
{
	return sark_users_set_disabled(tx, change->user->user_id, true, err);
}

int
sark_user_disable(struct sark_app *app, const struct sark_caller *caller,
    const char *username, struct sark_err *err)
{
	struct change change = {
		.app = app,
		.caller = caller,
		.event = "user_disabled",
		.apply = apply_disable,
		.ends_sessions = true,
	};

	return change_user(&change, username, err);
}

static int
apply_enable(
    const struct change *change, struct sark_tx *tx, struct sark_err *err)
{
	return sark_users_set_disabled(tx, change->user->user_id, false, err);
}

int
sark_user_enable(struct sark_app *app, const struct sark_caller *caller,
    const char *username, struct sark_err *err)
{
	struct change change = {
		.app = app,
		.caller = caller,
		.event = "user_enabled",
		.apply = apply_enable,
	};

	return change_user(&change, username, err);
}

/* The new list, or what the user has. */
static const char *const *
or_as_is(const char *const *list, const char *const *as_is)
{
	return list != NULL ? list : as_is;
}

static int
apply_places(
    const struct change *change, struct sark_tx *tx, struct sark_err *err)
{
	const struct sark_user_places *places = change->places;
	const struct sark_user *user = change->user;

	if (places->roles != NULL &&
	    sark_users_set_roles(tx, user->user_id, places->roles,
		change->caller->username, err) == -1)
		return -1;
	if (places->teams == NULL && places->managed_teams == NULL)
		return 0;
	return sark_users_set_teams(tx, user->user_id,
	    or_as_is(places->teams, user->teams),
	    or_as_is(places->managed_teams, user->managed_teams), err);
}

int
sark_user_place(struct sark_app *app, const struct sark_caller *caller,
    const char *username, const struct sark_user_places *places,
    struct sark_err *err)
{
	struct change change = {
		.app = app,
		.caller = caller,
		.event = "user_roles_changed",
		.detail = detail_of(app, username, places),
		.apply = apply_places,
		.places = places,
	};

	check_roles(places->roles, err);
	check_teams("/teams", places->teams, err);
	check_teams("/managed_teams", places->managed_teams, err);
	if (err->code != SARK_OK)
		return -1;
	return change_user(&change, username, err);
}

static int
write_new(struct sark_tx *tx, const struct change *change, struct sark_err *err)
{
	if (sark_users_insert(tx, change->user, err) == -1 ||
	    apply_places(change, tx, err) == -1)
		return -1;
	return record(tx, change, err);
}

static int
check_new(
    const struct sark_new_user *in, const char *normal, struct sark_err *err)
{
	if (normal == NULL)
		sark_err_field(err, "/username",
		    "must be 1 to %d bytes of UTF-8 without blanks, controls "
		    "and format characters",
		    SARK_USERNAME_MAX);
	check_text("/email", in->email, err);
	check_text("/name", in->name, err);
	check_password(in->password, err);
	check_roles(in->roles, err);
	check_teams("/teams", in->teams, err);
	check_teams("/managed_teams", in->managed_teams, err);
	return err->code == SARK_OK ? 0 : -1;
}

int
sark_user_add(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_new_user *in, struct sark_err *err)
{
	const char *normal = sark_username_normal(app->mem, in->username);
	const struct sark_user_places places = { in->roles, in->teams,
		in->managed_teams };
	struct sark_tx tx = { .pg = app->pg, .open = false };
	char user_id[SARK_UUID_TEXT];
	struct sark_user user;
	const struct change change = {
		.app = app,
		.caller = caller,
		.user = &user,
		.event = "user_created",
		.detail = detail_of(app, in->username, &places),
		.places = &places,
	};
	int ret = -1;

	if (check_new(in, normal, err) == -1)
		return -1;
	sark_uuid_make(user_id);
	user = (struct sark_user){
		.user_id = user_id,
		.username = in->username,
		.username_norm = normal,
		.email = in->email,
		.name = in->name,
		.provider = "local",
		.password_hash = hash_of(app, in->password),
		.agent = in->agent,
		.roles = in->roles,
		.teams = in->teams,
		.managed_teams = in->managed_teams,
	};
	if (sark_tx_begin(&tx, app->pg, err) == 0 &&
	    write_new(&tx, &change, err) == 0 && sark_tx_commit(&tx, err) == 0)
		ret = 0;
	sark_tx_end(&tx);
	return ret;
}
