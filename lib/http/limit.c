#include "http/limit.h"

void
sark_limit_headers(const struct sark_quota *quota, struct sark_resp *resp)
{
	if (quota->limit == 0)
		return;
	sark_buf_format(&resp->headers,
	    "X-RateLimit-Limit: %lld\r\nX-RateLimit-Remaining: %lld\r\n"
	    "X-RateLimit-Reset: %lld\r\n",
	    (long long)quota->limit, (long long)quota->remaining,
	    (long long)quota->reset_s);
}

int
sark_limit_exceeded(const struct sark_quota *quota, struct sark_err *err)
{
	long long wait = quota->retry_after_s;

	err->retry_after_s = quota->retry_after_s;
	return sark_err_set(err, SARK_RATE_LIMITED,
	    "Rate limit exceeded. Try again in %lld second%s.", wait,
	    wait == 1 ? "" : "s");
}
