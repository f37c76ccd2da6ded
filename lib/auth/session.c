#include "auth/session.h"

#include "audit/event.h"
#include "auth/account.h"
#include "auth/mfa.h"
#include "auth/rbac.h"
#include "auth/refresh.h"
#include "auth/withhold.h"
#include "auth/session_end.h"
#include "auth/standing.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/uuid.h"
#include "conf/conf.h"
#include "store/generations.h"
#include "store/attempts.h"
#include "store/passwords.h"
#include "store/pg.h"
#include "store/sessions.h"
#include "store/users.h"

#define METHODS_MAX 8 /* of one proof */

/* One session on its way. */
struct opening {
	struct sark_app *app;
	const struct sark_caller *caller;
	const struct sark_arrival *arrival;
	struct sark_factor factor; /* methods NULL: none was needed */
	struct sark_proof proof;   /* with the factor's methods */
	struct sark_caller who;	   /* the user in this session */
	struct sark_session session;
	struct sark_refresh refresh;
};

/* Of the first refresh token of a session, seconds. */
static int64_t
ttl_s(const struct sark_conf *conf)
{
	return conf->refresh_token_ttl_s < conf->session_lifetime_s
	    ? conf->refresh_token_ttl_s
	    : conf->session_lifetime_s;
}

void
sark_session_identify(struct sark_app *app, const struct sark_user *user,
    const char *session_id, struct sark_caller *who)
{
	const struct sark_effective *effective =
	    sark_withhold(app->conf, &user->effective, who->mfa);

	who->user_id = user->user_id;
	who->username = user->username;
	who->email = user->email;
	who->name = user->name;
	who->provider = user->provider;
	who->teams = user->teams;
	who->managed_teams = user->managed_teams;
	who->withheld = effective != &user->effective;
	who->roles = effective->roles;
	who->permissions = sark_rbac_effective(app->mem, effective);
	who->scoped = sark_rbac_scoped(app->mem, effective->scoped);
	who->session_id = session_id;
	who->agent = user->agent;
}

/* The first way of showing who one is, and the second. */
static void
add_proof(struct opening *o)
{
	const char *const *first = o->arrival->proof.methods;
	const char *const *second = o->factor.methods;
	const char **both;
	size_t n = 0;

	o->proof = o->arrival->proof;
	if (second == NULL)
		return;
	both = sark_new_array(
	    o->app->mem, const char *, METHODS_MAX + METHODS_MAX + 1);
	while (*first != NULL && n < METHODS_MAX)
		both[n++] = *first++;
	while (*second != NULL)
		both[n++] = *second++;
	o->proof.methods = both;
}

/* The user as the caller of this request, and his new session. */
static void
begin_session(struct opening *o)
{
	const struct sark_conf *conf = o->app->conf;
	const struct sark_user *user = o->arrival->user;
	char *session_id = sark_new_array(o->app->mem, char, SARK_UUID_TEXT);

	sark_uuid_make(session_id);
	o->who = *o->caller;
	o->who.mfa = o->factor.methods != NULL;
	o->who.mfa_time = o->who.mfa ? o->proof.time_ms / 1000 : 0;
	sark_session_identify(o->app, user, session_id, &o->who);
	sark_refresh_make(o->app->mem, o->app->seal, session_id, &o->refresh);
	o->session = (struct sark_session){
		.session_id = session_id,
		.user_id = user->user_id,
		.token_id = o->refresh.token_id,
		.secret_hash = o->refresh.secret_hash,
		.client_ip = o->caller->client_ip,
		.user_agent = o->caller->user_agent,
		.created_at = o->proof.time_ms,
		.ttl_s = ttl_s(conf),
		.methods = o->proof.methods,
		.mfa_time = o->who.mfa_time,
	};
}

static int
record_dropped(struct sark_tx *tx, const struct opening *o,
    const struct sark_session_ends *ends, struct sark_err *err)
{
	struct sark_event event;
	size_t i;

	for (i = 0; i < ends->count; i++) {
		sark_event_init(&event, &o->who, "session_dropped");
		event.action = "session:drop";
		event.resource = ends->items[i].session_id;
		event.reason = "session_limit";
		if (sark_audit_in(tx, &event, err) == -1)
			return -1;
	}
	return 0;
}

static int
record_success(
    struct sark_tx *tx, const struct opening *o, struct sark_err *err)
{
	struct sark_event event;

	sark_event_init(&event, &o->who, "authentication_success");
	event.action = o->arrival->action;
	event.resource = o->who.session_id;
	return sark_audit_in(tx, &event, err);
}

/* The user may have changed while his password was looked at. */
static int
still_welcome(struct sark_tx *tx, const struct opening *o, struct sark_err *err)
{
	int found = sark_users_touch_login(tx, o->arrival->user, err);

	/* Also who comes by the second step of a login. */
	if (o->arrival->user->password_change_required &&
	    o->arrival->new_password == NULL)
		return sark_err_set(err, SARK_PASSWORD_CHANGE_REQUIRED,
		    "the password must be changed");
	if (found == 1 && o->arrival->attempt != NULL)
		found = sark_attempts_passed(tx, o->arrival->attempt, err);
	if (found == 0)
		sark_err_set(err, SARK_INVALID_CREDENTIALS, "login refused");
	return found == 1 ? 0 : -1;
}

/* A password that had to be changed. */
static int
change_password(
    struct sark_tx *tx, const struct opening *o, struct sark_err *err)
{
	const struct sark_password_change change = {
		.user_id = o->who.user_id,
		.hash = o->arrival->new_password,
		.remembered = o->app->conf->password_history,
	};
	struct sark_event event;

	if (change.hash == NULL)
		return 0;
	sark_event_init(&event, &o->who, "user_password_changed");
	event.severity = SARK_SEVERITY_MEDIUM;
	event.action = "user:password";
	event.resource = o->who.user_id;
	if (sark_passwords_set(tx, &change, err) == -1)
		return -1;
	return sark_audit_in(tx, &event, err);
}

static int
write_session(struct sark_tx *tx, const struct opening *o,
    struct sark_session_ends *ends_r, struct sark_err *err)
{
	const char *user_id = o->arrival->user->user_id;

	if (o->factor.methods != NULL &&
	    sark_factor_use(tx, &o->factor, err) == -1)
		return -1;
	if (still_welcome(tx, o, err) == -1 ||
	    sark_sessions_insert(tx, &o->session, err) == -1 ||
	    sark_sessions_over_limit(tx, o->app->mem, user_id,
		o->app->conf->session_limit, ends_r, err) == -1)
		return -1;
	if (o->arrival->new_hash != NULL &&
	    sark_users_set_hash(tx, user_id, o->arrival->new_hash, err) == -1)
		return -1;
	if (change_password(tx, o, err) == -1 ||
	    record_dropped(tx, o, ends_r, err) == -1)
		return -1;
	return record_success(tx, o, err);
}

/* The record that was kept for a session that never came to be. */
static void
drop_own_record(const struct opening *o)
{
	struct sark_session_end end = {
		.session_id = o->session.session_id,
		.user_id = o->session.user_id,
		.token_id = o->session.token_id,
	};
	const struct sark_session_ends ends = { 1, &end };

	sark_session_forget(o->app, &ends);
}

static int
try_session(const struct opening *o, struct sark_err *err)
{
	const struct sark_generation_of of = { "user",
		o->arrival->user->user_id };
	struct sark_tx tx = { .pg = o->app->pg, .open = false };
	struct sark_session_ends ends = { 0, NULL };
	size_t held = 0;
	int ret = -1;

	if (sark_tx_begin(&tx, o->app->pg, err) == -1 ||
	    write_session(&tx, o, &ends, err) == -1)
		goto out;
	/* The access tokens of what is dropped end with it. */
	held = ends.count > 0;
	if (sark_generations_hold(o->app->redis, &of, held, err) == -1 ||
	    sark_tx_commit(&tx, err) == -1)
		goto out;
	sark_session_forget(o->app, &ends);
	ret = 0;
out:
	sark_tx_end(&tx);
	/* With the outcome unknown the hold has to run its time. */
	if (err->code != SARK_UNCERTAIN)
		sark_generations_release(o->app->redis, &of, held);
	return ret;
}

static int
commit_session(const struct opening *o, struct sark_err *err)
{
	int ret, tries = 0;

	do
		ret = try_session(o, err);
	while (ret == -1 && sark_tx_again(o->app->pg, &tries, err));
	if (ret == -1)
		drop_own_record(o);
	return ret;
}

static int
keep_record(const struct opening *o, struct sark_err *err)
{
	const struct sark_refresh_record record = {
		.refresh = &o->refresh,
		.who = &o->who,
		.proof = &o->proof,
		.created_ms = o->session.created_at,
		.used_ms = o->session.created_at,
		.ttl_s = o->session.ttl_s,
	};

	return sark_refresh_keep(o->app, &record, err);
}

int
sark_session_open(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_arrival *arrival, struct sark_tokens *tokens_r,
    struct sark_err *err)
{
	struct opening o = { .app = app, .caller = caller, .arrival = arrival };
	const char *mfa_token = NULL;
	char *access;

	tokens_r->mfa_token = NULL;
	if (sark_mfa_admit(app, caller, arrival, &o.factor, &mfa_token, err) ==
	    -1) {
		tokens_r->mfa_token = mfa_token;
		return -1;
	}
	add_proof(&o);
	begin_session(&o);
	if (sark_token_issue(app, &o.who, &o.proof,
		sark_clock_ms() + o.session.ttl_s * 1000, &access, err) == -1 ||
	    keep_record(&o, err) == -1 || commit_session(&o, err) == -1)
		return -1;
	sark_standing_warm(app, o.who.user_id, o.who.session_id);
	*tokens_r = (struct sark_tokens){
		.access_token = access,
		.refresh_token = o.refresh.text,
		.expires_in = app->conf->access_token_ttl_s,
		.refresh_expires_in = ttl_s(app->conf),
		.user = o.who,
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
