/*
 * Every builtin against OPA's own answers, t/data/builtin_cases.json; the
 * test beside, builtin_cases.t, asks OPA whether they still are its answers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "json/reader.h"
#include "policy/builtin.h"
#include "policy/zone.h"

static void *mem;
static struct sark_zones *zones;

static int
setup(void **state SARK_UNUSED)
{
	mem = talloc_new(NULL);
	zones = sark_zones_new(mem);
	return 0;
}

static int
teardown(void **state SARK_UNUSED)
{
	talloc_free(mem);
	return 0;
}

static struct sark_term *
term(const char *text)
{
	struct sark_term *value;

	if (sark_term_parse(mem, text, strlen(text), &value) == -1)
		fail_msg("no value: %s", text);
	return value;
}

static const char *
written(const struct sark_term *value)
{
	struct sark_buf buf;

	sark_buf_init(&buf, mem);
	sark_term_write(&buf, value);
	return buf.data;
}

/* Calls "name(arg, arg)". */
static int
evaluate(const char *text, struct sark_term **value_r, struct sark_err *err)
{
	struct sark_builtin_call call = {
		.ctx = mem, .now_ns = 1234567890, .zones = zones
	};
	const char *open = strchr(text, '(');
	const struct sark_builtin *builtin;
	const struct sark_term *x;
	char *name, *args;

	assert_non_null(open);
	name = sark_strndup(mem, text, (size_t)(open - text));
	args = sark_format(mem, "[%.*s]", (int)strlen(open + 1) - 1, open + 1);
	builtin = sark_builtin_find(name);
	if (builtin == NULL)
		fail_msg("no builtin %s", name);
	for (x = term(args)->first; x != NULL; x = x->next)
		call.args[call.count++] = x;
	assert_int_equal(call.count, builtin->args);
	sark_err_init(err);
	return builtin->fn(&call, value_r, err);
}

static bool
as_opa(const char *call, const char *want)
{
	struct sark_term *value = NULL;
	struct sark_err err;
	int found = evaluate(call, &value, &err);

	if (found == 1 && want != NULL &&
	    sark_term_compare(value, term(want)->first) == 0)
		return true;
	if (found == 0 && want == NULL)
		return true;
	print_error("%s\n    gives %s\n    OPA   %s\n", call,
	    found == 1	     ? written(value)
		: found == 0 ? "undefined"
			     : err.text,
	    want == NULL ? "undefined" : want);
	return false;
}

static void
answers_as_opa_does(void **state SARK_UNUSED)
{
	const char *top = getenv("top_srcdir"), *path;
	const struct sark_json *cases, *row;
	size_t len, i, wrong = 0;
	struct sark_err err;
	char *text;

	sark_err_init(&err);
	path = sark_format(
	    mem, "%s/t/data/builtin_cases.json", top != NULL ? top : ".");
	if (sark_file_read(mem, path, 1 << 20, &text, &len, &err) == -1 ||
	    sark_json_parse(mem, text, len, &cases, &err) == -1)
		fail_msg("%s", err.text);
	assert_true(sark_json_count(cases) > 300);
	for (i = 0; i < sark_json_count(cases); i++) {
		row = sark_json_element(cases, i);
		wrong += !as_opa(sark_json_str(sark_json_get(row, "call")),
		    sark_json_str(sark_json_get(row, "value")));
	}
	assert_int_equal(wrong, 0);
}

/* What OPA could answer and we do not: the evaluation ends, in a denial. */
static void
gives_up_rather_than_guess(void **state SARK_UNUSED)
{
	static const char *const calls[] = {
		"net.cidr_expand(\"10.0.0.0/8\")",
		"net.cidr_expand(\"2001:db8::/32\")",
		"time.clock([0, \"Local\"])",
		"sprintf(\"%T\", [1])",
		"sprintf(\"%*d\", [5, 1])",
		"sprintf(\"%2000d\", [1])",
		"regex.replace(\"a\", \"\\\\101\", \"x\")",
		"regex.find_n(\"(a|b|ab)*[cd]\", "
		"\"ababababababababababababababab"
		"abababababababababababababababababababababababab\", -1)",
		"hex.decode(\"ff\")",
		"urlquery.decode(\"%ff\")",
		"units.parse(\"99999999999999999999999999999999999999999\")",
	};
	struct sark_term *value;
	struct sark_err err;
	size_t i;

	for (i = 0; i < SARK_COUNT(calls); i++) {
		if (evaluate(calls[i], &value, &err) != -1)
			fail_msg("%s was answered", calls[i]);
		assert_int_equal(err.code, SARK_POLICY_UNAVAILABLE);
	}
}

static void
takes_the_time_of_the_request(void **state SARK_UNUSED)
{
	struct sark_term *value;
	struct sark_err err;

	assert_int_equal(evaluate("time.now_ns()", &value, &err), 1);
	assert_string_equal(written(value), "1234567890");
}

/* Neither effects nor hidden inputs. */
static void
has_no_forbidden_builtin(void **state SARK_UNUSED)
{
	static const char *const names[] = { "http.send", "net.lookup_ip_addr",
		"opa.runtime", "rand.intn", "uuid.rfc4122" };
	size_t i;

	assert_non_null(sark_builtin_find("sprintf"));
	for (i = 0; i < SARK_COUNT(names); i++)
		assert_null(sark_builtin_find(names[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_as_opa_does),
		cmocka_unit_test(gives_up_rather_than_guess),
		cmocka_unit_test(takes_the_time_of_the_request),
		cmocka_unit_test(has_no_forbidden_builtin),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
