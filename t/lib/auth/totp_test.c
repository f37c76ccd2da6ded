/* One-time passwords by time: the vectors of RFC 6238, skew, the URI. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "auth/totp.h"
#include "base/mem.h"

/* RFC 6238 appendix B: the secret of SHA-1. */
static const struct sark_totp_secret secret = {
	(const unsigned char *)"12345678901234567890", SARK_TOTP_SECRET_BYTES
};

/* Appendix B has eight digits; six are the last six of them. */
static const struct {
	int64_t time_s;
	const char *code;
} vectors[] = {
	{ 59, "287082" },
	{ 1111111109, "081804" },
	{ 1111111111, "050471" },
	{ 1234567890, "005924" },
	{ 2000000000, "279037" },
	{ 20000000000, "353130" },
};

static void
vectors_of_the_standard(void **state)
{
	int64_t step;

	(void)state;
	for (size_t i = 0; i < SARK_COUNT(vectors); i++) {
		step = -1;
		assert_int_equal(sark_totp_match(&secret, vectors[i].time_s,
				     vectors[i].code, &step),
		    1);
		assert_int_equal(step, vectors[i].time_s / 30);
	}
}

static void
one_step_off(void **state)
{
	static const struct {
		int64_t off_s;
		int found;
	} rows[] = { { 0, 1 }, { 9, 1 }, { -20, 1 }, { -21, 1 }, { -50, 1 },
		{ -51, 0 }, { 10, 1 }, { 39, 1 }, { 40, 0 }, { 3600, 0 } };
	const int64_t time_s = 1234567890;
	int64_t step;

	(void)state;
	assert_int_equal(time_s % 30, 0);
	for (size_t i = 0; i < SARK_COUNT(rows); i++) {
		int64_t now = time_s + 20 + rows[i].off_s;

		step = -1;
		assert_int_equal(sark_totp_match(&secret, now, "005924", &step),
		    rows[i].found);
		assert_int_equal(step, rows[i].found ? time_s / 30 : -1);
	}
}

static void
what_is_no_code(void **state)
{
	static const char *const wrong[] = { "", "287083", "28708", "2870820",
		"94287082", " 287082", "28708\n", "287 082", "abcdef",
		"\xd9\xa2\xd9\xa8\xd9\xa7" };
	int64_t step = -1;

	(void)state;
	for (size_t i = 0; i < SARK_COUNT(wrong); i++)
		assert_int_equal(
		    sark_totp_match(&secret, 59, wrong[i], &step), 0);
	assert_int_equal(step, -1);
}

static void
the_first_steps_of_time(void **state)
{
	int64_t step = -1;

	(void)state;
	/* Step 0 has no step before it; RFC 4226 appendix D, counter 0. */
	assert_int_equal(sark_totp_match(&secret, 0, "755224", &step), 1);
	assert_int_equal(step, 0);
	assert_int_equal(sark_totp_match(&secret, 0, "287082", &step), 1);
	assert_int_equal(step, 1);
}

static void
secret_and_uri(void **state)
{
	void *ctx = talloc_new(NULL);

	(void)state;
	assert_string_equal(
	    sark_totp_base32(ctx, &secret), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
	assert_string_equal(
	    sark_totp_uri(ctx, &secret, "SARK at home", "j\xc3\xb6rg&co/?"),
	    "otpauth://totp/SARK%20at%20home:j%C3%B6rg%26co%2F%3F"
	    "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	    "&issuer=SARK%20at%20home&algorithm=SHA1&digits=6&period=30");
	talloc_free(ctx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors_of_the_standard),
		cmocka_unit_test(one_step_off),
		cmocka_unit_test(what_is_no_code),
		cmocka_unit_test(the_first_steps_of_time),
		cmocka_unit_test(secret_and_uri),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
