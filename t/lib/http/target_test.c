#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "http/target.h"

static void
assert_target(const char *target, enum sark_code code, const char *path,
    const char *query)
{
	void *mem = talloc_new(NULL);
	const char *got_path = NULL, *got_query = NULL;
	struct sark_err err;
	int result;

	sark_err_init(&err);
	result = sark_target_parse(mem, target, &got_path, &got_query, &err);
	if (err.code != code)
		print_message("# %s: %s\n", target, err.text);
	assert_int_equal(err.code, code);
	assert_int_equal(result, code == SARK_OK ? 0 : -1);
	if (code == SARK_OK) {
		assert_string_equal(got_path, path);
		assert_string_equal(got_query, query);
	}
	talloc_free(mem);
}

static void
canonical_targets_pass(void **state)
{
	(void)state;
	assert_target("/", SARK_OK, "/", "");
	assert_target("/a/b", SARK_OK, "/a/b", "");
	assert_target("/a?", SARK_OK, "/a", "");
	assert_target("/a?b=c&d=%00", SARK_OK, "/a", "b=c&d=%00");
	assert_target("/a?b=/?", SARK_OK, "/a", "b=/?");
	assert_target("/a/", SARK_OK, "/a/", "");
	assert_target("/ADMIN", SARK_OK, "/ADMIN", "");
	assert_target(
	    "/.well-known/jwks.json", SARK_OK, "/.well-known/jwks.json", "");
	assert_target("/a/...", SARK_OK, "/a/...", "");
	assert_target("/a%20b", SARK_OK, "/a b", "");
	assert_target("/%C3%A9", SARK_OK, "/\xc3\xa9", "");
	assert_target("/a%25b", SARK_OK, "/a%b", "");
	assert_target("/a:b@c", SARK_OK, "/a:b@c", "");
}

static void
http11_a_path_has_one_spelling(void **state)
{
	static const char *const odd[] = { "/a/../admin", "/a/%2e%2e/", "/a/..",
		"/..", "/a/./b", "/.", "//admin", "/a//b", "/a//", "/admin;x=1",
		"/%61dmin", "/admin%2f", "/admin%2F", "/\\admin", "/%5cadmin",
		"/a/..;/b", "/a%3bx", "/%2e/", "/a%7Eb", "/%41", "/a#b", "/a b",
		"/a<b", "/a\"b", "/a|b", "/a`b", "/{id}", "/a^b", NULL };
	const char *const *p;

	(void)state;
	for (p = odd; *p != NULL; p++)
		assert_target(*p, SARK_BAD_REQUEST, NULL, NULL);
}

static void
http10_control_bytes_and_bad_utf8_are_refused(void **state)
{
	static const char *const odd[] = { "/a%00", "/a%0d%0aX:y", "/a%0A",
		"/a%09b", "/a%7f", "/a\tb", "/a\x80", "/\xc3\xa9", "/%c3",
		"/%c0%ae", "/%ed%a0%80", "/%ff", "/%", "/%4", "/%g1", "/a%1",
		"/a?b=\xc3\xa9", "/a?b=c d", "/a?b=\r\n", "/a?b#c", NULL };
	const char *const *p;

	(void)state;
	for (p = odd; *p != NULL; p++)
		assert_target(*p, SARK_BAD_REQUEST, NULL, NULL);
}

static void
http19_only_origin_form_is_taken(void **state)
{
	(void)state;
	assert_target("http://evil/a", SARK_BAD_REQUEST, NULL, NULL);
	assert_target("*", SARK_BAD_REQUEST, NULL, NULL);
	assert_target("", SARK_BAD_REQUEST, NULL, NULL);
	assert_target("evil:443", SARK_BAD_REQUEST, NULL, NULL);
	assert_target("a", SARK_BAD_REQUEST, NULL, NULL);
}

static void
http18_long_targets_are_refused(void **state)
{
	char target[SARK_TARGET_QUERY_MAX + 8];

	(void)state;
	memset(target, 'a', sizeof(target));
	target[0] = '/';
	target[SARK_TARGET_PATH_MAX] = '\0';
	assert_target(target, SARK_OK, target, "");
	target[SARK_TARGET_PATH_MAX] = 'a';
	target[SARK_TARGET_PATH_MAX + 1] = '\0';
	assert_target(target, SARK_URI_TOO_LONG, NULL, NULL);

	memset(target, 'a', sizeof(target));
	memcpy(target, "/?", 2);
	target[SARK_TARGET_QUERY_MAX + 2] = '\0';
	assert_target(target, SARK_OK, "/", target + 2);
	target[SARK_TARGET_QUERY_MAX + 2] = 'a';
	target[SARK_TARGET_QUERY_MAX + 3] = '\0';
	assert_target(target, SARK_URI_TOO_LONG, NULL, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(canonical_targets_pass),
		cmocka_unit_test(http11_a_path_has_one_spelling),
		cmocka_unit_test(http10_control_bytes_and_bad_utf8_are_refused),
		cmocka_unit_test(http19_only_origin_form_is_taken),
		cmocka_unit_test(http18_long_targets_are_refused),
	};

	return cmocka_run_group_tests_name("http/target", tests, NULL, NULL);
}
