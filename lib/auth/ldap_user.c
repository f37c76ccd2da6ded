#include "auth/ldap_user.h"

#include <stdlib.h>
#include <string.h>

#include "audit/event.h"
#include "auth/group.h"
#include "auth/username.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/uuid.h"
#include "json/writer.h"
#include "store/generations.h"
#include "store/pg.h"
#include "store/sessions.h"

/* A change on its way. */
struct work {
	struct sark_app *app;
	const struct sark_caller *caller;
	const struct sark_ldap_change *change;	  /* or */
	const struct sark_directory_user *leaver; /* why */
	const char *why;
	struct sark_session_ends ends;
};

/* ---- what differs */

static bool
same(const char *const *a, const char *const *b)
{
	for (; *a != NULL && *b != NULL; a++, b++)
		if (!sark_str_eq(*a, *b))
			return false;
	return *a == *b;
}

/* The list without what is in either other. */
static const char *const *
without(void *ctx, const char *const *list, const char *const *other,
    const char *const *another)
{
	size_t i, n = 0;
	const char **left;

	while (list[n] != NULL)
		n++;
	left = sark_new_array(ctx, const char *, n + 1);
	for (i = n = 0; list[i] != NULL; i++)
		if (!sark_str_in(list[i], other) &&
		    !sark_str_in(list[i], another))
			left[n++] = list[i];
	return left;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* As bindings to groups name them. */
static const char *const *
group_names(void *ctx, const char *const *dns)
{
	const char **names, *name;
	size_t i, n = 0;

	while (dns[n] != NULL)
		n++;
	names = sark_new_array(ctx, const char *, n + 1);
	for (i = n = 0; dns[i] != NULL; i++) {
		name = sark_group_normal(ctx, dns[i]);
		if (name != NULL && !sark_str_in(name, names))
			names[n++] = name;
	}
	qsort(names, n, sizeof(*names), by_text);
	return names;
}

static void
fill(struct sark_app *app, const struct sark_person *person,
    struct sark_ldap_change *change)
{
	static const char *const none[] = { NULL };
	const struct sark_directory_user *was = change->was;
	const char *const *roles = was != NULL ? was->own_roles : none;
	const char *const *teams = was != NULL ? was->own_teams : none;
	struct sark_directory_user *now = &change->now;

	now->username = person->username;
	now->directory_id = person->id;
	now->email = person->email;
	now->name = person->name;
	now->roles = without(app->mem, person->roles, roles, none);
	now->teams =
	    without(app->mem, person->teams, teams, person->managed_teams);
	now->managed_teams =
	    without(app->mem, person->managed_teams, teams, none);
	now->groups = group_names(app->mem, person->groups);
	change->differs = was == NULL || was->gone ||
	    !sark_str_eq(was->username, now->username) ||
	    !sark_str_eq(was->directory_id, now->directory_id) ||
	    !sark_str_eq(was->email, now->email) ||
	    !sark_str_eq(was->name, now->name) ||
	    !same(was->roles, now->roles) || !same(was->teams, now->teams) ||
	    !same(was->managed_teams, now->managed_teams) ||
	    !same(was->groups, now->groups);
}

static const char *
objection(
    const struct sark_directory_user *was, const struct sark_person *person)
{
	if (!sark_str_eq(was->provider, "ldap"))
		return "other_provider";
	/* A name that was given to somebody else gives nobody his rights. */
	if (*was->directory_id != '\0' &&
	    !sark_str_eq(was->directory_id, person->id))
		return "other_person";
	if (was->disabled && !was->gone)
		return "disabled";
	return NULL;
}

int
sark_ldap_user_compare(struct sark_app *app, const struct sark_person *person,
    struct sark_ldap_change *change_r, const char **why_r, struct sark_err *err)
{
	char *normal = sark_username_normal(app->mem, person->username);
	struct sark_directory_user *was = NULL;
	char *user_id;

	*change_r = (struct sark_ldap_change){ 0 };
	change_r->now.username_norm = normal != NULL ? normal : "";
	if (sark_directory_users_find(app->pg, app->mem, person->id,
		change_r->now.username_norm, &was, err) == -1)
		return -1;
	if (was != NULL) {
		*why_r = objection(was, person);
		if (*why_r != NULL)
			return 0;
		change_r->now.user_id = was->user_id;
	} else {
		user_id = sark_new_array(app->mem, char, SARK_UUID_TEXT);
		sark_uuid_make(user_id);
		change_r->now.user_id = user_id;
	}
	change_r->was = was;
	fill(app, person, change_r);
	return 1;
}

/* ---- making it so */

static const char *
detail_of(struct sark_app *app, const struct sark_directory_user *user)
{
	struct sark_buf buf;
	struct sark_jw jw;

	sark_buf_init(&buf, app->mem);
	sark_jw_init(&jw, &buf);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_str(&jw, "username", user->username);
	sark_jw_str(&jw, "provider", "ldap");
	if (user->roles != NULL) {
		sark_jw_list(&jw, "roles", user->roles);
		sark_jw_list(&jw, "teams", user->teams);
		sark_jw_list(&jw, "managed_teams", user->managed_teams);
	}
	sark_jw_close(&jw);
	return buf.data;
}

static int
record(struct sark_tx *tx, const struct work *work, const char *type,
    const struct sark_directory_user *user, struct sark_err *err)
{
	struct sark_event event;

	sark_event_init(&event, work->caller, type);
	event.severity = SARK_SEVERITY_MEDIUM;
	event.action = "user:write";
	event.resource = user->user_id;
	event.reason = work->why;
	event.detail = detail_of(work->app, user);
	return sark_audit_in(tx, &event, err);
}

static int
write_change(struct work *work, struct sark_tx *tx, struct sark_err *err)
{
	const struct sark_directory_user *now = &work->change->now;
	bool is_new = work->change->was == NULL;

	if (is_new && sark_directory_users_add(tx, now, err) == -1)
		return -1;
	if (sark_directory_users_set(tx, now, err) == -1)
		return -1;
	return record(
	    tx, work, is_new ? "user_created" : "user_synchronized", now, err);
}

static int
write_gone(struct work *work, struct sark_tx *tx, struct sark_err *err)
{
	const char *user_id = work->leaver->user_id;
	int was_in = sark_directory_users_gone(tx, user_id, err);

	if (was_in == -1 ||
	    sark_sessions_revoke(tx, work->app->mem, user_id, NULL,
		"user_disabled", &work->ends, err) == -1)
		return -1;
	if (was_in == 0)
		return 0;
	return record(tx, work, "user_disabled", work->leaver, err);
}

/* Best effort: PostgreSQL has said already that they are over. */
static void
drop_sessions(const struct work *work)
{
	struct sark_err err;

	sark_err_init(&err);
	if (work->ends.count > 0 &&
	    sark_sessions_drop(work->app->redis, &work->ends, &err) == -1)
		sark_log_err(SARK_LOG_WARNING, "session_record_left", &err);
}

static int
try_commit(struct work *work, struct sark_err *err)
{
	struct sark_tx tx = { .pg = work->app->pg, .open = false };
	int ret = -1;

	if (sark_tx_begin(&tx, work->app->pg, err) == 0 &&
	    (work->change != NULL ? write_change(work, &tx, err)
				  : write_gone(work, &tx, err)) == 0 &&
	    sark_tx_commit(&tx, err) == 0)
		ret = 0;
	sark_tx_end(&tx);
	return ret;
}

static int
commit(struct work *work, const char *user_id, struct sark_err *err)
{
	const struct sark_generation_of of = { "user", user_id };
	struct sark_app *app = work->app;
	int ret, tries = 0;

	if (sark_generations_hold(app->redis, &of, 1, err) == -1)
		return -1;
	do
		ret = try_commit(work, err);
	while (ret == -1 && sark_tx_again(app->pg, &tries, err));
	if (ret == 0)
		drop_sessions(work);
	/* With the outcome unknown the hold has to run its time. */
	if (err->code != SARK_UNCERTAIN)
		sark_generations_release(app->redis, &of, 1);
	return ret;
}

int
sark_ldap_user_keep(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_ldap_change *change, struct sark_err *err)
{
	struct work work = {
		.app = app,
		.caller = caller,
		.change = change,
	};

	if (!change->differs)
		return 0;
	return commit(&work, change->now.user_id, err);
}

int
sark_ldap_user_gone(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_directory_user *user, const char *why,
    struct sark_err *err)
{
	struct work work = {
		.app = app,
		.caller = caller,
		.leaver = user,
		.why = why,
	};

	return commit(&work, user->user_id, err);
}
