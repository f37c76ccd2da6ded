#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "json/reader.h"

#include "cases.h"

/* Parses exactly len bytes: what lies behind them is not ours to read. */
static int
parse(void *ctx, const char *text, size_t len, const struct sark_json **value_r,
    struct sark_err *err)
{
	char *exact = talloc_memdup(ctx, text, len > 0 ? len : 1);

	sark_err_init(err);
	return sark_json_parse(ctx, exact, len, value_r, err);
}

static void
bad_texts_are_refused(void **state)
{
	const struct sark_json *value;
	struct sark_err err;
	const char *control;
	void *ctx;
	size_t i;

	(void)state;
	for (i = 0; i < SARK_COUNT(refused); i++) {
		ctx = talloc_new(NULL);
		if (parse(ctx, refused[i].text, refused[i].len, &value, &err) !=
		    -1)
			fail_msg("accepted: %s", refused[i].kind);
		assert_int_equal(err.code, SARK_BAD_REQUEST);
		control = refused[i].control;
		if (parse(ctx, control, strlen(control), &value, &err) == -1)
			fail_msg("control of %s refused: %s", refused[i].kind,
			    err.text);
		talloc_free(ctx);
	}
}

static void
good_texts_come_back(void **state)
{
	const struct sark_json *value;
	struct sark_err err;
	const char *text;
	void *ctx;
	size_t i, len;

	(void)state;
	for (i = 0; i < SARK_COUNT(accepted); i++) {
		ctx = talloc_new(NULL);
		text = accepted[i].text;
		if (parse(ctx, text, strlen(text), &value, &err) == -1)
			fail_msg("refused: %s: %s", text, err.text);
		text = sark_json_text(ctx, value, &len);
		assert_string_equal(text, accepted[i].again);
		assert_int_equal(len, strlen(text));
		talloc_free(ctx);
	}
}

/* Every prefix of a text with everything in it is refused. */
static void
cut_texts_are_refused(void **state)
{
	static const char whole[] = "{\"a\":[1,-2.5e3,\"\\u00e9\xc3\xa9\",true,"
				    "false,null,{}],\"b\":{\"c\":[]}}";
	const struct sark_json *value;
	struct sark_err err;
	void *ctx = talloc_new(NULL);
	size_t n;

	(void)state;
	for (n = 0; n < sizeof(whole) - 1; n++)
		assert_int_equal(parse(ctx, whole, n, &value, &err), -1);
	assert_int_equal(parse(ctx, whole, n, &value, &err), 0);
	talloc_free(ctx);
}

static int
parse_nested(size_t depth, bool objects)
{
	const struct sark_json *value;
	struct sark_err err;
	struct sark_buf buf;
	void *ctx = talloc_new(NULL);
	size_t i;
	int ret;

	sark_buf_init(&buf, ctx);
	for (i = 1; i < depth; i++)
		sark_buf_str(&buf, objects ? "{\"a\":" : "[");
	sark_buf_str(&buf, objects ? "{" : "[");
	for (i = 0; i < depth; i++)
		sark_buf_char(&buf, objects ? '}' : ']');
	ret = parse(ctx, buf.data, buf.len, &value, &err);
	talloc_free(ctx);
	return ret;
}

static void
depth_is_bounded(void **state)
{
	static const size_t deep[] = { 33, 34, 64, 65, 2000, 100000 };
	size_t i;

	(void)state;
	assert_int_equal(parse_nested(32, false), 0);
	assert_int_equal(parse_nested(32, true), 0);
	for (i = 0; i < SARK_COUNT(deep); i++) {
		assert_int_equal(parse_nested(deep[i], false), -1);
		assert_int_equal(parse_nested(deep[i], true), -1);
	}
}

/* A body of a million bytes of members, walked by index: not quadratic. */
static void
many_members_are_fast(void **state)
{
	const struct sark_json *value;
	struct sark_err err;
	struct sark_buf buf;
	const char *name;
	void *ctx = talloc_new(NULL);
	int64_t start, took;
	size_t n = 0, i;

	(void)state;
	sark_buf_init(&buf, ctx);
	sark_buf_str(&buf, "{\"first\":0");
	for (; buf.len < 1000000; n++)
		sark_buf_format(&buf, ",\"k%zx\":%zu", n, n % 10);
	sark_buf_char(&buf, '}');
	sark_err_init(&err);
	start = sark_clock_mono_ns();
	assert_int_equal(
	    sark_json_parse(ctx, buf.data, buf.len, &value, &err), 0);
	took = (sark_clock_mono_ns() - start) / 1000000;
	assert_int_equal(sark_json_count(value), n + 1);
	for (i = 0; i < n; i++)
		assert_non_null(sark_json_member(value, i, &name));
	/* The bound of the catalogue is 100 ms: for a reader, not asserted. */
	print_message("# %zu members parsed in %d ms\n", n, (int)took);
	talloc_free(ctx);
}

static void
values_are_read(void **state)
{
	static const char text[] =
	    "{\"i\":42,\"d\":1.5,\"one\":1.0,\"s\":\"x\","
	    "\"t\":true,\"n\":null,\"a\":[10,[11,12]],\"o\":{\"a/b\":1,\"~\":2,"
	    "\"\":3}}";
	const struct sark_json *v;
	struct sark_err err;
	const char *name;
	void *ctx = talloc_new(NULL);

	(void)state;
	assert_int_equal(parse(ctx, text, sizeof(text) - 1, &v, &err), 0);
	assert_int_equal(sark_json_type(v), SARK_JSON_OBJECT);
	assert_int_equal(sark_json_count(v), 8);
	assert_int_equal(sark_json_int(sark_json_get(v, "i"), 0), 42);
	assert_int_equal(sark_json_int(sark_json_get(v, "d"), -1), -1);
	assert_int_equal(
	    sark_json_type(sark_json_get(v, "one")), SARK_JSON_DOUBLE);
	assert_true(sark_json_double(sark_json_get(v, "d"), 0) > 1.4);
	assert_true(sark_json_double(sark_json_get(v, "i"), 0) > 41.9);
	assert_string_equal(sark_json_str(sark_json_get(v, "s")), "x");
	assert_null(sark_json_str(sark_json_get(v, "i")));
	assert_true(sark_json_bool(sark_json_get(v, "t"), false));
	assert_true(sark_json_bool(sark_json_get(v, "s"), true));
	assert_null(sark_json_get(v, "n"));
	assert_null(sark_json_get(v, "absent"));
	assert_null(sark_json_get(sark_json_get(v, "a"), "i"));
	assert_int_equal(sark_json_type(NULL), SARK_JSON_NULL);
	assert_int_equal(sark_json_count(NULL), 0);
	assert_int_equal(sark_json_int(NULL, 7), 7);
	assert_non_null(sark_json_member(v, 0, &name));
	assert_string_equal(name, "i");
	assert_null(sark_json_member(v, 5, &name));
	assert_string_equal(name, "n");
	assert_null(sark_json_member(v, 8, &name));
	assert_null(name);
	assert_null(sark_json_element(v, 0));
	talloc_free(ctx);
}

static void
pointers_lead(void **state)
{
	static const char text[] =
	    "{\"a\":[10,[11,12]],\"o\":{\"a/b\":1,\"~\":2,"
	    "\"\":3,\"~1\":4}}";
	static const struct {
		const char *pointer;
		int64_t value;
	} rows[] = {
		{ "/a/0", 10 },
		{ "/a/1/1", 12 },
		{ "/o/a~1b", 1 },
		{ "/o/~0", 2 },
		{ "/o/", 3 },
		{ "/o/~01", 4 },
		{ "/a/2", -1 },
		{ "/a/01", -1 },
		{ "/a/-", -1 },
		{ "/a/ 0", -1 },
		{ "/o/~2", -1 },
		{ "/o/~", -1 },
		{ "a", -1 },
		{ "/x/y", -1 },
		{ "/a/99999999999999999999", -1 },
	};
	const struct sark_json *v;
	struct sark_err err;
	void *ctx = talloc_new(NULL);
	size_t i;

	(void)state;
	assert_int_equal(parse(ctx, text, sizeof(text) - 1, &v, &err), 0);
	for (i = 0; i < SARK_COUNT(rows); i++)
		assert_int_equal(
		    sark_json_int(sark_json_at(v, rows[i].pointer), -1),
		    rows[i].value);
	assert_ptr_equal(sark_json_at(v, ""), v);
	talloc_free(ctx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_texts_are_refused),
		cmocka_unit_test(good_texts_come_back),
		cmocka_unit_test(cut_texts_are_refused),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(many_members_are_fast),
		cmocka_unit_test(values_are_read),
		cmocka_unit_test(pointers_lead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
