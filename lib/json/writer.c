#include "json/writer.h"

#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"

void
sark_jw_init(struct sark_jw *jw, struct sark_buf *buf)
{
	memset(jw, 0, sizeof(*jw));
	jw->buf = buf;
	jw->first = true;
}

/* Length of the well-formed UTF-8 sequence at s, 0 if there is none. */
static size_t
sequence(const char *s, size_t left)
{
	size_t n;

	for (n = 1; n <= 4 && n <= left; n++)
		if (sark_str_utf8(s, n))
			return n;
	return 0;
}

static bool
plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* Writes what is no plain byte; returns how many bytes of s it stood for. */
static size_t
add_special(struct sark_buf *buf, const char *s, size_t left)
{
	static const char names[] = "\"\"\\\\\bb\ff\nn\rr\tt";
	unsigned char c = (unsigned char)*s;
	const char *name;
	size_t n;

	if (c >= 0x80) {
		n = sequence(s, left);
		if (n == 0)
			sark_buf_str(buf, "\xef\xbf\xbd"); /* U+FFFD */
		else
			sark_buf_add(buf, s, n);
		return n == 0 ? 1 : n;
	}
	for (name = names; *name != '\0'; name += 2)
		if ((unsigned char)*name == c) {
			sark_buf_char(buf, '\\');
			sark_buf_char(buf, name[1]);
			return 1;
		}
	sark_buf_format(buf, "\\u%04x", c);
	return 1;
}

static void
add_string(struct sark_buf *buf, const char *s, size_t len)
{
	size_t i = 0, run;

	sark_buf_char(buf, '"');
	while (i < len) {
		run = i;
		while (run < len && plain((unsigned char)s[run]))
			run++;
		sark_buf_add(buf, s + i, run - i);
		i = run;
		if (i < len)
			i += add_special(buf, s + i, len - i);
	}
	sark_buf_char(buf, '"');
}

/* The comma and the name before a value. */
static void
begin(struct sark_jw *jw, const char *name)
{
	if (!jw->first)
		sark_buf_char(jw->buf, ',');
	jw->first = false;
	if (name != NULL) {
		add_string(jw->buf, name, strlen(name));
		sark_buf_char(jw->buf, ':');
	}
}

void
sark_jw_open(struct sark_jw *jw, const char *name, char bracket)
{
	/* Our own nesting, never a client's: deeper is a mistake in the code. */
	if (jw->depth >= sizeof(jw->close))
		return;
	begin(jw, name);
	sark_buf_char(jw->buf, bracket);
	jw->close[jw->depth++] = bracket == '{' ? '}' : ']';
	jw->first = true;
}

void
sark_jw_close(struct sark_jw *jw)
{
	if (jw->depth == 0)
		return;
	sark_buf_char(jw->buf, jw->close[--jw->depth]);
	jw->first = false;
}

void
sark_jw_str(struct sark_jw *jw, const char *name, const char *value)
{
	if (value == NULL)
		sark_jw_null(jw, name);
	else
		sark_jw_strn(jw, name, value, strlen(value));
}

void
sark_jw_strn(
    struct sark_jw *jw, const char *name, const char *value, size_t len)
{
	begin(jw, name);
	add_string(jw->buf, value, len);
}

void
sark_jw_int(struct sark_jw *jw, const char *name, int64_t value)
{
	begin(jw, name);
	sark_buf_format(jw->buf, "%" PRId64, value);
}

/* Fewest digits that read back as the same double. */
static void
format_double(char *out, size_t size, double value)
{
	int digits;

	/* "-0" would be read back as an integer, which has no sign. */
	if (signbit(value) != 0 && fpclassify(value) == FP_ZERO) {
		sark_str_copy(out, size, "-0.0");
		return;
	}
	for (digits = 15; digits <= 17; digits++) {
		snprintf(out, size, "%.*g", digits, value);
		if (!islessgreater(strtod(out, NULL), value))
			return;
	}
}

void
sark_jw_double(struct sark_jw *jw, const char *name, double value)
{
	char text[32];
	locale_t c_locale, saved;

	/* JSON has no infinity and no NaN. */
	if (!isfinite(value)) {
		sark_jw_null(jw, name);
		return;
	}
	begin(jw, name);
	c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	saved = uselocale(c_locale);
	format_double(text, sizeof(text), value);
	uselocale(saved);
	freelocale(c_locale);
	sark_buf_str(jw->buf, text);
}

void
sark_jw_bool(struct sark_jw *jw, const char *name, bool value)
{
	begin(jw, name);
	sark_buf_str(jw->buf, value ? "true" : "false");
}

void
sark_jw_null(struct sark_jw *jw, const char *name)
{
	begin(jw, name);
	sark_buf_str(jw->buf, "null");
}

void
sark_jw_time(struct sark_jw *jw, const char *name, int64_t ms)
{
	char text[SARK_TIME_TEXT];

	if (ms == 0) {
		sark_jw_null(jw, name);
		return;
	}
	sark_time_format(text, ms);
	sark_jw_str(jw, name, text);
}

void
sark_jw_list(struct sark_jw *jw, const char *name, const char *const *list)
{
	sark_jw_open(jw, name, '[');
	for (; list != NULL && *list != NULL; list++)
		sark_jw_str(jw, NULL, *list);
	sark_jw_close(jw);
}

void
sark_jw_raw(struct sark_jw *jw, const char *name, const char *text, size_t len)
{
	begin(jw, name);
	sark_buf_add(jw->buf, text, len);
}
