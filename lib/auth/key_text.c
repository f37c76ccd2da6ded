#include "auth/key_text.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "base/uuid.h"
#include "crypto/digest.h"
#include "crypto/secret.h"

#define BRAND	      "sark_"
#define BASE32	      "abcdefghijklmnopqrstuvwxyz234567"
#define PREFIX_DIGITS (SARK_KEY_PREFIX_TEXT - 1)
#define SECRET_DIGITS 32
#define CHECK_DIGITS  8
#define TAIL_DIGITS   (SECRET_DIGITS + CHECK_DIGITS)
#define GROUP_BYTES   5
#define GROUP_DIGITS  8

/* RFC 4648 section 6: five bytes are eight digits. */
static void
group(char out[GROUP_DIGITS], const unsigned char in[GROUP_BYTES])
{
	uint64_t bits = 0;
	int i;

	for (i = 0; i < GROUP_BYTES; i++)
		bits = bits << 8 | in[i];
	for (i = GROUP_DIGITS - 1; i >= 0; i--, bits >>= 5)
		out[i] = BASE32[bits & 31];
}

/* n random digits of 5 bits each; a byte has 8, of which 5 are as random. */
static void
random_digits(char *out, size_t n)
{
	unsigned char random[SECRET_DIGITS];
	size_t i;

	sark_random(random, n);
	for (i = 0; i < n; i++)
		out[i] = BASE32[random[i] & 31];
	sark_secret_wipe(random, sizeof(random));
}

static void
check_of(char out[CHECK_DIGITS], const char *text, size_t n)
{
	unsigned char digest[SARK_SHA256_BYTES];

	sark_sha256(digest, text, n);
	group(out, digest);
}

void
sark_key_text_make(void *ctx, const char *env, struct sark_key_text *key_r)
{
	char text[SARK_KEY_TEXT], secret[SECRET_DIGITS + 1] = { 0 };
	size_t n;

	memset(key_r->prefix, 0, sizeof(key_r->prefix));
	random_digits(key_r->prefix, PREFIX_DIGITS);
	random_digits(secret, SECRET_DIGITS);
	n = (size_t)snprintf(text, sizeof(text), BRAND "%.*s_%s_%s",
	    SARK_KEY_ENV_MAX, env, key_r->prefix, secret);
	check_of(text + n, text, n);
	key_r->text = sark_secret_dup(ctx, text, n + CHECK_DIGITS);
	sark_secret_wipe(text, sizeof(text));
	sark_secret_wipe(secret, sizeof(secret));
}

/* The n digits of base32 at text, and then an end. */
static bool
digits(const char *text, size_t n, char end)
{
	return strspn(text, BASE32) == n && text[n] == end;
}

int
sark_key_text_parse(
    const char *text, const char *env, char prefix_r[SARK_KEY_PREFIX_TEXT])
{
	size_t brand = strlen(BRAND), n = strlen(env);
	const char *prefix, *tail;
	char check[CHECK_DIGITS];

	if (!sark_str_starts(text, BRAND) ||
	    strncmp(text + brand, env, n) != 0 || text[brand + n] != '_')
		return 0;
	prefix = text + brand + n + 1;
	if (!digits(prefix, PREFIX_DIGITS, '_'))
		return 0;
	tail = prefix + PREFIX_DIGITS + 1;
	if (!digits(tail, TAIL_DIGITS, '\0'))
		return 0;
	/* Nothing secret: whoever has seen this file can compute it. */
	check_of(check, text, (size_t)(tail - text) + SECRET_DIGITS);
	if (memcmp(check, tail + SECRET_DIGITS, CHECK_DIGITS) != 0)
		return 0;
	memcpy(prefix_r, prefix, PREFIX_DIGITS);
	prefix_r[PREFIX_DIGITS] = '\0';
	return 1;
}
