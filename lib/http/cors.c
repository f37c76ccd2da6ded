#include "http/cors.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"

#define SMALL  "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

struct sark_cors {
	const char *const *origins; /* ended by NULL */
};

/* What a page may send; how long its browser remembers that, seconds. */
static const char may_send[] =
    "Access-Control-Allow-Headers: Authorization, Content-Type, X-API-Key, "
    "Idempotency-Key, If-Match, If-None-Match, X-Request-ID, traceparent\r\n"
    "Access-Control-Max-Age: 600\r\n";
/* What it may read besides the headers that every page may. */
static const char may_read[] =
    "Access-Control-Expose-Headers: X-Request-ID, X-Cache-Status, ETag, "
    "Location, Retry-After, WWW-Authenticate, Idempotent-Replayed, "
    "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset\r\n";

/* A port that the scheme does not have anyway: that one is never written. */
static bool
port_valid(const char *text, bool tls)
{
	int64_t port;

	return text[0] != '0' && sark_num_int(text, 1, 65535, &port) == 0 &&
	    port != (tls ? 443 : 80);
}

/* The serialisation of an origin, HTML standard section 7.1.1. */
static bool
origin_valid(const char *origin)
{
	bool tls = strncmp(origin, "https://", 8) == 0;
	const char *host, *p;

	if (!tls && strncmp(origin, "http://", 7) != 0)
		return false;
	host = p = origin + (tls ? 8 : 7);
	if (*p == '[') {
		p += 1 + strspn(p + 1, "abcdef:." DIGITS);
		if (*p++ != ']')
			return false;
	} else {
		p += strspn(p, SMALL DIGITS ".-_");
	}
	if (p == host)
		return false;
	return *p == '\0' || (*p == ':' && port_valid(p + 1, tls));
}

int
sark_cors_make(void *ctx, const char *const *origins, struct sark_cors **cors_r,
    struct sark_err *err)
{
	size_t i;

	*cors_r = NULL;
	for (i = 0; origins[i] != NULL; i++)
		if (!origin_valid(origins[i]))
			return sark_err_set(err, SARK_CONFIG,
			    "cors_origins: '%s' is no origin like "
			    "https://app.example.org",
			    origins[i]);
	if (i == 0)
		return 0;
	*cors_r = sark_new(ctx, struct sark_cors);
	(*cors_r)->origins = origins;
	return 0;
}

bool
sark_cors_preflight(const struct sark_exchange *in)
{
	const char *method = sark_exchange_get(in, "REQUEST_METHOD");

	return method != NULL && sark_str_eq(method, "OPTIONS") &&
	    sark_exchange_get(in, "HTTP_ORIGIN") != NULL &&
	    sark_exchange_get(in, "HTTP_ACCESS_CONTROL_REQUEST_METHOD") != NULL;
}

/* The listed origin that this is to the last byte, NULL if there is none. */
static const char *
listed(const struct sark_cors *cors, const char *origin)
{
	size_t i;

	for (i = 0; cors->origins[i] != NULL; i++)
		if (sark_str_eq(cors->origins[i], origin))
			return cors->origins[i];
	return NULL;
}

void
sark_cors_answer(const struct sark_cors *cors, const struct sark_exchange *in,
    const char *allow, struct sark_resp *resp)
{
	struct sark_buf *out = &resp->headers;
	const char *sent, *origin;

	if (cors == NULL)
		return;
	sark_buf_str(out, "Vary: Origin\r\n");
	sent = sark_exchange_get(in, "HTTP_ORIGIN");
	origin = sent == NULL ? NULL : listed(cors, sent);
	if (origin == NULL)
		return;
	/* Of the list, not of the request: nothing is reflected. */
	sark_buf_str(out, "Access-Control-Allow-Origin: ");
	sark_buf_str(out, origin);
	sark_buf_str(out, "\r\n");
	if (allow == NULL) {
		sark_buf_str(out, may_read);
		return;
	}
	sark_buf_str(out, "Access-Control-Allow-Methods: ");
	sark_buf_str(out, allow);
	sark_buf_str(out, "\r\n");
	sark_buf_str(out, may_send);
}
