#include "json/scan.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

/* What may come next. */
enum expect {
	VALUE,
	ELEMENT_OR_END, /* behind '[' */
	MEMBER_OR_END,	/* behind '{' */
	MEMBER,		/* behind ',' in an object */
	AFTER,		/* behind a value inside an array or object */
	DONE,
};

struct scanner {
	const char *text;
	size_t len;
	size_t at;
	unsigned int depth;
	unsigned int depth_max;
	char close[SARK_JSON_SCAN_DEPTH];
	struct sark_json_scan *scan;
};

static int
refuse(struct scanner *s, size_t offset, const char *reason)
{
	s->scan->offset = offset;
	s->scan->reason = reason;
	return -1;
}

/* The next byte, or -1 at the end. */
static int
peek(const struct scanner *s)
{
	return s->at < s->len ? (unsigned char)s->text[s->at] : -1;
}

static bool
take(struct scanner *s, char c)
{
	if (s->at < s->len && s->text[s->at] == c) {
		s->at++;
		return true;
	}
	return false;
}

static void
skip_blanks(struct scanner *s)
{
	while (s->at < s->len &&
	    (s->text[s->at] == ' ' || s->text[s->at] == '\t' ||
		s->text[s->at] == '\n' || s->text[s->at] == '\r'))
		s->at++;
}

/* Four hex digits at s->at; -1 if they are none. */
static int
hex4(struct scanner *s)
{
	int value = 0, i, c;

	for (i = 0; i < 4; i++) {
		c = peek(s);
		if (c >= '0' && c <= '9')
			c -= '0';
		else if (c >= 'a' && c <= 'f')
			c -= 'a' - 10;
		else if (c >= 'A' && c <= 'F')
			c -= 'A' - 10;
		else
			return -1;
		value = value * 16 + c;
		s->at++;
	}
	return value;
}

/* Behind "\u". */
static int
scan_unicode(struct scanner *s, size_t start)
{
	int code, low;

	code = hex4(s);
	if (code == -1)
		return refuse(s, start, "bad \\u escape");
	if (code == 0)
		return refuse(s, start, "NUL in a string");
	if (code >= 0xdc00 && code <= 0xdfff)
		return refuse(s, start, "lone surrogate");
	if (code < 0xd800 || code > 0xdbff) {
		s->scan->parts -= code < 0x80 ? 5 : code < 0x800 ? 4 : 3;
		return 0;
	}
	if (!take(s, '\\') || !take(s, 'u'))
		return refuse(s, start, "lone surrogate");
	low = hex4(s);
	if (low < 0xdc00 || low > 0xdfff)
		return refuse(s, start, "lone surrogate");
	s->scan->parts -= 8;
	return 0;
}

/* An escape is longer than what it stands for, and counted with its bytes. */
static int
scan_escape(struct scanner *s)
{
	size_t start = s->at - 1;
	int c = peek(s);

	s->at++;
	if (c == 'u')
		return scan_unicode(s, start);
	/* strchr would find the terminator too. */
	if (c <= 0 || strchr("\"\\/bfnrt", c) == NULL)
		return refuse(s, start, "unknown escape");
	s->scan->parts--;
	return 0;
}

static int
scan_string(struct scanner *s)
{
	size_t start = s->at;
	unsigned char all = 0;
	int c;

	if (!take(s, '"'))
		return refuse(s, start, "a string was expected");
	for (;;) {
		c = peek(s);
		if (c == -1)
			return refuse(s, start, "unfinished string");
		if (c < 0x20)
			return refuse(s, s->at, "control byte in a string");
		s->at++;
		if (c == '"')
			break;
		all |= (unsigned char)c;
		if (c == '\\' && scan_escape(s) == -1)
			return -1;
	}
	if ((all & 0x80) != 0 && !sark_str_utf8(s->text + start, s->at - start))
		return refuse(s, start, "invalid UTF-8");
	s->scan->parts += s->at - start - 2;
	return 0;
}

static int
scan_digits(struct scanner *s)
{
	size_t start = s->at;

	while (peek(s) >= '0' && peek(s) <= '9')
		s->at++;
	return s->at > start ? 0 : refuse(s, start, "a digit was expected");
}

/* -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)? */
static int
scan_number_grammar(struct scanner *s, bool *integer_r)
{
	*integer_r = true;
	take(s, '-');
	if (!take(s, '0') && scan_digits(s) == -1)
		return -1;
	if (take(s, '.')) {
		*integer_r = false;
		if (scan_digits(s) == -1)
			return -1;
	}
	if (take(s, 'e') || take(s, 'E')) {
		*integer_r = false;
		if (!take(s, '+'))
			take(s, '-');
		if (scan_digits(s) == -1)
			return -1;
	}
	return 0;
}

/* Whether a number, terminated, can be kept: integer as int64, else double. */
static bool
in_range(const char *number, bool integer)
{
	locale_t c_locale, saved;
	double value;
	size_t mantissa;

	errno = 0;
	if (integer) {
		(void)strtoll(number, NULL, 10);
		return errno == 0;
	}
	/* For "C" this lends a static object; the point stays a point. */
	c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	saved = uselocale(c_locale);
	value = strtod(number, NULL);
	uselocale(saved);
	freelocale(c_locale);
	if (!isfinite(value))
		return false;
	/* What is nonzero may lose digits but may not become zero. */
	mantissa = strcspn(number, "eE");
	return fpclassify(value) != FP_ZERO ||
	    strcspn(number, "123456789") >= mantissa;
}

static int
scan_number(struct scanner *s)
{
	char small[64], *copy = small;
	size_t start = s->at, n;
	bool integer, fits;

	if (scan_number_grammar(s, &integer) == -1)
		return -1;
	n = s->at - start;
	/* Eighteen digits always fit; most numbers end here. */
	if (integer && n <= 18)
		return 0;
	if (n < sizeof(small)) {
		memcpy(small, s->text + start, n);
		small[n] = '\0';
	} else
		copy = sark_strndup(NULL, s->text + start, n);
	fits = in_range(copy, integer);
	if (copy != small)
		talloc_free(copy);
	return fits ? 0 : refuse(s, start, "number out of range");
}

static int
scan_word(struct scanner *s)
{
	static const char *const words[] = { "true", "false", "null" };
	size_t i, n;

	for (i = 0; i < SARK_COUNT(words); i++) {
		n = strlen(words[i]);
		if (s->len - s->at >= n &&
		    memcmp(s->text + s->at, words[i], n) == 0) {
			s->at += n;
			return 0;
		}
	}
	return refuse(s, s->at,
	    s->at == s->len ? "unfinished text" : "a value was expected");
}

static int
open_bracket(struct scanner *s, char close)
{
	if (s->depth == s->depth_max)
		return refuse(s, s->at, "nested too deeply");
	s->close[s->depth++] = close;
	s->at++;
	return 0;
}

static int
close_bracket(struct scanner *s, enum expect *next_r)
{
	s->at++;
	s->depth--;
	*next_r = s->depth > 0 ? AFTER : DONE;
	return 0;
}

static int
scan_value(struct scanner *s, enum expect *next_r)
{
	int c = peek(s), ret;

	s->scan->parts += c == 'n' ? 1 : 2;
	if (c == '{') {
		*next_r = MEMBER_OR_END;
		return open_bracket(s, '}');
	}
	if (c == '[') {
		*next_r = ELEMENT_OR_END;
		return open_bracket(s, ']');
	}
	if (c == '"')
		ret = scan_string(s);
	else if (c == '-' || (c >= '0' && c <= '9'))
		ret = scan_number(s);
	else
		ret = scan_word(s);
	*next_r = s->depth > 0 ? AFTER : DONE;
	return ret;
}

/* A member's name and its colon. */
static int
scan_name(struct scanner *s, enum expect *next_r)
{
	if (scan_string(s) == -1)
		return -1;
	skip_blanks(s);
	if (!take(s, ':'))
		return refuse(s, s->at, "':' was expected");
	*next_r = VALUE;
	return 0;
}

static int
scan_after(struct scanner *s, enum expect *next_r)
{
	char close = s->close[s->depth - 1];

	if (peek(s) == close)
		return close_bracket(s, next_r);
	if (!take(s, ','))
		return refuse(s, s->at, "',' or the end was expected");
	*next_r = close == '}' ? MEMBER : VALUE;
	return 0;
}

static int
step(struct scanner *s, enum expect *next)
{
	switch (*next) {
	case ELEMENT_OR_END:
		if (peek(s) == ']')
			return close_bracket(s, next);
		return scan_value(s, next);
	case MEMBER_OR_END:
		if (peek(s) == '}')
			return close_bracket(s, next);
		return scan_name(s, next);
	case MEMBER:
		return scan_name(s, next);
	case AFTER:
		return scan_after(s, next);
	case VALUE:
	case DONE:
		break;
	}
	return scan_value(s, next);
}

int
sark_json_scan(const char *text, size_t len, unsigned int depth_max,
    struct sark_json_scan *scan_r)
{
	struct scanner s = { .text = text, .len = len, .scan = scan_r };
	enum expect next = VALUE;

	memset(scan_r, 0, sizeof(*scan_r));
	s.depth_max =
	    depth_max < SARK_JSON_SCAN_DEPTH ? depth_max : SARK_JSON_SCAN_DEPTH;
	skip_blanks(&s);
	if (s.at == len)
		return refuse(&s, s.at, "empty text");
	scan_r->start = s.at;
	while (next != DONE) {
		skip_blanks(&s);
		if (step(&s, &next) == -1)
			return -1;
	}
	scan_r->end = s.at;
	skip_blanks(&s);
	if (s.at < len)
		return refuse(&s, s.at, "data behind the value");
	return 0;
}
