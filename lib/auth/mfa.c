#include "auth/mfa.h"

#include <string.h>

#include "audit/event.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/uuid.h"
#include "crypto/seal.h"
#include "json/reader.h"
#include "json/writer.h"
#include "store/pg.h"
#include "store/totp.h"
#include "store/users.h"

#define PLACE "mfa_token" /* what a token is sealed to */

/* What a token holds: all of an arrival but the code. */
static const char *
make_token(struct sark_app *app, const struct sark_arrival *arrival)
{
	const struct sark_user *user = arrival->user;
	struct sark_buf text;
	struct sark_jw jw;

	sark_buf_init(&text, app->mem);
	sark_jw_init(&jw, &text);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_str(&jw, "user_id", user->user_id);
	sark_jw_int(&jw, "password_changed_at", user->password_changed_at);
	sark_jw_str(&jw, "action", arrival->action);
	sark_jw_list(&jw, "amr", arrival->proof.methods);
	sark_jw_int(&jw, "until", sark_clock_ms() + SARK_MFA_TOKEN_S * 1000);
	sark_jw_close(&jw);
	return sark_seal_close(app->seal, app->mem, text.data, text.len, PLACE);
}

static int
record(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_arrival *arrival, const char *why, struct sark_err *err)
{
	struct sark_event event;

	sark_event_init(&event, caller,
	    why == NULL ? "mfa_required" : "authentication_failure");
	if (why != NULL) {
		event.severity = SARK_SEVERITY_MEDIUM;
		event.outcome = "failure";
	}
	event.action = arrival->action;
	event.actor_name = arrival->user->username;
	event.resource = arrival->user->user_id;
	event.reason = why;
	return sark_audit_spool(app, &event, err);
}

int
sark_mfa_admit(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_arrival *arrival, struct sark_factor *factor_r,
    const char **token_r, struct sark_err *err)
{
	const char *user_id = arrival->user->user_id;
	const struct sark_passcode *code = &arrival->code;
	int found;

	*factor_r = (struct sark_factor){ .user_id = user_id };
	found = sark_totp_in_force(app->pg, user_id, err);
	if (found != 1)
		return found;
	if (code->otp == NULL && code->recovery_code == NULL) {
		if (record(app, caller, arrival, NULL, err) == -1)
			return -1;
		*token_r = make_token(app, arrival);
		return sark_err_set(
		    err, SARK_MFA_REQUIRED, "a second factor is needed");
	}
	found = sark_factor_try(
	    app, user_id, code, SARK_FACTOR_IN_FORCE, factor_r, err);
	if (found == 0 && record(app, caller, arrival, factor_r->why, err) == 0)
		sark_factor_refuse(factor_r, err);
	return found == 1 ? 0 : -1;
}

/* The members of a token that was sealed here. */
struct parts {
	const char *user_id;
	int64_t password_changed_at;
	const char *action;
	const char *const *methods;
	int64_t until_ms;
};

static const char *const *
texts(void *ctx, const struct sark_json *list)
{
	size_t n = sark_json_count(list), i;
	const char **out = sark_new_array(ctx, const char *, n + 1);

	for (i = 0; i < n; i++)
		out[i] = sark_json_str(sark_json_element(list, i));
	return out;
}

static int
open_token(struct sark_app *app, const char *token, struct parts *parts_r,
    struct sark_err *err)
{
	const struct sark_json *json;
	char *text;
	size_t len;

	if (sark_seal_unseal(app->seal, app->mem, token, PLACE, &text, &len) ==
	    0)
		return sark_err_set(
		    err, SARK_INVALID_TOKEN, "mfa_token: none of ours");
	/* What was sealed here was written here. */
	if (sark_json_parse(app->mem, text, len, &json, err) == -1)
		return -1;
	*parts_r = (struct parts){
		.user_id = sark_json_str(sark_json_get(json, "user_id")),
		.password_changed_at = sark_json_int(
		    sark_json_get(json, "password_changed_at"), -1),
		.action = sark_json_str(sark_json_get(json, "action")),
		.methods = texts(app->mem, sark_json_get(json, "amr")),
		.until_ms = sark_json_int(sark_json_get(json, "until"), 0),
	};
	if (parts_r->user_id == NULL || parts_r->action == NULL)
		return sark_err_set(err, SARK_INTERNAL, "mfa_token: torn");
	if (sark_clock_ms() >= parts_r->until_ms)
		return sark_err_set(
		    err, SARK_TOKEN_EXPIRED, "mfa_token: expired");
	return 0;
}

int
sark_mfa_finish(struct sark_app *app, const struct sark_caller *caller,
    const char *token, const struct sark_passcode *code,
    struct sark_tokens *tokens_r, struct sark_err *err)
{
	struct sark_arrival arrival = { .code = *code };
	struct sark_user *user = NULL;
	struct parts parts = { .until_ms = 0 };
	int found;

	/* Else each token would be good for another. */
	if (code->otp == NULL && code->recovery_code == NULL)
		return sark_err_field(err, "/otp", "is required");
	if (open_token(app, token, &parts, err) == -1)
		return -1;
	found = sark_users_by_id(app->pg, app->mem, parts.user_id, &user, err);
	if (found == -1)
		return -1;
	if (found == 0 || user->disabled_at != 0 ||
	    user->password_changed_at != parts.password_changed_at)
		return sark_err_set(err, SARK_INVALID_TOKEN,
		    "mfa_token: the user has changed since");
	arrival.user = user;
	arrival.proof.methods = parts.methods;
	arrival.proof.time_ms = sark_clock_ms();
	arrival.action = parts.action;
	return sark_session_open(app, caller, &arrival, tokens_r, err);
}
