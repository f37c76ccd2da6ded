#include "http/dispatch.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "http/access.h"
#include "http/answer.h"
#include "http/cors.h"
#include "http/field.h"
#include "http/incoming.h"
#include "http/limit.h"
#include "base/networks.h"
#include "http/problem.h"
#include "http/router.h"
#include "http/tracing.h"

#define POOL_BYTES   (32 * 1024)
#define BODY_METHODS (SARK_POST | SARK_PUT | SARK_PATCH)

/* One request on its way. */
struct passage {
	struct sark_dispatch *dispatch;
	int64_t start_ns;
	struct sark_incoming incoming;
	struct sark_match match;
	bool counted;
	struct sark_resp resp;
	struct sark_err err;
};

int
sark_dispatch_init(
    struct sark_dispatch *dispatch, void *ctx, struct sark_err *err)
{
	const struct sark_conf *conf = dispatch->app->conf;

	if (sark_router_make(ctx, dispatch->routes, &dispatch->router, err) ==
		-1 ||
	    sark_networks_make(
		ctx, conf->trusted_proxies, &dispatch->proxies, err) == -1 ||
	    sark_cors_make(ctx, conf->cors_origins, &dispatch->cors, err) == -1)
		return -1;
	dispatch->pool = sark_mem_check(talloc_pool(ctx, POOL_BYTES));
	return 0;
}

static int
find_route(struct passage *p)
{
	struct sark_req *req = &p->incoming.req;
	size_t i;

	if (sark_router_find(p->dispatch->router, req->mem, req->method,
		req->path, &p->match) == 0)
		return sark_err_set(&p->err, SARK_NOT_FOUND, "no such path");
	if (p->match.route == NULL && req->method != SARK_OPTIONS)
		return sark_err_set(&p->err, SARK_METHOD_NOT_ALLOWED,
		    "%s is not allowed", p->incoming.method);
	for (i = 0; i < SARK_PATH_PARAMS; i++)
		req->params[i] = p->match.params[i];
	return 0;
}

static bool
takes_body(const struct passage *p)
{
	return (p->incoming.req.method & BODY_METHODS) != 0 ||
	    p->match.route->takes_body;
}

static size_t
body_max(const struct passage *p)
{
	size_t max = p->match.route->body_max;

	return max != 0 ? max : (size_t)p->dispatch->app->conf->body_max_bytes;
}

static int
check_size(struct passage *p)
{
	if (p->incoming.length > body_max(p))
		return sark_err_set(&p->err, SARK_TOO_LARGE,
		    "a body of %llu bytes",
		    (unsigned long long)p->incoming.length);
	return 0;
}

/* Whether the body is of the kind that the route takes. */
static int
check_type(struct passage *p)
{
	return p->match.route->form ? sark_incoming_form(&p->incoming, &p->err)
				    : sark_incoming_json(&p->incoming, &p->err);
}

/* What was not read for want of a good credential has been told so by now. */
static int
check_whole(struct passage *p)
{
	if (!p->incoming.too_large)
		return 0;
	if (check_type(p) == -1)
		return -1;
	return sark_err_set(&p->err, SARK_TOO_LARGE, "the body is too long");
}

static int
check_admission(struct passage *p)
{
	const struct sark_dispatch *d = p->dispatch;

	return d->admit == NULL ? 0 : d->admit(d->admit_arg, &p->err);
}

/* Whether nobody has to say who he is. */
static bool
open_to_strangers(const struct passage *p)
{
	const struct sark_credential *credential = &p->incoming.credential;

	return p->match.route->access == SARK_ACCESS_ANYONE ||
	    (p->match.route->access == SARK_ACCESS_EITHER &&
		credential->bearer == NULL && credential->api_key == NULL);
}

static int
check_access(struct passage *p)
{
	const struct sark_route *route = p->match.route;
	struct sark_dispatch *d = p->dispatch;
	struct sark_caller *caller = &p->incoming.caller;

	if (open_to_strangers(p))
		return 0;
	if (d->authenticate(
		d->app, route, &p->incoming.credential, caller, &p->err) == -1)
		return -1;
	if (sark_access_check(route, caller, &p->err) == 0)
		return 0;
	if (d->app->gate == NULL)
		return -1;
	/* It was a guess: he may be more by now. */
	sark_err_init(&p->err);
	if (d->pass_gate(d->app, &p->err) == -1)
		return -1;
	return sark_access_check(route, caller, &p->err);
}

/* Whoever does not pass the gate learns nothing else. */
static int
check_gate(struct passage *p)
{
	const struct sark_dispatch *d = p->dispatch;
	struct sark_err err;

	if (d->app->gate == NULL)
		return 0;
	sark_err_init(&err);
	if (d->pass_gate(d->app, &err) != -1)
		return 0;
	p->err = err;
	return -1;
}

/* Counts the request; that it is one too many goes before other errors. */
static int
count(struct passage *p, enum sark_limit_as as)
{
	struct sark_dispatch *d = p->dispatch;
	struct sark_err refused;

	p->counted = true;
	if (d->limit == NULL)
		return 0;
	sark_err_init(&refused);
	if (d->limit(d->app, as, &p->incoming.req, &refused) == 0)
		return 0;
	p->err = refused;
	return -1;
}

/* Whether a body without a byte can be right. */
static bool
nothing_required(const struct sark_input *input)
{
	const struct sark_field *field;

	for (field = input->fields; field->pointer != NULL; field++)
		if ((field->flags & SARK_REQUIRED) != 0)
			return false;
	return true;
}

static int
read_body(struct passage *p, void **input_r)
{
	const struct sark_input *input = p->match.route->input;
	struct sark_req *req = &p->incoming.req;

	if (req->body_len == 0 && p->incoming.content_type == NULL &&
	    (input == NULL || nothing_required(input))) {
		if (input != NULL)
			*input_r = sark_new_array(req->mem, char, input->size);
		return 0;
	}
	if (check_type(p) == -1)
		return -1;
	if (p->match.route->form)
		return sark_fields_from_form(req->mem, input, req->body,
		    req->body_len, input_r, &p->err);
	if (sark_json_parse(
		req->mem, req->body, req->body_len, &req->json, &p->err) == -1)
		return -1;
	if (input == NULL)
		return 0;
	return sark_fields_from_json(
	    req->mem, input, req->json, input_r, &p->err);
}

static int
read_query(struct passage *p, void **input_r)
{
	const struct sark_input *input = p->match.route->input;
	struct sark_req *req = &p->incoming.req;

	if (req->body_len > 0)
		return sark_err_set(&p->err, SARK_BAD_REQUEST,
		    "%s takes no body", p->incoming.method);
	if (input != NULL)
		return sark_fields_from_query(
		    req->mem, input, req->query, input_r, &p->err);
	if (req->query[0] != '\0')
		return sark_err_set(
		    &p->err, SARK_BAD_REQUEST, "no query is taken here");
	return 0;
}

static int
parse_input(struct passage *p)
{
	struct sark_req *req = &p->incoming.req;
	void *input = NULL;

	if (!takes_body(p)) {
		if (read_query(p, &input) == -1)
			return -1;
	} else {
		if (req->query[0] != '\0')
			return sark_err_set(&p->err, SARK_BAD_REQUEST,
			    "no query is taken here");
		if (read_body(p, &input) == -1)
			return -1;
	}
	req->input = input;
	return 0;
}

static int
read_input(struct passage *p)
{
	int good = parse_input(p);

	/* Good or bad, as it says whom a login is about. */
	if (p->match.route->limit == SARK_LIMIT_LOGIN &&
	    count(p, SARK_LIMIT_AS_LOGIN) == -1)
		return -1;
	return good;
}

/* What the stores may be waited for, from now on. */
static void
set_deadline(struct passage *p)
{
	struct sark_app *app = p->dispatch->app;
	int64_t ms = p->match.route->limit == SARK_LIMIT_LOGIN
	    ? app->conf->login_deadline_ms
	    : app->conf->deadline_ms;

	app->deadline_ns = sark_clock_mono_ns() + ms * 1000000;
}

static int
handle(struct passage *p)
{
	const struct sark_route *route = p->match.route;
	const struct sark_req *req = &p->incoming.req;
	struct sark_dispatch *d = p->dispatch;

	if (route->creates && req->idempotency_key != NULL)
		return d->once(d->app, route, req, &p->resp, &p->err);
	if (route->handler(d->app, req, &p->resp, &p->err) == -1)
		return -1;
	if (d->app->gate != NULL)
		return sark_err_set(&p->err, SARK_INTERNAL,
		    "%s answers who did not pass the gate", route->path);
	return 0;
}

/* The order is the contract: what comes first hides what comes after. */
static int
pass(struct passage *p, const struct sark_exchange *in)
{
	struct sark_dispatch *d = p->dispatch;
	const struct sark_route *route;
	int good = sark_incoming_read(
	    d->app->mem, d->proxies, in, &p->incoming, &p->err);

	sark_tracing_begin(d->app->tracer, &p->incoming, p->start_ns);
	if (good == -1 || find_route(p) == -1)
		return -1;
	if (p->incoming.req.method == SARK_OPTIONS) {
		p->resp.status = 204;
		return sark_resp_header(&p->resp, &p->err, "Allow", "%s",
		    sark_router_allow(d->app->mem, p->match.allow));
	}
	set_deadline(p);
	route = p->match.route;
	if (check_size(p) == -1 || check_admission(p) == -1 ||
	    check_access(p) == -1)
		return -1;
	if (route->access == SARK_ACCESS_ANYONE &&
	    route->limit == SARK_LIMIT_USER &&
	    count(p, SARK_LIMIT_AS_STRANGER) == -1)
		return -1;
	if (check_whole(p) == -1 || read_input(p) == -1)
		return -1;
	return handle(p);
}

/* The bytes that a body may have which nobody is trusted to send. */
static size_t
weigh(struct passage *p, const struct sark_exchange *in)
{
	struct sark_dispatch *d = p->dispatch;

	if (sark_incoming_read(
		d->app->mem, d->proxies, in, &p->incoming, &p->err) == -1 ||
	    find_route(p) == -1 || p->match.route == NULL ||
	    open_to_strangers(p) || !takes_body(p))
		return 0;
	set_deadline(p);
	if (check_size(p) == -1 || check_type(p) == -1 ||
	    check_admission(p) == -1 || check_access(p) == -1 ||
	    check_gate(p) == -1)
		return 0;
	return body_max(p);
}

size_t
sark_dispatch_body_limit(void *dispatch, const struct sark_exchange *in)
{
	struct sark_dispatch *d = dispatch;
	void *mem = sark_mem_check(talloc_new(d->pool));
	struct passage *p = sark_new(mem, struct passage);
	size_t limit;

	d->app->mem = mem;
	p->dispatch = d;
	sark_err_init(&p->err);
	d->app->uncounted = true;
	limit = weigh(p, in);
	d->app->uncounted = false;
	d->app->deadline_ns = 0;
	d->app->gate = NULL;
	d->app->mem = NULL;
	talloc_free(mem);
	return limit;
}

/* Who shows a credential that is none is a stranger, once. */
static void
count_stranger(struct passage *p)
{
	if (!p->counted && p->match.route->limit != SARK_LIMIT_HEALTH)
		(void)count(p, SARK_LIMIT_AS_STRANGER);
}

/* The error as the answer; a refusal is told to the audit hook first. */
static void
refuse(struct passage *p)
{
	struct sark_dispatch *d = p->dispatch;
	const struct sark_route *route = p->match.route;
	struct sark_err ignored;
	int status;

	if (check_gate(p) == -1)
		sark_buf_reset(&p->resp.headers);
	if (p->err.code == SARK_OK)
		sark_err_set(&p->err, SARK_INTERNAL, "no reason was given");
	if (sark_code_status(p->err.code) == 401 && route != NULL)
		count_stranger(p);
	status = sark_code_status(p->err.code);
	if ((status == 401 || status == 403) && route != NULL &&
	    d->refused != NULL)
		d->refused(d->app, &p->incoming.req, route, &p->err);
	sark_problem_write(&p->resp, &p->err, p->incoming.caller.request_id);
	sark_err_init(&ignored);
	if (p->err.code == SARK_METHOD_NOT_ALLOWED && p->match.allow != 0 &&
	    sark_resp_header(&p->resp, &ignored, "Allow", "%s",
		sark_router_allow(d->app->mem, p->match.allow)) == -1)
		sark_log_err(SARK_LOG_ERROR, "allow", &ignored);
}

/* The last of the headers: errors have them as well. */
static void
let_origin(struct passage *p, const struct sark_exchange *in)
{
	struct sark_dispatch *d = p->dispatch;
	const char *allow = NULL;

	if (p->match.allow != 0 && sark_cors_preflight(in))
		allow = sark_router_allow(
		    d->app->mem, p->match.allow & ~(unsigned int)SARK_OPTIONS);
	sark_cors_answer(d->cors, in, allow, &p->resp);
}

static void
log_request(const struct passage *p, int status, int64_t duration_ns)
{
	const struct sark_caller *caller = &p->incoming.caller;
	bool failed = p->err.code != SARK_OK;
	char code[8], ms[24];

	snprintf(code, sizeof(code), "%d", status);
	snprintf(ms, sizeof(ms), "%lld.%03d",
	    (long long)(duration_ns / 1000000),
	    (int)(duration_ns / 1000 % 1000));
	sark_log(status >= 500 ? SARK_LOG_ERROR : SARK_LOG_INFO, "request",
	    "method", p->incoming.method, "path", p->incoming.req.path,
	    "status", code, "ms", ms, "request_id", caller->request_id,
	    "trace_id", caller->trace_id, "user", caller->user_id, "client",
	    caller->client_ip, "code",
	    failed ? sark_code_name(p->err.code) : "", "text",
	    failed ? p->err.text : "", NULL);
}

void
sark_dispatch_handle(
    void *dispatch, const struct sark_exchange *in, struct sark_buf *out)
{
	struct sark_dispatch *d = dispatch;
	int64_t start = sark_clock_mono_ns() - in->waited_ns, duration;
	void *mem = sark_mem_check(talloc_new(d->pool));
	struct passage *p = sark_mem_check(talloc_size(mem, sizeof(*p)));
	struct sark_answer answer;
	int status;

	d->app->mem = mem;
	p->dispatch = d;
	p->start_ns = start;
	memset(&p->match, 0, sizeof(p->match));
	p->match.index = -1;
	p->counted = false;
	memset(&p->resp, 0, sizeof(p->resp));
	sark_buf_init(&p->resp.headers, mem);
	sark_buf_init(&p->resp.body, mem);
	sark_err_init(&p->err);
	if (pass(p, in) == -1)
		refuse(p);
	sark_limit_headers(&d->app->quota, &p->resp);
	let_origin(p, in);
	answer.method = p->incoming.req.method;
	answer.request_id = p->incoming.caller.request_id;
	answer.traceparent = p->incoming.traceparent;
	answer.https = p->incoming.https;
	status = sark_answer_write(&answer, &p->resp, out);
	duration = sark_clock_mono_ns() - start;
	if (d->observe != NULL)
		d->observe(d->observe_arg, p->match.index, status, duration);
	sark_tracing_end(
	    d->app->tracer, &p->incoming, p->match.route, status, p->err.code);
	log_request(p, status, duration);
	d->app->deadline_ns = 0;
	d->app->gate = NULL;
	d->app->quota.limit = 0;
	d->app->mem = NULL;
	talloc_free(mem);
}
