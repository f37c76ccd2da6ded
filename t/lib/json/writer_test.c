#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "json/reader.h"
#include "json/writer.h"

static void
start(void *ctx, struct sark_jw *jw, struct sark_buf *buf)
{
	sark_buf_init(buf, ctx);
	sark_jw_init(jw, buf);
}

static void
commas_and_brackets(void **state)
{
	static const char *const roles[] = { "admin", "viewer", NULL };
	struct sark_buf buf;
	struct sark_jw jw;
	void *ctx = talloc_new(NULL);

	(void)state;
	start(ctx, &jw, &buf);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_str(&jw, "s", "x");
	sark_jw_str(&jw, "none", NULL);
	sark_jw_int(&jw, "min", INT64_MIN);
	sark_jw_bool(&jw, "yes", true);
	sark_jw_time(&jw, "time", 1);
	sark_jw_time(&jw, "never", 0);
	sark_jw_open(&jw, "list", '[');
	sark_jw_int(&jw, NULL, 1);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_close(&jw);
	sark_jw_raw(&jw, NULL, "{\"a\":1}", 7);
	sark_jw_close(&jw);
	sark_jw_list(&jw, "roles", roles);
	sark_jw_list(&jw, "teams", NULL);
	sark_jw_null(&jw, "nothing");
	sark_jw_close(&jw);
	assert_string_equal(buf.data,
	    "{\"s\":\"x\",\"none\":null,"
	    "\"min\":-9223372036854775808,\"yes\":true,"
	    "\"time\":\"1970-01-01T00:00:00.001Z\",\"never\":null,"
	    "\"list\":[1,{},{\"a\":1}],\"roles\":[\"admin\",\"viewer\"],"
	    "\"teams\":[],\"nothing\":null}");
	talloc_free(ctx);
}

static void
strings_are_escaped(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "", "\"\"" },
		{ "\"\\/", "\"\\\"\\\\/\"" },
		{ "\b\f\n\r\t\x01\x1f\x7f",
		    "\"\\b\\f\\n\\r\\t\\u0001\\u001f\\u007f\"" },
		{ "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
		    "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"" },
		{ "a\xffz", "\"a\xef\xbf\xbdz\"" },
		{ "\xc3", "\"\xef\xbf\xbd\"" },
		{ "\xc0\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ "\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ "\xe2\x82x", "\"\xef\xbf\xbd\xef\xbf\xbdx\"" },
	};
	struct sark_buf buf;
	struct sark_jw jw;
	void *ctx = talloc_new(NULL);
	size_t i;

	(void)state;
	for (i = 0; i < SARK_COUNT(rows); i++) {
		start(ctx, &jw, &buf);
		sark_jw_str(&jw, NULL, rows[i].in);
		assert_string_equal(buf.data, rows[i].out);
	}
	talloc_free(ctx);
}

/* Every byte, alone and behind another, gives a text that our reader takes. */
static void
whatever_is_written_can_be_read(void **state)
{
	const struct sark_json *value;
	struct sark_err err;
	struct sark_buf buf;
	struct sark_jw jw;
	char bytes[3];
	void *ctx;
	int a, b;

	(void)state;
	for (a = 0; a < 256; a++) {
		ctx = talloc_new(NULL);
		sark_buf_init(&buf, ctx);
		for (b = 1; b < 256; b++) {
			sark_buf_reset(&buf);
			sark_jw_init(&jw, &buf);
			bytes[0] = a == 0 ? 'a' : (char)a;
			bytes[1] = (char)b;
			sark_jw_strn(&jw, NULL, bytes, 2);
			sark_err_init(&err);
			assert_int_equal(sark_json_parse(ctx, buf.data, buf.len,
					     &value, &err),
			    0);
		}
		talloc_free(ctx);
	}
}

static void
doubles_come_back(void **state)
{
	static const double values[] = { 0, -0.0, 0.1, 1.0 / 3, 1e300, -DBL_MAX,
		DBL_MIN, 5e-324, 123456789.123, 1e15, 1e17 };
	struct sark_buf buf;
	struct sark_jw jw;
	void *ctx = talloc_new(NULL);
	double again;
	size_t i;

	(void)state;
	for (i = 0; i < SARK_COUNT(values); i++) {
		start(ctx, &jw, &buf);
		sark_jw_double(&jw, NULL, values[i]);
		again = strtod(buf.data, NULL);
		assert_memory_equal(&again, &values[i], sizeof(again));
	}
	start(ctx, &jw, &buf);
	sark_jw_double(&jw, NULL, 0.1);
	assert_string_equal(buf.data, "0.1");
	/* "-0" would be an integer to whoever reads it. */
	start(ctx, &jw, &buf);
	sark_jw_double(&jw, NULL, -0.0);
	assert_string_equal(buf.data, "-0.0");
	start(ctx, &jw, &buf);
	sark_jw_double(&jw, NULL, (double)INFINITY);
	assert_string_equal(buf.data, "null");
	talloc_free(ctx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commas_and_brackets),
		cmocka_unit_test(strings_are_escaped),
		cmocka_unit_test(whatever_is_written_can_be_read),
		cmocka_unit_test(doubles_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
