#include "http/response.h"

#include <stdarg.h>

#include "base/mem.h"
#include "base/str.h"

/* Made by the answer's writer alone. */
static const char *const reserved[] = { "Status", "Content-Type",
	"Content-Length", "Transfer-Encoding", "Connection", "X-Request-ID",
	"X-Content-Type-Options", "Content-Security-Policy", "Referrer-Policy",
	"Access-Control-Allow-Origin", NULL };

static bool
name_valid(const char *name)
{
	const char *const *word;

	for (word = reserved; *word != NULL; word++)
		if (sark_str_eq_nocase(name, *word))
			return false;
	return *name != '\0' &&
	    sark_str_of(name,
		"abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");
}

static bool
value_valid(const char *value, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (((unsigned char)value[i] < 0x20 && value[i] != '\t') ||
		    value[i] == 0x7f)
			return false;
	return true;
}

int
sark_resp_header(struct sark_resp *resp, struct sark_err *err, const char *name,
    const char *format, ...)
{
	struct sark_buf *out = &resp->headers;
	va_list ap;
	char *value;

	va_start(ap, format);
	value = sark_mem_check(talloc_vasprintf(out->ctx, format, ap));
	va_end(ap);
	if (!name_valid(name))
		return sark_err_set(err, SARK_INTERNAL,
		    "not a header for handlers: '%s'", name);
	/* The text ends at its size, not at a NUL that came in by %c. */
	if (!value_valid(value, talloc_get_size(value) - 1))
		return sark_err_set(err, SARK_INTERNAL,
		    "control byte in the value of header %s", name);
	sark_buf_str(out, name);
	sark_buf_str(out, ": ");
	sark_buf_str(out, value);
	sark_buf_str(out, "\r\n");
	talloc_free(value);
	return 0;
}
