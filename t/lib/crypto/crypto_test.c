#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "crypto/digest.h"
#include "crypto/password.h"
#include "crypto/seal.h"
#include "crypto/secret.h"

/* FIPS 180-4 examples (NIST, "SHA256.pdf") and the digest of nothing. */
static const struct {
	const char *text;
	const char *digest;
} sha256_vectors[] = {
	{ "abc",
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a"
	    "d" },
	{ "",
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85"
	    "5" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c"
	    "1" },
};

static void
sha256_is_fips_180(void **state)
{
	char hex[SARK_SHA256_TEXT];
	size_t i, round;

	(void)state;
	/* Twice, since the context is used again. */
	for (round = 0; round < 2; round++)
		for (i = 0; i < SARK_COUNT(sha256_vectors); i++) {
			sark_sha256_hex(hex, sha256_vectors[i].text,
			    strlen(sha256_vectors[i].text));
			assert_string_equal(hex, sha256_vectors[i].digest);
		}
}

/* RFC 4231, test cases 2 and 6 (a key longer than a block). */
static void
hmac_is_rfc_4231(void **state)
{
	unsigned char mac[SARK_SHA256_BYTES], key[131];
	char hex[SARK_SHA256_TEXT];
	const char *text = "Test Using Larger Than Block-Size Key - Hash Key "
			   "First";

	(void)state;
	sark_hmac_sha256(mac, "Jefe", 4, "what do ya want for nothing?", 28);
	sark_str_hex(hex, mac, sizeof(mac));
	assert_string_equal(hex,
	    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof(key));
	sark_hmac_sha256(mac, key, sizeof(key), text, strlen(text));
	sark_str_hex(hex, mac, sizeof(mac));
	assert_string_equal(hex,
	    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void
hmac_takes_an_empty_key(void **state)
{
	unsigned char first[SARK_SHA256_BYTES], second[SARK_SHA256_BYTES];

	(void)state;
	sark_hmac_sha256(first, "", 0, "x", 1);
	sark_hmac_sha256(second, "another", 7, "x", 1);
	assert_memory_not_equal(first, second, sizeof(first));
	sark_hmac_sha256(second, "", 0, "x", 1);
	assert_memory_equal(first, second, sizeof(first));
}

static void
secrets_compare(void **state)
{
	char *copy;

	(void)state;
	assert_true(sark_secret_eq("same", "same", 4));
	assert_false(sark_secret_eq("same", "sbme", 4));
	copy = sark_secret_dup(NULL, "s\0t", 3);
	assert_memory_equal(copy, "s\0t", 4);
	sark_secret_wipe(copy, 3);
	assert_memory_equal(copy, "\0\0\0", 3);
	talloc_free(copy);
}

struct sealing {
	char path[64];
	struct sark_seal *seal;
	struct sark_err err;
};

static const char key_text[] =
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";

static int
seal_setup(void **state)
{
	struct sealing *s = sark_new(NULL, struct sealing);
	int fd;

	memcpy(s->path, "/tmp/sark-seal-XXXXXX", 22);
	fd = mkstemp(s->path);
	if (fd == -1 ||
	    sark_file_write_all(fd, key_text, strlen(key_text)) == -1 ||
	    close(fd) == -1)
		return -1;
	*state = s;
	return sark_seal_open_key(s, s->path, &s->seal, &s->err);
}

static int
seal_teardown(void **state)
{
	struct sealing *s = *state;

	unlink(s->path);
	talloc_free(s);
	return 0;
}

static void
sealed_data_opens_at_its_place(void **state)
{
	struct sealing *s = *state;
	char *sealed, *data;
	size_t len, i;

	for (i = 0; i < 100; i++) {
		sealed = sark_seal_close(s->seal, s, "a\0b", 3, "user:1");
		assert_int_equal(
		    sark_seal_unseal(s->seal, s, sealed, "user:1", &data, &len),
		    1);
		assert_int_equal(len, 3);
		assert_memory_equal(data, "a\0b", 4);
	}
	sealed = sark_seal_close(s->seal, s, "", 0, "");
	assert_int_equal(
	    sark_seal_unseal(s->seal, s, sealed, "", &data, &len), 1);
	assert_int_equal(len, 0);
}

static void
sealed_data_moved_does_not_open(void **state)
{
	struct sealing *s = *state;
	char *sealed = sark_seal_close(s->seal, s, "text", 4, "user:1");
	char *data;
	size_t len;

	assert_int_equal(
	    sark_seal_unseal(s->seal, s, sealed, "user:2", &data, &len), 0);
	assert_int_equal(
	    sark_seal_unseal(s->seal, s, sealed, "user:1", &data, &len), 1);
}

static void
sealed_data_changed_does_not_open(void **state)
{
	struct sealing *s = *state;
	char *sealed = sark_seal_close(s->seal, s, "text", 4, "p");
	char *data, kept;
	size_t len, i;

	for (i = 0; i < strlen(sealed); i++) {
		kept = sealed[i];
		sealed[i] = kept == 'A' ? 'B' : 'A';
		assert_int_equal(
		    sark_seal_unseal(s->seal, s, sealed, "p", &data, &len), 0);
		sealed[i] = kept;
	}
	assert_int_equal(
	    sark_seal_unseal(s->seal, s, sealed, "p", &data, &len), 1);
	for (i = 0; i < strlen(sealed); i++) {
		char *cut = sark_strndup(s, sealed, i);

		assert_int_equal(
		    sark_seal_unseal(s->seal, s, cut, "p", &data, &len), 0);
	}
}

static void
nonces_differ(void **state)
{
	struct sealing *s = *state;

	assert_string_not_equal(sark_seal_close(s->seal, s, "x", 1, "p"),
	    sark_seal_close(s->seal, s, "x", 1, "p"));
}

static void
signed_text_is_bound_to_its_purpose(void **state)
{
	struct sealing *s = *state;
	char *text, *cursor = sark_seal_sign(s->seal, s, "cursor", "12:ab");
	size_t i;

	assert_int_equal(
	    sark_seal_verify(s->seal, s, "cursor", cursor, &text), 1);
	assert_string_equal(text, "12:ab");
	assert_int_equal(
	    sark_seal_verify(s->seal, s, "other", cursor, &text), 0);
	for (i = 0; i < strlen(cursor); i++) {
		char *forged = sark_strdup(s, cursor);

		forged[i] = forged[i] == 'A' ? 'B' : 'A';
		assert_int_equal(
		    sark_seal_verify(s->seal, s, "cursor", forged, &text), 0);
	}
	assert_int_equal(sark_seal_verify(s->seal, s, "cursor", "", &text), 0);
	assert_int_equal(sark_seal_verify(s->seal, s, "cursor", ".", &text), 0);
}

/* CFG-01 */
static void
bad_seal_keys_are_refused(void **state)
{
	static const char *const bad[] = { "", "\n", "00", "zz",
		"a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5"
		"a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5",
		"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1"
		"e",
		"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e"
		"g0" };
	struct sealing *s = *state;
	struct sark_seal *seal;
	struct sark_err err;
	size_t i;

	for (i = 0; i < SARK_COUNT(bad); i++) {
		sark_err_init(&err);
		assert_int_equal(sark_file_replace(s->path, bad[i],
				     strlen(bad[i]), 0600, &err),
		    0);
		assert_int_equal(
		    sark_seal_open_key(s, s->path, &seal, &err), -1);
		assert_int_equal(err.code, SARK_CONFIG);
	}
	sark_err_init(&err);
	assert_int_equal(
	    sark_file_replace(s->path, key_text, strlen(key_text), 0644, &err),
	    0);
	assert_int_equal(sark_seal_open_key(s, s->path, &seal, &err), -1);
	assert_int_equal(err.code, SARK_CONFIG);
	sark_err_init(&err);
	assert_int_equal(
	    sark_file_replace(s->path, key_text, strlen(key_text), 0640, &err),
	    0);
	assert_int_equal(sark_seal_open_key(s, s->path, &seal, &err), 0);
}

/* Small, so that the test is quick; PW-01's figures are in conf/keys.c. */
static const struct sark_password_cost cheap = { 64, 1 };
static const struct sark_password_cost dear = { 128, 2 };

static void
password_verifies(void **state)
{
	char hash[SARK_PASSWORD_TEXT], other[SARK_PASSWORD_TEXT];
	bool rehash = true;

	(void)state;
	sark_password_hash(hash, "correct horse", 13, &cheap);
	sark_password_hash(other, "correct horse", 13, &cheap);
	assert_string_not_equal(hash, other);
	assert_true(sark_str_starts(hash, "$argon2id$v=19$m=64,t=1,p=1$"));
	assert_int_equal(
	    sark_password_verify(hash, "correct horse", 13, &cheap, &rehash),
	    1);
	assert_false(rehash);
	assert_int_equal(
	    sark_password_verify(hash, "correct horsf", 13, &cheap, &rehash),
	    0);
}

/* PW-01: parameters below today's say so; dearer ones stay. */
static void
pw_01_rehash_when_parameters_rose(void **state)
{
	static const struct sark_password_cost more_memory = { 128, 1 };
	static const struct sark_password_cost more_passes = { 64, 2 };
	char hash[SARK_PASSWORD_TEXT];
	bool rehash = false;

	(void)state;
	sark_password_hash(hash, "pw", 2, &cheap);
	assert_int_equal(
	    sark_password_verify(hash, "pw", 2, &more_memory, &rehash), 1);
	assert_true(rehash);
	assert_int_equal(
	    sark_password_verify(hash, "pw", 2, &more_passes, &rehash), 1);
	assert_true(rehash);
	sark_password_hash(hash, "pw", 2, &dear);
	assert_int_equal(
	    sark_password_verify(hash, "pw", 2, &cheap, &rehash), 1);
	assert_false(rehash);
}

/* PW-03: exact bytes; no cut at 72 bytes, none at a blank or a NUL. */
static void
pw_03_every_byte_counts(void **state)
{
	char long_a[SARK_PASSWORD_MAX], long_b[SARK_PASSWORD_MAX];
	char hash[SARK_PASSWORD_TEXT];
	bool rehash;

	(void)state;
	memset(long_a, 'x', sizeof(long_a));
	memcpy(long_b, long_a, sizeof(long_b));
	long_b[sizeof(long_b) - 1] = 'y';
	sark_password_hash(hash, long_a, sizeof(long_a), &cheap);
	assert_int_equal(
	    sark_password_verify(hash, long_a, sizeof(long_a), &cheap, &rehash),
	    1);
	assert_int_equal(
	    sark_password_verify(hash, long_b, sizeof(long_b), &cheap, &rehash),
	    0);
	sark_password_hash(hash, "pass", 4, &cheap);
	assert_int_equal(
	    sark_password_verify(hash, "pass ", 5, &cheap, &rehash), 0);
	assert_int_equal(
	    sark_password_verify(hash, "pass\0x", 6, &cheap, &rehash), 0);
	/* e-acute composed and decomposed are different bytes. */
	sark_password_hash(hash, "\xc3\xa9", 2, &cheap);
	assert_int_equal(
	    sark_password_verify(hash, "e\xcc\x81", 3, &cheap, &rehash), 0);
}

static void
pw_05_no_hash_is_a_wrong_password(void **state)
{
	static const char *const none[] = { NULL, "", "!", "$2y$10$abc",
		"$argon2id$v=19$", "$argon2id$v=19$m=64,t=1,p=1$AAAA$AAAA" };
	bool rehash;
	size_t i;

	(void)state;
	for (i = 0; i < SARK_COUNT(none); i++)
		assert_int_equal(
		    sark_password_verify(none[i], "pw", 2, &cheap, &rehash), 0);
}

#define SEALED(test) \
	cmocka_unit_test_setup_teardown(test, seal_setup, seal_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_is_fips_180),
		cmocka_unit_test(hmac_is_rfc_4231),
		cmocka_unit_test(hmac_takes_an_empty_key),
		cmocka_unit_test(secrets_compare),
		SEALED(sealed_data_opens_at_its_place),
		SEALED(sealed_data_moved_does_not_open),
		SEALED(sealed_data_changed_does_not_open),
		SEALED(nonces_differ),
		SEALED(signed_text_is_bound_to_its_purpose),
		SEALED(bad_seal_keys_are_refused),
		cmocka_unit_test(password_verifies),
		cmocka_unit_test(pw_01_rehash_when_parameters_rose),
		cmocka_unit_test(pw_03_every_byte_counts),
		cmocka_unit_test(pw_05_no_hash_is_a_wrong_password),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
