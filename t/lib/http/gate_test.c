/*
 * A route that passes its gate itself: until then who asks is a guess, and he
 * learns nothing but what the gate says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/log.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "http/dispatch.h"

#define JSON "application/json"

struct thing {
	const char *name;
};

struct setup {
	struct sark_conf conf;
	struct sark_app app;
	struct sark_dispatch dispatch;
	struct sark_exchange in;
	struct sark_buf out;
	/* what the gate and the handler are told to do */
	enum gate { SAME, MORE, LESS, OVER } gate;
	bool guess_may, handler_passes;
	/* what happened */
	struct sark_caller *caller;
	int gates, handled, status;
};

static struct setup *current;
static const char *const reader[] = { "thing:read", NULL };
static const char *const all[] = { "thing:*", NULL };

static int
pass_gate(struct sark_app *app, struct sark_err *err)
{
	if (app->gate == NULL)
		return 0;
	current->gates++;
	switch (current->gate) {
	case OVER:
		return sark_err_set(err, SARK_INVALID_TOKEN, "over");
	case LESS:
		current->caller->permissions = reader;
		return sark_err_set(err, SARK_FORBIDDEN, "no longer");
	case MORE:
		current->caller->permissions = all;
		break;
	case SAME:
		break;
	}
	app->gate = NULL;
	return 0;
}

static int
echo(struct sark_app *app, const struct sark_req *req, struct sark_resp *resp,
    struct sark_err *err)
{
	if (current->handler_passes && pass_gate(app, err) == -1)
		return -1;
	current->handled++;
	resp->status = 201;
	sark_buf_format(&resp->body, "{\"user\":\"%s\"}", req->caller->user_id);
	return 0;
}

/* clang-format off */
static const struct sark_field thing_fields[] = {
	{ "/name", SARK_TEXT, offsetof(struct thing, name), 1, 10, SARK_REQUIRED },
	{ NULL }
};
static const struct sark_input thing_input = { thing_fields, sizeof(struct thing) };
static const struct sark_route routes[] = {
	{ SARK_POST, "/gated", SARK_MAY("thing:write"), &thing_input, echo, .passes = true },
	{ 0 }
};
/* clang-format on */

static int
authenticate(struct sark_app *app, const struct sark_route *route,
    const struct sark_credential *credential, struct sark_caller *caller,
    struct sark_err *err)
{
	if (credential->bearer == NULL)
		return sark_err_set(err, SARK_UNAUTHENTICATED, "none");
	assert_true(route->passes);
	/* Nobody looks into it here. */
	app->gate = (void *)current;
	caller->user_id = "alice";
	caller->permissions = current->guess_may ? all : reader;
	current->caller = caller;
	return 0;
}

static void
observe(void *arg, int route, int status, int64_t duration_ns)
{
	struct setup *s = arg;

	(void)route;
	(void)duration_ns;
	s->status = status;
}

static int
set_up(void **state)
{
	static const char *const nobody[] = { NULL };
	struct setup *s = sark_new(NULL, struct setup);
	struct sark_err err;

	sark_log_open("test", SARK_LOG_ERROR, SARK_LOG_KV, SARK_LOG_STDERR);
	sark_err_init(&err);
	s->conf.trusted_proxies = s->conf.cors_origins = nobody;
	s->conf.body_max_bytes = 1000;
	s->app.conf = &s->conf;
	s->dispatch = (struct sark_dispatch){
		.app = &s->app,
		.routes = routes,
		.authenticate = authenticate,
		.pass_gate = pass_gate,
		.observe = observe,
		.observe_arg = s,
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
	const struct sark_param param = { name, value, (uint32_t)strlen(name),
		(uint32_t)strlen(value) };

	sark_exchange_add(&s->in, &param);
}

static void
request(struct setup *s, const char *length)
{
	sark_exchange_reset(&s->in);
	add(s, "REQUEST_METHOD", "POST");
	add(s, "REQUEST_URI", "/gated");
	add(s, "HTTP_AUTHORIZATION", "Bearer x");
	add(s, "CONTENT_TYPE", JSON);
	add(s, "CONTENT_LENGTH", length);
}

static int
ask(struct setup *s, const char *body)
{
	char length[24];

	snprintf(length, sizeof(length), "%zu", strlen(body));
	request(s, length);
	s->in.body = body;
	s->in.body_len = strlen(body);
	s->handled = s->gates = 0;
	sark_buf_reset(&s->out);
	sark_dispatch_handle(&s->dispatch, &s->in, &s->out);
	assert_null(s->app.gate);
	return s->status;
}

/* Who was guessed learns nothing before the gate has spoken. */
static void
the_gate_comes_before_what_is_wrong(void **state)
{
	static const char good[] = "{\"name\":\"a\"}";
	static const char bad[] = "{\"name\":7}", broken[] = "{";
	static const struct {
		const char *body;
		bool guess_may, passes;
		enum gate gate;
		int status, handled;
	} rows[] = {
		{ good, true, true, SAME, 201, 1 },
		{ good, true, true, MORE, 201, 1 },
		{ good, true, true, LESS, 403, 0 },
		{ good, true, true, OVER, 401, 0 },
		/* he may more, or not, than was thought */
		{ good, false, true, SAME, 403, 0 },
		{ good, false, true, MORE, 201, 1 },
		{ good, false, true, OVER, 401, 0 },
		{ bad, true, true, SAME, 422, 0 },
		{ bad, true, true, LESS, 403, 0 },
		{ bad, true, true, OVER, 401, 0 },
		{ broken, true, true, SAME, 400, 0 },
		{ broken, true, true, OVER, 401, 0 },
		/* a handler that forgets its gate answers nobody */
		{ good, true, false, SAME, 500, 1 },
		{ good, true, false, OVER, 401, 1 },
	};
	struct setup *s = *state;
	size_t i;

	for (i = 0; i < SARK_COUNT(rows); i++) {
		s->guess_may = rows[i].guess_may;
		s->handler_passes = rows[i].passes;
		s->gate = rows[i].gate;
		assert_int_equal(ask(s, rows[i].body), rows[i].status);
		assert_int_equal(s->handled, rows[i].handled);
		if (rows[i].status >= 400)
			assert_null(strstr(s->out.data, "alice"));
	}
}

static void
nobody_sends_much_before_the_gate(void **state)
{
	struct setup *s = *state;
	const struct {
		enum gate gate;
		size_t limit;
	} rows[] = { { SAME, 1000 }, { OVER, 0 }, { LESS, 0 } };
	size_t i;

	s->guess_may = true;
	for (i = 0; i < SARK_COUNT(rows); i++) {
		request(s, "900");
		s->in.refused = SARK_TOO_LARGE; /* it is not here yet */
		s->gate = rows[i].gate;
		s->gates = 0;
		assert_int_equal(sark_dispatch_body_limit(&s->dispatch, &s->in),
		    rows[i].limit);
		assert_int_equal(s->gates, 1);
		assert_null(s->app.gate);
	}
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(the_gate_comes_before_what_is_wrong),
		TEST(nobody_sends_much_before_the_gate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
