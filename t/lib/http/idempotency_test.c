#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "http/idempotency.h"

/* want is NULL for a value that is no key. */
static void
assert_key(const char *value, const char *want)
{
	void *mem = talloc_new(NULL);
	const char *key = NULL;
	struct sark_err err;
	int result;

	sark_err_init(&err);
	result = sark_idempotency_key(mem, value, &key, &err);
	if (result != (want == NULL ? -1 : 0))
		print_message("# %s\n", value);
	assert_int_equal(result, want == NULL ? -1 : 0);
	assert_int_equal(err.code, want == NULL ? SARK_BAD_REQUEST : SARK_OK);
	if (want != NULL)
		assert_string_equal(key, want);
	talloc_free(mem);
}

static void
a_key_is_quoted_or_bare(void **state)
{
	(void)state;
	assert_key("\"8e03978e-40d5-43dd-bc93-6894a57f9324\"",
	    "8e03978e-40d5-43dd-bc93-6894a57f9324");
	assert_key("8e03978e-40d5-43dd-bc93-6894a57f9324",
	    "8e03978e-40d5-43dd-bc93-6894a57f9324");
	assert_key("\"a\\\"b\\\\c,d\"", "a\"b\\c,d");
	assert_key("!#;~", "!#;~");
	assert_key("x", "x");
}

static void
anything_else_is_refused(void **state)
{
	static const char *const odd[] = { "", " ", "\"", "\"\"", "\"a", "a\"",
		"\"a\"b", "\"a\" ", " a", "a ", "a b", "\"a b\"", "\"a\\b\"",
		"\"a\\", "a\\b", "a,b", "\"a\", \"b\"", "\"a\";x=1", "a\tb",
		"\"a\tb\"", "\x7f", "\"\x7f\"", "\xc3\xa9", "\"\xc3\xa9\"" };
	size_t i;

	(void)state;
	for (i = 0; i < SARK_COUNT(odd); i++)
		assert_key(odd[i], NULL);
}

static void
a_key_has_at_most_255_characters(void **state)
{
	char key[SARK_IDEMPOTENCY_KEY_MAX + 2], quoted[sizeof(key) + 2];

	(void)state;
	memset(key, 'x', sizeof(key));
	key[sizeof(key) - 1] = '\0';
	assert_key(key, NULL);
	snprintf(quoted, sizeof(quoted), "\"%s\"", key);
	assert_key(quoted, NULL);
	key[SARK_IDEMPOTENCY_KEY_MAX] = '\0';
	assert_key(key, key);
	snprintf(quoted, sizeof(quoted), "\"%s\"", key);
	assert_key(quoted, key);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_is_quoted_or_bare),
		cmocka_unit_test(anything_else_is_refused),
		cmocka_unit_test(a_key_has_at_most_255_characters),
	};

	return cmocka_run_group_tests_name(
	    "http/idempotency", tests, NULL, NULL);
}
