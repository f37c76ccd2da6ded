#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "http/cors.h"

struct setup {
	struct sark_exchange in;
	struct sark_resp resp;
	struct sark_err err;
	struct sark_cors *cors;
};

static const char *const origins[] = { "https://ok.example",
	"http://localhost:3000", "https://[::1]:8443", NULL };

static int
set_up(void **state)
{
	struct setup *s = sark_new(NULL, struct setup);

	sark_buf_init(&s->resp.headers, s);
	sark_buf_init(&s->resp.body, s);
	sark_err_init(&s->err);
	*state = s;
	return sark_cors_make(s, origins, &s->cors, &s->err);
}

static int
tear_down(void **state)
{
	talloc_free(*state);
	return 0;
}

static void
add(struct setup *s, const char *name, const char *value)
{
	struct sark_param param = { name, value, (uint32_t)strlen(name),
		(uint32_t)strlen(value) };

	sark_exchange_add(&s->in, &param);
}

/* The headers that an answer gets for an origin, NULL none. */
static const char *
headers(
    struct setup *s, const char *method, const char *origin, const char *allow)
{
	sark_exchange_reset(&s->in);
	sark_buf_reset(&s->resp.headers);
	add(s, "REQUEST_METHOD", method);
	if (origin != NULL)
		add(s, "HTTP_ORIGIN", origin);
	sark_cors_answer(s->cors, &s->in, allow, &s->resp);
	return s->resp.headers.data;
}

static void
web05_listed_origins_may_read(void **state)
{
	struct setup *s = *state;
	const char *text;
	size_t i;

	for (i = 0; origins[i] != NULL; i++) {
		text = headers(s, "GET", origins[i], NULL);
		assert_non_null(strstr(text, "Vary: Origin\r\n"));
		assert_non_null(strstr(text,
		    sark_format(
			s, "Access-Control-Allow-Origin: %s\r\n", origins[i])));
		assert_non_null(strstr(text, "X-Request-ID, "));
		assert_null(strstr(text, "Credentials"));
		assert_null(strstr(text, "Methods"));
	}
}

static void
web05_no_other_origin_is_answered(void **state)
{
	static const char *const rows[] = { "null", "", "*", "https://evil",
		"https://ok.example.evil", "https://evilok.example",
		"http://ok.example", "https://ok.example:443",
		"https://ok.example/", "https://OK.example",
		"HTTPS://ok.example", "https://ok.example https://evil",
		"https://evil, https://ok.example", "https://sub.ok.example",
		"https://ok.exampl", "https://ok_example",
		"https://ok.example.", " https://ok.example", "file://", NULL };
	struct setup *s = *state;
	size_t i;

	for (i = 0; rows[i] != NULL; i++) {
		assert_string_equal(
		    headers(s, "GET", rows[i], NULL), "Vary: Origin\r\n");
		assert_string_equal(
		    headers(s, "OPTIONS", rows[i], "GET"), "Vary: Origin\r\n");
	}
	assert_string_equal(headers(s, "GET", NULL, NULL), "Vary: Origin\r\n");
}

static void
a_preflight_says_what_may_be_sent(void **state)
{
	struct setup *s = *state;
	const char *text = headers(s, "OPTIONS", origins[0], "GET, HEAD");

	assert_non_null(
	    strstr(text, "Access-Control-Allow-Methods: GET, HEAD\r\n"));
	assert_non_null(strstr(text, "Access-Control-Max-Age: 600\r\n"));
	assert_non_null(strstr(text,
	    "Access-Control-Allow-Headers: Authorization, Content-Type, "
	    "X-API-Key, Idempotency-Key, If-Match, If-None-Match, "
	    "X-Request-ID, traceparent\r\n"));
	assert_null(strstr(text, "Expose"));
}

static void
only_options_with_both_headers_is_a_preflight(void **state)
{
	struct setup *s = *state;

	headers(s, "OPTIONS", origins[0], NULL);
	assert_false(sark_cors_preflight(&s->in));
	add(s, "HTTP_ACCESS_CONTROL_REQUEST_METHOD", "POST");
	assert_true(sark_cors_preflight(&s->in));
	headers(s, "GET", origins[0], NULL);
	add(s, "HTTP_ACCESS_CONTROL_REQUEST_METHOD", "POST");
	assert_false(sark_cors_preflight(&s->in));
	headers(s, "OPTIONS", NULL, NULL);
	add(s, "HTTP_ACCESS_CONTROL_REQUEST_METHOD", "POST");
	assert_false(sark_cors_preflight(&s->in));
}

static void
without_a_list_nothing_is_added(void **state)
{
	static const char *const none[] = { NULL };
	struct setup *s = *state;

	assert_int_equal(sark_cors_make(s, none, &s->cors, &s->err), 0);
	assert_null(s->cors);
	headers(s, "GET", origins[0], NULL);
	assert_int_equal(s->resp.headers.len, 0);
}

static void
web05_a_list_holds_origins_only(void **state)
{
	static const char *const rows[] = { "*", "null", "", "https://",
		"ok.example", "https://*.ok.example", "https://ok.example/",
		"https://ok.example:443", "http://ok.example:80",
		"https://ok.example:", "https://ok.example:0",
		"https://ok.example:08080", "https://ok.example:65536",
		"https://OK.example", "https://user@ok.example", "https://[::1",
		"https://ok.example\r\nX: y", "ftp://ok.example", NULL };
	struct setup *s = *state;
	const char *list[] = { "https://ok.example", NULL, NULL };
	size_t i;

	for (i = 0; rows[i] != NULL; i++) {
		list[1] = rows[i];
		sark_err_init(&s->err);
		assert_int_equal(
		    sark_cors_make(s, list, &s->cors, &s->err), -1);
		assert_int_equal(s->err.code, SARK_CONFIG);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(web05_listed_origins_may_read),
		TEST(web05_no_other_origin_is_answered),
		TEST(a_preflight_says_what_may_be_sent),
		TEST(only_options_with_both_headers_is_a_preflight),
		TEST(without_a_list_nothing_is_added),
		TEST(web05_a_list_holds_origins_only),
	};

	return cmocka_run_group_tests_name("http/cors", tests, NULL, NULL);
}
