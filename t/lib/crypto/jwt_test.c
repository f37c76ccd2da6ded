/*
 * The rows JWT-01..JWT-21 that concern verification.  Each row is a token in
 * which one thing is wrong and is refused for that; its control is the same
 * token without it, which is taken.  JWT-22 (RSA), JWT-23 and JWT-24 (HMAC)
 * do not apply: ES256 is the only algorithm there is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <openssl/bn.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/b64.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "crypto/digest.h"
#include "crypto/jwt.h"
#include "jwt_rows.h"
#include "mint.h"

static struct {
	void *ctx;
	struct mint *mint;
	struct sark_keyring *ring;
} t;

static const struct sark_jwt_rules rules = {
	.type = "at+jwt",
	.issuer = "https://sark.test",
	.audience = "sark",
	.leeway_s = 5,
	.now_ms = (int64_t)NOW * 1000,
};

static enum sark_code
verify(const char *token)
{
	struct sark_jwt jwt;
	struct sark_err err;
	void *ctx = talloc_new(t.ctx);
	enum sark_code code;

	sark_err_init(&err);
	code = sark_jwt_verify(t.ring, &rules, ctx, token, &jwt, &err) == 0
	    ? SARK_OK
	    : err.code;
	/* Nothing of the token is in the error's text. */
	if (code != SARK_OK && strlen(token) > 40)
		assert_null(strstr(err.text, "test-"));
	talloc_free(ctx);
	return code;
}

/* Order of P-256 (FIPS 186-4 D.1.2.3), and one less and more. */
static const char order_hex[] =
    "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551";

static void
number(unsigned char out[32], char which, const unsigned char sig[64])
{
	BIGNUM *n = NULL;

	if (which == 'r' || which == 's') {
		memcpy(out, sig + (which == 'r' ? 0 : 32), 32);
		return;
	}
	assert_int_not_equal(BN_hex2bn(&n, order_hex), 0);
	if (which == '0' || which == '1')
		BN_set_word(n, which == '1');
	else if (which == '-')
		BN_sub_word(n, 1);
	else if (which == '+')
		BN_add_word(n, 1);
	assert_int_equal(BN_bn2binpad(n, out, 32), 32);
	BN_free(n);
}

static void
high_s(unsigned char sig[64])
{
	BIGNUM *n = NULL, *s = BN_bin2bn(sig + 32, 32, NULL);

	assert_int_not_equal(BN_hex2bn(&n, order_hex), 0);
	BN_sub(s, n, s);
	assert_int_equal(BN_bn2binpad(s, sig + 32, 32), 32);
	BN_free(n);
	BN_free(s);
}

/* The public key as an attacker might use it for an HMAC; its length. */
static size_t
hmac_key(char out[1024], const char *form)
{
	const struct sark_key *key =
	    sark_keyring_find(t.ring, MINT_KID, rules.now_ms);
	const char *pem = t.mint->public_pem;
	size_t n = strlen(pem);
	struct sark_buf jwks;

	if (sark_str_eq(form, "empty"))
		return 0;
	memcpy(out, pem, n + 1);
	if (sark_str_eq(form, "chomp"))
		return n - 1;
	if (sark_str_eq(form, "blank")) {
		out[0] = ' ';
		memcpy(out + 1, pem, n);
		return n + 1;
	}
	/* SubjectPublicKeyInfo of P-256 is 26 bytes, 04, x and y. */
	if (sark_str_eq(form, "der") || sark_str_eq(form, "point") ||
	    sark_str_eq(form, "xy")) {
		static const unsigned char head[] = { 0x30, 0x59, 0x30, 0x13,
			0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
			0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01,
			0x07, 0x03, 0x42, 0x00, 0x04 };
		size_t skip = form[0] == 'd' ? 0 : form[0] == 'p' ? 26 : 27;

		memcpy(out, head, 27);
		memcpy(out + 27, key->point.x, 32);
		memcpy(out + 59, key->point.y, 32);
		memmove(out, out + skip, 91 - skip);
		return 91 - skip;
	}
	if (sark_str_eq(form, "jwk")) {
		sark_buf_init(&jwks, t.ctx);
		sark_keyring_jwks(t.ring, rules.now_ms, &jwks);
		n = strcspn(jwks.data + 9, "}") + 1;
		memcpy(out, jwks.data + 9, n);
	}
	return n;
}

/* A good token with something done to its text. */
static char *
replaced(const char *good, const char *input, const char *arg)
{
	char *token = sark_strdup(t.ctx, good);
	char *dot = strrchr(token, '.');
	unsigned char sig[65] = { 0 };
	size_t n, len = strlen(token);

	if (sark_str_eq(arg, "bits")) {
		/* 64 bytes leave four unused bits in the last letter. */
		token[len - 1] = token[len - 1] == 'A' ? 'B' : 'z';
		return token;
	}
	if (sark_str_eq(arg, "short") || sark_str_eq(arg, "long")) {
		assert_int_equal(
		    sark_b64url_decode(sig, &n, dot + 1, strlen(dot + 1)), 0);
		return mint_join(t.ctx, input, sig, arg[0] == 's' ? 63 : 65);
	}
	memcpy(dot + 2, arg, strlen(arg));
	return token;
}

static char *
attack(const struct row *row)
{
	char *input = mint_input(t.ctx, row->header ? row->header : HEADER,
	    row->claims ? row->claims : CLAIMS);
	unsigned char sig[80], out[64];
	char key[1024], *good;
	size_t n;

	mint_es256(sig, t.mint->private_pem, input);
	good = mint_join(t.ctx, input, sig, 64);
	switch (row->how) {
	case ES256:
		return good;
	case UNSIGNED:
		return sark_format(t.ctx, "%s.", input);
	case HMAC:
		n = hmac_key(key, row->arg);
		sark_hmac_sha256(out, key, n, input, strlen(input));
		return mint_join(t.ctx, input, out, 32);
	case OTHER_KEY:
		mint_es256(sig, t.mint->other_pem, input);
		return mint_join(t.ctx, input, sig, 64);
	case DER:
		n = mint_es256_der(sig, t.mint->private_pem, input);
		return mint_join(t.ctx, input, sig, n);
	case EDGE:
		number(out, row->arg[0], sig);
		number(out + 32, row->arg[1], sig);
		return mint_join(t.ctx, input, out, 64);
	case HIGH_S:
		high_s(sig);
		return mint_join(t.ctx, input, sig, 64);
	case TEXT:
		return sark_strdup(t.ctx, row->arg);
	case APPEND:
		return sark_format(t.ctx, "%s%s", good, row->arg);
	case PREPEND:
		return sark_format(t.ctx, "%s%s", row->arg, good);
	case REPLACE:
		return replaced(good, input, row->arg);
	}
	return NULL;
}

static void
row_holds(void **state)
{
	const struct row *row = *state;
	enum sark_code wanted = row->code;

	if (wanted == TAKEN)
		wanted = SARK_OK;
	else if (wanted == SARK_OK)
		wanted = SARK_INVALID_TOKEN;
	assert_int_equal(verify(attack(row)), wanted);
	/* The control: the same without the attack. */
	assert_int_equal(
	    verify(mint_token(t.ctx, t.mint->private_pem, HEADER, CLAIMS)),
	    SARK_OK);
}

/* JWT-07: a header that points somewhere makes nobody go there. */
static void
nothing_is_fetched(void **state)
{
	static const char *const members[] = {
		"\"jku\":\"http://127.0.0.1:%d/\"",
		"\"x5u\":\"http://127.0.0.1:%d/\"",
		"\"x5c\":[\"http://127.0.0.1:%d/\"]"
	};
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t len = sizeof(in);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct pollfd listening = { .fd = fd, .events = POLLIN };
	char *url, *header, *hole;
	size_t i;

	(void)state;
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&in, len), 0);
	assert_int_equal(listen(fd, 5), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&in, &len), 0);
	for (i = 0; i < SARK_COUNT(members); i++) {
		url = sark_strdup(t.ctx, members[i]);
		hole = strstr(url, "%d");
		*hole = '\0';
		header = sark_format(t.ctx,
		    "{\"alg\":\"ES256\"," TYP "," KID ",%s%d%s}", url,
		    ntohs(in.sin_port), hole + 2);
		assert_int_equal(verify(mint_token(t.ctx, t.mint->private_pem,
				     header, CLAIMS)),
		    SARK_INVALID_TOKEN);
	}
	assert_int_equal(poll(&listening, 1, 50), 0);
	close(fd);
	assert_int_equal(
	    verify(mint_token(t.ctx, t.mint->private_pem, HEADER, CLAIMS)),
	    SARK_OK);
}

/* JWT-18, JWT-08's 64 KB: length is looked at before anything else. */
static void
length_is_bounded(void **state)
{
	static const size_t sizes[] = { SARK_JWT_MAX + 1, 65536, 1 << 20,
		1 << 26 };
	char *filler, *claims, *token;
	size_t i;

	(void)state;
	for (i = 0; i < SARK_COUNT(sizes); i++) {
		filler = sark_mem_check(talloc_size(t.ctx, sizes[i] + 1));
		memset(filler, 'A', sizes[i]);
		filler[sizes[i]] = '\0';
		assert_int_equal(verify(filler), SARK_INVALID_TOKEN);
		talloc_free(filler);
	}
	/* As long as may be is taken; one claim longer is not. */
	filler = sark_mem_check(talloc_zero_size(t.ctx, 8192));
	memset(filler, 'x', 5600);
	claims = sark_format(t.ctx, MORE("\"name\":\"%s\""), filler);
	token = mint_token(t.ctx, t.mint->private_pem, HEADER, claims);
	assert_in_range(strlen(token), 7800, SARK_JWT_MAX);
	assert_int_equal(verify(token), SARK_OK);
	memset(filler, 'x', 6100);
	claims = sark_format(t.ctx, MORE("\"name\":\"%s\""), filler);
	token = mint_token(t.ctx, t.mint->private_pem, HEADER, claims);
	assert_in_range(strlen(token), SARK_JWT_MAX + 1, 9000);
	assert_int_equal(verify(token), SARK_INVALID_TOKEN);
}

/* JWT-19: 100,000 are too long anyway; 5,000 fit the length. */
static void
nesting_is_bounded(void **state)
{
	static const size_t depths[] = { 100000, 5000, SARK_JSON_DEPTH + 1 };
	char *nest;
	size_t i;

	(void)state;
	for (i = 0; i < SARK_COUNT(depths); i++) {
		nest = sark_mem_check(talloc_zero_size(t.ctx, depths[i] + 1));
		memset(nest, '[', depths[i]);
		assert_int_equal(verify(mint_token(
				     t.ctx, t.mint->private_pem, HEADER, nest)),
		    SARK_INVALID_TOKEN);
		assert_int_equal(verify(mint_token(
				     t.ctx, t.mint->private_pem, nest, CLAIMS)),
		    SARK_INVALID_TOKEN);
	}
}

static void
what_we_sign_we_take(void **state)
{
	struct sark_keyring *signing;
	struct sark_err err;
	char *token;

	(void)state;
	sark_err_init(&err);
	assert_int_equal(
	    sark_keyring_open(t.ctx, t.mint->dir, true, &signing, &err), 0);
	assert_int_equal(
	    sark_jwt_sign(signing, t.ctx, "at+jwt", CLAIMS, &token, &err), 0);
	assert_int_equal(verify(token), SARK_OK);
	assert_int_equal(
	    sark_jwt_sign(signing, t.ctx, "other", CLAIMS, &token, &err), 0);
	assert_int_equal(verify(token), SARK_INVALID_TOKEN);
	assert_int_equal(
	    sark_jwt_sign(t.ring, t.ctx, "at+jwt", CLAIMS, &token, &err), -1);
	assert_int_equal(err.code, SARK_CONFIG);
}

/* RFC 7515 appendix A.3: a signature that others made, as raw r and s. */
static void
rfc_7515_point_is_read(void **state)
{
	static const char pem[] =
	    "-----BEGIN PUBLIC KEY-----\n"
	    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n"
	    "6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n"
	    "-----END PUBLIC KEY-----\n";
	char x[SARK_B64URL_TEXT(32)], y[SARK_B64URL_TEXT(32)];
	struct sark_p256_point point;
	struct sark_err err;

	(void)state;
	sark_err_init(&err);
	assert_int_equal(sark_keypair_point(pem, &point, &err), 0);
	sark_b64url_encode(x, point.x, 32);
	sark_b64url_encode(y, point.y, 32);
	assert_string_equal(x, "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU");
	assert_string_equal(y, "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
}

static int
setup(void **state)
{
	struct sark_err err;

	(void)state;
	sark_err_init(&err);
	t.ctx = talloc_new(NULL);
	t.mint = mint_new(t.ctx);
	return sark_keyring_open(t.ctx, t.mint->dir, false, &t.ring, &err);
}

static int
teardown(void **state)
{
	(void)state;
	mint_remove(t.mint);
	talloc_free(t.ctx);
	return 0;
}

static const struct CMUnitTest others[] = {
	{ "JWT-07 jku, x5u, x5c: nothing is fetched", nothing_is_fetched },
	{ "JWT-18 length is bounded", length_is_bounded },
	{ "JWT-19 nesting is bounded", nesting_is_bounded },
	{ "what we sign we take", what_we_sign_we_take },
	{ "RFC 7515 A.3: the point of a key", rfc_7515_point_is_read },
};

int
main(void)
{
	static struct CMUnitTest tests[SARK_COUNT(rows) + SARK_COUNT(others)];
	size_t i;

	for (i = 0; i < SARK_COUNT(rows); i++) {
		tests[i].name = rows[i].name;
		tests[i].test_func = row_holds;
		/* cmocka wants it without const; nobody writes to it. */
		memcpy(&tests[i].initial_state,
		    &(const struct row *){ &rows[i] }, sizeof(void *));
	}
	memcpy(tests + SARK_COUNT(rows), others, sizeof(others));
	return cmocka_run_group_tests(tests, setup, teardown);
}
