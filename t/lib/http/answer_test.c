#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "http/answer.h"
#include "http/problem.h"
#include "http/router.h"
#include "json/reader.h"

struct setup {
	struct sark_resp resp;
	struct sark_err err;
	struct sark_buf out;
	struct sark_answer answer;
};

static int
set_up(void **state)
{
	struct setup *s = sark_new(NULL, struct setup);

	sark_buf_init(&s->resp.headers, s);
	sark_buf_init(&s->resp.body, s);
	sark_buf_init(&s->out, s);
	sark_err_init(&s->err);
	s->answer.method = SARK_GET;
	s->answer.request_id = "id-1";
	*state = s;
	return 0;
}

static int
tear_down(void **state)
{
	talloc_free(*state);
	return 0;
}

static const char *
body_of(const struct setup *s)
{
	const char *blank = strstr(s->out.data, "\r\n\r\n");

	assert_non_null(blank);
	return blank + 4;
}

static void
assert_header(const struct setup *s, const char *line)
{
	const char *at = strstr(s->out.data, line);

	assert_non_null(at);
	assert_true(at == s->out.data || at[-1] == '\n');
	assert_memory_equal(at + strlen(line), "\r\n", 2);
	assert_true(at < body_of(s));
}

static void
web06_every_answer_has_the_headers(void **state)
{
	static const int statuses[] = { 0, 200, 201, 204, 299, 400, 404, 500,
		503 };
	struct setup *s = *state;
	size_t i;

	s->answer.https = true;
	for (i = 0; i < SARK_COUNT(statuses); i++) {
		sark_buf_reset(&s->out);
		s->resp.status = statuses[i];
		assert_int_equal(
		    sark_answer_write(&s->answer, &s->resp, &s->out),
		    statuses[i] == 0 ? 200 : statuses[i]);
		assert_header(s, "X-Request-ID: id-1");
		assert_header(s, "X-Content-Type-Options: nosniff");
		assert_header(s,
		    "Content-Security-Policy: default-src 'none'; "
		    "frame-ancestors 'none'; base-uri 'none'");
		assert_header(s, "Referrer-Policy: no-referrer");
		assert_header(s, "Cache-Control: no-store");
		assert_header(s, "Strict-Transport-Security: max-age=31536000");
	}
}

static void
web08_json_stays_json(void **state)
{
	struct setup *s = *state;

	sark_buf_str(&s->resp.body, "{}");
	sark_answer_write(&s->answer, &s->resp, &s->out);
	assert_memory_equal(s->out.data, "Status: 200 OK\r\n", 16);
	assert_header(s, "Content-Type: application/json; charset=utf-8");
	assert_header(s, "Content-Length: 2");
	assert_string_equal(body_of(s), "{}");
}

static void
a_cacheable_answer_says_so_itself(void **state)
{
	struct setup *s = *state;

	s->resp.cacheable = true;
	s->resp.type = "application/jwk-set+json";
	assert_int_equal(sark_resp_header(&s->resp, &s->err, "Cache-Control",
			     "max-age=%d", 60),
	    0);
	sark_answer_write(&s->answer, &s->resp, &s->out);
	assert_header(s, "Cache-Control: max-age=60");
	assert_header(s, "Content-Type: application/jwk-set+json");
	assert_null(strstr(s->out.data, "no-store"));
	assert_null(strstr(s->out.data, "Strict-Transport"));
}

static void
fcgi11_headers_cannot_be_injected(void **state)
{
	struct setup *s = *state;
	static const struct {
		const char *name, *value;
	} rows[] = {
		{ "Location", "/a\r\nSet-Cookie: x=y" },
		{ "Location", "/a\nSet-Cookie: x=y" },
		{ "Location", "/a\rX" },
		{ "Location", "/a\x01" },
		{ "X\r\nY", "a" },
		{ "X: Y", "a" },
		{ "", "a" },
		{ "Status", "200" },
		{ "content-type", "text/html" },
		{ "Content-Length", "1" },
		{ "Transfer-Encoding", "chunked" },
		{ "X-Request-Id", "a" },
	};
	size_t i;

	for (i = 0; i < SARK_COUNT(rows); i++) {
		sark_err_init(&s->err);
		assert_int_equal(sark_resp_header(&s->resp, &s->err,
				     rows[i].name, "%s", rows[i].value),
		    -1);
		assert_int_equal(s->err.code, SARK_INTERNAL);
	}
	sark_err_init(&s->err);
	assert_int_equal(
	    sark_resp_header(&s->resp, &s->err, "X-A", "a%cb", 0), -1);
	assert_int_equal(s->resp.headers.len, 0);
	sark_err_init(&s->err);
	assert_int_equal(
	    sark_resp_header(&s->resp, &s->err, "Location", "/a/%s", "b"), 0);
	assert_string_equal(s->resp.headers.data, "Location: /a/b\r\n");
}

static void
fcgi11_an_insane_response_is_500(void **state)
{
	struct setup *s = *state;
	static const int statuses[] = { 999, 600, 199, 100, -1 };
	size_t i;

	sark_buf_str(&s->resp.body, "secret");
	for (i = 0; i < SARK_COUNT(statuses); i++) {
		sark_buf_reset(&s->out);
		s->resp.status = statuses[i];
		assert_int_equal(
		    sark_answer_write(&s->answer, &s->resp, &s->out), 500);
		assert_string_equal(body_of(s), "");
	}
	sark_buf_reset(&s->out);
	s->resp.status = 200;
	s->resp.type = "text/html\r\nX: y";
	assert_int_equal(sark_answer_write(&s->answer, &s->resp, &s->out), 500);
	assert_null(strstr(s->out.data, "X: y"));
}

static void
fcgi11_head_204_and_304_have_no_body(void **state)
{
	struct setup *s = *state;

	sark_buf_str(&s->resp.body, "{\"a\":1}");
	s->answer.method = SARK_HEAD;
	sark_answer_write(&s->answer, &s->resp, &s->out);
	assert_string_equal(body_of(s), "");
	assert_header(s, "Content-Length: 7");
	s->answer.method = SARK_GET;
	for (s->resp.status = 204; s->resp.status <= 304;
	     s->resp.status += 100) {
		sark_buf_reset(&s->out);
		sark_answer_write(&s->answer, &s->resp, &s->out);
		assert_string_equal(body_of(s), "");
		assert_null(strstr(s->out.data, "Content-Length"));
	}
}

static const struct sark_json *
problem(struct setup *s)
{
	const struct sark_json *json;
	struct sark_err err;

	sark_problem_write(&s->resp, &s->err, "id-1");
	sark_err_init(&err);
	assert_int_equal(sark_json_parse(s, s->resp.body.data, s->resp.body.len,
			     &json, &err),
	    0);
	assert_string_equal(
	    s->resp.type, "application/problem+json; charset=utf-8");
	return json;
}

static const char *
member(const struct sark_json *json, const char *pointer)
{
	const char *text = sark_json_str(sark_json_at(json, pointer));

	return text == NULL ? "(none)" : text;
}

static void
every_code_makes_a_problem(void **state)
{
	struct setup *s = *state;
	const struct sark_json *json;
	enum sark_code code;

	for (code = SARK_BAD_REQUEST; code < SARK_CODES; code++) {
		bool public = code == SARK_BAD_REQUEST ||
		    code == SARK_INVALID || code == SARK_CONFLICT ||
		    code == SARK_FORBIDDEN || code == SARK_NOT_FOUND ||
		    code == SARK_UNSUPPORTED_MEDIA_TYPE ||
		    code == SARK_RATE_LIMITED;

		sark_err_init(&s->err);
		sark_err_set(&s->err, code, "said by \"lib\"\x01");
		json = problem(s);
		assert_string_equal(
		    member(json, "/code"), sark_code_name(code));
		assert_string_equal(
		    member(json, "/title"), sark_code_title(code));
		assert_int_equal(
		    sark_json_int(sark_json_get(json, "status"), 0),
		    sark_code_status(code));
		assert_string_equal(member(json, "/request_id"), "id-1");
		assert_memory_equal(
		    member(json, "/type"), "urn:sark:problem:", 17);
		assert_string_equal(member(json, "/detail"),
		    public ? "said by \"lib\"\x01" : sark_code_title(code));
		assert_null(sark_json_get(json, "errors"));
		assert_int_equal(strstr(s->resp.headers.data,
				     "WWW-Authenticate: Bearer") != NULL,
		    sark_code_status(code) == 401 ||
			code == SARK_INSUFFICIENT_SCOPE);
		assert_int_equal(
		    strstr(s->resp.headers.data, "Retry-After: ") != NULL,
		    sark_code_status(code) == 429 ||
			sark_code_status(code) == 503 ||
			code == SARK_IDEMPOTENCY_IN_PROGRESS);
	}
}

static void
a_problem_names_fields_and_challenge(void **state)
{
	struct setup *s = *state;
	const struct sark_json *json;

	sark_err_field(&s->err, "/a~1b", "is %s", "required");
	sark_err_field(&s->err, "/c", "is \xff odd");
	json = problem(s);
	assert_string_equal(member(json, "/errors/0/field"), "/a~1b");
	assert_string_equal(member(json, "/errors/0/message"), "is required");
	assert_string_equal(
	    member(json, "/errors/1/message"), "is \xef\xbf\xbd odd");
	sark_err_init(&s->err);
	sark_err_set(&s->err, SARK_TOKEN_EXPIRED, "x");
	sark_buf_str(&s->resp.headers, "Location: /left\r\n");
	json = problem(s);
	assert_string_equal(s->resp.headers.data,
	    "WWW-Authenticate: Bearer realm=\"sark\", "
	    "error=\"invalid_token\", error_description=\"Token expired\"\r\n");
	assert_string_equal(member(json, "/title"), "Token expired");
}

static int
nothing(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	(void)app;
	(void)req;
	(void)resp;
	(void)err;
	return 0;
}

static void
routes_are_found(void **state)
{
	static const struct sark_route routes[] = {
		{ SARK_GET, "/", SARK_ANYONE, NULL, nothing },
		{ SARK_GET, "/a", SARK_ANYONE, NULL, nothing },
		{ SARK_POST, "/a", SARK_ANYONE, NULL, nothing },
		{ SARK_GET, "/a/{id}", SARK_ANYONE, NULL, nothing },
		{ SARK_DELETE, "/a/{id}/b/{name}", SARK_ANYONE, NULL, nothing },
		{ SARK_GET, "/a/me", SARK_ANYONE, NULL, nothing }, { 0 }
	};
	static const struct {
		unsigned int method;
		const char *path;
		int found, index;
		unsigned int allow;
	} rows[] = {
		{ SARK_GET, "/", 1, 0, SARK_GET | SARK_HEAD | SARK_OPTIONS },
		{ SARK_HEAD, "/a", 1, 1,
		    SARK_GET | SARK_HEAD | SARK_POST | SARK_OPTIONS },
		{ SARK_POST, "/a", 1, 2,
		    SARK_GET | SARK_HEAD | SARK_POST | SARK_OPTIONS },
		{ SARK_PUT, "/a", 1, -1,
		    SARK_GET | SARK_HEAD | SARK_POST | SARK_OPTIONS },
		{ 0, "/a", 1, -1,
		    SARK_GET | SARK_HEAD | SARK_POST | SARK_OPTIONS },
		{ SARK_GET, "/a/7", 1, 3, SARK_GET | SARK_HEAD | SARK_OPTIONS },
		{ SARK_GET, "/a/me", 1, 5,
		    SARK_GET | SARK_HEAD | SARK_OPTIONS },
		{ SARK_DELETE, "/a/7/b/x y", 1, 4, SARK_DELETE | SARK_OPTIONS },
		{ SARK_GET, "/a/", 0, -1, 0 },
		{ SARK_GET, "/A", 0, -1, 0 },
		{ SARK_GET, "/a/7/", 0, -1, 0 },
		{ SARK_GET, "/a/7/c", 0, -1, 0 },
		{ SARK_GET, "/a/7/b/x/y", 0, -1, 0 },
		{ SARK_GET, "/aa", 0, -1, 0 },
		{ SARK_GET, "", 0, -1, 0 },
	};
	struct setup *s = *state;
	struct sark_router *router;
	struct sark_match match;
	size_t i;

	assert_int_equal(sark_router_make(s, routes, &router, &s->err), 0);
	for (i = 0; i < SARK_COUNT(rows); i++) {
		assert_int_equal(sark_router_find(router, s, rows[i].method,
				     rows[i].path, &match),
		    rows[i].found);
		assert_int_equal(match.index, rows[i].index);
		assert_int_equal(match.allow, rows[i].allow);
	}
	assert_int_equal(
	    sark_router_find(router, s, SARK_DELETE, "/a/7/b/x y", &match), 1);
	assert_string_equal(match.params[0], "7");
	assert_string_equal(match.params[1], "x y");
	assert_null(match.params[2]);
	assert_string_equal(
	    sark_router_allow(s, SARK_GET | SARK_HEAD | SARK_OPTIONS),
	    "GET, HEAD, OPTIONS");
}

static void
wrong_routes_are_refused(void **state)
{
	static const struct sark_route wrong[] = {
		{ SARK_GET, "a", SARK_ANYONE, NULL, nothing },
		{ SARK_GET, "/a/", SARK_ANYONE, NULL, nothing },
		{ SARK_GET, "/x{id}", SARK_ANYONE, NULL, nothing },
		{ SARK_GET, "/{id", SARK_ANYONE, NULL, nothing },
		{ SARK_GET, "/{a}/{b}/{c}/{d}/{e}", SARK_ANYONE, NULL,
		    nothing },
		{ SARK_GET | SARK_POST, "/a", SARK_ANYONE, NULL, nothing },
		{ SARK_GET, "/a", SARK_ANYONE, NULL, NULL },
		{ SARK_GET, "/a", 0, NULL, NULL, nothing },
		{ SARK_GET, "/a", SARK_MAY(NULL), NULL, nothing },
		{ SARK_POST, "/a", SARK_ANYONE, NULL, nothing,
		    .creates = true },
		{ SARK_GET, "/a", SARK_SIGNED_IN, NULL, nothing,
		    .creates = true },
	};
	struct setup *s = *state;
	struct sark_router *router;
	size_t i;

	for (i = 0; i < SARK_COUNT(wrong); i++) {
		struct sark_route table[2] = { wrong[i], { 0 } };

		sark_err_init(&s->err);
		assert_int_equal(
		    sark_router_make(s, table, &router, &s->err), -1);
		assert_int_equal(s->err.code, SARK_CONFIG);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(web06_every_answer_has_the_headers),
		TEST(web08_json_stays_json),
		TEST(a_cacheable_answer_says_so_itself),
		TEST(fcgi11_headers_cannot_be_injected),
		TEST(fcgi11_an_insane_response_is_500),
		TEST(fcgi11_head_204_and_304_have_no_body),
		TEST(every_code_makes_a_problem),
		TEST(a_problem_names_fields_and_challenge),
		TEST(routes_are_found),
		TEST(wrong_routes_are_refused),
	};

	return cmocka_run_group_tests_name("http/answer", tests, NULL, NULL);
}
