/* What the dispatcher counts, and what a client is told of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "conf/conf.h"
#include "http/dispatch.h"

struct thing {
	const char *name;
};

struct setup {
	struct sark_conf conf;
	struct sark_app app;
	struct sark_dispatch dispatch;
	struct sark_exchange in;
	struct sark_buf out;
	int handled, status, counted, audited;
	enum sark_limit_as as;
	bool json;
	bool exceeded; /* what the limit is to say */
};

static struct setup *current;

static int
echo(struct sark_app *app, const struct sark_req *req, struct sark_resp *resp,
    struct sark_err *err)
{
	(void)app;
	(void)req;
	(void)err;
	current->handled++;
	sark_buf_str(&resp->body, "{}");
	return 0;
}

static int
refuse(struct sark_app *app, const struct sark_req *req, struct sark_resp *resp,
    struct sark_err *err)
{
	(void)app;
	(void)req;
	(void)resp;
	return sark_err_set(err, SARK_INVALID_CREDENTIALS, "wrong");
}

/* clang-format off */
static const struct sark_field fields[] = {
	{ "/name", SARK_TEXT, offsetof(struct thing, name), 1, 10, SARK_REQUIRED },
	{ NULL }
};
static const struct sark_input input = { fields, sizeof(struct thing) };

static const struct sark_route routes[] = {
	{ SARK_GET, "/open", SARK_ANYONE, NULL, echo },
	{ SARK_GET, "/mine", SARK_SIGNED_IN, NULL, echo },
	{ SARK_GET, "/changed", SARK_SIGNED_IN, NULL, refuse },
	{ SARK_GET, "/ours", SARK_MAY("thing:read"), NULL, echo },
	{ SARK_GET, "/health", SARK_ANYONE, NULL, echo, NULL, SARK_LIMIT_HEALTH },
	{ SARK_GET, "/health/more", SARK_SIGNED_IN, NULL, echo, NULL, SARK_LIMIT_HEALTH },
	{ SARK_POST, "/login", SARK_ANYONE, &input, echo, NULL, SARK_LIMIT_LOGIN },
	{ SARK_POST, "/wrong", SARK_ANYONE, &input, refuse, NULL, SARK_LIMIT_LOGIN },
	{ SARK_POST, "/code", SARK_SIGNED_IN, &input, echo, NULL, SARK_LIMIT_LOGIN },
	{ 0 }
};
/* clang-format on */

static int
authenticate(struct sark_app *app, const struct sark_route *route,
    const struct sark_credential *credential, struct sark_caller *caller,
    struct sark_err *err)
{
	static const char *const none[] = { NULL };

	(void)app;
	(void)route;
	caller->user_id = "alice";
	caller->permissions = none;
	if (credential->bearer != NULL && sark_str_eq(credential->bearer, "x"))
		return 0;
	return sark_err_set(err, SARK_INVALID_TOKEN, "x");
}

static int
limit(struct sark_app *app, enum sark_limit_as as, const struct sark_req *req,
    struct sark_err *err)
{
	current->counted++;
	current->as = as;
	current->json = req->json != NULL;
	app->quota = (struct sark_quota){ 10, 3, 600, 0 };
	if (!current->exceeded)
		return 0;
	app->quota.retry_after_s = 7;
	return sark_limit_exceeded(&app->quota, err);
}

static void
observe(void *arg, int route, int status, int64_t duration_ns)
{
	struct setup *s = arg;

	(void)route;
	(void)duration_ns;
	s->status = status;
}

static void
refused(struct sark_app *app, const struct sark_req *req,
    const struct sark_route *route, const struct sark_err *err)
{
	(void)app;
	(void)req;
	(void)route;
	(void)err;
	current->audited++;
}

static int
set_up(void **state)
{
	static const char *const none[] = { NULL };
	struct setup *s = sark_new(NULL, struct setup);
	struct sark_err err;

	sark_log_open("test", SARK_LOG_ERROR, SARK_LOG_KV, SARK_LOG_STDERR);
	sark_err_init(&err);
	s->conf.trusted_proxies = s->conf.cors_origins = none;
	s->conf.body_max_bytes = 1000;
	s->app.conf = &s->conf;
	s->dispatch = (struct sark_dispatch){
		.app = &s->app,
		.routes = routes,
		.authenticate = authenticate,
		.limit = limit,
		.observe = observe,
		.observe_arg = s,
		.refused = refused,
	};
	sark_buf_init(&s->out, s);
	current = s;
	*state = s;
	return sark_dispatch_init(&s->dispatch, s, &err);
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

struct sent {
	const char *method, *uri, *credential, *body;
};

static int
ask(struct setup *s, const struct sent *sent)
{
	char length[24];

	sark_exchange_reset(&s->in);
	sark_buf_reset(&s->out);
	s->handled = s->counted = s->audited = 0;
	add(s, "REQUEST_METHOD", sent->method);
	add(s, "REQUEST_URI", sent->uri);
	if (sent->credential != NULL)
		add(s, "HTTP_AUTHORIZATION", sent->credential);
	if (sent->body != NULL) {
		add(s, "CONTENT_TYPE", "application/json");
		snprintf(length, sizeof(length), "%zu", strlen(sent->body));
		add(s, "CONTENT_LENGTH", length);
		s->in.body = sent->body;
		s->in.body_len = strlen(sent->body);
	}
	sark_dispatch_handle(&s->dispatch, &s->in, &s->out);
	return s->status;
}

static bool
says(const struct setup *s, const char *text)
{
	return strstr(s->out.data, text) != NULL;
}

/* One that is too many is 429, whatever else is wrong but the path. */
static void
each_request_is_counted_once(void **state)
{
	static const struct {
		struct sent sent;
		int status;
		enum sark_limit_as as;
		bool json, audited;
	} rows[] = {
		{ { "GET", "/open" }, 200, SARK_LIMIT_AS_STRANGER },
		{ { "GET", "/open?nope=x" }, 400, SARK_LIMIT_AS_STRANGER },
		{ { "GET", "/mine" }, 401, SARK_LIMIT_AS_STRANGER, false,
		    true },
		{ { "GET", "/mine", "Bearer old" }, 401, SARK_LIMIT_AS_STRANGER,
		    false, true },
		{ { "GET", "/ours", "Bearer old" }, 401, SARK_LIMIT_AS_STRANGER,
		    false, true },
		{ { "POST", "/code", "Bearer old", "{}" }, 401,
		    SARK_LIMIT_AS_STRANGER, false, true },
		{ { "POST", "/login", NULL, "{\"name\":\"a\"}" }, 200,
		    SARK_LIMIT_AS_LOGIN, true },
		{ { "POST", "/wrong", NULL, "{\"name\":\"a\"}" }, 401,
		    SARK_LIMIT_AS_LOGIN, true, true },
		{ { "POST", "/login", NULL, "{}" }, 422, SARK_LIMIT_AS_LOGIN,
		    true },
		{ { "POST", "/login", NULL, "{" }, 400, SARK_LIMIT_AS_LOGIN },
		{ { "POST", "/login?a", NULL, "{}" }, 400,
		    SARK_LIMIT_AS_LOGIN },
		{ { "POST", "/code", "Bearer x", "{}" }, 422,
		    SARK_LIMIT_AS_LOGIN, true },
	};
	struct setup *s = *state;

	for (size_t i = 0; i < SARK_COUNT(rows); i++) {
		s->exceeded = false;
		assert_int_equal(ask(s, &rows[i].sent), rows[i].status);
		assert_int_equal(s->counted, 1);
		assert_int_equal(s->as, rows[i].as);
		assert_int_equal(s->json, rows[i].json);
		assert_int_equal(s->audited, rows[i].audited);
		assert_true(says(s, "X-RateLimit-Limit: 10\r\n"));
		assert_true(says(s, "X-RateLimit-Remaining: 3\r\n"));
		assert_true(says(s, "X-RateLimit-Reset: 600\r\n"));
		s->exceeded = true;
		assert_int_equal(ask(s, &rows[i].sent), 429);
		assert_int_equal(s->counted, 1);
		assert_int_equal(s->handled, 0);
		assert_int_equal(s->audited, 0);
		assert_true(says(s, "\r\nRetry-After: 7\r\n"));
		assert_true(says(s, "\"code\":\"rate_limited\""));
		assert_true(says(s, "Try again in 7 seconds.\""));
		assert_true(says(s, "\"retry_after\":7"));
		assert_true(says(s, "X-RateLimit-Limit: 10\r\n"));
	}
}

/* Those who are known are counted by authenticate, and others not at all. */
static void
what_is_not_counted(void **state)
{
	static const struct {
		struct sent sent;
		int status;
	} rows[] = {
		{ { "GET", "/mine", "Bearer x" }, 200 },
		{ { "GET", "/ours", "Bearer x" }, 403 },
		{ { "GET", "/health" }, 200 },
		{ { "GET", "/health/more", "Bearer old" }, 401 },
		{ { "GET", "/nothing" }, 404 },
		{ { "POST", "/open" }, 405 },
		{ { "OPTIONS", "/open" }, 204 },
		{ { "GET", "/open", "Bearer  x" }, 400 },
	};
	struct setup *s = *state;

	s->exceeded = true;
	for (size_t i = 0; i < SARK_COUNT(rows); i++) {
		assert_int_equal(ask(s, &rows[i].sent), rows[i].status);
		assert_int_equal(s->counted, 0);
		assert_false(says(s, "X-RateLimit"));
	}
}

/* Somebody who is known and shows a wrong password to a handler guesses. */
static void
a_wrong_secret_counts_wherever_it_is_shown(void **state)
{
	static const struct sent changed = { "GET", "/changed", "Bearer x" };
	struct setup *s = *state;

	assert_int_equal(ask(s, &changed), 401);
	assert_int_equal(s->counted, 1);
	assert_int_equal(s->as, SARK_LIMIT_AS_STRANGER);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_request_is_counted_once),
		TEST(what_is_not_counted),
		TEST(a_wrong_secret_counts_wherever_it_is_shown),
	};

	return cmocka_run_group_tests_name("http/limit", tests, NULL, NULL);
}
