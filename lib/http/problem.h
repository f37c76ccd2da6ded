#ifndef SARK_HTTP_PROBLEM_H
#define SARK_HTTP_PROBLEM_H

#include "base/attr.h"
#include "base/err.h"
#include "http/response.h"

/*
 * Turns an error into the response: RFC 9457 body with type, title, status,
 * detail, code, request_id and, for INVALID, errors; WWW-Authenticate with
 * 401 and INSUFFICIENT_SCOPE (RFC 6750 section 3), Retry-After with 429 and
 * 503.  The error's text is shown only for the codes that err.h names.
 * Whatever the handler had put into resp is gone.
 */
void sark_problem_write(struct sark_resp *resp, const struct sark_err *err,
    const char *request_id) SARK_NONNULL(1, 2, 3);

#endif
