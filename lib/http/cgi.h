#ifndef SARK_HTTP_CGI_H
#define SARK_HTTP_CGI_H

#include <stddef.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "http/exchange.h"

/* One request by plain CGI/1.1 (RFC 3875): environment, stdin, stdout. */
struct sark_cgi {
	char *const *environment; /* NULL-ended, "NAME=value" */
	int in, out;		  /* descriptors */
	size_t body_max;
	int64_t timeout_ms; /* for the body to come */
	void (*handle)(
	    void *arg, const struct sark_exchange *in, struct sark_buf *out);
	void *arg;
	size_t body_ask; /* as in struct sark_listen */
	size_t (*body_limit)(void *arg, const struct sark_exchange *in);
};

/*
 * Reads CONTENT_LENGTH bytes, or fewer where the body ends early (which the
 * reader of the request refuses), handles and writes the response.
 * Errors: INTERNAL, the response could not be written.
 */
int sark_cgi_run(const struct sark_cgi *cgi, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;

#endif
