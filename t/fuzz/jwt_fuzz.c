/*
 * Access tokens.  The first byte:
 *
 *	r	the rest is a token: only the one below is taken
 *	e	changes of that token, four bytes each: what, where, character
 *	s	header, newline, claims, which are then signed as we sign
 *
 * A token that was not signed with the key is never taken, and of those that
 * were only what the rules say.
 */
#include "fuzz.h"

#include <string.h>

#include "base/b64.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/uuid.h"
#include "crypto/es256.h"
#include "crypto/jwt.h"
#include "crypto/keyring.h"

#define ISSUER	  "https://sark.example"
#define NOW_S	  1767225600
#define LEEWAY_S  5
#define TOKEN_MAX 1024

const char fuzz_name[] = "jwt";

/* A key for nothing but this test. */
static const char private_pem[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgrW+Pz/FalSmeocM9\n"
    "DBC9j9XQr/bqMmMjT8N87ffBy2ehRANCAAS3Gob4+xwbiPFhQapgxZJq3WfnmAv1\n"
    "+ozSfJyGW/y0knRJzAsOGfkeSIA/eKLQ+sl3xgoUtULMnK8sJWsFXfja\n"
    "-----END PRIVATE KEY-----\n";
static const char public_pem[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEtxqG+PscG4jxYUGqYMWSat1n55gL\n"
    "9fqM0nychlv8tJJ0ScwLDhn5HkiAP3ii0PrJd8YKFLVCzJyvLCVrBV342g==\n"
    "-----END PUBLIC KEY-----\n";

static const char keyring[] =
    "{\"keys\":[{\"kid\":\"fuzz\",\"alg\":\"ES256\",\"state\":\"active\","
    "\"created_at\":\"2025-01-01T00:00:00Z\",\"retired_at\":null,"
    "\"verify_until\":null}]}";

/* Signed with it, good for an hour from NOW_S on. */
static const char token[] =
    "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6ImZ1enoifQ.eyJpc3M"
    "iOiJodHRwczovL3NhcmsuZXhhbXBsZSIsInN1YiI6IjAxODkwYTVkLWFjOTYtNzc0Y"
    "i1iY2NlLWIzMDIwOTlhODA1NyIsImF1ZCI6InNhcmsiLCJleHAiOjE3NjcyMjkyMDA"
    "sImlhdCI6MTc2NzIyNTYwMCwibmJmIjoxNzY3MjI1NjAwLCJqdGkiOiIwMTg5MGE1Z"
    "C1hYzk2LTc3NGItYmNjZS1iMzAyMDk5YTgwNTgiLCJzaWQiOiIwMTg5MGE1ZC1hYzk"
    "2LTc3NGItYmNjZS1iMzAyMDk5YTgwNTkiLCJ1c2VybmFtZSI6ImRlbW8iLCJyb2xlc"
    "yI6WyJkZXZlbG9wZXIiXX0.V6POBghFEnKwcQkvjoNs3VjwIkokVEMyYWO1hF5LEu3"
    "xHF26ulE8qFlwYVlcSjkPQrChQ3Rm3iO5VfvxQzxv5A";

static const struct sark_jwt_rules rules = { "at+jwt", ISSUER, "sark", LEEWAY_S,
	(int64_t)NOW_S * 1000 };

static struct sark_keyring *
open_keys(void)
{
	static struct sark_keyring *ring;
	struct sark_err err;

	if (ring != NULL)
		return ring;
	fuzz_file("fuzz.key.pem", private_pem);
	fuzz_folder("public");
	fuzz_file("public/fuzz.pub.pem", public_pem);
	fuzz_file("public/keyring.json", keyring);
	sark_err_init(&err);
	fuzz_holds(sark_keyring_open(NULL, fuzz_dir(), true, &ring, &err) == 0);
	return ring;
}

/* ECDSA takes n - s as well as s; anything else about the token is as it was. */
static bool
same_but_signature(const char *text)
{
	size_t n = (size_t)(strrchr(token, '.') - token);

	return strlen(text) == strlen(token) && memcmp(text, token, n + 1) == 0;
}

static void
check_unsigned(void *ctx, const char *text)
{
	struct sark_jwt jwt;
	struct sark_err err;
	int ret;

	sark_err_init(&err);
	ret = sark_jwt_verify(open_keys(), &rules, ctx, text, &jwt, &err);
	fuzz_holds((ret == 0) == (err.code == SARK_OK));
	if (sark_str_eq(text, token))
		fuzz_holds(ret == 0);
	else if (ret == 0)
		fuzz_holds(same_but_signature(text));
	else
		fuzz_holds(err.code == SARK_INVALID_TOKEN);
}

static void
change_token(struct fuzz_input *in, char text[TOKEN_MAX])
{
	size_t len = strlen(token), at;
	uint8_t what, with;

	memcpy(text, token, len + 1);
	while (in->left > 0 && len > 0 && len < TOKEN_MAX - 1) {
		what = fuzz_byte(in);
		at = fuzz_word(in) % len;
		with = fuzz_byte(in);
		switch (what % 4) {
		case 0:
			text[at] = (char)with;
			break;
		case 1:
			memmove(text + at + 1, text + at, len - at + 1);
			text[at] = (char)with;
			break;
		case 2:
			memmove(text + at, text + at + 1, len - at);
			break;
		default:
			text[at] = '\0';
		}
		len = strnlen(text, TOKEN_MAX);
	}
}

static bool
says(const struct sark_json *object, const char *name, const char *text)
{
	const char *value = sark_json_str(sark_json_get(object, name));

	return value != NULL && strcmp(value, text) == 0;
}

static void
check_header(void *ctx, const char *text)
{
	const struct sark_json *header;
	struct sark_err err;

	sark_err_init(&err);
	fuzz_holds(
	    sark_json_parse(ctx, text, strlen(text), &header, &err) == 0);
	fuzz_holds(sark_json_count(header) == 3);
	fuzz_holds(says(header, "alg", "ES256"));
	fuzz_holds(says(header, "typ", "at+jwt"));
	fuzz_holds(says(header, "kid", "fuzz"));
}

static void
check_claims(const struct sark_jwt *jwt)
{
	static const char *const ids[] = { "sub", "jti", "sid" };
	const struct sark_json *claims = jwt->claims;
	size_t i;

	fuzz_holds(says(claims, "iss", ISSUER));
	fuzz_holds(says(claims, "aud", "sark"));
	for (i = 0; i < SARK_COUNT(ids); i++)
		fuzz_holds(sark_uuid_valid(
		    sark_json_str(sark_json_get(claims, ids[i]))));
	fuzz_holds(sark_json_double(sark_json_get(claims, "exp"), 0) >
	    NOW_S - LEEWAY_S - 0.001);
	fuzz_holds(sark_json_double(sark_json_get(claims, "nbf"), 1e300) <
	    NOW_S + LEEWAY_S + 0.001);
	fuzz_holds(sark_json_double(sark_json_get(claims, "iat"), 1e300) <
	    NOW_S + LEEWAY_S + 0.001);
	fuzz_holds(jwt->not_before_ms <= rules.now_ms);
	fuzz_holds(jwt->not_after_ms > rules.now_ms);
}

static char *
sign(void *ctx, const char *header, const char *claims)
{
	const struct sark_key *key = sark_keyring_active(open_keys());
	unsigned char signature[SARK_ES256_BYTES];
	char *parts[3], *text;
	struct sark_err err;

	sark_err_init(&err);
	parts[0] = sark_new_array(ctx, char, SARK_B64URL_TEXT(strlen(header)));
	parts[1] = sark_new_array(ctx, char, SARK_B64URL_TEXT(strlen(claims)));
	parts[2] =
	    sark_new_array(ctx, char, SARK_B64URL_TEXT(sizeof(signature)));
	sark_b64url_encode(parts[0], header, strlen(header));
	sark_b64url_encode(parts[1], claims, strlen(claims));
	text = sark_format(ctx, "%s.%s", parts[0], parts[1]);
	fuzz_holds(sark_es256_sign(
		       key->signer, text, strlen(text), signature, &err) == 0);
	sark_b64url_encode(parts[2], signature, sizeof(signature));
	return sark_format(ctx, "%s.%s", text, parts[2]);
}

static void
check_signed(void *ctx, char *text)
{
	char *claims = strchr(text, '\n');
	struct sark_jwt jwt;
	struct sark_err err;

	if (claims == NULL)
		return;
	*claims++ = '\0';
	sark_err_init(&err);
	if (sark_jwt_verify(open_keys(), &rules, ctx, sign(ctx, text, claims),
		&jwt, &err) == 0) {
		check_header(ctx, text);
		check_claims(&jwt);
		fuzz_holds(jwt.size == strlen(claims));
	} else {
		fuzz_holds(err.code == SARK_INVALID_TOKEN ||
		    err.code == SARK_TOKEN_EXPIRED);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *ctx = talloc_new(NULL);
	struct fuzz_input in = { data, size };
	uint8_t mode = fuzz_byte(&in);
	char text[TOKEN_MAX];

	if (mode == 's') {
		check_signed(ctx, fuzz_text(&in, ctx));
	} else if (mode == 'e') {
		change_token(&in, text);
		check_unsigned(ctx, text);
	} else {
		check_unsigned(ctx, fuzz_text(&in, ctx));
	}
	talloc_free(ctx);
	return 0;
}
