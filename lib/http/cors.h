#ifndef SARK_HTTP_CORS_H
#define SARK_HTTP_CORS_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "http/exchange.h"
#include "http/response.h"

/*
 * Cross-origin requests, as the Fetch standard has them (section 3.2): which
 * answers a page of another origin may read.  An origin is compared as a
 * whole with those of the list; "*" and "null" are never answered, and
 * Access-Control-Allow-Credentials is never sent: a page sends its token in
 * the Authorization header, not a cookie.
 */
struct sark_cors;

/*
 * From a list of exact origins, "https://app.example.org:8443", as browsers
 * write them: lower case, no path, no default port.  *cors_r is NULL for an
 * empty list.  Errors: CONFIG, what is no origin.
 */
int sark_cors_make(void *ctx, const char *const *origins,
    struct sark_cors **cors_r, struct sark_err *err)
    SARK_NONNULL(2, 3, 4) SARK_CHECKED;
/*
 * Adds to a response, whatever its status, what the origin of the request
 * may know of it; allow are the methods of the path for a preflight, NULL for
 * any other request.  With a list every response has Vary: Origin; without
 * one (cors NULL) nothing is added.
 */
void sark_cors_answer(const struct sark_cors *cors,
    const struct sark_exchange *in, const char *allow, struct sark_resp *resp)
    SARK_NONNULL(2, 4);
/* Whether in asks, by OPTIONS, if another request may be made. */
bool sark_cors_preflight(const struct sark_exchange *in) SARK_NONNULL(1);

#endif
