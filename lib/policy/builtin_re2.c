#include "config.h"

#include "policy/builtin_re2.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

#define PATTERN_MAX 4096
#define REPEAT_MAX  1000
/* \s of RE2: without the vertical tab, which PCRE2 takes in. */
#define BLANKS "\\t\\n\\f\\r "

struct scan {
	struct sark_buf *buf;
	const char *p, *end;
	bool repeated; /* the last thing was a repetition */
	struct sark_err *err;
};

static int
unsupported(struct scan *s, const char *what)
{
	return sark_err_set(s->err, SARK_POLICY_UNAVAILABLE,
	    "regular expression: %s is not supported", what);
}

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z');
}

static void
keep(struct scan *s, size_t n)
{
	sark_buf_add(s->buf, s->p, n);
	s->p += n;
}

/* \x41, \x{10FFFF}, \pL, \p{Greek}: the same in both. */
static int
braced(struct scan *s)
{
	const char *close;

	if (s->end - s->p < 3)
		return 0;
	if (s->p[2] != '{') {
		keep(s, s->p[1] == 'x' ? 2 : 3);
		return 1;
	}
	close = memchr(s->p, '}', (size_t)(s->end - s->p));
	if (close == NULL)
		return 0;
	keep(s, (size_t)(close - s->p) + 1);
	return 1;
}

static int
quoted(struct scan *s)
{
	const char *close;

	close = memmem(s->p, (size_t)(s->end - s->p), "\\E", 2);
	keep(s,
	    close == NULL ? (size_t)(s->end - s->p)
			  : (size_t)(close - s->p) + 2);
	return 1;
}

static int
replaced(struct scan *s, const char *text)
{
	sark_buf_str(s->buf, text);
	s->p += 2;
	return 1;
}

/* A backslash and what is behind it. */
static int
escape(struct scan *s, bool class)
{
	char c;

	if (s->end - s->p < 2)
		return 0;
	c = s->p[1];
	if (!is_alnum(c) && (unsigned char)c < 0x80) {
		keep(s, 2);
		return 1;
	}
	if (c >= '0' && c <= '9')
		return c == '0' ||
			(s->end - s->p > 2 && s->p[2] >= '0' && s->p[2] <= '7')
		    ? unsupported(s, "an octal number")
		    : 0;
	if (c == 's')
		return replaced(s, class ? BLANKS : "[" BLANKS "]");
	if (c == 'S')
		return class ? unsupported(s, "\\S in brackets")
			     : replaced(s, "[^" BLANKS "]");
	if (c == 'v')
		return replaced(s, "\\x0b");
	if (c == 'x' || c == 'p' || c == 'P')
		return braced(s);
	if (c == 'Q' && !class)
		return quoted(s);
	if (strchr(class ? "dDwWafnrt" : "dDwWafnrtAbBz", c) == NULL)
		return 0;
	keep(s, 2);
	return 1;
}

static int
bracket(struct scan *s)
{
	const char *close;
	int found;

	keep(s, 1);
	if (s->p < s->end && *s->p == '^')
		keep(s, 1);
	if (s->p < s->end && *s->p == ']')
		replaced(s, "\\]"), s->p--;
	while (s->p < s->end && *s->p != ']') {
		if (*s->p == '\\') {
			found = escape(s, true);
			if (found != 1)
				return found;
		} else if (*s->p == '[' && s->end - s->p > 1 &&
		    s->p[1] == ':') {
			close = memmem(s->p, (size_t)(s->end - s->p), ":]", 2);
			if (close == NULL)
				return unsupported(s, "[: in brackets");
			keep(s, (size_t)(close - s->p) + 2);
		} else if (*s->p == '[') {
			sark_buf_char(s->buf, '\\');
			keep(s, 1);
		} else {
			keep(s, 1);
		}
	}
	if (s->p == s->end)
		return 0;
	keep(s, 1);
	return 1;
}

/* What opens with "(": a group, flags, a name. */
static int
group(struct scan *s)
{
	const char *p = s->p + 2;

	if (s->end - s->p < 2 || s->p[1] != '?') {
		if (s->end - s->p >= 2 && s->p[1] == '*')
			return 0;
		keep(s, 1);
		return 1;
	}
	if (s->end - p >= 2 && *p == 'P' && p[1] == '<')
		p += 2;
	else if (s->end - p >= 2 && *p == '<' && p[1] != '=' && p[1] != '!')
		p += 1;
	else
		p = NULL;
	if (p != NULL) {
		keep(s, (size_t)(p - s->p));
		return 1;
	}
	for (p = s->p + 2;
	     p < s->end && strchr("imsU-", *p) != NULL && *p != '\0'; p++)
		;
	if (p == s->end || (*p != ':' && *p != ')') || p[-1] == '-' ||
	    (*p == ')' && p == s->p + 2))
		return 0;
	keep(s, (size_t)(p - s->p) + 1);
	return 1;
}

/* Whether "{2}", "{2,}" or "{2,5}" stands at p, and how long it is. */
static size_t
counted(const char *p, const char *end, long *most_r)
{
	const char *start = p;
	char *rest;

	*most_r = 0;
	if (end - p < 3 || p[1] < '0' || p[1] > '9')
		return 0;
	*most_r = strtol(p + 1, &rest, 10);
	p = rest;
	if (p < end && *p == ',') {
		p++;
		if (p < end && *p >= '0' && *p <= '9') {
			*most_r = strtol(p, &rest, 10);
			p = rest;
		}
	}
	return p < end && *p == '}' ? (size_t)(p - start) + 1 : 0;
}

/* A repetition; two in a row RE2 does not read. */
static int
repetition(struct scan *s, size_t n, long most)
{
	if (s->repeated || most > REPEAT_MAX)
		return 0;
	keep(s, n);
	if (s->p < s->end && *s->p == '?')
		keep(s, 1);
	s->repeated = true;
	return 1;
}

static int
piece(struct scan *s)
{
	size_t n;
	long most = 0;
	int found;

	if (strchr("*+?", *s->p) != NULL)
		return repetition(s, 1, 0);
	if (*s->p == '{') {
		n = counted(s->p, s->end, &most);
		if (n > 0)
			return repetition(s, n, most);
	}
	s->repeated = false;
	switch (*s->p) {
	case '\\':
		found = escape(s, false);
		break;
	case '[':
		found = bracket(s);
		break;
	case '(':
		found = group(s);
		break;
	default:
		keep(s, 1);
		found = 1;
		break;
	}
	return found;
}

int
sark_re2_translate(
    struct sark_buf *buf, const char *pattern, size_t len, struct sark_err *err)
{
	struct scan s = {
		.buf = buf, .p = pattern, .end = pattern + len, .err = err
	};
	int found = 1;

	if (len > PATTERN_MAX)
		return unsupported(&s, "more than 4096 bytes");
	if (memchr(pattern, '\0', len) != NULL)
		return unsupported(&s, "a NUL");
	sark_buf_str(buf, "");
	while (found == 1 && s.p < s.end)
		found = piece(&s);
	return found;
}
