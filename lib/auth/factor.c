#include "auth/factor.h"

#include <ctype.h>
#include <string.h>

#include "auth/totp.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/uuid.h"
#include "conf/conf.h"
#include "crypto/digest.h"
#include "crypto/seal.h"
#include "crypto/secret.h"
#include "store/pg.h"
#include "store/totp.h"

#define FIRST_WAIT_S   30
#define LONGEST_WAIT_S 3600
#define TRIES_MOST     100

#define RECOVERY_BYTES 10
#define RECOVERY_CHARS 16 /* of base32 */
#define GROUP	       4

static const char *const by_otp[] = { "otp", "mfa", NULL };
static const char *const by_recovery[] = { "mfa", NULL };

const char *
sark_factor_place(void *ctx, const char *user_id)
{
	return sark_format(ctx, "totp:%s", user_id);
}

/* One more than a code has, so that a longer one is seen. */
#define TYPED (SARK_TOTP_DIGITS + 1)

/* The digits without the blanks that people read them with. */
static void
squeeze(char out[TYPED + 1], const char *otp)
{
	size_t n = 0;

	for (; *otp != '\0' && n < TYPED; otp++)
		if (*otp != ' ')
			out[n++] = *otp;
	out[n] = '\0';
}

static int
try_otp(struct sark_app *app, const struct sark_totp_row *row, const char *otp,
    struct sark_factor *f, struct sark_err *err)
{
	struct sark_totp_secret secret;
	char digits[TYPED + 1], *bytes;
	int matched;

	if (sark_seal_unseal(app->seal, app->mem, row->secret,
		sark_factor_place(app->mem, f->user_id), &bytes,
		&secret.len) == 0)
		return sark_err_set(err, SARK_CONFIG,
		    "the second factor of %s was sealed by another key",
		    f->user_id);
	secret.bytes = (const unsigned char *)bytes;
	squeeze(digits, otp);
	matched = sark_totp_match(&secret, sark_clock_s(), digits, &f->step);
	sark_secret_wipe(bytes, secret.len);
	f->methods = by_otp;
	if (matched == 0)
		f->why = "wrong_otp";
	else if (f->step <= row->last_step)
		f->why = "replayed_otp";
	return 0;
}

static int
try_recovery(struct sark_app *app, const char *text, struct sark_factor *f,
    struct sark_err *err)
{
	int known = 0;

	f->methods = by_recovery;
	f->digest = sark_recovery_digest(app->mem, f->user_id, text);
	if (f->digest != NULL)
		known =
		    sark_recovery_known(app->pg, f->user_id, f->digest, err);
	if (known == 0)
		f->why = "wrong_recovery_code";
	return known == -1 ? -1 : 0;
}

int
sark_factor_try(struct sark_app *app, const char *user_id,
    const struct sark_passcode *code, enum sark_factor_state state,
    struct sark_factor *factor_r, struct sark_err *err)
{
	const struct sark_totp_limit limit = { app->conf->mfa_tries,
		FIRST_WAIT_S, LONGEST_WAIT_S, TRIES_MOST };
	struct sark_factor *f = factor_r;
	struct sark_totp_row row = { .secret = "" };
	int found, ret = 0;

	*f = (struct sark_factor){ .user_id = user_id };
	found =
	    sark_totp_take_try(app->pg, app->mem, user_id, &limit, &row, err);
	if (found == -1)
		return -1;
	if (found == 0 || row.confirmed != (state == SARK_FACTOR_IN_FORCE)) {
		f->why = "not_enrolled";
	} else if (row.tries == 0) {
		f->why = "mfa_locked";
		f->wait_s = row.wait_s;
	} else if (code->otp != NULL) {
		ret = try_otp(app, &row, code->otp, f, err);
	} else if (code->recovery_code != NULL) {
		ret = try_recovery(app, code->recovery_code, f, err);
	} else {
		f->why = "wrong_otp";
	}
	f->secret = row.secret;
	return ret == -1 ? -1 : f->why == NULL;
}

int
sark_factor_refuse(const struct sark_factor *factor, struct sark_err *err)
{
	if (sark_str_eq(factor->why, "not_enrolled"))
		return sark_err_set(err, SARK_CONFLICT,
		    "there is no second factor that this could be for");
	if (sark_str_eq(factor->why, "mfa_locked")) {
		err->retry_after_s = factor->wait_s;
		return sark_err_set(err, SARK_RATE_LIMITED,
		    "Too many wrong codes. Try again in %lld seconds.",
		    (long long)factor->wait_s);
	}
	return sark_err_set(err, SARK_INVALID_OTP, "code: %s", factor->why);
}

int
sark_factor_use(
    struct sark_tx *tx, const struct sark_factor *factor, struct sark_err *err)
{
	int used = factor->digest != NULL
	    ? sark_recovery_use(tx, factor->user_id, factor->digest, err)
	    : sark_totp_use(tx, factor->user_id, factor->step, err);

	if (used == 0)
		sark_err_set(err, SARK_INVALID_OTP, "code: used meanwhile");
	return used == 1 ? 0 : -1;
}

void
sark_recovery_make(char out[SARK_RECOVERY_TEXT])
{
	unsigned char bytes[RECOVERY_BYTES];
	const struct sark_totp_secret random = { bytes, sizeof(bytes) };
	char *text;
	size_t i, n = 0;

	sark_random(bytes, sizeof(bytes));
	text = sark_totp_base32(NULL, &random);
	sark_str_lower(text);
	for (i = 0; i < RECOVERY_CHARS; i++) {
		if (i > 0 && i % GROUP == 0)
			out[n++] = '-';
		out[n++] = text[i];
	}
	out[n] = '\0';
	talloc_free(text);
	sark_secret_wipe(bytes, sizeof(bytes));
}

const char *
sark_recovery_digest(void *ctx, const char *user_id, const char *text)
{
	char bound[SARK_UUID_TEXT + RECOVERY_CHARS], *digest;
	size_t n = 0, head;

	if (sark_str_copy(bound, SARK_UUID_TEXT, user_id) == -1)
		return NULL;
	head = strlen(bound);
	for (; *text != '\0'; text++) {
		if (*text == '-' || *text == ' ')
			continue;
		if (n == RECOVERY_CHARS || !isascii(*text))
			return NULL;
		bound[head + n++] = *text;
	}
	if (n != RECOVERY_CHARS)
		return NULL;
	bound[head + n] = '\0';
	sark_str_lower(bound + head);
	digest = sark_new_array(ctx, char, SARK_SHA256_TEXT);
	sark_sha256_hex(digest, bound, head + n);
	sark_secret_wipe(bound, sizeof(bound));
	return digest;
}
