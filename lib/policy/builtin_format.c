#include "policy/builtin_format.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "policy/builtin_go.h"

/* Widths and precisions beyond this are mistakes, or attacks. */
#define SIZE_LIMIT 1000

struct spec {
	bool minus, plus, sharp, space, zero;
	int width, precision; /* -1: none */
	char verb[5];	      /* one UTF-8 character */
};

struct state {
	struct sark_buf *out;
	void *ctx;
	const struct sark_term *args, *next;
	size_t used;
	struct sark_err *err;
};

static int
unsupported(struct state *st, const char *what)
{
	return sark_err_set(
	    st->err, SARK_POLICY_UNAVAILABLE, "sprintf: %s", what);
}

static size_t
char_len(unsigned char c)
{
	return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

/* Characters of valid UTF-8. */
static size_t
count_chars(const char *s, size_t len)
{
	size_t n = 0, i;

	for (i = 0; i < len; i++)
		n += ((unsigned char)s[i] & 0xc0) != 0x80;
	return n;
}

static void
fill(struct state *st, char c, size_t n)
{
	while (n-- > 0)
		sark_buf_char(st->out, c);
}

/* Text in its width; zeros never stand to the right. */
static void
pad(struct state *st, const struct spec *spec, const char *s, size_t len)
{
	size_t chars = count_chars(s, len), missing = 0;

	if (spec->width > 0 && (size_t)spec->width > chars)
		missing = (size_t)spec->width - chars;
	if (!spec->minus)
		fill(st, spec->zero ? '0' : ' ', missing);
	sark_buf_add(st->out, s, len);
	if (spec->minus)
		fill(st, ' ', missing);
}

/* A number: zeros go between sign and digits. */
static void
pad_number(struct state *st, const struct spec *spec, const char *s)
{
	size_t len = strlen(s);
	struct spec rest = *spec;

	if (spec->zero && !spec->minus &&
	    (*s == '-' || *s == '+' || *s == ' ') && spec->width > 0) {
		sark_buf_char(st->out, *s);
		rest.width--;
		s++;
		len--;
	}
	pad(st, &rest, s, len);
}

static const char *
sign_of(const struct spec *spec, bool negative)
{
	return negative ? "-" : spec->plus ? "+" : spec->space ? " " : "";
}

static void
quote_term(struct sark_buf *buf, const struct sark_term *string)
{
	sark_go_quote(buf, string->text, string->len);
}

/* As OPA prints a value that is neither a number nor a string. */
static const char *
printed(struct state *st, const struct sark_term *term, size_t *len_r)
{
	static const struct sark_term_style style = {
		.comma = ", ", .colon = ": ", .quote = quote_term
	};
	struct sark_buf buf;

	if (term->type == SARK_TERM_STRING || term->type == SARK_TERM_NUMBER) {
		*len_r = term->len;
		return term->text;
	}
	sark_buf_init(&buf, st->ctx);
	sark_term_write_with(&buf, term, &style);
	*len_r = buf.len;
	return buf.data;
}

enum kind { KIND_TEXT, KIND_INT, KIND_BIG, KIND_FLOAT };

static enum kind
kind_of(const struct sark_term *term)
{
	int64_t value;

	if (term->type != SARK_TERM_NUMBER)
		return KIND_TEXT;
	if (strpbrk(term->text, ".eE") != NULL)
		return KIND_FLOAT;
	return sark_num_int(term->text, INT64_MIN, INT64_MAX, &value) == 0
	    ? KIND_INT
	    : KIND_BIG;
}

static int
format_float(struct state *st, const struct spec *spec, double value)
{
	char format[] = "%.*f", text[2048];
	const char *sign = sign_of(spec, signbit(value) != 0);
	char verb = spec->verb[0];
	size_t n = strlen(sign);

	if (spec->sharp || !isfinite(value))
		return unsupported(st, "a form of float");
	memcpy(text, sign, n);
	value = fabs(value);
	if (verb == 'F')
		verb = 'f';
	if ((verb == 'v' || verb == 'g' || verb == 'G') &&
	    spec->precision < 0) {
		sark_go_float(
		    value, text + n, sizeof(text) - n, verb == 'G' ? 'E' : 'e');
	} else {
		format[3] = verb == 'v' ? 'g' : verb;
		/* The verb is one of eEfgG. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(text + n, sizeof(text) - n, format,
		    spec->precision < 0 ? 6 : spec->precision, value);
#pragma GCC diagnostic pop
	}
	pad_number(st, spec, text);
	return 0;
}

static void
in_base(uint64_t value, unsigned int base, bool upper, char out[65])
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char reversed[65];
	size_t n = 0, i;

	do {
		reversed[n++] = digits[value % base];
		value /= base;
	} while (value > 0);
	for (i = 0; i < n; i++)
		out[i] = reversed[n - 1 - i];
	out[n] = '\0';
}

static int
format_int(struct state *st, const struct spec *spec, int64_t value)
{
	static const struct {
		char verb;
		unsigned int base;
		const char *prefix;
	} bases[] = { { 'd', 10, "" }, { 'v', 10, "" }, { 'b', 2, "0b" },
		{ 'o', 8, "0" }, { 'O', 8, "" }, { 'x', 16, "0x" },
		{ 'X', 16, "0X" } };
	uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	char digits[65], *text;
	size_t i;

	for (i = 0; bases[i].verb != spec->verb[0]; i++)
		;
	if (spec->precision >= 0)
		return unsupported(st, "a precision of an integer");
	in_base(size, bases[i].base, spec->verb[0] == 'X', digits);
	text = sark_format(st->ctx, "%s%s%s%s", sign_of(spec, value < 0),
	    spec->sharp ? bases[i].prefix : "",
	    spec->verb[0] == 'O' ? "0o" : "", digits);
	if (spec->sharp && spec->zero)
		return unsupported(st, "both # and 0");
	pad_number(st, spec, text);
	return 0;
}

static int
format_char(struct state *st, const struct spec *spec, int64_t value)
{
	struct sark_term *term;
	char text[16];

	/* A surrogate or no character at all shows as U+FFFD. */
	if (value < 1 || value > 0x10ffff ||
	    (value >= 0xd800 && value < 0xe000))
		value = 0xfffd;
	if (value >= 0x10000)
		snprintf(text, sizeof(text), "\"\\u%04x\\u%04x\"",
		    (unsigned int)(0xd800 + ((value - 0x10000) >> 10)),
		    (unsigned int)(0xdc00 + (value & 0x3ff)));
	else
		snprintf(
		    text, sizeof(text), "\"\\u%04x\"", (unsigned int)value);
	if (sark_term_parse(st->ctx, text, strlen(text), &term) == -1)
		return unsupported(st, "a character");
	pad(st, spec, term->text, term->len);
	return 0;
}

static void
format_hex(struct state *st, const struct spec *spec, const char *s, size_t len)
{
	char *hex = sark_new_array(st->ctx, char, len * 2 + 1), *p;

	if (spec->precision >= 0 && (size_t)spec->precision < len)
		len = (size_t)spec->precision;
	sark_str_hex(hex, s, len);
	for (p = hex; spec->verb[0] == 'X' && *p != '\0'; p++)
		if (*p >= 'a')
			*p = (char)(*p - 'a' + 'A');
	pad(st, spec, hex, len * 2);
}

/* At most so many characters. */
static size_t
cut(const char *s, size_t len, int chars)
{
	size_t i = 0;

	if (chars < 0)
		return len;
	for (; i < len && chars > 0; chars--)
		i += char_len((unsigned char)s[i]);
	return i < len ? i : len;
}

static int
format_text(
    struct state *st, const struct spec *spec, const char *s, size_t len)
{
	struct sark_buf quoted;

	switch (spec->verb[0]) {
	case 'x':
	case 'X':
		if (spec->sharp || spec->space)
			return unsupported(st, "a flag of %x");
		format_hex(st, spec, s, len);
		return 0;
	case 'q':
		if (spec->sharp || spec->plus)
			return unsupported(st, "a flag of %q");
		sark_buf_init(&quoted, st->ctx);
		sark_go_quote(&quoted, s, cut(s, len, spec->precision));
		pad(st, spec, quoted.data, quoted.len);
		return 0;
	default:
		if (spec->sharp)
			return unsupported(st, "the flag #");
		pad(st, spec, s, cut(s, len, spec->precision));
		return 0;
	}
}

/* What Go puts in the place of an argument that the verb does not fit. */
static int
mismatch(struct state *st, const struct spec *spec, const struct sark_term *arg)
{
	static const char *const types[] = { "string", "int64", "*big.Int",
		"float64" };
	struct spec plain = { .verb = "v", .width = -1, .precision = -1 };
	enum kind kind = kind_of(arg);
	const char *s;
	size_t len;

	if (kind == KIND_BIG)
		return unsupported(st, "a large number with that verb");
	sark_buf_format(st->out, "%%!%s(%s=", spec->verb, types[kind]);
	s = printed(st, arg, &len);
	if (kind == KIND_FLOAT) {
		if (format_float(st, &plain, strtod(s, NULL)) == -1)
			return -1;
	} else {
		sark_buf_add(st->out, s, len);
	}
	sark_buf_char(st->out, ')');
	return 0;
}

static int
format_arg(
    struct state *st, const struct spec *spec, const struct sark_term *arg)
{
	enum kind kind = kind_of(arg);
	char verb = spec->verb[0];
	bool ascii = spec->verb[1] == '\0';
	int64_t value;
	const char *s;
	size_t len;

	s = printed(st, arg, &len);
	if (kind == KIND_TEXT && ascii && strchr("vsqxX", verb) != NULL)
		return format_text(st, spec, s, len);
	if (kind == KIND_INT && ascii && strchr("vdboOxXc", verb) != NULL) {
		if (sark_term_get_int(arg, &value) == -1)
			return -1;
		return verb == 'c' ? format_char(st, spec, value)
				   : format_int(st, spec, value);
	}
	if (kind == KIND_BIG && ascii && strchr("vds", verb) != NULL) {
		pad_number(st, spec, s);
		return 0;
	}
	if (kind == KIND_FLOAT && ascii && strchr("veEfFgG", verb) != NULL)
		return format_float(st, spec, sark_term_get_double(arg));
	if (ascii && strchr("TpwUqbxX", verb) != NULL)
		return unsupported(st, "a verb that is not supported");
	return mismatch(st, spec, arg);
}

static int
read_size(struct state *st, const char **p, int *value_r)
{
	int n = 0;

	if (**p == '*' || **p == '[')
		return unsupported(st, "* or [n] in a verb");
	for (; **p >= '0' && **p <= '9'; (*p)++) {
		n = n * 10 + (**p - '0');
		if (n > SIZE_LIMIT)
			return unsupported(st, "too wide");
	}
	*value_r = n;
	return 0;
}

static int
read_spec(struct state *st, const char **p, struct spec *spec)
{
	size_t n;

	memset(spec, 0, sizeof(*spec));
	spec->width = spec->precision = -1;
	for (;; (*p)++) {
		if (**p == '-')
			spec->minus = true;
		else if (**p == '+')
			spec->plus = true;
		else if (**p == '#')
			spec->sharp = true;
		else if (**p == ' ')
			spec->space = true;
		else if (**p == '0')
			spec->zero = true;
		else
			break;
	}
	if (**p != '.' && read_size(st, p, &spec->width) == -1)
		return -1;
	if (**p == '.') {
		(*p)++;
		if (read_size(st, p, &spec->precision) == -1)
			return -1;
	}
	if (**p == '[' || **p == '*')
		return unsupported(st, "* or [n] in a verb");
	n = **p == '\0' ? 0 : char_len((unsigned char)**p);
	memcpy(spec->verb, *p, n);
	*p += n;
	return 0;
}

static int
verb(struct state *st, const char **p)
{
	const struct sark_term *arg;
	struct spec spec;

	if (read_spec(st, p, &spec) == -1)
		return -1;
	if (spec.verb[0] == '\0') {
		sark_buf_str(st->out, "%!(NOVERB)");
		return 0;
	}
	if (spec.verb[0] == '%') {
		sark_buf_char(st->out, '%');
		return 0;
	}
	if (st->next == NULL) {
		sark_buf_format(st->out, "%%!%s(MISSING)", spec.verb);
		return 0;
	}
	arg = st->next;
	st->next = arg->next;
	return format_arg(st, &spec, arg);
}

static int
extra(struct state *st)
{
	static const char *const types[] = { "string", "int64", "*big.Int",
		"float64" };
	const struct spec plain = { .verb = "v", .width = -1, .precision = -1 };

	if (st->next == NULL)
		return 0;
	sark_buf_str(st->out, "%!(EXTRA ");
	while (st->next != NULL) {
		sark_buf_format(st->out, "%s=", types[kind_of(st->next)]);
		if (format_arg(st, &plain, st->next) == -1)
			return -1;
		st->next = st->next->next;
		if (st->next != NULL)
			sark_buf_str(st->out, ", ");
	}
	sark_buf_char(st->out, ')');
	return 0;
}

int
sark_format_go(struct sark_buf *out, const struct sark_term *format,
    const struct sark_term *args, struct sark_err *err)
{
	struct state st = { .out = out,
		.ctx = out->ctx,
		.args = args,
		.next = args->first,
		.err = err };
	const char *p = format->text, *from;

	sark_buf_str(out, "");
	if (strlen(p) != format->len)
		return unsupported(&st, "a NUL in the format");
	while (*p != '\0') {
		from = p;
		p += strcspn(p, "%");
		sark_buf_add(out, from, (size_t)(p - from));
		if (*p == '\0')
			break;
		p++;
		if (verb(&st, &p) == -1)
			return -1;
	}
	return extra(&st);
}
