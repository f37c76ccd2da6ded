#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "crypto/version.h"
#include "http/etag.h"

#define BODY "{\"a\":1}"

static struct sark_etags etags;

static void
assert_list(void *mem, const char *value, size_t count)
{
	if (sark_etags_parse(mem, value, &etags) == -1)
		fail_msg("%s", value);
	assert_int_equal(etags.count, count);
	assert_int_equal(etags.any, count == 0);
}

static void
lists_are_read(void **state)
{
	void *mem = *state;

	assert_list(mem, "*", 0);
	assert_list(mem, " * ", 0);
	assert_list(mem, "\"a\"", 1);
	assert_string_equal(etags.items[0].opaque, "a");
	assert_false(etags.items[0].weak);
	assert_list(mem, "W/\"a\",\t\"b\" , \"\"", 3);
	assert_true(etags.items[0].weak);
	assert_false(etags.items[1].weak);
	assert_string_equal(etags.items[2].opaque, "");
	assert_list(mem, ", ,\"a\",,\"b\",", 2);
	assert_list(mem, "\"a,b\\\", \"*\"", 2);
	assert_string_equal(etags.items[0].opaque, "a,b\\");
	assert_string_equal(etags.items[1].opaque, "*");
}

static void
what_is_no_list_is_refused(void **state)
{
	static const char *const odd[] = { "", " ", ",", "a", "\"a", "a\"",
		"\"a\"b", "\"a\" \"b\"", "\"a b\"", "w/\"a\"", "W/a", "W\"a\"",
		"W/ \"a\"", "*, \"a\"", "\"a\", *", "**", "\"a\tb\"",
		"\"\x7f\"", "\"\xc3\xa9\"", "'a'" };
	size_t i;

	for (i = 0; i < SARK_COUNT(odd); i++)
		if (sark_etags_parse(*state, odd[i], &etags) == 0)
			fail_msg("taken: '%s'", odd[i]);
}

/* n tags, the last of which is "last". */
static const char *
many(void *mem, size_t n)
{
	struct sark_buf buf;
	size_t i;

	sark_buf_init(&buf, mem);
	for (i = 1; i < n; i++)
		sark_buf_format(&buf, "\"%zu\", ", i);
	sark_buf_str(&buf, "\"last\"");
	return buf.data;
}

static void
http21_a_list_has_an_end(void **state)
{
	void *mem = *state;

	assert_list(mem, many(mem, SARK_ETAGS), SARK_ETAGS);
	assert_true(sark_etags_match(&etags, "last", false));
	assert_int_equal(
	    sark_etags_parse(mem, many(mem, SARK_ETAGS + 1), &etags), -1);
	assert_int_equal(sark_etags_parse(mem, many(mem, 10000), &etags), -1);
}

static void
weak_tags_match_weakly_only(void **state)
{
	void *mem = *state;

	assert_list(mem, "W/\"a\", \"b\"", 2);
	assert_true(sark_etags_match(&etags, "a", true));
	assert_false(sark_etags_match(&etags, "a", false));
	assert_true(sark_etags_match(&etags, "b", true));
	assert_true(sark_etags_match(&etags, "b", false));
	assert_false(sark_etags_match(&etags, "c", true));
	assert_list(mem, "*", 0);
	assert_true(sark_etags_match(&etags, "c", false));
}

/* ---- answers */

static struct sark_req
request(void *mem, const char *if_match, const char *if_none_match)
{
	return (struct sark_req){ .method = SARK_GET,
		.if_match = if_match,
		.if_none_match = if_none_match,
		.mem = mem };
}

/* The status of an answer whose body is BODY; -1 with its error. */
static int
answer(void *mem, const char *if_match, const char *if_none_match,
    enum sark_code *code_r)
{
	struct sark_req req = request(mem, if_match, if_none_match);
	struct sark_resp resp = { .status = 200 };
	struct sark_err err;
	int ret;

	sark_err_init(&err);
	sark_buf_init(&resp.headers, mem);
	sark_buf_init(&resp.body, mem);
	sark_buf_str(&resp.body, BODY);
	ret = sark_etag_answer(&req, &resp, &err);
	*code_r = err.code;
	if (ret == -1)
		return -1;
	assert_non_null(strstr(resp.headers.data, "ETag: \""));
	assert_int_equal(resp.body.len, resp.status == 304 ? 0 : strlen(BODY));
	return resp.status;
}

static void
assert_answer(void *mem, const char *if_match, const char *if_none_match,
    int status, enum sark_code code)
{
	enum sark_code got;

	assert_int_equal(answer(mem, if_match, if_none_match, &got), status);
	assert_int_equal(got, code);
}

static void
conditions_of_a_get(void **state)
{
	char version[SARK_VERSION_TEXT];
	void *mem = *state;
	const char *tag, *weak;

	sark_version_of(version, BODY, strlen(BODY));
	tag = sark_format(mem, "\"%s\"", version);
	weak = sark_format(mem, "\"x\", W/%s", tag);
	assert_answer(mem, NULL, "", 200, SARK_OK);
	assert_answer(mem, NULL, tag, 304, SARK_OK);
	assert_answer(mem, NULL, weak, 304, SARK_OK);
	assert_answer(mem, NULL, "*", 304, SARK_OK);
	assert_answer(mem, NULL, "\"x\"", 200, SARK_OK);
	assert_answer(mem, NULL, version, 200, SARK_OK);
	assert_answer(mem, NULL, many(mem, 10000), 200, SARK_OK);
	assert_answer(mem, tag, "", 200, SARK_OK);
	assert_answer(mem, "*", "", 200, SARK_OK);
	assert_answer(mem, tag, tag, 304, SARK_OK);
	assert_answer(mem, weak, "", -1, SARK_PRECONDITION_FAILED);
	assert_answer(mem, "\"x\"", tag, -1, SARK_PRECONDITION_FAILED);
	assert_answer(mem, "", "", -1, SARK_BAD_REQUEST);
	assert_answer(mem, many(mem, 10000), "", -1, SARK_BAD_REQUEST);
}

static void
what_a_change_wants(void **state)
{
	const char *const *versions = NULL;
	char version[SARK_VERSION_TEXT];
	struct sark_req req;
	struct sark_err err;
	void *mem = *state;

	sark_err_init(&err);
	sark_version_of(version, BODY, strlen(BODY));
	req = request(mem, NULL, "");
	assert_int_equal(sark_etag_wanted(&req, &versions, &err), 0);
	assert_null(versions);
	req = request(mem, "*", "");
	assert_int_equal(sark_etag_wanted(&req, &versions, &err), 0);
	assert_null(versions);
	assert_true(sark_version_in(versions, BODY, strlen(BODY)));
	req = request(mem, sark_format(mem, "\"x\", \"%s\"", version), "");
	assert_int_equal(sark_etag_wanted(&req, &versions, &err), 0);
	assert_true(sark_version_in(versions, BODY, strlen(BODY)));
	assert_false(sark_version_in(versions, "other", 5));
	req = request(mem, sark_format(mem, "W/\"%s\"", version), "");
	assert_int_equal(sark_etag_wanted(&req, &versions, &err), 0);
	assert_non_null(versions);
	assert_false(sark_version_in(versions, BODY, strlen(BODY)));
	req = request(mem, "x", "");
	assert_int_equal(sark_etag_wanted(&req, &versions, &err), -1);
	assert_int_equal(err.code, SARK_BAD_REQUEST);
}

static int
set_up(void **state)
{
	*state = talloc_new(NULL);
	return 0;
}

static int
tear_down(void **state)
{
	return talloc_free(*state);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lists_are_read),
		TEST(what_is_no_list_is_refused),
		TEST(http21_a_list_has_an_end),
		TEST(weak_tags_match_weakly_only),
		TEST(conditions_of_a_get),
		TEST(what_a_change_wants),
	};

	return cmocka_run_group_tests_name("http/etag", tests, NULL, NULL);
}
