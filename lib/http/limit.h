#ifndef SARK_HTTP_LIMIT_H
#define SARK_HTTP_LIMIT_H

#include "base/attr.h"
#include "base/err.h"
#include "base/quota.h"
#include "http/request.h"
#include "http/response.h"

/* As what a request is counted. */
enum sark_limit_as {
	SARK_LIMIT_AS_STRANGER,
	SARK_LIMIT_AS_LOGIN,
};

/* Adds X-RateLimit-Limit, -Remaining and -Reset, if there is a limit. */
void sark_limit_headers(const struct sark_quota *quota, struct sark_resp *resp)
    SARK_NONNULL(1, 2);
/*
 * Sets RATE_LIMITED, with the text for the client and the time to wait,
 * retry_after_s of quota.  Always returns -1.
 */
int sark_limit_exceeded(const struct sark_quota *quota, struct sark_err *err)
    SARK_NONNULL(1, 2);

#endif
