#include "http/target.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

#define UNRESERVED                   \
	"abcdefghijklmnopqrstuvwxyz" \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int
sark_target_hex(const char *s)
{
	int high = digit(s[0]), low = high == -1 ? -1 : digit(s[1]);

	return low == -1 ? -1 : high * 16 + low;
}

static bool
unreserved(int c)
{
	return c != '\0' && strchr(UNRESERVED, c) != NULL;
}

/* pchar of RFC 3986 section 3.3 and '/', without '%' and ';'. */
static bool
path_char(char c)
{
	return unreserved(c) ||
	    (c != '\0' && strchr("/:@!$&'()*+,=", c) != NULL);
}

/* query of RFC 3986 section 3.4; '%' is judged when it is decoded. */
static bool
query_char(char c)
{
	return path_char(c) || (c != '\0' && strchr("%?;[]", c) != NULL);
}

/* The byte that three characters at s stand for, -1 if it may not. */
static int
decode(const char *s)
{
	int c = sark_target_hex(s + 1);

	if (c < 0x20 || c == 0x7f || c == '/' || c == '\\' || c == ';' ||
	    unreserved(c))
		return -1;
	return c;
}

/* Whether a segment of the decoded path is empty, "." or "..". */
static bool
odd_segment(const char *path)
{
	const char *p = path;
	size_t n;

	while (*p == '/') {
		n = strcspn(++p, "/");
		if ((n == 0 && *p == '/') || (n == 1 && p[0] == '.') ||
		    (n == 2 && p[0] == '.' && p[1] == '.'))
			return true;
		p += n;
	}
	return false;
}

static int
decode_path(char *out, const char *s, size_t len)
{
	size_t i, n = 0;
	int c;

	for (i = 0; i < len; i++) {
		c = (unsigned char)s[i];
		if (c == '%') {
			c = len - i < 3 ? -1 : decode(s + i);
			i += 2;
		} else if (!path_char(s[i])) {
			c = -1;
		}
		if (c == -1)
			return -1;
		out[n++] = (char)c;
	}
	out[n] = '\0';
	return sark_str_utf8(out, n) && !odd_segment(out) ? 0 : -1;
}

int
sark_target_parse(void *mem, const char *target, const char **path_r,
    const char **query_r, struct sark_err *err)
{
	size_t path_len = strcspn(target, "?"), i;
	const char *query = target + path_len;
	char *path;

	if (*query == '?')
		query++;
	if (target[0] != '/')
		return sark_err_set(
		    err, SARK_BAD_REQUEST, "the request target is no path");
	if (path_len > SARK_TARGET_PATH_MAX ||
	    strlen(query) > SARK_TARGET_QUERY_MAX)
		return sark_err_set(
		    err, SARK_URI_TOO_LONG, "the request target is too long");
	for (i = 0; query[i] != '\0'; i++)
		if (!query_char(query[i]))
			return sark_err_set(err, SARK_BAD_REQUEST,
			    "the query holds a character that must be encoded");
	path = sark_new_array(mem, char, path_len + 1);
	if (decode_path(path, target, path_len) == -1)
		return sark_err_set(err, SARK_BAD_REQUEST,
		    "the path is not in its canonical form");
	*path_r = path;
	*query_r = sark_strdup(mem, query);
	return 0;
}
