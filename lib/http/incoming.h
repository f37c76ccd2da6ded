#ifndef SARK_HTTP_INCOMING_H
#define SARK_HTTP_INCOMING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"
#include "http/credential.h"
#include "http/exchange.h"
#include "base/networks.h"
#include "http/request.h"

#define SARK_USER_AGENT_MAX 512

/* A request as it came, before it is routed. */
struct sark_incoming {
	struct sark_req req;	   /* method 0: unknown */
	struct sark_caller caller; /* anonymous */
	struct sark_credential credential;
	const char *method;	  /* as sent, "" without */
	const char *traceparent;  /* valid, or NULL; tracing.h */
	const char *content_type; /* NULL without */
	const char *content_encoding;
	uint64_t length; /* of the body, as announced */
	bool too_large;	 /* it was not read to its end */
	bool https;
};

/*
 * Reads the variables of in.  The path is that of REQUEST_URI and of nothing
 * else (target.h): SCRIPT_NAME and PATH_INFO depend on the web server's
 * decoding.  The headers Proxy, Forwarded, X-Real-IP, X-Original-URL and
 * X-HTTP-Method-Override are not read at all.
 *
 * Even after an error the request id, the trace and req->caller are valid.
 * Errors: BAD_REQUEST, URI_TOO_LONG, HEADERS_TOO_LARGE.
 */
int sark_incoming_read(void *mem, const struct sark_networks *proxies,
    const struct sark_exchange *in, struct sark_incoming *incoming_r,
    struct sark_err *err) SARK_NONNULL(2, 3, 4, 5) SARK_CHECKED;
/*
 * Whether the body may be read as JSON: application/json, in UTF-8 if it
 * says, not encoded; as a form: application/x-www-form-urlencoded, the same.
 * Errors: UNSUPPORTED_MEDIA_TYPE; BAD_REQUEST, more than one Content-Type.
 */
int sark_incoming_json(const struct sark_incoming *incoming,
    struct sark_err *err) SARK_NONNULL(1, 2) SARK_CHECKED;
int sark_incoming_form(const struct sark_incoming *incoming,
    struct sark_err *err) SARK_NONNULL(1, 2) SARK_CHECKED;

#endif
