#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "json/reader.h"

#define LONGEST 3000

/* What was written to standard error, read back from a file in its place. */
static char *
said(FILE *file, int saved)
{
	char *text = sark_new_array(NULL, char, 65536);
	size_t n;

	rewind(file);
	n = fread(text, 1, 65535, file);
	text[n] = '\0';
	fclose(file);
	dup2(saved, STDERR_FILENO);
	close(saved);
	return text;
}

/* The line of an event with one value, or three of the same. */
static char *
line_of(enum sark_log_format format, const char *value, bool thrice)
{
	FILE *file = tmpfile();
	int saved = dup(STDERR_FILENO);

	assert_non_null(file);
	dup2(fileno(file), STDERR_FILENO);
	sark_log_open("sark-test", SARK_LOG_INFO, format, SARK_LOG_STDERR);
	sark_log(SARK_LOG_DEBUG, "unheard", NULL);
	if (thrice)
		sark_log(SARK_LOG_INFO, "heard", "a", value, "b", value, "c",
		    value, "d", value, "e", value, NULL);
	else
		sark_log(SARK_LOG_INFO, "heard", "a", value, "none", "", "null",
		    NULL, "after", "x", NULL);
	return said(file, saved);
}

/* Exactly one line of printable characters. */
static void
assert_one_line(const char *text)
{
	size_t len = strlen(text), i;

	assert_true(len > 0);
	assert_int_equal(text[len - 1], '\n');
	for (i = 0; i < len - 1; i++)
		assert_true((unsigned char)text[i] >= 0x20 && text[i] != 0x7f);
	assert_true(sark_str_utf8(text, len));
}

static const struct sark_json *
parsed(void *ctx, const char *text)
{
	const struct sark_json *json;
	struct sark_err err;

	sark_err_init(&err);
	assert_one_line(text);
	if (sark_json_parse(ctx, text, strlen(text) - 1, &json, &err) == -1)
		fail_msg("%s: %s", err.text, text);
	return json;
}

static const char *const values[] = {
	"plain",
	"two words",
	"a \"quoted\" \\ one",
	"line\nfeed\r\nand\ttab",
	"\x1b[31mred\x1b[0m \x7f",
	"fake\" level=error event=\"forged",
	"fake\",\"level\":\"error",
	"Gr\xc3\xbc\xc3\x9f",
	NULL,
};

static void
every_value_is_one_line(void **state)
{
	void *ctx = talloc_new(NULL);
	const struct sark_json *json;
	char *text;
	size_t i;

	(void)state;
	for (i = 0; values[i] != NULL; i++) {
		text = line_of(SARK_LOG_JSON, values[i], false);
		json = parsed(ctx, text);
		assert_string_equal(
		    sark_json_str(sark_json_get(json, "a")), values[i]);
		assert_string_equal(
		    sark_json_str(sark_json_get(json, "after")), "x");
		assert_string_equal(
		    sark_json_str(sark_json_get(json, "level")), "info");
		assert_string_equal(
		    sark_json_str(sark_json_get(json, "event")), "heard");
		assert_int_equal(sark_json_count(json), 7);
		talloc_free(text);

		text = line_of(SARK_LOG_KV, values[i], false);
		assert_one_line(text);
		assert_non_null(strstr(text, " program=sark-test pid="));
		assert_non_null(strstr(text, " event=heard a="));
		assert_non_null(strstr(text, " after=x\n"));
		assert_null(strstr(text, " event=\"forged"));
		talloc_free(text);
	}
	talloc_free(ctx);
}

static void
bytes_that_are_no_text_are_escaped(void **state)
{
	void *ctx = talloc_new(NULL);
	char *text = line_of(SARK_LOG_JSON, "a\xff\xc3(\x01z", false);

	(void)state;
	parsed(ctx, text);
	assert_non_null(strstr(text, "\"a\\u00ff\\u00c3(\\u0001z\""));
	talloc_free(text);
	talloc_free(ctx);
}

/* Whatever is cut, the line is whole. */
static void
long_values_are_cut(void **state)
{
	static const char *const units[] = { "x", "\x01", "\"", "\xff",
		"\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x94\x92", "1\xc3\xbc" };
	void *ctx = talloc_new(NULL);
	char value[LONGEST + 8], *text;
	size_t i, n, shift;

	(void)state;
	for (i = 0; i < SARK_COUNT(units); i++) {
		for (shift = 0; shift < 4; shift++) {
			memset(value, 'y', shift);
			for (n = shift; n < LONGEST; n += strlen(units[i]))
				memcpy(
				    value + n, units[i], strlen(units[i]) + 1);
			text = line_of(SARK_LOG_JSON, value, shift % 2 == 0);
			parsed(ctx, text);
			talloc_free(text);
			text = line_of(SARK_LOG_KV, value, shift % 2 == 0);
			assert_one_line(text);
			talloc_free(text);
		}
	}
	talloc_free(ctx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_value_is_one_line),
		cmocka_unit_test(bytes_that_are_no_text_are_escaped),
		cmocka_unit_test(long_values_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
