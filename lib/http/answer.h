#ifndef SARK_HTTP_ANSWER_H
#define SARK_HTTP_ANSWER_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "http/request.h"
#include "http/response.h"

/*
 * The one place where a response becomes bytes: a CGI/1.1 document response
 * (RFC 3875 section 6.2) with the headers that every answer has.  A status
 * outside 200..599 or a Content-Type with control bytes is 500; HEAD, 204
 * and 304 have no body.
 */
struct sark_answer {
	enum sark_method method;
	const char *request_id;
	const char *traceparent; /* NULL without */
	bool https;
};

/* Returns the status that was written. */
int sark_answer_write(const struct sark_answer *answer,
    const struct sark_resp *resp, struct sark_buf *out) SARK_NONNULL(1, 2, 3);

#endif
