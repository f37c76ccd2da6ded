#ifndef SARK_HTTP_ROUTE_H
#define SARK_HTTP_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/app.h"
#include "base/attr.h"
#include "base/err.h"
#include "http/field.h"
#include "http/request.h"
#include "http/response.h"

/*
 * A handler: calls one area function and fills the response.  app->mem is
 * the request's memory.  On -1 the dispatcher logs and answers the error.
 */
typedef int sark_handler(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err);

enum sark_access {
	SARK_ACCESS_ANYONE = 1, /* no credential needed or read */
	SARK_ACCESS_USER,	/* any verified caller */
	SARK_ACCESS_PERMISSION, /* a verified caller with permission */
	SARK_ACCESS_IN_PERSON,	/* any in a session, and no API key */
	/* a stranger without credential, but with one a verified caller */
	SARK_ACCESS_EITHER,
};
#define SARK_ANYONE    SARK_ACCESS_ANYONE, NULL
#define SARK_SIGNED_IN SARK_ACCESS_USER, NULL
#define SARK_IN_PERSON SARK_ACCESS_IN_PERSON, NULL
#define SARK_EITHER    SARK_ACCESS_EITHER, NULL
#define SARK_MAY(what) SARK_ACCESS_PERMISSION, (what)

/* What limits the rate of a route's requests (serve/limits.h). */
enum sark_limit {
	SARK_LIMIT_USER,   /* who asks; of a stranger his address */
	SARK_LIMIT_LOGIN,  /* whom it is about, and from where */
	SARK_LIMIT_HEALTH, /* nothing, and it is never shed under load */
};

struct sark_route {
	enum sark_method method; /* GET serves HEAD too */
	const char *path;	 /* "/api/v1/servers/{id}" */
	enum sark_access access;
	const char *permission;
	const struct sark_input
	    *input; /* body for POST/PUT/PATCH, else query */
	sark_handler *handler;
	const char *audited_as; /* event type or NULL */
	enum sark_limit limit;
	size_t body_max; /* 0: the setting's */
	/*
	 * A POST that makes something, in one transaction, with its answer
	 * in resp before that commits: Idempotency-Key works (idempotency.h).
	 */
	bool creates;
	/*
	 * The body is a form, as in the OAuth standards, and the answer to a
	 * wrong one is 400 (sark_fields_from_form).
	 */
	bool form;
	/*
	 * A role that counts on some resource alone lets its bearer in, too:
	 * the area looks whether it is this one (base/permission.h).
	 */
	bool scoped;
	/*
	 * The handler passes the gate (store/gate.h) before anything is done,
	 * on a round trip that it makes anyway.
	 */
	bool passes;
	/*
	 * A DELETE whose input is a body.  RFC 9110 section 9.3.5 leaves its
	 * meaning to the server; what is secret cannot be in a query.
	 */
	bool takes_body;
};

#endif
