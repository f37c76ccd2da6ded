#ifndef SARK_NET_HTTP_H
#define SARK_NET_HTTP_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/*
 * An HTTP client that does what it is told and nothing beside: no proxy from
 * the environment, no redirect followed, http and https only, certificates
 * and names verified, TLS 1.2 or later, answers of at most SARK_HTTP_ANSWER_MAX bytes.
 */
#define SARK_HTTP_ANSWER_MAX (16 * 1024 * 1024)

struct sark_http;

struct sark_http_request {
	const char *method; /* "GET" */
	const char *url;
	const char *ca; /* PEM file of who may vouch for it; NULL: Debian's */
	const char *bearer;	    /* access token, NULL without */
	const char *body;	    /* JSON, NULL without */
	size_t len;		    /* of the body; 0: it is a string */
	const char *const *headers; /* "Name: value" ..., NULL without */
};

struct sark_http_answer {
	int status;	  /* 100..599 */
	const char *body; /* NUL behind len bytes */
	size_t len;
	const char *request_id;	  /* X-Request-ID or "" */
	const char *cache_status; /* X-Cache-Status or "" */
	int64_t retry_after_s;	  /* Retry-After, 0 without */
};

/* One handle, its connection kept alive; freed with ctx. */
struct sark_http *sark_http_new(
    void *ctx, int64_t timeout_ms, struct sark_err *err) SARK_NONNULL(3);
/*
 * Any status is an answer.  *answer_r is on ctx.
 * Errors: UNAVAILABLE nobody there, TLS or the answer is broken; TIMEOUT;
 * USAGE the URL is none; TOO_LARGE.
 */
int sark_http_perform(struct sark_http *http, void *ctx,
    const struct sark_http_request *request, struct sark_http_answer *answer_r,
    struct sark_err *err) SARK_NONNULL(1, 3, 4, 5) SARK_CHECKED;

/*
 * The same without waiting for the answer: one request at a time, whose body
 * and answer_r live until it is over or http is freed.
 */
int sark_http_start(struct sark_http *http, void *ctx,
    const struct sark_http_request *request, struct sark_http_answer *answer_r,
    struct sark_err *err) SARK_NONNULL(1, 3, 4, 5) SARK_CHECKED;
/*
 * Waits until the request that was started is over, fd (-1: none) can be
 * read, ms have passed, or a signal came; works on the request meanwhile.
 * Returns 1 when the request is over and answered, 0 when there is none or it
 * is not over yet, -1 when it failed, which ends it too.
 */
int sark_http_wait(struct sark_http *http, int fd, int64_t ms,
    struct sark_err *err) SARK_NONNULL(1, 4) SARK_CHECKED;

/* text as one component of a URL (RFC 3986 section 2.1), on ctx. */
const char *sark_http_escape(void *ctx, const char *text) SARK_NONNULL(2);

#endif
