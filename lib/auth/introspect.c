#include "auth/introspect.h"

#include "auth/refresh.h"
#include "auth/session.h"
#include "auth/session_end.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "conf/conf.h"
#include "crypto/jwt.h"
#include "crypto/secret.h"
#include "store/rotation.h"
#include "store/users.h"

/* A token that was made here, and what PostgreSQL knows of it. */
struct token {
	struct sark_app *app;
	char session_id[SARK_UUID_TEXT];
	struct sark_refresh refresh; /* text NULL: an access token */
	struct sark_jwt jwt;
	struct sark_session_state *state;
	struct sark_user *user;
};

/* Returns 1, or 0 for a text that is no token of ours. */
static int
read_token(struct token *token, const char *text)
{
	struct sark_app *app = token->app;
	const struct sark_jwt_rules rules = {
		.type = "at+jwt",
		.issuer = app->conf->issuer,
		.audience = app->conf->audience,
		.leeway_s = app->conf->clock_leeway_s,
		.now_ms = sark_clock_ms(),
	};
	const char *sid = token->refresh.session_id;
	struct sark_err ignored;

	sark_err_init(&ignored);
	if (sark_refresh_read(app->mem, app->seal, text, &token->refresh) !=
	    1) {
		token->refresh.text = NULL;
		if (sark_jwt_verify(app->keys, &rules, app->mem, text,
			&token->jwt, &ignored) == -1 ||
		    rules.now_ms < token->jwt.not_before_ms)
			return 0;
		sid = sark_json_str(sark_json_get(token->jwt.claims, "sid"));
	}
	(void)sark_str_copy(token->session_id, sizeof(token->session_id), sid);
	return 1;
}

/* Its session and user: 1, 0 there are none any more, or -1. */
static int
find_session(struct token *token, struct sark_err *err)
{
	struct sark_app *app = token->app;
	int found;

	found = sark_rotation_state(app->pg, app->mem, token->session_id,
	    app->conf->session_lifetime_s, &token->state, err);
	if (found == 1)
		found = sark_users_by_id(app->pg, app->mem,
		    token->state->user_id, &token->user, err);
	return found;
}

static bool
is_live(const struct token *token)
{
	const struct sark_refresh *refresh = &token->refresh;

	if (token->state->over || token->user->disabled_at != 0)
		return false;
	return refresh->text == NULL ||
	    (sark_str_eq(refresh->token_id, token->state->token_id) &&
		sark_secret_eq(refresh->secret_hash, token->state->secret_hash,
		    SARK_SHA256_TEXT - 1));
}

static void
fill(struct sark_token_state *state, const struct token *token)
{
	const struct sark_json *claims = token->jwt.claims;
	int64_t left_s = token->state->left_ms / 1000;

	sark_session_identify(
	    token->app, token->user, token->state->session_id, &state->who);
	state->active = true;
	state->refresh = token->refresh.text != NULL;
	state->methods = token->state->methods;
	state->auth_time_s = token->state->created_at / 1000;
	state->expires_s = sark_clock_s() + left_s;
	state->jti = "";
	if (state->refresh)
		return;
	state->jti = sark_json_str(sark_json_get(claims, "jti"));
	state->issued_s = sark_json_int(sark_json_get(claims, "iat"), 0);
	state->expires_s = sark_json_int(sark_json_get(claims, "exp"), 0);
}

int
sark_token_look(struct sark_app *app, const char *text,
    struct sark_token_state *state_r, struct sark_err *err)
{
	struct token token = { .app = app };
	int found = 0;

	*state_r = (struct sark_token_state){ .active = false };
	if (read_token(&token, text) == 1)
		found = find_session(&token, err);
	if (found == 1 && is_live(&token))
		fill(state_r, &token);
	return found == -1 ? -1 : 0;
}

/* The permissions as RFC 6749 section 3.3 has scopes. */
static const char *
scope_of(void *ctx, const char *const *permissions)
{
	struct sark_buf buf;

	sark_buf_init(&buf, ctx);
	for (; *permissions != NULL; permissions++)
		sark_buf_format(
		    &buf, "%s%s", buf.len == 0 ? "" : " ", *permissions);
	return buf.len == 0 ? "" : buf.data;
}

void
sark_token_state_to_json(struct sark_jw *jw, const struct sark_app *app,
    const struct sark_token_state *state)
{
	const struct sark_caller *who = &state->who;

	sark_jw_open(jw, NULL, '{');
	sark_jw_bool(jw, "active", state->active);
	if (state->active) {
		sark_jw_str(jw, "scope", scope_of(app->mem, who->permissions));
		sark_jw_str(jw, "username", who->username);
		sark_jw_str(jw, "sub", who->user_id);
		sark_jw_str(jw, "sid", who->session_id);
		sark_jw_str(jw, "iss", app->conf->issuer);
		sark_jw_int(jw, "exp", state->expires_s);
		sark_jw_int(jw, "auth_time", state->auth_time_s);
		sark_jw_list(jw, "amr", state->methods);
		sark_jw_list(jw, "roles", who->roles);
		sark_jw_list(jw, "teams", who->teams);
		sark_jw_bool(jw, "refresh", state->refresh);
	}
	if (state->active && !state->refresh) {
		sark_jw_str(jw, "token_type", "Bearer");
		sark_jw_str(jw, "aud", app->conf->audience);
		sark_jw_int(jw, "iat", state->issued_s);
		sark_jw_int(jw, "nbf", state->issued_s);
		sark_jw_str(jw, "jti", state->jti);
	}
	sark_jw_close(jw);
}

int
sark_token_revoke(struct sark_app *app, const struct sark_caller *caller,
    const char *text, struct sark_err *err)
{
	struct token token = { .app = app };
	struct sark_session_ending ending = { .reason = "token_revoked" };
	size_t count;
	int found = 0;

	if (read_token(&token, text) == 1)
		found = sark_rotation_state(app->pg, app->mem, token.session_id,
		    app->conf->session_lifetime_s, &token.state, err);
	if (found != 1)
		return found;
	ending.user_id = token.state->user_id;
	ending.session_id = token.session_id;
	return sark_session_end(app, caller, &ending, &count, err);
}
