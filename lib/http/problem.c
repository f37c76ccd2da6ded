#include "http/problem.h"

#include <stdio.h>

#include "base/clock.h"
#include "json/writer.h"

#define RETRY_AFTER_S 5
#define OVERLOADED_S  3 /* at most: those who were shed are not to come */
			/* back all at once */

/* Whether the text is written for the client too (err.h). */
static bool public(enum sark_code code)
{
	return code == SARK_BAD_REQUEST || code == SARK_INVALID ||
	    code == SARK_CONFLICT || code == SARK_FORBIDDEN ||
	    code == SARK_NOT_FOUND || code == SARK_UNSUPPORTED_MEDIA_TYPE ||
	    code == SARK_RATE_LIMITED;
}

static void
write_fields(struct sark_jw *jw, const struct sark_err *err)
{
	unsigned int i;

	if (err->nfields == 0)
		return;
	sark_jw_open(jw, "errors", '[');
	for (i = 0; i < err->nfields; i++) {
		sark_jw_open(jw, NULL, '{');
		sark_jw_str(jw, "field", err->fields[i].pointer);
		sark_jw_str(jw, "message", err->fields[i].message);
		sark_jw_close(jw);
	}
	sark_jw_close(jw);
}

static void
challenge(struct sark_resp *resp, enum sark_code code)
{
	const char *error = sark_code_name(code);

	if (code == SARK_TOKEN_EXPIRED)
		error = "invalid_token";
	else if (code == SARK_UNAUTHENTICATED)
		error = "invalid_request";
	sark_buf_format(&resp->headers,
	    "WWW-Authenticate: Bearer realm=\"sark\", error=\"%s\", "
	    "error_description=\"%s\"\r\n",
	    error, sark_code_title(code));
}

static int64_t
retry_after(const struct sark_err *err)
{
	if (err->retry_after_s > 0)
		return err->retry_after_s;
	if (err->code == SARK_OVERLOADED)
		return 1 + sark_clock_mono_ns() / 1000 % OVERLOADED_S;
	return RETRY_AFTER_S;
}

void
sark_problem_write(
    struct sark_resp *resp, const struct sark_err *err, const char *request_id)
{
	enum sark_code code = err->code == SARK_OK ? SARK_INTERNAL : err->code;
	const char *title = sark_code_title(code);
	struct sark_jw jw;
	int64_t wait_s = retry_after(err);
	char type[64];

	resp->status = sark_code_status(code);
	resp->type = "application/problem+json; charset=utf-8";
	resp->cacheable = false;
	sark_buf_reset(&resp->headers);
	sark_buf_reset(&resp->body);
	if (resp->status == 401 || code == SARK_INSUFFICIENT_SCOPE)
		challenge(resp, code);
	if (resp->status == 429 || resp->status == 503 ||
	    code == SARK_IDEMPOTENCY_IN_PROGRESS)
		sark_buf_format(
		    &resp->headers, "Retry-After: %lld\r\n", (long long)wait_s);
	sark_jw_init(&jw, &resp->body);
	sark_jw_open(&jw, NULL, '{');
	snprintf(
	    type, sizeof(type), "urn:sark:problem:%s", sark_code_name(code));
	sark_jw_str(&jw, "type", type);
	sark_jw_str(&jw, "title", title);
	sark_jw_int(&jw, "status", resp->status);
	sark_jw_str(&jw, "detail",
	    public(code) && err->text[0] != '\0' ? err->text : title);
	sark_jw_str(&jw, "code", sark_code_name(code));
	sark_jw_str(&jw, "request_id", request_id);
	if (code == SARK_RATE_LIMITED)
		sark_jw_int(&jw, "retry_after", wait_s);
	if (resp->problem_name != NULL)
		sark_jw_str(&jw, resp->problem_name, resp->problem_value);
	write_fields(&jw, err);
	sark_jw_close(&jw);
}
