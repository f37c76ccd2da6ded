#include "auth/enrol.h"

#include "audit/event.h"
#include "auth/account.h"
#include "auth/qr.h"
#include "auth/session.h"
#include "auth/token.h"
#include "auth/totp.h"
#include "auth/username.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/uuid.h"
#include "conf/conf.h"
#include "crypto/seal.h"
#include "crypto/secret.h"
#include "store/generations.h"
#include "store/pg.h"
#include "store/totp.h"
#include "store/users.h"

/* A change of one user's second factor on its way. */
struct change {
	struct sark_app *app;
	const struct sark_caller *caller;
	const char *user_id;
	const char *event;
	const char *action;
	const char *reason;
	enum sark_severity severity;
	int (*apply)(struct change *, struct sark_tx *, struct sark_err *);
	/* what apply writes */
	struct sark_factor factor;
	const char *sealed;
	const char *const *digests;
	struct sark_shown shown;
};

/* ---- one change, its event, and the hold of the user's generation */

static int
record(const struct change *c, struct sark_tx *tx, struct sark_err *err)
{
	struct sark_event event;

	sark_event_init(&event, c->caller, c->event);
	event.severity = c->severity;
	event.action = c->action;
	event.resource = c->user_id;
	event.reason = c->reason;
	return sark_audit_in(tx, &event, err);
}

static int
try_change(struct change *c, struct sark_err *err)
{
	struct sark_tx tx = { .pg = c->app->pg, .open = false };
	int ret = -1;

	if (sark_tx_begin(&tx, c->app->pg, err) == 0 &&
	    c->apply(c, &tx, err) == 0 && record(c, &tx, err) == 0 &&
	    sark_tx_commit(&tx, err) == 0)
		ret = 0;
	sark_tx_end(&tx);
	return ret;
}

static int
commit(struct change *c, struct sark_err *err)
{
	const struct sark_generation_of of = { "user", c->user_id };
	int ret, tries = 0;

	if (sark_generations_hold(c->app->redis, &of, 1, err) == -1)
		return -1;
	do
		ret = try_change(c, err);
	while (ret == -1 && sark_tx_again(c->app->pg, &tries, err));
	/* With the outcome unknown the hold has to run its time. */
	if (err->code != SARK_UNCERTAIN)
		sark_generations_release(c->app->redis, &of, 1);
	return ret;
}

/* ---- the caller and his code */

static int
begin(struct change *c, struct sark_app *app, const struct sark_caller *caller,
    struct sark_err *err)
{
	c->app = app;
	c->caller = caller;
	c->user_id = caller->user_id;
	if (!sark_uuid_valid(caller->session_id))
		return sark_err_set(err, SARK_FORBIDDEN,
		    "a second factor is for who has logged in");
	return 0;
}

/* Looks at the code; a refused one has its event before its answer. */
static int
take_code(struct change *c, const struct sark_passcode *code,
    enum sark_factor_state state, struct sark_err *err)
{
	struct sark_event event;
	int found =
	    sark_factor_try(c->app, c->user_id, code, state, &c->factor, err);

	if (found != 0)
		return found == 1 ? 0 : -1;
	sark_event_init(&event, c->caller, "mfa_failed");
	event.severity = SARK_SEVERITY_MEDIUM;
	event.outcome = "failure";
	event.action = c->action;
	event.resource = c->user_id;
	event.reason = c->factor.why;
	if (sark_audit_spool(c->app, &event, err) == -1)
		return -1;
	return sark_factor_refuse(&c->factor, err);
}

/* The session says from now on that its user has shown it. */
static int
show(struct change *c, struct sark_tx *tx, struct sark_err *err)
{
	int found;

	c->shown = (struct sark_shown){
		.user_id = c->user_id,
		.session_id = c->caller->session_id,
		.methods = c->factor.methods,
		.time_s = sark_clock_s(),
	};
	found = sark_totp_shown(tx, c->app->mem, &c->shown, err);
	if (found == 0)
		sark_err_set(err, SARK_INVALID_TOKEN, "the session is over");
	return found == 1 ? 0 : -1;
}

static int
give_token(const struct change *c, struct sark_verified *verified_r,
    struct sark_err *err)
{
	const struct sark_proof proof = { c->shown.amr,
		c->shown.time_s * 1000 };
	struct sark_app *app = c->app;
	struct sark_caller *who = &verified_r->user;
	struct sark_user *user = NULL;
	char *token;
	int found = sark_users_by_id(app->pg, app->mem, c->user_id, &user, err);

	if (found == 0)
		sark_err_set(err, SARK_INVALID_TOKEN, "no such user");
	if (found != 1)
		return -1;
	*who = *c->caller;
	who->mfa = true;
	who->mfa_time = c->shown.time_s;
	sark_session_identify(app, user, c->caller->session_id, who);
	if (sark_token_issue(
		app, who, &proof, c->shown.until_ms, &token, err) == -1)
		return -1;
	verified_r->access_token = token;
	verified_r->expires_in = app->conf->access_token_ttl_s;
	return 0;
}

/* ---- a new secret */

static int
apply_put(struct change *c, struct sark_tx *tx, struct sark_err *err)
{
	int put = sark_totp_put(tx, c->user_id, c->sealed, err);

	if (put == 0)
		sark_err_set(err, SARK_CONFLICT,
		    "a second factor is in force: remove it first");
	return put == 1 ? 0 : -1;
}

static int
describe(struct sark_app *app, const struct sark_totp_secret *secret,
    const char *account, struct sark_enrolment *out, struct sark_err *err)
{
	struct sark_qr *qr;

	out->secret = sark_totp_base32(app->mem, secret);
	out->uri =
	    sark_totp_uri(app->mem, secret, app->conf->mfa_issuer, account);
	if (sark_qr_make(app->mem, out->uri, &qr, err) == -1)
		return -1;
	out->qr_text = sark_qr_text(app->mem, qr);
	out->qr_svg = sark_qr_svg(app->mem, qr);
	return 0;
}

int
sark_enrol_begin(struct sark_app *app, const struct sark_caller *caller,
    struct sark_enrolment *enrolment_r, struct sark_err *err)
{
	struct change c = { .event = "mfa_enrolled",
		.action = "mfa:enrol",
		.severity = SARK_SEVERITY_MEDIUM,
		.apply = apply_put };
	unsigned char bytes[SARK_TOTP_SECRET_BYTES];
	const struct sark_totp_secret secret = { bytes, sizeof(bytes) };
	int ret = -1;

	if (begin(&c, app, caller, err) == -1)
		return -1;
	sark_random(bytes, sizeof(bytes));
	c.sealed = sark_seal_close(app->seal, app->mem, bytes, sizeof(bytes),
	    sark_factor_place(app->mem, c.user_id));
	if (describe(app, &secret, caller->username, enrolment_r, err) == 0)
		ret = commit(&c, err);
	sark_secret_wipe(bytes, sizeof(bytes));
	return ret;
}

/* ---- its confirmation */

static int
apply_confirm(struct change *c, struct sark_tx *tx, struct sark_err *err)
{
	int put = sark_totp_confirm(
	    tx, c->user_id, c->factor.step, c->factor.secret, err);

	if (put == 0)
		sark_err_set(err, SARK_CONFLICT,
		    "the second factor was changed meanwhile");
	if (put != 1 ||
	    sark_recovery_put(tx, c->user_id, c->digests, err) == -1)
		return -1;
	return show(c, tx, err);
}

static const char *const *
make_recovery(struct change *c)
{
	void *mem = c->app->mem;
	const char **codes =
	    sark_new_array(mem, const char *, SARK_RECOVERY_CODES + 1);
	const char **digests =
	    sark_new_array(mem, const char *, SARK_RECOVERY_CODES + 1);
	char code[SARK_RECOVERY_TEXT];
	size_t i;

	for (i = 0; i < SARK_RECOVERY_CODES; i++) {
		sark_recovery_make(code);
		codes[i] = sark_secret_dup(mem, code, SARK_RECOVERY_TEXT - 1);
		digests[i] = sark_recovery_digest(mem, c->user_id, code);
	}
	sark_secret_wipe(code, sizeof(code));
	c->digests = digests;
	return codes;
}

int
sark_enrol_confirm(struct sark_app *app, const struct sark_caller *caller,
    const char *otp, struct sark_verified *verified_r, struct sark_err *err)
{
	const struct sark_passcode code = { .otp = otp };
	struct change c = { .event = "mfa_confirmed",
		.action = "mfa:confirm",
		.severity = SARK_SEVERITY_MEDIUM,
		.apply = apply_confirm };

	if (begin(&c, app, caller, err) == -1 ||
	    take_code(&c, &code, SARK_FACTOR_UNCONFIRMED, err) == -1)
		return -1;
	verified_r->recovery_codes = make_recovery(&c);
	if (commit(&c, err) == -1)
		return -1;
	return give_token(&c, verified_r, err);
}

/* ---- showing it again */

static int
apply_verify(struct change *c, struct sark_tx *tx, struct sark_err *err)
{
	if (sark_factor_use(tx, &c->factor, err) == -1)
		return -1;
	return show(c, tx, err);
}

int
sark_enrol_verify(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_passcode *code, struct sark_verified *verified_r,
    struct sark_err *err)
{
	struct change c = { .event = "mfa_verified",
		.action = "mfa:verify",
		.apply = apply_verify };

	verified_r->recovery_codes = NULL;
	if (begin(&c, app, caller, err) == -1 ||
	    take_code(&c, code, SARK_FACTOR_IN_FORCE, err) == -1 ||
	    commit(&c, err) == -1)
		return -1;
	return give_token(&c, verified_r, err);
}

/* ---- its end */

static int
apply_remove(struct change *c, struct sark_tx *tx, struct sark_err *err)
{
	int removed;

	if (c->factor.methods != NULL &&
	    sark_factor_use(tx, &c->factor, err) == -1)
		return -1;
	removed = sark_totp_remove(tx, c->user_id, err);
	if (removed == 0)
		sark_err_set(
		    err, SARK_NOT_FOUND, "the user has no second factor");
	return removed == 1 ? sark_totp_forget(tx, c->user_id, err) : -1;
}

int
sark_enrol_remove(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_passcode *code, struct sark_err *err)
{
	struct change c = { .event = "mfa_removed",
		.action = "mfa:remove",
		.severity = SARK_SEVERITY_HIGH,
		.apply = apply_remove };

	if (begin(&c, app, caller, err) == -1 ||
	    take_code(&c, code, SARK_FACTOR_IN_FORCE, err) == -1)
		return -1;
	return commit(&c, err);
}

int
sark_enrol_reset(struct sark_app *app, const struct sark_caller *caller,
    const char *username, struct sark_err *err)
{
	struct change c = { .app = app,
		.caller = caller,
		.event = "mfa_removed",
		.action = "mfa:remove",
		.reason = "reset",
		.severity = SARK_SEVERITY_HIGH,
		.apply = apply_remove };
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
	c.user_id = user->user_id;
	return commit(&c, err);
}

/* ---- as the API shows it */

void
sark_enrolment_to_json(
    struct sark_jw *jw, const struct sark_enrolment *enrolment)
{
	sark_jw_open(jw, NULL, '{');
	sark_jw_str(jw, "secret", enrolment->secret);
	sark_jw_str(jw, "otpauth_uri", enrolment->uri);
	sark_jw_str(jw, "qr_text", enrolment->qr_text);
	sark_jw_str(jw, "qr_svg", enrolment->qr_svg);
	sark_jw_close(jw);
}

void
sark_verified_to_json(struct sark_jw *jw, const struct sark_verified *verified)
{
	sark_jw_open(jw, NULL, '{');
	sark_jw_str(jw, "access_token", verified->access_token);
	sark_jw_str(jw, "token_type", "Bearer");
	sark_jw_int(jw, "expires_in", verified->expires_in);
	sark_account_to_json(jw, "user", &verified->user);
	if (verified->recovery_codes != NULL)
		sark_jw_list(jw, "recovery_codes", verified->recovery_codes);
	sark_jw_close(jw);
}
