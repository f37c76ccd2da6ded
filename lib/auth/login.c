#include "auth/login.h"

#include <stdbool.h>
#include <string.h>

#include "audit/event.h"
#include "auth/account.h"
#include "auth/rbac.h"
#include "auth/refresh.h"
#include "auth/token.h"
#include "auth/username.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/uuid.h"
#include "conf/conf.h"
#include "crypto/password.h"
#include "store/pg.h"
#include "store/redis.h"
#include "store/sessions.h"
#include "store/users.h"

static const char *const by_password[] = { "pwd", NULL };

/* One login on its way. */
struct entry {
	struct sark_app *app;
	const struct sark_caller *caller;
	const struct sark_login *login;
	const struct sark_user *user; /* NULL: nobody of that name */
	struct sark_caller who;	      /* the user in this session */
	struct sark_proof proof;
	struct sark_session session;
	struct sark_refresh refresh;
	const char *new_hash; /* NULL: the old one will do */
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
refuse(const struct entry *e, const char *why, struct sark_err *err)
{
	struct sark_event event;

	sark_event_init(&event, e->caller, "authentication_failure");
	event.severity = SARK_SEVERITY_MEDIUM;
	event.outcome = "failure";
	event.action = "login:local";
	event.actor_name = e->login->username;
	event.resource = e->user == NULL ? NULL : e->user->user_id;
	event.reason = why;
	if (sark_audit_spool(e->app, &event, err) == -1)
		return -1;
	return sark_err_set(err, SARK_INVALID_CREDENTIALS, "login refused");
}

/* The user as the caller of this request, and his new session. */
static void
begin_session(struct entry *e)
{
	const struct sark_conf *conf = e->app->conf;
	const struct sark_user *user = e->user;
	char *session_id = sark_new_array(e->app->mem, char, SARK_UUID_TEXT);
	int64_t now = sark_clock_ms();

	sark_uuid_make(session_id);
	e->who = *e->caller;
	e->who.user_id = user->user_id;
	e->who.username = user->username;
	e->who.email = user->email;
	e->who.name = user->name;
	e->who.provider = user->provider;
	e->who.roles = user->roles;
	e->who.teams = user->teams;
	e->who.managed_teams = user->managed_teams;
	e->who.permissions = sark_rbac_permissions(e->app->mem, user->roles);
	e->who.session_id = session_id;
	e->who.agent = user->agent;
	e->proof = (struct sark_proof){ by_password, now };
	sark_refresh_make(e->app->mem, user->user_id, &e->refresh);
	e->session = (struct sark_session){
		.session_id = session_id,
		.user_id = user->user_id,
		.token_id = e->refresh.token_id,
		.secret_hash = e->refresh.secret_hash,
		.client_ip = e->caller->client_ip,
		.user_agent = e->caller->user_agent,
		.created_at = now,
		.expires_at = now + conf->refresh_token_ttl_s * 1000,
	};
}

static int
record_dropped(struct sark_tx *tx, const struct entry *e,
    const struct sark_session_ends *ends, struct sark_err *err)
{
	struct sark_event event;
	size_t i;

	for (i = 0; i < ends->count; i++) {
		sark_event_init(&event, &e->who, "session_dropped");
		event.action = "session:drop";
		event.resource = ends->items[i].session_id;
		event.reason = "session_limit";
		if (sark_audit_in(tx, &event, err) == -1)
			return -1;
	}
	return 0;
}

static int
record_success(struct sark_tx *tx, const struct entry *e, struct sark_err *err)
{
	struct sark_event event;

	sark_event_init(&event, &e->who, "authentication_success");
	event.action = "login:local";
	event.resource = e->who.session_id;
	return sark_audit_in(tx, &event, err);
}

/* The user may have changed while his password was looked at. */
static int
still_welcome(struct sark_tx *tx, const struct entry *e, struct sark_err *err)
{
	int found = sark_users_touch_login(tx, e->user, err);

	if (found == 0)
		sark_err_set(err, SARK_INVALID_CREDENTIALS, "login refused");
	return found == 1 ? 0 : -1;
}

static int
write_session(struct sark_tx *tx, const struct entry *e,
    struct sark_session_ends *ends_r, struct sark_err *err)
{
	const char *user_id = e->user->user_id;

	if (still_welcome(tx, e, err) == -1 ||
	    sark_sessions_insert(tx, &e->session, err) == -1 ||
	    sark_sessions_over_limit(tx, e->app->mem, user_id,
		e->app->conf->session_limit, ends_r, err) == -1)
		return -1;
	if (e->new_hash != NULL &&
	    sark_users_set_hash(tx, user_id, e->new_hash, err) == -1)
		return -1;
	if (record_dropped(tx, e, ends_r, err) == -1)
		return -1;
	return record_success(tx, e, err);
}

/* Best effort: PostgreSQL has said already that these are over. */
static void
drop_records(const struct entry *e, const struct sark_session_ends *ends)
{
	struct sark_err err;

	sark_err_init(&err);
	if (ends->count > 0 &&
	    sark_sessions_drop(e->app->redis, ends, &err) == -1)
		sark_log_err(SARK_LOG_WARNING, "session_record_left", &err);
}

/* The record that was kept for a session that never came to be. */
static void
drop_own_record(const struct entry *e)
{
	struct sark_session_end end = {
		.session_id = e->session.session_id,
		.user_id = e->session.user_id,
		.token_id = e->session.token_id,
	};
	const struct sark_session_ends ends = { 1, &end };

	drop_records(e, &ends);
}

static int
try_session(const struct entry *e, struct sark_err *err)
{
	struct sark_tx tx = { .pg = e->app->pg, .open = false };
	struct sark_session_ends ends = { 0, NULL };
	int ret = -1;

	if (sark_tx_begin(&tx, e->app->pg, err) == -1 ||
	    write_session(&tx, e, &ends, err) == -1 ||
	    sark_tx_commit(&tx, err) == -1)
		goto out;
	drop_records(e, &ends);
	ret = 0;
out:
	sark_tx_end(&tx);
	return ret;
}

static int
commit_session(const struct entry *e, struct sark_err *err)
{
	int ret, tries = 0;

	do
		ret = try_session(e, err);
	while (ret == -1 && sark_tx_again(e->app->pg, &tries, err));
	if (ret == -1)
		drop_own_record(e);
	return ret;
}

int
sark_login_local(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_login *login, struct sark_tokens *tokens_r,
    struct sark_err *err)
{
	struct entry e = { .app = app, .caller = caller, .login = login };
	const char *why;
	char *access;

	/* First, so that an outage answers right and wrong passwords alike. */
	if (sark_redis_ping(app->redis, err) == -1 || find_user(&e, err) == -1)
		return -1;
	why = refusal(&e);
	if (why != NULL)
		return refuse(&e, why, err);
	begin_session(&e);
	if (sark_token_issue(app, &e.who, &e.proof, &access, err) == -1 ||
	    sark_refresh_keep(app, &e.refresh, &e.who, &e.proof, err) == -1)
		return -1;
	if (commit_session(&e, err) == -1) {
		if (err->code != SARK_INVALID_CREDENTIALS)
			return -1;
		sark_err_init(err);
		return refuse(&e, "changed_meanwhile", err);
	}
	*tokens_r = (struct sark_tokens){
		.access_token = access,
		.refresh_token = e.refresh.text,
		.expires_in = app->conf->access_token_ttl_s,
		.refresh_expires_in = app->conf->refresh_token_ttl_s,
		.user = e.who,
	};
	return 0;
}

void
sark_tokens_to_json(struct sark_jw *jw, const struct sark_tokens *tokens)
{
	sark_jw_open(jw, NULL, '{');
	sark_jw_str(jw, "access_token", tokens->access_token);
	sark_jw_str(jw, "token_type", "Bearer");
	sark_jw_int(jw, "expires_in", tokens->expires_in);
	sark_jw_str(jw, "refresh_token", tokens->refresh_token);
	sark_jw_int(jw, "refresh_expires_in", tokens->refresh_expires_in);
	sark_account_to_json(jw, "user", &tokens->user);
	sark_jw_close(jw);
}
