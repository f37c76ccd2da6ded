#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "policy/builtin.h"

/* units.*: amounts with SI and binary units ("10Mi", "1.5k", "200m"). */

#define EXPONENT_DIGITS 6
#define PLACES		10 /* of a result that is not whole */

typedef unsigned __int128 wide;
#define WIDE_MAX (~(wide)0)

/* The letters of the units in order: 1000^n or 1024^n. */
static const char letters[] = "kmgtpe";

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * Where the number ends and the unit begins: an e belongs to the number when
 * digits or a sign follow it.
 */
static int
split(const char *s, size_t *len_r)
{
	size_t i = 0, digits;

	for (; s[i] != '\0'; i++) {
		if (is_digit(s[i]) || strchr(".+-", s[i]) != NULL)
			continue;
		if ((s[i] != 'e' && s[i] != 'E') || s[i + 1] == '\0' ||
		    !(is_digit(s[i + 1]) || strchr("+-", s[i + 1]) != NULL))
			break;
		if (!is_digit(s[i + 1]))
			i++;
		for (digits = 0; is_digit(s[i + 1 + digits]); digits++)
			;
		if (digits > EXPONENT_DIGITS)
			return -1;
	}
	*len_r = i;
	return 0;
}

/* Strictly: sign, digits with at most one point, exponent. */
struct decimal {
	bool negative;
	wide digits;
	long scale; /* value = digits * 10^-scale */
};

/* Finder: -1 what is a number but too long for us. */
static int
read_decimal(const char *s, size_t len, struct decimal *d)
{
	const char *end = s + len;
	bool any = false, point = false, full = false;
	char *rest;
	long exponent = 0;

	memset(d, 0, sizeof(*d));
	if (s < end && (*s == '-' || *s == '+'))
		d->negative = *s++ == '-';
	for (; s < end && (is_digit(*s) || *s == '.'); s++) {
		if (*s == '.') {
			if (point)
				return 0;
			point = true;
			continue;
		}
		any = true;
		full = full || d->digits > WIDE_MAX / 100;
		d->digits = d->digits * 10 + (unsigned int)(*s - '0');
		d->scale += point;
	}
	if (!any)
		return 0;
	if (s < end) {
		if (*s != 'e' && *s != 'E')
			return 0;
		exponent = strtol(s + 1, &rest, 10);
		if (rest != end || rest == s + 1)
			return 0;
	}
	d->scale -= exponent;
	return full ? -1 : 1;
}

static wide
power(wide base, int n)
{
	wide value = 1;

	while (n-- > 0)
		value *= base;
	return value;
}

/* Finder for what the letters behind the number multiply with. */
static int
unit_of(const char *unit, wide *factor_r, bool *milli_r)
{
	char lower[4] = "";
	const char *letter;

	*milli_r = sark_str_eq(unit, "m");
	*factor_r = 1;
	if (*unit == '\0' || *milli_r)
		return 1;
	if (strlen(unit) > 2)
		return 0;
	sark_str_copy(lower, sizeof(lower), unit);
	sark_str_lower(lower);
	letter = strchr(letters, lower[0]);
	if (letter == NULL || (lower[1] != '\0' && lower[1] != 'i'))
		return 0;
	*factor_r =
	    power(lower[1] == 'i' ? 1024 : 1000, (int)(letter - letters) + 1);
	return 1;
}

static int
multiply(wide *value, wide factor)
{
	if (*value > WIDE_MAX / factor)
		return -1;
	*value *= factor;
	return 0;
}

static void
add_digits(struct sark_buf *buf, wide value, int least)
{
	char digits[48];
	size_t n = sizeof(digits);

	do {
		digits[--n] = (char)('0' + (int)(value % 10));
		value /= 10;
		least--;
	} while (value > 0 || least > 0);
	sark_buf_add(buf, digits + n, sizeof(digits) - n);
}

/* Whole where it is whole, else with ten places, half away from zero. */
static int
write_decimal(struct sark_buf *buf, const struct decimal *d, bool whole)
{
	wide value = d->digits, unit;
	long scale = d->scale;

	if (d->negative && value > 0)
		sark_buf_char(buf, '-');
	for (; scale < 0; scale++)
		if (multiply(&value, 10) == -1)
			return -1;
	for (; scale > 0 && value % 10 == 0 && (whole || scale > PLACES);
	     scale--)
		value /= 10;
	if (scale == 0 && whole) {
		add_digits(buf, value, 1);
		return 0;
	}
	for (; scale < PLACES; scale++)
		if (multiply(&value, 10) == -1)
			return -1;
	if (scale > PLACES + 30)
		return -1;
	unit = power(10, (int)(scale - PLACES));
	value = value / unit + (value % unit >= unit - value % unit);
	unit = power(10, PLACES);
	add_digits(buf, value / unit, 1);
	sark_buf_char(buf, '.');
	add_digits(buf, value % unit, PLACES);
	return 0;
}

static char *
without_quotes(const struct sark_builtin_call *call, const struct sark_term *s)
{
	char *out = sark_new_array(call->ctx, char, s->len + 1), *p = out;
	size_t i;

	for (i = 0; i < s->len; i++)
		if (s->text[i] != '"')
			*p++ = s->text[i];
	return out;
}

static int
too_long(struct sark_err *err)
{
	return sark_err_set(err, SARK_POLICY_UNAVAILABLE,
	    "units: the number has too many digits");
}

static int
parse(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err)
{
	const struct sark_term *s = sark_builtin_str(call, 0);
	struct decimal d;
	struct sark_buf buf;
	wide factor;
	size_t len;
	bool milli;
	char *text;
	int found;

	if (s == NULL || memchr(s->text, '\0', s->len) != NULL)
		return 0;
	text = without_quotes(call, s);
	if (strchr(text, ' ') != NULL || split(text, &len) == -1 || len == 0 ||
	    unit_of(text + len, &factor, &milli) != 1)
		return 0;
	found = read_decimal(text, len, &d);
	if (found != 1)
		return found == 0 ? 0 : too_long(err);
	if (milli)
		d.scale += 3;
	sark_buf_init(&buf, call->ctx);
	/*
	 * OPA multiplies with the binary neighbour of 0.001, so that no
	 * amount of thousandths but 0 is whole.
	 */
	if (multiply(&d.digits, factor) == -1 ||
	    write_decimal(&buf, &d, !milli || d.digits == 0) == -1)
		return too_long(err);
	*value_r = sark_term_number(call->ctx, buf.data, buf.len);
	return 1;
}

/* "kb", "k", "kib", "ki" and so on; 0 for anything else. */
static long double
bytes_in(const char *unit)
{
	const char *letter, *rest;

	if (*unit == '\0')
		return 1;
	letter = strchr(letters, *unit);
	if (letter == NULL)
		return 0;
	rest = unit + 1;
	if (sark_str_eq(rest, "") || sark_str_eq(rest, "b"))
		return (long double)power(1000, (int)(letter - letters) + 1);
	if (sark_str_eq(rest, "i") || sark_str_eq(rest, "ib"))
		return (long double)power(1024, (int)(letter - letters) + 1);
	return 0;
}

/* OPA computes with a mantissa of 64 bits: so does long double. */
static int
parse_bytes(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err)
{
	const struct sark_term *s = sark_builtin_str(call, 0);
	struct decimal d;
	long double amount, unit;
	char *text, *number;
	size_t len;

	if (s == NULL || memchr(s->text, '\0', s->len) != NULL)
		return 0;
	text = without_quotes(call, s);
	sark_str_lower(text);
	if (strchr(text, ' ') != NULL || split(text, &len) == -1 || len == 0)
		return 0;
	unit = bytes_in(text + len);
	if (unit < 1)
		return 0;
	if (read_decimal(text, len, &d) == 0)
		return 0;
	number = sark_strndup(call->ctx, text, len);
	amount = truncl(strtold(number, NULL) * unit);
	if (fabsl(amount) > 1e30L)
		return too_long(err);
	if (fabsl(amount) < 1)
		amount = 0; /* not -0 */
	number = sark_format(call->ctx, "%.0Lf", amount);
	*value_r = sark_term_number(call->ctx, number, strlen(number));
	return 1;
}

const struct sark_builtin sark_builtins_units[] = { { "units.parse", 1, parse },
	{ "units.parse_bytes", 1, parse_bytes }, { NULL } };
