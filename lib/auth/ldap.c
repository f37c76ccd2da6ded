#include "auth/ldap.h"

#include <stdbool.h>

#include "audit/event.h"
#include "auth/directory.h"
#include "auth/ldap_user.h"
#include "auth/lockout.h"
#include "base/clock.h"
#include "base/str.h"
#include "store/pg.h"
#include "store/redis.h"
#include "store/users.h"

#define ACTION "login:ldap"

static const char *const by_password[] = { "pwd", NULL };

/* One login on its way. */
struct entry {
	struct sark_app *app;
	const struct sark_caller *caller;
	const struct sark_login *login;
	struct sark_person *person; /* NULL: not he */
	const struct sark_user *user;
	const char *user_id; /* for the event; NULL unknown */
	struct sark_attempt attempt;
};

static int
refuse(const struct entry *e, const char *why, struct sark_err *err)
{
	struct sark_event event;

	sark_event_init(&event, e->caller, "authentication_failure");
	event.severity = SARK_SEVERITY_MEDIUM;
	event.outcome = "failure";
	event.action = ACTION;
	event.actor_name = e->login->username;
	event.resource = e->user_id;
	event.reason = why;
	if (sark_audit_spool(e->app, &event, err) == -1 ||
	    sark_lockout_failed(e->app, e->caller, &e->attempt,
		e->login->username, e->user_id, err) == -1)
		return -1;
	return sark_err_set(err, SARK_INVALID_CREDENTIALS, "login refused");
}

/* The person as a user of ours.  1, or 0 and why not. */
static int
settle(struct entry *e, const char **why_r, struct sark_err *err)
{
	struct sark_app *app = e->app;
	struct sark_caller who = *e->caller;
	struct sark_ldap_change change;
	struct sark_user *user = NULL;
	int got = sark_ldap_user_compare(app, e->person, &change, why_r, err);

	if (got != 1)
		return got;
	/* It is he who brings his entry with him. */
	who.username = change.now.username;
	who.user_id = change.now.user_id;
	e->user_id = change.now.user_id;
	if (sark_ldap_user_keep(app, &who, &change, err) == -1)
		return -1;
	got = sark_users_named(
	    app->pg, app->mem, change.now.username_norm, &user, err);
	e->user = user;
	*why_r = "changed_meanwhile";
	return got;
}

static int
open_session(
    struct entry *e, struct sark_tokens *tokens_r, struct sark_err *err)
{
	const struct sark_arrival arrival = {
		.user = e->user,
		.proof = { by_password, sark_clock_ms() },
		.action = ACTION,
		.attempt = &e->attempt,
		.code = { .otp = e->login->otp },
	};

	if (sark_session_open(e->app, e->caller, &arrival, tokens_r, err) == 0)
		return 0;
	if (err->code != SARK_INVALID_CREDENTIALS)
		return -1;
	sark_err_init(err);
	return refuse(e, "changed_meanwhile", err);
}

/* 1 he is let in so far, 0 and why not; -1 nobody can say. */
static int
look(struct entry *e, const char **why_r, struct sark_err *err)
{
	struct sark_app *app = e->app;
	int got;

	sark_lockout_attempt(app, e->caller, e->login->username, &e->attempt);
	/* First, so that an outage answers right and wrong passwords alike. */
	if (sark_redis_ping(app->redis, err) == -1)
		return -1;
	/* Who has to wait does not make the directory count, either. */
	*why_r = "locked";
	got = sark_attempts_locked(app->pg, &e->attempt, err);
	if (got != 0)
		return got == 1 ? 0 : -1;
	got = sark_directory_login(app->ldap, app->mem, e->login->username,
	    e->login->password, &e->person, why_r, err);
	return got == 1 ? settle(e, why_r, err) : got;
}

int
sark_login_ldap(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_login *login, struct sark_tokens *tokens_r,
    struct sark_err *err)
{
	struct entry e = { .app = app, .caller = caller, .login = login };
	const char *why = NULL;
	int got;

	if (app->ldap == NULL)
		return sark_err_set(
		    err, SARK_PROVIDER_DISABLED, "no directory is configured");
	got = look(&e, &why, err);
	if (got == -1)
		return -1;
	if (got == 0)
		return refuse(&e, why, err);
	return open_session(&e, tokens_r, err);
}

/* ---- refresh */

static int
end_sessions(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_user *user, const char *why, struct sark_err *err)
{
	const struct sark_directory_user leaver = {
		.user_id = user->user_id,
		.username = user->username,
	};

	return sark_ldap_user_gone(app, caller, &leaver, why, err);
}

int
sark_ldap_recheck(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_user *user, struct sark_err *err)
{
	struct sark_ldap_change change;
	struct sark_person *person;
	const char *why = NULL;
	int got;

	if (!sark_str_eq(user->provider, "ldap"))
		return 1;
	/* Nobody vouches for him any more, and nobody says that he is gone. */
	if (app->ldap == NULL)
		return sark_err_set(
		    err, SARK_UNAVAILABLE, "no directory is configured");
	got = sark_directory_find(
	    app->ldap, app->mem, user->username, &person, &why, err);
	if (got == 1 && person->barred != NULL) {
		why = person->barred;
		got = 0;
	}
	if (got == 1)
		got = sark_ldap_user_compare(app, person, &change, &why, err);
	if (got == 1 && !sark_str_eq(change.now.user_id, user->user_id)) {
		why = "other_person";
		got = 0;
	}
	if (got == 1)
		return sark_ldap_user_keep(app, caller, &change, err) == -1 ? -1
									    : 1;
	if (got == 0 && end_sessions(app, caller, user, why, err) == -1)
		return -1;
	return got;
}
