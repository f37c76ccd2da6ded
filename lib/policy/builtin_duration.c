#include "policy/builtin_duration.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

#define HOUR  ((uint64_t)3600 * 1000000000)
#define LIMIT ((uint64_t)1 << 63)

/* clang-format off */
static const struct {
	const char *name;
	uint64_t ns;
	unsigned int hours; /* of OPA's units */
} units[] = {
	{ "ns", 1, 0 },
	{ "us", 1000, 0 },
	{ "\302\265s", 1000, 0 }, /* micro sign */
	{ "\316\274s", 1000, 0 }, /* Greek mu */
	{ "ms", 1000000, 0 },
	{ "s", 1000000000, 0 },
	{ "m", (uint64_t)60 * 1000000000, 0 },
	{ "h", HOUR, 0 },
	{ "d", HOUR, 24 },
	{ "w", HOUR, 7 * 24 },
	{ "y", HOUR, 365 * 24 },
};
/* clang-format on */

struct amount {
	uint64_t whole, part;
	double scale; /* of part */
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int
read_amount(const char *p, size_t len, struct amount *a)
{
	bool digits = false, full = false;
	size_t i = 0;

	a->whole = a->part = 0;
	a->scale = 1;
	for (; i < len && is_digit(p[i]); i++) {
		if (a->whole > LIMIT / 10)
			return -1;
		a->whole = a->whole * 10 + (uint64_t)(p[i] - '0');
		if (a->whole > LIMIT)
			return -1;
		digits = true;
	}
	if (i < len && p[i] == '.')
		i++;
	for (; i < len && is_digit(p[i]); i++) {
		digits = true;
		/* What no longer fits is left away. */
		full = full || a->part > (LIMIT - 1) / 10;
		if (full)
			continue;
		a->part = a->part * 10 + (uint64_t)(p[i] - '0');
		a->scale *= 10;
	}
	return digits && i == len ? 0 : -1;
}

/* As the number of hours that OPA puts in the place of its own units. */
static int
in_hours(const char *p, size_t len, unsigned int hours, struct amount *a)
{
	char text[512], *end;
	double value;
	int n, digits;

	if (len >= sizeof(text))
		return -1;
	memcpy(text, p, len);
	text[len] = '\0';
	value = strtod(text, &end) * hours;
	if (*end != '\0' || value > 1e15)
		return -1;
	for (digits = 0; digits < 40; digits++) {
		n = snprintf(text, sizeof(text), "%.*f", digits, value);
		if (n < 0 || (size_t)n >= sizeof(text))
			return -1;
		if (strtod(text, NULL) >= value && strtod(text, NULL) <= value)
			break;
	}
	return read_amount(text, strlen(text), a);
}

static int
add(uint64_t *sum, const struct amount *a, uint64_t unit)
{
	uint64_t value = a->whole;

	if (value > LIMIT / unit)
		return -1;
	value *= unit;
	if (a->part > 0) {
		value +=
		    (uint64_t)((double)a->part * ((double)unit / a->scale));
		if (value > LIMIT)
			return -1;
	}
	*sum += value;
	return *sum > LIMIT ? -1 : 0;
}

/* A number and its unit at *p. */
static int
segment(const char **p, uint64_t *sum)
{
	const char *from = *p, *unit;
	struct amount a;
	size_t len, i;

	while (is_digit(**p) || **p == '.')
		(*p)++;
	len = (size_t)(*p - from);
	unit = *p;
	while (**p != '\0' && **p != '.' && !is_digit(**p))
		(*p)++;
	for (i = 0; i < SARK_COUNT(units); i++)
		if (strlen(units[i].name) == (size_t)(*p - unit) &&
		    strncmp(unit, units[i].name, (size_t)(*p - unit)) == 0)
			break;
	if (len == 0 || i == SARK_COUNT(units))
		return -1;
	if (units[i].hours > 0) {
		if (in_hours(from, len, units[i].hours, &a) == -1)
			return -1;
	} else if (read_amount(from, len, &a) == -1) {
		return -1;
	}
	return add(sum, &a, units[i].ns);
}

int
sark_duration_parse(const char *text, int64_t *ns_r)
{
	const char *p = text;
	bool negative = false;
	uint64_t sum = 0;

	if (*p == '-' || *p == '+')
		negative = *p++ == '-';
	if (sark_str_eq(p, "0")) {
		*ns_r = 0;
		return 0;
	}
	if (*p == '\0')
		return -1;
	while (*p != '\0')
		if (segment(&p, &sum) == -1)
			return -1;
	if (sum == LIMIT && !negative)
		return -1;
	*ns_r = negative ? (int64_t)(0 - sum) : (int64_t)sum;
	return 0;
}
