#ifndef SARK_HTTP_DISPATCH_H
#define SARK_HTTP_DISPATCH_H

#include <stddef.h>
#include <stdint.h>

#include "base/app.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/caller.h"
#include "base/err.h"
#include "http/credential.h"
#include "http/exchange.h"
#include "http/limit.h"
#include "http/request.h"
#include "http/route.h"

struct sark_cors;
struct sark_networks;
struct sark_router;

/*
 * The one way of a request: parse, route (404, 405), size (413), rate limit
 * (429), credential (401), permission (403), content type (415), JSON (400),
 * fields (422), handler, response.  One log line a request.
 */
struct sark_dispatch {
	struct sark_app *app;
	const struct sark_route *routes; /* ended by { 0 } */
	/*
	 * Whether requests can be served at all now, asked before the
	 * credential is; its error is the answer.  May be NULL.
	 */
	int (*admit)(void *arg, struct sark_err *err);
	void *admit_arg;
	/*
	 * Verifies the credential, at most one of which is given, and fills
	 * the caller's identity, on app->mem; the rest of caller is set.
	 * Returns 0, or -1 with UNAUTHENTICATED, INVALID_TOKEN, ... .  Where
	 * it leaves app->gate, the caller is a guess until that is passed.
	 */
	int (*authenticate)(struct sark_app *app,
	    const struct sark_route *route,
	    const struct sark_credential *credential,
	    struct sark_caller *caller, struct sark_err *err);
	/*
	 * Passes app->gate, which may change the caller: then he may use the
	 * route.  Returns -1 with the answer for who may not pass.
	 */
	int (*pass_gate)(struct sark_app *app, struct sark_err *err);
	/*
	 * Counts a login, or the request of a stranger, once, and sets
	 * app->quota; its error is the answer, whatever else was wrong.  A
	 * caller who is known was counted by authenticate.  May be NULL.
	 */
	int (*limit)(struct sark_app *app, enum sark_limit_as as,
	    const struct sark_req *req, struct sark_err *err);
	/*
	 * Runs the handler of a route that creates when the request has an
	 * Idempotency-Key: at most once for one key (idempotency.h).
	 */
	int (*once)(struct sark_app *app, const struct sark_route *route,
	    const struct sark_req *req, struct sark_resp *resp,
	    struct sark_err *err);
	/* Counts an answer; route is its index in routes, -1 without. */
	void (*observe)(void *arg, int route, int status, int64_t duration_ns);
	void *observe_arg;
	/*
	 * Told of every 401 and 403 of a route, before the answer is written;
	 * route's audited_as and req->caller say what and who.  May be NULL.
	 */
	void (*refused)(struct sark_app *app, const struct sark_req *req,
	    const struct sark_route *route, const struct sark_err *err);

	/* set by sark_dispatch_init */
	struct sark_router *router;
	struct sark_networks *proxies;
	struct sark_cors *cors;
	void *pool;
};

/*
 * Compiles the routes, the trusted proxies and the origins of app->conf, on
 * ctx.  Errors: CONFIG, a route, a network or an origin is wrong.
 */
int sark_dispatch_init(struct sark_dispatch *dispatch, void *ctx,
    struct sark_err *err) SARK_NONNULL(1, 3) SARK_CHECKED;
/*
 * Answers one request into out, a CGI/1.1 response; dispatch is the struct,
 * so that this is the handle of struct sark_listen and struct sark_cgi.
 * app->mem is a fresh context meanwhile and NULL afterwards.
 */
void sark_dispatch_handle(void *dispatch, const struct sark_exchange *in,
    struct sark_buf *out) SARK_NONNULL(1, 2, 3);

/*
 * How many bytes of body a request may have that sends, or announces, more
 * than is read from anybody: none without a credential that is good for its
 * route.  The body_limit of struct sark_listen and struct sark_cgi.
 */
size_t sark_dispatch_body_limit(void *dispatch, const struct sark_exchange *in)
    SARK_NONNULL(1, 2);

#endif
