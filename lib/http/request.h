#ifndef SARK_HTTP_REQUEST_H
#define SARK_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/caller.h"
#include "json/reader.h"

enum sark_method {
	SARK_GET = 1 << 0,
	SARK_HEAD = 1 << 1,
	SARK_POST = 1 << 2,
	SARK_PUT = 1 << 3,
	SARK_PATCH = 1 << 4,
	SARK_DELETE = 1 << 5,
	SARK_OPTIONS = 1 << 6,
};

#define SARK_PATH_PARAMS 4

/*
 * A request as a handler sees it: routed, authenticated, validated.  Lives
 * on the request's memory.
 */
struct sark_req {
	enum sark_method method;
	const char *path;  /* canonical, decoded */
	const char *query; /* raw, without '?' */
	const char *body;  /* NUL behind body_len bytes */
	size_t body_len;
	const char *params[SARK_PATH_PARAMS]; /* of {…} in order */
	const struct sark_caller *caller;     /* never NULL */
	const void *input;		      /* the route's input struct */
	const struct sark_json *json;	      /* the body, NULL without */
	bool no_cache;			      /* Cache-Control: no-cache */
	const char *if_match;		      /* as sent, NULL without */
	const char *if_none_match;	      /* as sent, "" without */
	const char *idempotency_key;	      /* as sent, NULL without */
	void *mem;
};

#endif
