#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "auth/refresh.h"
#include "auth/token.h"
#include "auth/username.h"
#include "base/b64.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "conf/conf.h"
#include "crypto/jwt.h"
#include "crypto/keyring.h"
#include "crypto/seal.h"
#include "json/reader.h"
#include "../crypto/mint.h"

#define TOKENS 10000

struct fixture {
	struct mint *mint;
	struct sark_conf conf;
	struct sark_app app;
	char *seal_key;
};

static const char key_text[] =
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";

static int
setup(void **state)
{
	struct fixture *f = sark_new(NULL, struct fixture);
	struct sark_err err;

	sark_err_init(&err);
	f->mint = mint_new(f);
	f->conf.issuer = "https://sark.test";
	f->conf.audience = "sark";
	f->conf.access_token_ttl_s = 3600;
	f->app.conf = &f->conf;
	f->app.mem = talloc_new(f);
	*state = f;
	f->seal_key = sark_format(f, "%s/seal.key", f->mint->dir);
	if (sark_file_replace(
		f->seal_key, key_text, strlen(key_text), 0600, &err) == -1 ||
	    sark_seal_open_key(f, f->seal_key, &f->app.seal, &err) == -1)
		return -1;
	return sark_keyring_open(f, f->mint->dir, true, &f->app.keys, &err);
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	unlink(f->seal_key);
	mint_remove(f->mint);
	talloc_free(f);
	return 0;
}

/* Somebody with as many roles and teams as i says, and odd texts. */
static struct sark_caller
somebody(void *ctx, char id[SARK_UUID_TEXT], int i)
{
	static const char *const names[] = { "alice", "\"", "\\u0000",
		"\xc3\xa9", "a,b}]", "\x7f", "</script>", "" };
	const char **list = sark_new_array(ctx, const char *, 9);
	int n;

	for (n = 0; n < i % 9; n++)
		list[n] = names[n % 8];
	sark_uuid_make(id);
	return (struct sark_caller){
		.user_id = id,
		.session_id = id,
		.username = names[i % 8],
		.email = names[(i + 1) % 8],
		.name = names[(i + 2) % 8],
		.provider = "local",
		.roles = list,
		.teams = list,
		.managed_teams = list,
		.agent = i % 2 == 0,
		.mfa = i % 3 == 0,
		.mfa_time = i,
	};
}

static const struct sark_json *
part(void *ctx, const char *text, size_t n)
{
	const struct sark_json *value;
	struct sark_err err;
	char *data = sark_mem_check(talloc_size(ctx, n));
	size_t len;

	sark_err_init(&err);
	assert_int_equal(sark_b64url_decode(data, &len, text, n), 0);
	assert_int_equal(sark_json_parse(ctx, data, len, &value, &err), 0);
	return value;
}

/* JWT-28: what every token must have, whoever it is for. */
static void
jwt_28_every_token_is_complete(void **state)
{
	static const char *const claims_of[] = { "iss", "sub", "aud", "exp",
		"iat", "nbf", "jti", "sid", "email", "name", "roles", "teams",
		"amr", "auth_time" };
	static const char *const methods[] = { "pwd", NULL };
	struct fixture *f = *state;
	const struct sark_json *header, *claims;
	char id[SARK_UUID_TEXT], jti[SARK_UUID_TEXT] = "";
	struct sark_caller who;
	struct sark_err err;
	char *token, *dot;
	size_t j;
	int i;

	sark_err_init(&err);
	for (i = 0; i < TOKENS; i++) {
		const struct sark_proof proof = { methods, sark_clock_ms() };

		who = somebody(f->app.mem, id, i);
		assert_int_equal(sark_token_issue(&f->app, &who, &proof,
				     INT64_MAX, &token, &err),
		    0);
		dot = strchr(token, '.');
		header = part(f->app.mem, token, (size_t)(dot - token));
		claims = part(f->app.mem, dot + 1, strcspn(dot + 1, "."));
		assert_string_equal(
		    sark_json_str(sark_json_get(header, "alg")), "ES256");
		assert_string_equal(
		    sark_json_str(sark_json_get(header, "typ")), "at+jwt");
		for (j = 0; j < SARK_COUNT(claims_of); j++)
			assert_int_not_equal(
			    sark_json_type(sark_json_get(claims, claims_of[j])),
			    SARK_JSON_NULL);
		assert_string_equal(
		    sark_json_str(sark_json_get(claims, "sub")), id);
		assert_string_equal(
		    sark_json_str(sark_json_get(claims, "username")),
		    who.username);
		/* UUIDv7s of one process ascend: none comes twice. */
		assert_true(
		    strcmp(jti, sark_json_str(sark_json_get(claims, "jti"))) <
		    0);
		(void)sark_str_copy(jti, sizeof(jti),
		    sark_json_str(sark_json_get(claims, "jti")));
		talloc_free_children(f->app.mem);
	}
}

static void
what_is_issued_is_taken(void **state)
{
	static const char *const methods[] = { "pwd", NULL };
	const struct sark_proof proof = { methods, sark_clock_ms() };
	struct fixture *f = *state;
	struct sark_jwt_rules rules = {
		.type = "at+jwt",
		.issuer = "https://sark.test",
		.audience = "sark",
		.now_ms = proof.time_ms,
	};
	char id[SARK_UUID_TEXT];
	struct sark_caller who = somebody(f, id, 8);
	struct sark_jwt jwt;
	struct sark_err err;
	char *token;

	sark_err_init(&err);
	assert_int_equal(
	    sark_token_issue(&f->app, &who, &proof, INT64_MAX, &token, &err),
	    0);
	assert_int_equal(
	    sark_jwt_verify(f->app.keys, &rules, f, token, &jwt, &err), 0);
	rules.now_ms += 3600 * 1000;
	assert_int_equal(
	    sark_jwt_verify(f->app.keys, &rules, f, token, &jwt, &err), -1);
	assert_int_equal(err.code, SARK_TOKEN_EXPIRED);
}

/* A token that no program would take is not given. */
static void
too_many_teams_are_no_token(void **state)
{
	static const char *const methods[] = { "pwd", NULL };
	const struct sark_proof proof = { methods, sark_clock_ms() };
	struct fixture *f = *state;
	char id[SARK_UUID_TEXT];
	struct sark_caller who = somebody(f, id, 8);
	const char **teams = sark_new_array(f, const char *, 1001);
	struct sark_err err;
	char *token;
	int i;

	sark_err_init(&err);
	for (i = 0; i < 1000; i++)
		teams[i] = "a-team-with-a-name";
	who.teams = teams;
	assert_int_equal(
	    sark_token_issue(&f->app, &who, &proof, INT64_MAX, &token, &err),
	    -1);
	assert_int_equal(err.code, SARK_INTERNAL);
}

/* RT-09: nothing of a user, 256 random bits, and no other text is one. */
static void
refresh_tokens_are_told_from_guesses(void **state)
{
	struct fixture *f = *state;
	char session_id[SARK_UUID_TEXT], hex[SARK_SHA256_TEXT], *text;
	struct sark_refresh one, two, read;
	unsigned char raw[80];
	size_t n, i;

	sark_uuid_make(session_id);
	sark_refresh_make(f, f->app.seal, session_id, &one);
	sark_refresh_make(f, f->app.seal, session_id, &two);
	assert_string_not_equal(one.text, two.text);
	assert_string_not_equal(one.token_id, two.token_id);
	assert_string_not_equal(one.secret_hash, two.secret_hash);
	assert_true(sark_str_starts(one.text, "srt_"));
	assert_int_equal(
	    sark_b64url_decode(raw, &n, one.text + 4, strlen(one.text + 4)), 0);
	assert_int_equal(n, sizeof(raw));
	sark_sha256_hex(hex, raw + 32, 32);
	assert_string_equal(one.secret_hash, hex);

	assert_int_equal(sark_refresh_read(f, f->app.seal, one.text, &read), 1);
	assert_string_equal(read.session_id, session_id);
	assert_string_equal(read.token_id, one.token_id);
	assert_string_equal(read.secret_hash, one.secret_hash);
	assert_string_equal(read.text, one.text);
	text = sark_strdup(f, one.text);
	for (i = 0; text[i] != '\0'; i++) {
		text[i] ^= 1;
		assert_int_equal(
		    sark_refresh_read(f, f->app.seal, text, &read), 0);
		text[i] ^= 1;
	}
	text[i - 1] = '\0';
	assert_int_equal(sark_refresh_read(f, f->app.seal, text, &read), 0);
	assert_int_equal(sark_refresh_read(f, f->app.seal, "", &read), 0);
}

/* PW-10 */
static void
user_names_have_one_form(void **state)
{
	static const char *const refused[] = { "", " ", "a b", "a\tb", "a\n",
		"\x7f", "a\xc2\xa0", "a\xc2\xad", "admin\xe2\x80\x8b",
		"\xe2\x80\xaeroot", "\xef\xbb\xbfroot", "a\xe2\x81\xa0",
		"a\xe3\x80\x80", "a\xf3\xa0\x80\xa1", "a\xef\xb8\x8f", "\xff",
		"\xc0\xaf", "a\xed\xa0\x80", "\xe1\x85\x9f" };
	static const char *const taken[][2] = { { "Admin", "admin" },
		{ "a.b+c@EXAMPLE.com", "a.b+c@example.com" },
		/* Fullwidth, Turkish and Cyrillic letters are themselves. */
		{ "\xef\xbd\x81", "\xef\xbd\x81" }, { "\xc4\xb0", "\xc4\xb0" },
		{ "\xd0\x90\xd0\xb0", "\xd0\x90\xd0\xb0" },
		{ "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80" } };
	char long_name[SARK_USERNAME_MAX + 2];
	size_t i;

	for (i = 0; i < SARK_COUNT(refused); i++)
		assert_null(sark_username_normal(*state, refused[i]));
	for (i = 0; i < SARK_COUNT(taken); i++)
		assert_string_equal(
		    sark_username_normal(*state, taken[i][0]), taken[i][1]);
	memset(long_name, 'a', sizeof(long_name));
	long_name[SARK_USERNAME_MAX + 1] = '\0';
	assert_null(sark_username_normal(*state, long_name));
	long_name[SARK_USERNAME_MAX] = '\0';
	assert_non_null(sark_username_normal(*state, long_name));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(jwt_28_every_token_is_complete),
		TEST(what_is_issued_is_taken),
		TEST(too_many_teams_are_no_token),
		TEST(refresh_tokens_are_told_from_guesses),
		TEST(user_names_have_one_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
