#ifndef SARK_HTTP_ROUTER_H
#define SARK_HTTP_ROUTER_H

#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "http/request.h"
#include "http/route.h"

/*
 * A compiled route table.  A path without parameters is found by its hash
 * and goes before one with them; a {name} segment matches one non-empty
 * segment.  A trailing slash is another path.
 */
struct sark_router;

struct sark_match {
	const struct sark_route *route; /* NULL: the method is not allowed */
	int index;			/* of route, -1 without */
	unsigned int allow;		/* enum sark_method bits of the path */
	const char *params[SARK_PATH_PARAMS];
};

/* Errors: CONFIG, what is wrong with which route. */
int sark_router_make(void *ctx, const struct sark_route *routes,
    struct sark_router **router_r, struct sark_err *err)
    SARK_NONNULL(2, 3, 4) SARK_CHECKED;
/*
 * Finds path; parameters are copied to mem.  method may be 0, unknown.
 * Returns 1, or 0 if there is no such path.
 */
int sark_router_find(const struct sark_router *router, void *mem,
    unsigned int method, const char *path, struct sark_match *match_r)
    SARK_NONNULL(1, 4, 5) SARK_CHECKED;
/* "GET, HEAD, POST" of method bits, on mem. */
const char *sark_router_allow(void *mem, unsigned int methods);

#endif
