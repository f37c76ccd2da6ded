#include "auth/totp.h"

#include <oath.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "crypto/secret.h"

#define SKEW 1 /* steps before and behind */

/* The code of a step; 0, or -1 for a step that has none. */
static int
code_at(const struct sark_totp_secret *secret, int64_t step,
    char out[SARK_TOTP_DIGITS + 1])
{
	const char *bytes = (const char *)secret->bytes;

	if (step < 0 || oath_init() != OATH_OK)
		return -1;
	return oath_totp_generate(bytes, secret->len,
		   (time_t)(step * SARK_TOTP_STEP_S), SARK_TOTP_STEP_S,
		   OATH_TOTP_DEFAULT_START_TIME, SARK_TOTP_DIGITS,
		   out) == OATH_OK
	    ? 0
	    : -1;
}

int
sark_totp_match(const struct sark_totp_secret *secret, int64_t now_s,
    const char *otp, int64_t *step_r)
{
	int64_t now = now_s / SARK_TOTP_STEP_S, step;
	char code[SARK_TOTP_DIGITS + 1];
	int found = 0;

	if (strlen(otp) != SARK_TOTP_DIGITS)
		return 0;
	/* All of them, so that the time does not tell which it was. */
	for (step = now - SKEW; step <= now + SKEW; step++) {
		if (code_at(secret, step, code) == -1 ||
		    !sark_secret_eq(code, otp, SARK_TOTP_DIGITS))
			continue;
		*step_r = step;
		found = 1;
	}
	sark_secret_wipe(code, sizeof(code));
	return found;
}

char *
sark_totp_base32(void *ctx, const struct sark_totp_secret *secret)
{
	char *text = NULL, *copy;
	size_t len = 0;
	int rc;

	rc = oath_base32_encode(
	    (const char *)secret->bytes, secret->len, &text, &len);
	if (rc != OATH_OK) /* only for want of memory */
		sark_mem_exhausted();
	copy = sark_secret_dup(ctx, text, len);
	sark_secret_wipe(text, len);
	free(text);
	return copy;
}

/* All but what is unreserved as %XX (RFC 3986 section 2.1). */
static void
add_escaped(struct sark_buf *out, const char *text)
{
	static const char unreserved[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789-._~";

	for (; *text != '\0'; text++)
		if (strchr(unreserved, *text) != NULL)
			sark_buf_char(out, *text);
		else
			sark_buf_format(out, "%%%02X", (unsigned char)*text);
}

char *
sark_totp_uri(void *ctx, const struct sark_totp_secret *secret,
    const char *issuer, const char *account)
{
	struct sark_buf uri;
	char *base32, *copy;

	sark_buf_init(&uri, ctx);
	base32 = sark_totp_base32(ctx, secret);
	sark_buf_str(&uri, "otpauth://totp/");
	add_escaped(&uri, issuer);
	sark_buf_char(&uri, ':');
	add_escaped(&uri, account);
	sark_buf_format(&uri, "?secret=%s&issuer=", base32);
	add_escaped(&uri, issuer);
	sark_buf_format(&uri, "&algorithm=SHA1&digits=%d&period=%d",
	    SARK_TOTP_DIGITS, SARK_TOTP_STEP_S);
	copy = sark_secret_dup(ctx, uri.data, uri.len);
	sark_secret_wipe(uri.data, uri.len);
	talloc_free(base32);
	return copy;
}
