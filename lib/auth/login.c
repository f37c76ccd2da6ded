#include "auth/login.h"

#include <stdbool.h>
#include <string.h>

#include "audit/event.h"
#include "auth/lockout.h"
#include "auth/new_password.h"
#include "auth/username.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "conf/conf.h"
#include "crypto/hash_slots.h"
#include "crypto/password.h"
#include "store/pg.h"
#include "store/redis.h"
#include "store/users.h"

#define ACTION "login:local"

static const char *const by_password[] = { "pwd", NULL };

/* One login on its way. */
struct entry {
	struct sark_app *app;
	const struct sark_caller *caller;
	const struct sark_login *login;
	const struct sark_user *user; /* NULL: nobody of that name */
	const char *new_hash;	      /* NULL: the old one will do */
	struct sark_attempt attempt;
	bool locked;
};

static int
find_user(struct entry *e, struct sark_err *err)
{
	struct sark_app *app = e->app;
	struct sark_user *user = NULL;
	char *name = sark_username_normal(app->mem, e->login->username);

	/* Asked in any case: what is no name takes no other time. */
	switch (sark_users_by_username(
	    app->pg, app->mem, name == NULL ? "" : name, &user, err)) {
	case 1:
		e->user = user;
		return 0;
	case 0:
		return 0;
	default:
		return -1;
	}
}

/* Why the password does not open the door, NULL if it does. */
static const char *
refusal(struct entry *e)
{
	const struct sark_password_cost cost = {
		.memory_kib = e->app->conf->argon2_memory_kib,
		.passes = e->app->conf->argon2_passes,
	};
	bool local = e->user != NULL && sark_str_eq(e->user->provider, "local");
	const char *password = e->login->password;
	size_t len = strlen(password);
	bool right, rehash;

	right = sark_password_verify(local ? e->user->password_hash : NULL,
		    password, len, &cost, &rehash) == 1;
	if (e->user == NULL)
		return "unknown_user";
	if (!local)
		return "other_provider";
	if (e->locked)
		return "locked";
	if (!right)
		return "wrong_password";
	if (e->user->disabled_at != 0)
		return "disabled";
	if (rehash) {
		char *hash =
		    sark_new_array(e->app->mem, char, SARK_PASSWORD_TEXT);

		sark_password_hash(hash, password, len, &cost);
		e->new_hash = hash;
	}
	return NULL;
}

static int
record(const struct entry *e, const char *why, struct sark_err *err)
{
	struct sark_event event;

	sark_event_init(&event, e->caller, "authentication_failure");
	event.severity = SARK_SEVERITY_MEDIUM;
	event.outcome = "failure";
	event.action = ACTION;
	event.actor_name = e->login->username;
	event.resource = e->user == NULL ? NULL : e->user->user_id;
	event.reason = why;
	return sark_audit_spool(e->app, &event, err);
}

/* The same work whatever the reason, or its time would tell it. */
static int
refuse(const struct entry *e, const char *why, struct sark_err *err)
{
	if (record(e, why, err) == -1 ||
	    sark_lockout_failed(e->app, e->caller, &e->attempt,
		e->login->username, e->user == NULL ? NULL : e->user->user_id,
		err) == -1)
		return -1;
	return sark_err_set(err, SARK_INVALID_CREDENTIALS, "login refused");
}

/* Whoever is let in has a password that nobody else knows. */
static int
renew(const struct entry *e, const char **hash_r, struct sark_err *err)
{
	const char *password = e->login->new_password;

	*hash_r = NULL;
	if (!e->user->password_change_required)
		return password == NULL
		    ? 0
		    : sark_err_field(err, "/new_password",
			  "is taken only where the password must be changed");
	if (password != NULL)
		return sark_new_password(
		    e->app, e->user, "/new_password", password, hash_r, err);
	if (record(e, "password_change_required", err) == -1)
		return -1;
	return sark_err_set(
	    err, SARK_PASSWORD_CHANGE_REQUIRED, "the password must be changed");
}

static int
look(struct entry *e, const char **why_r, struct sark_err *err)
{
	int locked;

	sark_lockout_attempt(
	    e->app, e->caller, e->login->username, &e->attempt);
	/* First, so that an outage answers right and wrong passwords alike. */
	if (sark_redis_ping(e->app->redis, err) == -1 ||
	    find_user(e, err) == -1)
		return -1;
	locked = sark_attempts_locked(e->app->pg, &e->attempt, err);
	if (locked == -1 || sark_hash_slots_take(e->app->slots, err) == -1)
		return -1;
	e->locked = locked == 1;
	*why_r = refusal(e);
	sark_hash_slots_give(e->app->slots);
	return 0;
}

int
sark_login_local(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_login *login, struct sark_tokens *tokens_r,
    struct sark_err *err)
{
	struct entry e = { .app = app, .caller = caller, .login = login };
	struct sark_arrival arrival;
	const char *why, *new_password;

	if (look(&e, &why, err) == -1)
		return -1;
	if (why != NULL)
		return refuse(&e, why, err);
	if (renew(&e, &new_password, err) == -1)
		return -1;
	arrival = (struct sark_arrival){
		.user = e.user,
		.proof = { by_password, sark_clock_ms() },
		.action = ACTION,
		.new_hash = e.new_hash,
		.new_password = new_password,
		.attempt = &e.attempt,
		.code = { .otp = login->otp },
	};
	if (sark_session_open(app, caller, &arrival, tokens_r, err) == 0)
		return 0;
	if (err->code != SARK_INVALID_CREDENTIALS)
		return -1;
	sark_err_init(err);
	return refuse(&e, "changed_meanwhile", err);
}
