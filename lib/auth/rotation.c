#include "auth/rotation.h"

#include <ctype.h>
#include <stdbool.h>

#include "audit/event.h"
#include "audit/event_row.h"
#include "auth/ldap.h"
#include "auth/refresh.h"
#include "auth/session_end.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "conf/conf.h"
#include "crypto/secret.h"
#include "store/rotation.h"
#include "store/users.h"

#define ACTION "token:refresh"
/* How often others may be faster with the same token. */
#define TRIES_MAX 3
/* Redis may have the successor a little longer than it is asked for. */
#define SPARE_S 5

/* One refresh on its way. */
struct exchange {
	struct sark_app *app;
	const struct sark_caller *caller;
	struct sark_refresh given;
	struct sark_session_state *state;
	struct sark_user *user;
	bool rechecked;		/* with the directory */
	struct sark_caller who; /* the user through this request */
	struct sark_proof proof;
	struct sark_refresh next;
	char *access;
	int64_t ttl_s; /* of next */
};

/* What a token still is. */
enum verdict {
	GONE, /* its session is over */
	LIVE,
	FORMER, /* the one before, and not for long */
	REUSED,
};

static bool
is_token(const struct sark_refresh *given, const char *token_id,
    const char *secret_hash)
{
	return sark_str_eq(given->token_id, token_id) &&
	    sark_secret_eq(
		given->secret_hash, secret_hash, SARK_SHA256_TEXT - 1);
}

static enum verdict
judge(const struct exchange *x)
{
	const struct sark_session_state *state = x->state;

	if (state->over)
		return GONE;
	if (is_token(&x->given, state->token_id, state->secret_hash))
		return LIVE;
	if (*state->previous_id != '\0' &&
	    is_token(&x->given, state->previous_id, state->previous_hash) &&
	    state->rotated_ms < x->app->conf->refresh_grace_s * 1000)
		return FORMER;
	return REUSED;
}

static int
refuse(const char *why, struct sark_err *err)
{
	return sark_err_set(
	    err, SARK_INVALID_REFRESH_TOKEN, "refresh token: %s", why);
}

/* The kind of a client: all but the numbers of its versions. */
static bool
same_kind(const char *a, const char *b)
{
	for (;; a++, b++) {
		while (isdigit((unsigned char)*a) || *a == '.')
			a++;
		while (isdigit((unsigned char)*b) || *b == '.')
			b++;
		if (*a != *b)
			return false;
		if (*a == '\0')
			return true;
	}
}

/* Ends the session; the error is the answer to the client. */
static int
end_session(const struct exchange *x, const struct sark_session_ending *how,
    struct sark_err *err)
{
	size_t count;

	if (sark_session_end(x->app, &x->who, how, &count, err) == -1)
		return -1;
	return refuse(how->reason, err);
}

static int
end_reused(const struct exchange *x, struct sark_err *err)
{
	const struct sark_session_ending how = {
		.user_id = x->state->user_id,
		.session_id = x->state->session_id,
		.reason = "refresh_reuse",
		.event = "refresh_reuse",
		.severity = SARK_SEVERITY_HIGH,
		.outcome = "failure",
	};

	return end_session(x, &how, err);
}

static int
end_disabled(const struct exchange *x, struct sark_err *err)
{
	const struct sark_session_ending how = {
		.user_id = x->state->user_id,
		.session_id = x->state->session_id,
		.reason = "user_disabled",
		.severity = SARK_SEVERITY_MEDIUM,
	};

	return end_session(x, &how, err);
}

/* The token is good, but not in these hands; it stays as it is. */
static int
refuse_client(const struct exchange *x, struct sark_err *err)
{
	struct sark_event event;

	sark_event_init(&event, &x->who, "refresh_refused");
	event.severity = SARK_SEVERITY_HIGH;
	event.outcome = "failure";
	event.action = ACTION;
	event.resource = x->state->session_id;
	event.reason = "other_client";
	if (sark_audit_spool(x->app, &event, err) == -1)
		return -1;
	return refuse("another kind of client", err);
}

/* Session and user as they are now.  Needs two looks, and no lock. */
static int
look(struct exchange *x, struct sark_err *err)
{
	struct sark_app *app = x->app;
	int found;

	found = sark_rotation_state(app->pg, app->mem, x->given.session_id,
	    app->conf->session_lifetime_s, &x->state, err);
	if (found == 1)
		found = sark_users_by_id(
		    app->pg, app->mem, x->state->user_id, &x->user, err);
	if (found == 0)
		return refuse("no such session", err);
	if (found == -1)
		return -1;
	x->who = *x->caller;
	x->who.mfa = sark_str_in("mfa", x->state->methods);
	x->who.mfa_time = x->state->mfa_time;
	sark_session_identify(app, x->user, x->state->session_id, &x->who);
	x->proof =
	    (struct sark_proof){ x->state->methods, x->state->created_at };
	return 0;
}

static int
issue(struct exchange *x, int64_t left_ms, struct sark_err *err)
{
	x->ttl_s = left_ms / 1000;
	return sark_token_issue(x->app, &x->who, &x->proof,
	    sark_clock_ms() + left_ms, &x->access, err);
}

static void
init_event(const struct exchange *x, struct sark_event *event)
{
	sark_event_init(event, &x->who, "token_refreshed");
	event->action = ACTION;
	event->resource = x->state->session_id;
}

/* Best effort: PostgreSQL has the session, with or without its record. */
static void
keep_record(const struct exchange *x)
{
	const struct sark_refresh_record record = {
		.refresh = &x->next,
		.who = &x->who,
		.proof = &x->proof,
		.created_ms = x->state->created_at,
		.used_ms = sark_clock_ms(),
		.ttl_s = x->ttl_s,
		.former_id = sark_str_eq(x->next.token_id, x->given.token_id)
		    ? NULL
		    : x->given.token_id,
	};
	struct sark_err err;

	sark_err_init(&err);
	if (sark_refresh_keep(x->app, &record, &err) == -1)
		sark_log_err(SARK_LOG_WARNING, "session_record_left", &err);
}

/*
 * The successor is in Redis before PostgreSQL knows of it, so whoever finds
 * its token used up finds the successor too.
 */
static int
make_next(struct exchange *x, struct sark_err *err)
{
	struct sark_app *app = x->app;
	int64_t grace_s = app->conf->refresh_grace_s;

	x->next = x->given;
	if (!app->conf->refresh_rotation)
		return 0;
	sark_refresh_make(app->mem, app->seal, x->state->session_id, &x->next);
	return sark_refresh_keep_successor(
	    app, &x->next, grace_s + SPARE_S, err);
}

/* Returns 1, 0 if others were faster, -1. */
static int
rotate(struct exchange *x, struct sark_err *err)
{
	struct sark_app *app = x->app;
	int64_t left_ms = app->conf->refresh_token_ttl_s * 1000;
	struct sark_rotation rotation = {
		.from = x->state,
		.client_ip = x->caller->client_ip,
		.user_agent = x->caller->user_agent,
		.ttl_s = app->conf->refresh_token_ttl_s,
		.lifetime_s = app->conf->session_lifetime_s,
	};
	struct sark_audit_row row;
	struct sark_event event;
	int made;

	if (left_ms > x->state->lifetime_left_ms)
		left_ms = x->state->lifetime_left_ms;
	if (issue(x, left_ms, err) == -1 || make_next(x, err) == -1)
		return -1;
	rotation.token_id = x->next.token_id;
	rotation.secret_hash = x->next.secret_hash;
	init_event(x, &event);
	sark_event_row(app->mem, &event, NULL, &row);
	made = sark_rotation_make(app->pg, &rotation, &row, err);
	if (made == 1)
		keep_record(x);
	return made;
}

/* The live token once more, for who comes late with the one before. */
static int
repeat(struct exchange *x, struct sark_err *err)
{
	const struct sark_session_state *state = x->state;
	struct sark_event event;
	int found;

	found = sark_refresh_successor(
	    x->app, state->token_id, state->secret_hash, &x->next, err);
	if (found == 0)
		return refuse("used up", err);
	if (found == -1 || issue(x, state->left_ms, err) == -1)
		return -1;
	init_event(x, &event);
	event.reason = "grace";
	return sark_audit_spool(x->app, &event, err) == -1 ? -1 : 1;
}

/*
 * What the directory says of its user now.  1 to go on, 0 to look again as he
 * may be another, -1.
 */
static int
recheck(struct exchange *x, struct sark_err *err)
{
	if (x->rechecked || !sark_str_eq(x->user->provider, "ldap"))
		return 1;
	x->rechecked = true;
	switch (sark_ldap_recheck(x->app, &x->who, x->user, err)) {
	case 1:
		return 0;
	case 0:
		return refuse("the directory bars him", err);
	default:
		return -1;
	}
}

/* Returns 1 with tokens in x, 0 to look again, -1. */
static int
attempt(struct exchange *x, struct sark_err *err)
{
	enum verdict verdict;
	int known;

	if (look(x, err) == -1)
		return -1;
	verdict = judge(x);
	if (verdict == GONE)
		return refuse("its session is over", err);
	if (verdict == REUSED)
		return end_reused(x, err);
	if (x->user->disabled_at != 0)
		return end_disabled(x, err);
	if (x->app->conf->refresh_same_client &&
	    !same_kind(x->state->user_agent, x->caller->user_agent))
		return refuse_client(x, err);
	if (verdict != LIVE)
		return repeat(x, err);
	known = recheck(x, err);
	return known == 1 ? rotate(x, err) : known;
}

int
sark_session_refresh(struct sark_app *app, const struct sark_caller *caller,
    const char *text, struct sark_tokens *tokens_r, struct sark_err *err)
{
	struct exchange x = { .app = app, .caller = caller };
	int tries = 0, done;

	if (sark_refresh_read(app->mem, app->seal, text, &x.given) != 1)
		return refuse("not made here", err);
	do
		done = attempt(&x, err);
	while (done == 0 && ++tries < TRIES_MAX);
	if (done == 0)
		return sark_err_set(
		    err, SARK_UNAVAILABLE, "the session is being changed");
	if (done == -1)
		return -1;
	*tokens_r = (struct sark_tokens){
		.access_token = x.access,
		.refresh_token = x.next.text,
		.expires_in = app->conf->access_token_ttl_s < x.ttl_s
		    ? app->conf->access_token_ttl_s
		    : x.ttl_s,
		.refresh_expires_in = x.ttl_s,
		.user = x.who,
	};
	return 0;
}
