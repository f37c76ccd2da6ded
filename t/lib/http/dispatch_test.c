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
	/* what the hooks and the handler were told */
	int calls;
	int handled;
	int once;
	int observed_route, observed_status;
	int refusals;
	enum sark_code refused;
};

static struct setup *current;

static int
echo(struct sark_app *app, const struct sark_req *req, struct sark_resp *resp,
    struct sark_err *err)
{
	const struct thing *thing = req->input;

	(void)err;
	assert_ptr_equal(app->mem, req->mem);
	current->handled++;
	resp->status = req->method == SARK_POST ? 201 : 200;
	sark_buf_format(&resp->body,
	    "{\"name\":\"%s\",\"id\":\"%s\",\"user\":\"%s\"}",
	    thing == NULL || thing->name == NULL ? "" : thing->name,
	    req->params[0] == NULL ? "" : req->params[0], req->caller->user_id);
	return 0;
}

static int
fail_with_text(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	(void)app;
	(void)req;
	if (sark_resp_header(resp, err, "Location", "/left") == -1)
		return -1;
	sark_buf_str(&resp->body, "half a body");
	return sark_err_set(err, SARK_UNAVAILABLE, "host=db password=secret");
}

static int
fail_silently(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	(void)app;
	(void)req;
	(void)resp;
	(void)err;
	return -1;
}

/* clang-format off */
static const struct sark_field thing_fields[] = {
	{ "/name", SARK_TEXT, offsetof(struct thing, name), 1, 10, SARK_REQUIRED },
	{ NULL }
};
static const struct sark_field optional_fields[] = {
	{ "/name", SARK_TEXT, offsetof(struct thing, name), 1, 10 },
	{ NULL }
};
static const struct sark_input thing_input = { thing_fields, sizeof(struct thing) };
static const struct sark_input optional = { optional_fields, sizeof(struct thing) };

static const struct sark_route routes[] = {
	{ SARK_GET, "/open", SARK_ANYONE, &optional, echo },
	{ SARK_GET, "/mine", SARK_SIGNED_IN, NULL, echo },
	{ SARK_POST, "/things", SARK_MAY("thing:write"), &thing_input, echo, .body_max = 64 },
	{ SARK_GET, "/things/{id}", SARK_MAY("thing:read"), NULL, echo },
	{ SARK_POST, "/things/{id}/poke", SARK_ANYONE, &optional, echo },
	{ SARK_GET, "/broken", SARK_ANYONE, NULL, fail_with_text },
	{ SARK_GET, "/silent", SARK_ANYONE, NULL, fail_silently },
	{ SARK_POST, "/made", SARK_SIGNED_IN, &thing_input, echo, .creates = true },
	{ 0 }
};
/* clang-format on */

static int
authenticate(struct sark_app *app, const struct sark_route *route,
    const struct sark_credential *credential, struct sark_caller *caller,
    struct sark_err *err)
{
	const char *bearer = credential->bearer, *api_key = credential->api_key;
	static const char *const reader[] = { "thing:read", NULL };
	static const char *const all[] = { "thing:*", NULL };

	(void)app;
	(void)route;
	current->calls++;
	if (bearer == NULL && api_key == NULL)
		return sark_err_set(err, SARK_UNAUTHENTICATED, "none");
	if (bearer != NULL && sark_str_eq(bearer, "old"))
		return sark_err_set(err, SARK_TOKEN_EXPIRED, "x");
	caller->user_id = "alice";
	caller->permissions =
	    bearer != NULL && sark_str_eq(bearer, "reader") ? reader : all;
	if (api_key != NULL)
		caller->scopes = reader;
	return 0;
}

static int
once(struct sark_app *app, const struct sark_route *route,
    const struct sark_req *req, struct sark_resp *resp, struct sark_err *err)
{
	current->once++;
	assert_string_equal(req->idempotency_key, "k");
	return route->handler(app, req, resp, err);
}

static void
observe(void *arg, int route, int status, int64_t duration_ns)
{
	struct setup *s = arg;

	assert_true(duration_ns >= 0);
	s->observed_route = route;
	s->observed_status = status;
}

static void
refused(struct sark_app *app, const struct sark_req *req,
    const struct sark_route *route, const struct sark_err *err)
{
	(void)app;
	assert_non_null(req->caller);
	assert_non_null(route->path);
	current->refusals++;
	current->refused = err->code;
}

static int
set_up(void **state)
{
	static const char *const no_proxies[] = { NULL };
	struct setup *s = sark_new(NULL, struct setup);
	struct sark_err err;

	sark_log_open("test", SARK_LOG_ERROR, SARK_LOG_KV, SARK_LOG_STDERR);
	sark_err_init(&err);
	s->conf.trusted_proxies = no_proxies;
	s->conf.cors_origins = no_proxies;
	s->conf.body_max_bytes = 1000;
	s->app.conf = &s->conf;
	s->dispatch.app = &s->app;
	s->dispatch.routes = routes;
	s->dispatch.authenticate = authenticate;
	s->dispatch.once = once;
	s->dispatch.observe = observe;
	s->dispatch.observe_arg = s;
	s->dispatch.refused = refused;
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
	const char *method, *uri, *credential, *type, *body, *key;
};

/* Sends a request; returns its status. */
static int
ask(struct setup *s, const struct sent *sent)
{
	char length[24];

	sark_exchange_reset(&s->in);
	sark_buf_reset(&s->out);
	s->handled = s->once = s->calls = s->refusals = 0;
	add(s, "REQUEST_METHOD", sent->method);
	add(s, "REQUEST_URI", sent->uri);
	add(s, "HTTP_X_REQUEST_ID", "r-1");
	if (sent->credential != NULL &&
	    strncmp(sent->credential, "key", 3) == 0)
		add(s, "HTTP_X_API_KEY", sent->credential);
	else if (sent->credential != NULL)
		add(s, "HTTP_AUTHORIZATION", sent->credential);
	if (sent->type != NULL)
		add(s, "CONTENT_TYPE", sent->type);
	if (sent->key != NULL)
		add(s, "HTTP_IDEMPOTENCY_KEY", sent->key);
	if (sent->body != NULL) {
		snprintf(length, sizeof(length), "%zu", strlen(sent->body));
		add(s, "CONTENT_LENGTH", length);
		s->in.body = sent->body;
		s->in.body_len = strlen(sent->body);
	}
	sark_dispatch_handle(&s->dispatch, &s->in, &s->out);
	assert_null(s->app.mem);
	assert_memory_equal(s->out.data, "Status: ", 8);
	assert_non_null(strstr(s->out.data, "X-Request-ID: r-1\r\n"));
	return s->observed_status;
}

#define JSON "application/json"
#define LONG                                                                   \
	"{\"name\":\"aaaaaaaaaa\"                                            " \
	"}"

static void
each_request_gets_its_status(void **state)
{
	static const struct {
		struct sent sent;
		int status;
		bool handled;
	} rows[] = {
		{ { "GET", "/open" }, 200, true },
		{ { "HEAD", "/open" }, 200, true },
		{ { "GET", "/open?name=x" }, 200, true },
		{ { "GET", "/open?nope=x" }, 422, false },
		{ { "GET", "/open?name=%00" }, 400, false },
		{ { "GET", "/open", NULL, JSON, "{}" }, 400, false },
		{ { "GET", "/nothing" }, 404, false },
		{ { "GET", "/open/" }, 404, false },
		{ { "GET", "//open" }, 400, false },
		{ { "POST", "/open" }, 405, false },
		{ { "TRACE", "/open" }, 405, false },
		{ { "TRACE", "/nothing" }, 404, false },
		{ { "OPTIONS", "/things", "Bearer x" }, 204, false },
		{ { "GET", "/mine" }, 401, false },
		{ { "GET", "/mine", "Basic eDp5" }, 401, false },
		{ { "GET", "/mine", "Bearer old" }, 401, false },
		{ { "GET", "/mine", "Bearer  x" }, 400, false },
		{ { "GET", "/mine", "Bearer x" }, 200, true },
		{ { "HEAD", "/mine" }, 401, false },
		{ { "GET", "/mine?x=1", "Bearer x" }, 400, false },
		{ { "GET", "/things/7", "Bearer reader" }, 200, true },
		{ { "GET", "/things/7", "key" }, 200, true },
		{ { "POST", "/things", "Bearer reader", JSON, "{}" }, 403,
		    false },
		{ { "POST", "/things", "key", JSON, "{}" }, 403, false },
		{ { "POST", "/things", "Bearer x", JSON, "{\"name\":\"a\"}" },
		    201, true },
		{ { "POST", "/things", "Bearer x", JSON,
		      "{\"name\":\"a\",\"b\":1}" },
		    422, false },
		{ { "POST", "/things", "Bearer x", JSON, "{}" }, 422, false },
		{ { "POST", "/things", "Bearer x", JSON, "[]" }, 422, false },
		{ { "POST", "/things", "Bearer x", JSON, "{" }, 400, false },
		{ { "POST", "/things", "Bearer x", JSON, "" }, 400, false },
		{ { "POST", "/things", "Bearer x", NULL, "{}" }, 415, false },
		{ { "POST", "/things", "Bearer x", "text/plain", "{}" }, 415,
		    false },
		{ { "POST", "/things?a=b", "Bearer x", JSON,
		      "{\"name\":\"a\"}" },
		    400, false },
		{ { "POST", "/things", "Bearer x", JSON, LONG }, 413, false },
		{ { "POST", "/things", NULL, "text/plain", LONG }, 413, false },
		{ { "POST", "/things", NULL, "text/plain", "{" }, 401, false },
		{ { "POST", "/things/1/poke" }, 201, true },
		{ { "POST", "/things/1/poke", NULL, JSON, "{\"name\":\"a\"}" },
		    201, true },
		{ { "GET", "/broken" }, 503, false },
		{ { "GET", "/silent" }, 500, false },
	};
	struct setup *s = *state;
	size_t i;

	for (i = 0; i < SARK_COUNT(rows); i++) {
		int status = ask(s, &rows[i].sent);

		if (status != rows[i].status)
			print_message(
			    "# %s %s\n", rows[i].sent.method, rows[i].sent.uri);
		assert_int_equal(status, rows[i].status);
		assert_int_equal(s->handled, rows[i].handled);
		assert_int_equal(s->refusals, status == 401 || status == 403);
	}
}

static void
a_handler_sees_what_was_sent(void **state)
{
	static const struct sent get = { "GET", "/things/a%20b", "Bearer x" };
	static const struct sent post = { "POST", "/things", "Bearer x", JSON,
		"{\"name\":\"n\"}" };
	struct setup *s = *state;

	assert_int_equal(ask(s, &get), 200);
	assert_non_null(strstr(s->out.data,
	    "\r\n\r\n{\"name\":\"\",\"id\":\"a b\",\"user\":\"alice\"}"));
	assert_int_equal(s->observed_route, 3);
	assert_int_equal(ask(s, &post), 201);
	assert_non_null(strstr(s->out.data, "{\"name\":\"n\",\"id\":\"\""));
}

static void
http12_head_is_judged_like_get_and_options_tells_nothing(void **state)
{
	static const struct sent head = { "HEAD", "/mine", "Bearer x" };
	static const struct sent options = { "OPTIONS", "/mine", "Bearer x" };
	static const struct sent put = { "PUT", "/mine" };
	struct setup *s = *state;

	assert_int_equal(ask(s, &head), 200);
	assert_int_equal(s->calls, 1);
	assert_non_null(strstr(s->out.data, "Content-Length: 34\r\n"));
	assert_string_equal(strstr(s->out.data, "\r\n\r\n"), "\r\n\r\n");
	assert_int_equal(ask(s, &options), 204);
	assert_int_equal(s->calls, 0);
	assert_non_null(strstr(s->out.data, "Allow: GET, HEAD, OPTIONS\r\n"));
	assert_int_equal(ask(s, &put), 405);
	assert_non_null(strstr(s->out.data, "Allow: GET, HEAD, OPTIONS\r\n"));
	assert_int_equal(s->observed_route, -1);
}

static void
an_error_hides_the_handlers_half_work(void **state)
{
	static const struct sent broken = { "GET", "/broken" };
	struct setup *s = *state;

	assert_int_equal(ask(s, &broken), 503);
	assert_null(strstr(s->out.data, "secret"));
	assert_null(strstr(s->out.data, "half"));
	assert_null(strstr(s->out.data, "Location"));
	assert_non_null(strstr(s->out.data, "Retry-After: "));
	assert_non_null(strstr(s->out.data, "\"code\":\"unavailable\""));
}

static void
refusals_are_told_apart(void **state)
{
	static const struct {
		struct sent sent;
		enum sark_code code;
	} rows[] = {
		{ { "GET", "/mine" }, SARK_UNAUTHENTICATED },
		{ { "GET", "/mine", "Bearer old" }, SARK_TOKEN_EXPIRED },
		{ { "POST", "/things", "Bearer reader" }, SARK_FORBIDDEN },
		{ { "POST", "/things", "key" }, SARK_INSUFFICIENT_SCOPE },
	};
	struct setup *s = *state;
	size_t i;

	for (i = 0; i < SARK_COUNT(rows); i++) {
		ask(s, &rows[i].sent);
		assert_int_equal(s->refused, rows[i].code);
		assert_non_null(
		    strstr(s->out.data, sark_code_name(rows[i].code)));
	}
}

static void
a_key_is_for_routes_that_create(void **state)
{
	struct sent sent = { "POST", "/made", "Bearer x", JSON,
		"{\"name\":\"a\"}", "k" };
	struct setup *s = *state;

	assert_int_equal(ask(s, &sent), 201);
	assert_int_equal(s->once, 1);
	assert_int_equal(s->handled, 1);
	sent.body = "{}";
	assert_int_equal(ask(s, &sent), 422);
	assert_int_equal(s->once, 0);
	sent.body = "{\"name\":\"a\"}";
	sent.credential = NULL;
	assert_int_equal(ask(s, &sent), 401);
	assert_int_equal(s->once, 0);
	sent.credential = "Bearer x";
	sent.key = NULL;
	assert_int_equal(ask(s, &sent), 201);
	assert_int_equal(s->once, 0);
	sent.key = "k";
	sent.uri = "/things";
	assert_int_equal(ask(s, &sent), 201);
	assert_int_equal(s->once, 0);
	assert_int_equal(s->handled, 1);
}

/* A large body of this length is announced: how much of it may be read? */
static size_t
limit_of(struct setup *s, const char *credential, const char *uri,
    const char *type, const char *length)
{
	sark_exchange_reset(&s->in);
	s->in.refused = SARK_TOO_LARGE;
	add(s, "REQUEST_METHOD", "POST");
	add(s, "REQUEST_URI", uri);
	add(s, "CONTENT_TYPE", type);
	add(s, "CONTENT_LENGTH", length);
	if (credential != NULL)
		add(s, "HTTP_AUTHORIZATION", credential);
	return sark_dispatch_body_limit(&s->dispatch, &s->in);
}

static void
http13_only_who_may_sends_much(void **state)
{
	struct setup *s = *state;

	assert_int_equal(limit_of(s, "Bearer x", "/things", JSON, "60"), 64);
	assert_int_equal(limit_of(s, "Bearer x", "/things", JSON, "65"), 0);
	assert_int_equal(limit_of(s, NULL, "/things", JSON, "60"), 0);
	assert_int_equal(limit_of(s, "Bearer old", "/things", JSON, "60"), 0);
	assert_int_equal(
	    limit_of(s, "Bearer reader", "/things", JSON, "60"), 0);
	assert_int_equal(
	    limit_of(s, "Bearer x", "/things", "text/plain", "60"), 0);
	assert_int_equal(limit_of(s, "Bearer x", "/nothing", JSON, "60"), 0);
	assert_int_equal(
	    limit_of(s, "Bearer x", "/things/1/poke", JSON, "60"), 0);
	assert_null(s->app.mem);
}

static void
fcgi10_requests_leave_nothing_behind(void **state)
{
	static const struct sent alice = { "POST", "/things", "Bearer x", JSON,
		"{\"name\":\"alice\"}" };
	static const struct sent nobody = { "GET", "/open" };
	struct setup *s = *state;
	size_t before, i;

	ask(s, &alice);
	before = talloc_total_blocks(s);
	for (i = 0; i < 10000; i++) {
		assert_int_equal(ask(s, &alice), 201);
		assert_int_equal(ask(s, &nobody), 200);
		assert_null(strstr(s->out.data, "alice"));
	}
	assert_int_equal(talloc_total_blocks(s), before);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_request_gets_its_status),
		TEST(a_handler_sees_what_was_sent),
		TEST(http12_head_is_judged_like_get_and_options_tells_nothing),
		TEST(an_error_hides_the_handlers_half_work),
		TEST(refusals_are_told_apart),
		TEST(a_key_is_for_routes_that_create),
		TEST(http13_only_who_may_sends_much),
		TEST(fcgi10_requests_leave_nothing_behind),
	};

	return cmocka_run_group_tests_name("http/dispatch", tests, NULL, NULL);
}
