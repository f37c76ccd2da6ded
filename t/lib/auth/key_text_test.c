#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "auth/key_text.h"
#include "base/mem.h"
#include "base/str.h"
#include "crypto/digest.h"

#define KEYS   10000
#define BASE32 "abcdefghijklmnopqrstuvwxyz234567"

/* sark_live_: where what follows stands. */
#define PREFIX_AT 10
#define SECRET_AT 23
#define CHECK_AT  55
#define LENGTH	  63

static void
a_key_has_the_shape_that_is_promised(void **state)
{
	void *ctx = talloc_new(NULL);
	char prefix[SARK_KEY_PREFIX_TEXT];
	struct sark_key_text key;

	(void)state;
	sark_key_text_make(ctx, "live", &key);
	assert_int_equal(strlen(key.text), LENGTH);
	assert_true(sark_str_starts(key.text, "sark_live_"));
	assert_memory_equal(key.text + PREFIX_AT, key.prefix, 12);
	assert_int_equal(key.text[SECRET_AT - 1], '_');
	assert_true(sark_str_of(key.text + SECRET_AT, BASE32));
	assert_int_equal(sark_key_text_parse(key.text, "live", prefix), 1);
	assert_string_equal(prefix, key.prefix);
	talloc_free(ctx);
}

/* By hand: base32 of the first five bytes of the digest (RFC 4648). */
static void
the_check_is_forty_bits_of_sha256(void **state)
{
	unsigned char digest[SARK_SHA256_BYTES];
	void *ctx = talloc_new(NULL);
	struct sark_key_text key;
	int i, bit, value;

	(void)state;
	sark_key_text_make(ctx, "live", &key);
	sark_sha256(digest, key.text, CHECK_AT);
	for (i = 0; i < 8; i++) {
		value = 0;
		for (bit = 5 * i; bit < 5 * i + 5; bit++)
			value =
			    2 * value + (digest[bit / 8] >> (7 - bit % 8) & 1);
		assert_int_equal(key.text[CHECK_AT + i], BASE32[value]);
	}
	talloc_free(ctx);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* KEY-01: no two alike, and each digit of the secret as often as another. */
static void
keys_are_random(void **state)
{
	void *ctx = talloc_new(NULL);
	char **texts = sark_new_array(ctx, char *, KEYS);
	size_t seen[32][32] = { { 0 } }, i, at;
	struct sark_key_text key;

	(void)state;
	for (i = 0; i < KEYS; i++) {
		sark_key_text_make(ctx, "live", &key);
		texts[i] = key.text;
		for (at = 0; at < 32; at++)
			seen[at][strchr(BASE32, key.text[SECRET_AT + at]) -
			    BASE32]++;
	}
	/* 312 on average; a fair one is not beyond these once in 10^9 runs. */
	for (at = 0; at < 32; at++)
		for (i = 0; i < 32; i++)
			assert_in_range(seen[at][i], 180, 470);
	qsort(texts, KEYS, sizeof(*texts), by_text);
	for (i = 1; i < KEYS; i++)
		assert_string_not_equal(texts[i - 1], texts[i]);
	talloc_free(ctx);
}

static void
a_key_that_was_changed_is_none(void **state)
{
	void *ctx = talloc_new(NULL);
	char prefix[SARK_KEY_PREFIX_TEXT], *text;
	struct sark_key_text key;
	size_t i;

	(void)state;
	sark_key_text_make(ctx, "live", &key);
	text = sark_strdup(ctx, key.text);
	for (i = 0; i < LENGTH; i++) {
		text[i] = key.text[i] == 'a' ? 'b' : 'a';
		assert_int_equal(sark_key_text_parse(text, "live", prefix), 0);
		text[i] = (char)(key.text[i] ^ 0x20); /* the other case */
		assert_int_equal(sark_key_text_parse(text, "live", prefix), 0);
		text[i] = '\0';
		assert_int_equal(sark_key_text_parse(text, "live", prefix), 0);
		text[i] = key.text[i];
		assert_int_equal(sark_key_text_parse(text, "live", prefix), 1);
	}
	talloc_free(ctx);
}

static void
what_is_no_key_is_none(void **state)
{
	static const char *const none[] = { "", "sark", "sark_", "sark_live",
		"sark_live_", "sark_live__", "sark__", "live", "_", "srt_abc",
		"sark_live_aaaaaaaaaaaa_", "sark_live_aaaaaaaaaaaa",
		"sark_live_aaaaaaaaaaaa_"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		"sark_live_"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"a",
		"\xff\xfe", "sark_live_\xc3\xa4" };
	void *ctx = talloc_new(NULL);
	char prefix[SARK_KEY_PREFIX_TEXT];
	struct sark_key_text key;
	size_t i;

	(void)state;
	for (i = 0; i < SARK_COUNT(none); i++)
		assert_int_equal(
		    sark_key_text_parse(none[i], "live", prefix), 0);
	sark_key_text_make(ctx, "live", &key);
	assert_int_equal(sark_key_text_parse(
			     sark_format(ctx, "%sa", key.text), "live", prefix),
	    0);
	assert_int_equal(sark_key_text_parse(
			     sark_format(ctx, " %s", key.text), "live", prefix),
	    0);
	talloc_free(ctx);
}

static void
a_key_is_for_one_installation(void **state)
{
	static const char *const envs[] = { "live", "test", "l", "live2",
		"0123456789abcdef" };
	void *ctx = talloc_new(NULL);
	char prefix[SARK_KEY_PREFIX_TEXT];
	struct sark_key_text key;
	size_t i, j;

	(void)state;
	for (i = 0; i < SARK_COUNT(envs); i++) {
		sark_key_text_make(ctx, envs[i], &key);
		assert_true(strlen(key.text) < SARK_KEY_TEXT);
		for (j = 0; j < SARK_COUNT(envs); j++)
			assert_int_equal(
			    sark_key_text_parse(key.text, envs[j], prefix),
			    i == j);
	}
	talloc_free(ctx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_has_the_shape_that_is_promised),
		cmocka_unit_test(the_check_is_forty_bits_of_sha256),
		cmocka_unit_test(keys_are_random),
		cmocka_unit_test(a_key_that_was_changed_is_none),
		cmocka_unit_test(what_is_no_key_is_none),
		cmocka_unit_test(a_key_is_for_one_installation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
