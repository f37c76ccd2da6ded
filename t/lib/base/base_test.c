#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/b64.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/code.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "base/uuid.h"

static void
every_code_has_a_row(void **state)
{
	int code;

	(void)state;
	for (code = SARK_OK; code < SARK_CODES; code++) {
		assert_non_null(sark_code_name((enum sark_code)code));
		assert_in_range(
		    sark_code_status((enum sark_code)code), 200, 599);
	}
	assert_string_equal(
	    sark_code_name(SARK_TOKEN_EXPIRED), "token_expired");
	assert_int_equal(sark_code_exit(SARK_CONFIG), 78);
}

static void
first_error_wins(void **state)
{
	struct sark_err err;

	(void)state;
	sark_err_init(&err);
	assert_int_equal(sark_err_set(&err, SARK_CONFLICT, "one"), -1);
	assert_int_equal(sark_err_set(&err, SARK_INTERNAL, "two"), -1);
	assert_int_equal(err.code, SARK_CONFLICT);
	assert_string_equal(err.text, "one");
}

static void
buffers_grow(void **state)
{
	struct sark_buf buf;
	int i;

	(void)state;
	sark_buf_init(&buf, NULL);
	for (i = 0; i < 1000; i++)
		sark_buf_format(&buf, "%03d", i);
	assert_int_equal(buf.len, 3000);
	assert_memory_equal(buf.data + 2997, "999", 4);
	talloc_free(buf.data);
}

static void
integers_are_strict(void **state)
{
	static const char *const bad[] = { "", "-", "+1", " 1", "1 ", "01",
		"-0", "0x10", "1e3", "9223372036854775808", "1.0", "300x" };
	int64_t value;
	size_t i;

	(void)state;
	for (i = 0; i < SARK_COUNT(bad); i++)
		assert_int_equal(
		    sark_num_int(bad[i], INT64_MIN, INT64_MAX, &value), -1);
	assert_int_equal(
	    sark_num_int("-9223372036854775808", INT64_MIN, INT64_MAX, &value),
	    0);
	assert_true(value == INT64_MIN);
	assert_int_equal(sark_num_int("5", 0, 4, &value), -1);
	assert_int_equal(sark_num_int("4", 0, 4, &value), 0);
}

static void
times_round_trip(void **state)
{
	static const char *const bad[] = { "", "2026-02-29T00:00:00Z",
		"2026-13-01T00:00:00Z", "2026-01-01", "2026-01-01T24:00:00Z",
		"2026-01-01T00:00:60Z", "2026-01-01T00:00:00",
		"2026-01-01T00:00:00.Z", "2026-01-01T00:00:00Zx" };
	char text[SARK_TIME_TEXT];
	int64_t ms;
	size_t i;

	(void)state;
	assert_int_equal(
	    sark_time_parse("2024-02-29T23:59:59.987+02:00", &ms), 0);
	sark_time_format(text, ms);
	assert_string_equal(text, "2024-02-29T21:59:59.987Z");
	sark_time_format(text, -1);
	assert_string_equal(text, "1969-12-31T23:59:59.999Z");
	for (i = 0; i < SARK_COUNT(bad); i++)
		assert_int_equal(sark_time_parse(bad[i], &ms), -1);
}

static void
ids_ascend(void **state)
{
	char last[SARK_UUID_TEXT] = "", id[SARK_UUID_TEXT];
	int i;

	(void)state;
	for (i = 0; i < 10000; i++) {
		sark_uuid_make(id);
		assert_true(sark_uuid_valid(id));
		assert_int_equal(id[14], '7');
		assert_true(strcmp(id, last) > 0);
		memcpy(last, id, sizeof(last));
	}
	assert_in_range(
	    sark_uuid_ms(id), sark_clock_ms() - 60000, sark_clock_ms() + 60000);
	assert_false(sark_uuid_valid("0192F000-0000-7000-8000-000000000000"));
	assert_false(sark_uuid_valid("{0192f000-0000-7000-8000-00000000000"));
	assert_false(sark_uuid_valid(""));
}

static void
utf8_is_strict(void **state)
{
	static const char *const bad[] = { "\xc0\x80", "\xed\xa0\x80",
		"\xf4\x90\x80\x80", "\x80", "\xe2\x82", "\xff", "\xf8\x88" };
	size_t i;

	(void)state;
	assert_true(sark_str_utf8("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", 10));
	assert_false(sark_str_utf8("a\0b", 3));
	for (i = 0; i < SARK_COUNT(bad); i++)
		assert_false(sark_str_utf8(bad[i], strlen(bad[i])));
}

static void
base64url_has_one_spelling(void **state)
{
	static const char *const bad[] = { "A", "AB=", "AA==", "A+", "A/", "AB",
		"A A" };
	unsigned char out[16];
	char text[16];
	size_t n, i;

	(void)state;
	sark_b64url_encode(text, "\xfb\xff\xfe\x01", 4);
	assert_string_equal(text, "-__-AQ");
	assert_int_equal(sark_b64url_decode(out, &n, text, 6), 0);
	assert_int_equal(n, 4);
	assert_memory_equal(out, "\xfb\xff\xfe\x01", 4);
	for (i = 0; i < SARK_COUNT(bad); i++)
		assert_int_equal(
		    sark_b64url_decode(out, &n, bad[i], strlen(bad[i])), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_has_a_row),
		cmocka_unit_test(first_error_wins),
		cmocka_unit_test(buffers_grow),
		cmocka_unit_test(integers_are_strict),
		cmocka_unit_test(times_round_trip),
		cmocka_unit_test(ids_ascend),
		cmocka_unit_test(utf8_is_strict),
		cmocka_unit_test(base64url_has_one_spelling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
