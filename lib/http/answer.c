#include "http/answer.h"

#include <stddef.h>
#include <string.h>

#include "base/str.h"

#define JSON_TYPE "application/json; charset=utf-8"

/* clang-format off */
static const struct {
	int		 status;
	const char	*line;
} lines[] = {
	{ 200, "Status: 200 OK\r\n" },
	{ 201, "Status: 201 Created\r\n" },
	{ 202, "Status: 202 Accepted\r\n" },
	{ 204, "Status: 204 No Content\r\n" },
	{ 302, "Status: 302 Found\r\n" },
	{ 303, "Status: 303 See Other\r\n" },
	{ 304, "Status: 304 Not Modified\r\n" },
	{ 307, "Status: 307 Temporary Redirect\r\n" },
	{ 400, "Status: 400 Bad Request\r\n" },
	{ 401, "Status: 401 Unauthorized\r\n" },
	{ 403, "Status: 403 Forbidden\r\n" },
	{ 404, "Status: 404 Not Found\r\n" },
	{ 405, "Status: 405 Method Not Allowed\r\n" },
	{ 409, "Status: 409 Conflict\r\n" },
	{ 412, "Status: 412 Precondition Failed\r\n" },
	{ 413, "Status: 413 Content Too Large\r\n" },
	{ 414, "Status: 414 URI Too Long\r\n" },
	{ 415, "Status: 415 Unsupported Media Type\r\n" },
	{ 422, "Status: 422 Unprocessable Content\r\n" },
	{ 429, "Status: 429 Too Many Requests\r\n" },
	{ 431, "Status: 431 Request Header Fields Too Large\r\n" },
	{ 500, "Status: 500 Internal Server Error\r\n" },
	{ 501, "Status: 501 Not Implemented\r\n" },
	{ 503, "Status: 503 Service Unavailable\r\n" },
};
/* clang-format on */

static const char everywhere[] = "X-Content-Type-Options: nosniff\r\n"
				 "Referrer-Policy: no-referrer\r\n";
static const char nothing_loads[] =
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";

static void
add_number(struct sark_buf *out, size_t value)
{
	char digits[24];
	size_t i = sizeof(digits);

	do {
		digits[--i] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	sark_buf_add(out, digits + i, sizeof(digits) - i);
}

static void
add_header(struct sark_buf *out, const char *name, const char *value)
{
	sark_buf_str(out, name);
	sark_buf_str(out, value);
	sark_buf_add(out, "\r\n", 2);
}

static void
add_status(struct sark_buf *out, int status)
{
	size_t i;

	for (i = 0; i < SARK_COUNT(lines); i++) {
		if (lines[i].status != status)
			continue;
		sark_buf_str(out, lines[i].line);
		return;
	}
	sark_buf_format(out, "Status: %d\r\n", status);
}

static bool
value_valid(const char *type)
{
	for (; *type != '\0'; type++)
		if ((unsigned char)*type < 0x20 || (unsigned char)*type > 0x7e)
			return false;
	return true;
}

int
sark_answer_write(const struct sark_answer *answer,
    const struct sark_resp *resp, struct sark_buf *out)
{
	const char *type = resp->type == NULL ? JSON_TYPE : resp->type;
	int status = resp->status == 0 ? 200 : resp->status;
	const char *policy =
	    resp->content_policy != NULL ? resp->content_policy : nothing_loads;
	bool sane = status >= 200 && status <= 599 && value_valid(type) &&
	    value_valid(policy);
	size_t len = sane ? resp->body.len : 0;
	bool empty;

	if (!sane)
		status = 500;
	empty = status == 204 || status == 304;
	sark_buf_room(out, 1024 + resp->headers.len + len);
	add_status(out, status);
	if (!empty) {
		add_header(out, "Content-Type: ", sane ? type : JSON_TYPE);
		sark_buf_str(out, "Content-Length: ");
		add_number(out, len);
		sark_buf_add(out, "\r\n", 2);
	}
	add_header(out, "X-Request-ID: ", answer->request_id);
	if (answer->traceparent != NULL)
		add_header(out, "traceparent: ", answer->traceparent);
	sark_buf_add(out, everywhere, sizeof(everywhere) - 1);
	add_header(
	    out, "Content-Security-Policy: ", sane ? policy : nothing_loads);
	if (!resp->cacheable || !sane)
		add_header(out, "Cache-Control: ", "no-store");
	if (answer->https)
		add_header(
		    out, "Strict-Transport-Security: ", "max-age=31536000");
	if (sane)
		sark_buf_add(out, resp->headers.data, resp->headers.len);
	sark_buf_add(out, "\r\n", 2);
	if (!empty && answer->method != SARK_HEAD)
		sark_buf_add(out, resp->body.data, len);
	return status;
}
