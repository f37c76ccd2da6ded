#include "http/trace.h"

#include <stddef.h>
#include <string.h>

#include "base/str.h"

#define REQUEST_ID_MAX 128
#define PARENT_LEN     55 /* 00-<32>-<16>-<2> */

bool
sark_request_id_valid(const char *s)
{
	size_t n = strspn(s,
	    "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

	return n >= 1 && n <= REQUEST_ID_MAX && s[n] == '\0';
}

/* n lower-case hex digits, followed by end. */
static bool
hex(const char *s, size_t n, char end)
{
	return strspn(s, "0123456789abcdef") == n && s[n] == end;
}

static bool
zero(const char *s, size_t n)
{
	return strspn(s, "0") >= n;
}

int
sark_trace_id(const char *traceparent, char out[SARK_TRACE_ID_TEXT])
{
	const char *s = traceparent;

	if (!hex(s, 2, '-') || !hex(s + 3, 32, '-') || !hex(s + 36, 16, '-') ||
	    strspn(s + 53, "0123456789abcdef") != 2 || zero(s + 3, 32) ||
	    zero(s + 36, 16) || strncmp(s, "ff", 2) == 0)
		return -1;
	/* Later versions may append fields, version 00 may not. */
	if (s[PARENT_LEN] != '\0' &&
	    (strncmp(s, "00", 2) == 0 || s[PARENT_LEN] != '-'))
		return -1;
	memcpy(out, s + 3, SARK_TRACE_ID_TEXT - 1);
	out[SARK_TRACE_ID_TEXT - 1] = '\0';
	return 0;
}

static unsigned char
digit(char c)
{
	return (unsigned char)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static unsigned char
byte_at(const char *s)
{
	return (unsigned char)(digit(s[0]) << 4 | digit(s[1]));
}

void
sark_trace_read(const char *traceparent, struct sark_trace_parent *parent_r)
{
	size_t i;

	for (i = 0; i < sizeof(parent_r->trace); i++)
		parent_r->trace[i] = byte_at(traceparent + 3 + 2 * i);
	parent_r->span = 0;
	for (i = 0; i < 8; i++)
		parent_r->span =
		    parent_r->span << 8 | byte_at(traceparent + 36 + 2 * i);
	parent_r->sampled = (byte_at(traceparent + 53) & 1) != 0;
}
