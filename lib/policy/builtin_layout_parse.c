#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/attr.h"
#include "policy/builtin_layout.h"

struct reading {
	const char *p;		       /* what is left of the value */
	int year, month, day, yearday; /* -1: not given */
	int hour, minute, second, ns;
	bool pm, am;
	int offset; /* of the zone read */
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Up to most digits, all of them when fixed. */
static int
number(struct reading *r, int most, bool fixed, int *value_r)
{
	int n = 0, value = 0;

	while (n < most && is_digit(r->p[n]))
		value = value * 10 + (r->p[n++] - '0');
	if (n == 0 || (fixed && n < most))
		return -1;
	r->p += n;
	*value_r = value;
	return 0;
}

static int
ranged(struct reading *r, bool fixed, int high, int *value_r)
{
	if (number(r, 2, fixed, value_r) == -1)
		return -1;
	return *value_r <= high ? 0 : -1;
}

/* A name of the list, any case, its first len letters (0: whole). */
static int
name(struct reading *r, const char *const *list, int count, size_t len)
{
	size_t n;
	int i;

	for (i = 0; i < count; i++) {
		n = len > 0 ? len : strlen(list[i]);
		if (strncasecmp(r->p, list[i], n) == 0) {
			r->p += n;
			return i;
		}
	}
	return -1;
}

/* A dot or comma and digits; what is beyond nanoseconds is dropped. */
static int
fraction(struct reading *r, size_t digits)
{
	int scale = 100000000;
	size_t i;

	if (r->p[0] != '.' && r->p[0] != ',')
		return -1;
	r->ns = 0;
	for (i = 1; i <= digits; i++) {
		if (!is_digit(r->p[i]))
			return -1;
		r->ns += (r->p[i] - '0') * scale;
		scale /= 10;
	}
	r->p += digits + 1;
	return 0;
}

static size_t
digits_behind(const char *p)
{
	size_t n = 0;

	if (*p == '.' || *p == ',')
		while (is_digit(p[n + 1]))
			n++;
	return n;
}

static int
second(struct reading *r, bool fixed, const char *rest)
{
	struct sark_layout_chunk next;
	size_t n;

	if (ranged(r, fixed, 59, &r->second) == -1)
		return -1;
	/* A fraction is read even where the layout has none. */
	n = digits_behind(r->p);
	if (n == 0)
		return 0;
	sark_layout_next(&rest, &next);
	if (next.part == SARK_LAYOUT_FRACTION_0 ||
	    next.part == SARK_LAYOUT_FRACTION_9)
		return 0;
	return fraction(r, n);
}

static int
offset(struct reading *r, const struct sark_layout_chunk *chunk)
{
	bool colon = memchr(chunk->text, ':', chunk->len) != NULL;
	size_t digits = colon ? (chunk->len == 9 ? 6 : 4) : chunk->len - 1;
	int part[3] = { 0, 0, 0 }, sign;
	size_t i;

	if (chunk->text[0] == 'Z' && *r->p == 'Z') {
		r->p++;
		r->offset = 0;
		return 0;
	}
	if (*r->p != '+' && *r->p != '-')
		return -1;
	sign = *r->p++ == '-' ? -1 : 1;
	for (i = 0; i < digits / 2; i++) {
		if (i > 0 && colon && *r->p++ != ':')
			return -1;
		if (number(r, 2, true, &part[i]) == -1)
			return -1;
	}
	if (part[0] > 24 || part[1] > 60 || part[2] > 60)
		return -1;
	r->offset = sign * (part[0] * 3600 + part[1] * 60 + part[2]);
	return 0;
}

/* [+-]n with n up to 23: bytes, 0 when it is none. */
static size_t
signed_hours(const char *p)
{
	size_t n = 1;
	int value = 0;

	if (*p != '+' && *p != '-')
		return 0;
	while (is_digit(p[n]) && n < 9)
		value = value * 10 + (p[n++] - '0');
	return n == 1 || value > 23 ? 0 : n;
}

/*
 * An abbreviation.  Without a zone that knows it, Go takes it for UTC, also
 * "GMT+3", and so do we.
 */
static int
abbreviation(struct reading *r)
{
	size_t n = 0;

	r->offset = 0;
	if (strncmp(r->p, "ChST", 4) == 0 || strncmp(r->p, "MeST", 4) == 0) {
		r->p += 4;
		return 0;
	}
	if (strncmp(r->p, "GMT", 3) == 0) {
		r->p += 3;
		r->p += signed_hours(r->p);
		return 0;
	}
	if (*r->p == '+' || *r->p == '-') {
		n = signed_hours(r->p);
		r->p += n;
		return n > 0 ? 0 : -1;
	}
	while (n < 6 && r->p[n] >= 'A' && r->p[n] <= 'Z')
		n++;
	if (n < 3 || n == 6 || (n == 5 && r->p[4] != 'T') ||
	    (n == 4 && r->p[3] != 'T' && strncmp(r->p, "WITA", 4) != 0))
		return -1;
	r->p += n;
	return 0;
}

static int
half_day(struct reading *r, const char *am, const char *pm)
{
	if (strncmp(r->p, pm, 2) == 0)
		r->pm = true;
	else if (strncmp(r->p, am, 2) == 0)
		r->am = true;
	else
		return -1;
	r->p += 2;
	return 0;
}

/* Blanks in the layout stand for any number of blanks. */
static int
literal(struct reading *r, const struct sark_layout_chunk *chunk)
{
	size_t i = 0;

	while (i < chunk->len) {
		if (chunk->text[i] == ' ') {
			if (*r->p != '\0' && *r->p != ' ')
				return -1;
			while (i < chunk->len && chunk->text[i] == ' ')
				i++;
			while (*r->p == ' ')
				r->p++;
		} else if (*r->p++ != chunk->text[i++]) {
			return -1;
		}
	}
	return 0;
}

static int
year_of_two(struct reading *r)
{
	if (number(r, 2, true, &r->year) == -1)
		return -1;
	r->year += r->year >= 69 ? 1900 : 2000;
	return 0;
}

static int
day_of_year(struct reading *r, bool fixed)
{
	int i;

	for (i = 0; i < 2 && !fixed && *r->p == ' '; i++)
		r->p++;
	return number(r, 3, fixed, &r->yearday);
}

static int
month(struct reading *r, bool fixed)
{
	if (ranged(r, fixed, 12, &r->month) == -1)
		return -1;
	return r->month > 0 ? 0 : -1;
}

/* 1 read, 0 not of a date, -1 wrong. */
static int
read_date(struct reading *r, enum sark_layout_part part)
{
	int found = 0;

	switch (part) {
	case SARK_LAYOUT_LONG_MONTH:
	case SARK_LAYOUT_MONTH:
		r->month = name(r, sark_layout_months, 12,
			       part == SARK_LAYOUT_MONTH ? 3 : 0) +
		    1;
		return r->month > 0 ? 1 : -1;
	case SARK_LAYOUT_LONG_WEEKDAY:
	case SARK_LAYOUT_WEEKDAY:
		found = name(r, sark_layout_weekdays, 7,
		    part == SARK_LAYOUT_WEEKDAY ? 3 : 0);
		return found >= 0 ? 1 : -1;
	case SARK_LAYOUT_NUM_MONTH:
	case SARK_LAYOUT_ZERO_MONTH:
		return month(r, part == SARK_LAYOUT_ZERO_MONTH) == 0 ? 1 : -1;
	case SARK_LAYOUT_UNDER_DAY:
		if (*r->p == ' ')
			r->p++;
		return number(r, 2, false, &r->day) == 0 ? 1 : -1;
	case SARK_LAYOUT_DAY:
	case SARK_LAYOUT_ZERO_DAY:
		return number(r, 2, part == SARK_LAYOUT_ZERO_DAY, &r->day) == 0
		    ? 1
		    : -1;
	case SARK_LAYOUT_UNDER_YEARDAY:
	case SARK_LAYOUT_ZERO_YEARDAY:
		return day_of_year(r, part == SARK_LAYOUT_ZERO_YEARDAY) == 0
		    ? 1
		    : -1;
	case SARK_LAYOUT_LONG_YEAR:
		return number(r, 4, true, &r->year) == 0 ? 1 : -1;
	case SARK_LAYOUT_YEAR:
		return year_of_two(r) == 0 ? 1 : -1;
	default:
		return 0;
	}
}

static int
read_time(
    struct reading *r, const struct sark_layout_chunk *chunk, const char *rest)
{
	switch (chunk->part) {
	case SARK_LAYOUT_HOUR:
		return ranged(r, false, 23, &r->hour);
	case SARK_LAYOUT_HOUR12:
	case SARK_LAYOUT_ZERO_HOUR12:
		return ranged(
		    r, chunk->part == SARK_LAYOUT_ZERO_HOUR12, 12, &r->hour);
	case SARK_LAYOUT_MINUTE:
	case SARK_LAYOUT_ZERO_MINUTE:
		return ranged(
		    r, chunk->part == SARK_LAYOUT_ZERO_MINUTE, 59, &r->minute);
	case SARK_LAYOUT_SECOND:
	case SARK_LAYOUT_ZERO_SECOND:
		return second(r, chunk->part == SARK_LAYOUT_ZERO_SECOND, rest);
	case SARK_LAYOUT_PM:
		return half_day(r, "AM", "PM");
	case SARK_LAYOUT_LOWER_PM:
		return half_day(r, "am", "pm");
	case SARK_LAYOUT_ZONE:
		return abbreviation(r);
	case SARK_LAYOUT_OFFSET:
		return offset(r, chunk);
	case SARK_LAYOUT_FRACTION_0:
		return fraction(r, chunk->len - 1);
	case SARK_LAYOUT_FRACTION_9:
		if (digits_behind(r->p) == 0)
			return 0;
		return fraction(r, digits_behind(r->p));
	default:
		return literal(r, chunk);
	}
}

static int64_t
days_in_month(const struct reading *r)
{
	return sark_zone_days(r->year, r->month + 1, 1) -
	    sark_zone_days(r->year, r->month, 1);
}

/* A day of the year must agree with month and day where they are given. */
static int
settle_yearday(struct reading *r)
{
	int64_t first = sark_zone_days(r->year, 1, 1), day;
	int m = 12;

	if (r->yearday < 1 ||
	    r->yearday > sark_zone_days(r->year + 1, 1, 1) - first)
		return -1;
	day = first + r->yearday - 1;
	while (sark_zone_days(r->year, m, 1) > day)
		m--;
	day -= sark_zone_days(r->year, m, 1) - 1;
	if ((r->month != -1 && r->month != m) ||
	    (r->day != -1 && r->day != day))
		return -1;
	r->month = m;
	r->day = (int)day;
	return 0;
}

/* The date that was read must exist. */
static int
settle_date(struct reading *r)
{
	if (r->yearday != -1)
		return settle_yearday(r);
	if (r->month == -1)
		r->month = 1;
	if (r->day == -1)
		r->day = 1;
	return r->day >= 1 && r->day <= days_in_month(r) ? 0 : -1;
}

int
sark_layout_parse(
    const char *layout, const char *value, int64_t *unix_r, int *ns_r)
{
	struct reading r = {
		.p = value, .month = -1, .day = -1, .yearday = -1
	};
	struct sark_layout_chunk chunk;
	int found;

	for (;;) {
		sark_layout_next(&layout, &chunk);
		if (chunk.part == SARK_LAYOUT_END)
			break;
		found = read_date(&r, chunk.part);
		if (found == -1 ||
		    (found == 0 && read_time(&r, &chunk, layout) == -1))
			return -1;
	}
	if (*r.p != '\0' || settle_date(&r) == -1)
		return -1;
	if (r.pm && r.hour < 12)
		r.hour += 12;
	else if (r.am && r.hour == 12)
		r.hour = 0;
	*unix_r = sark_zone_days(r.year, r.month, r.day) * 86400 +
	    r.hour * 3600 + r.minute * 60 + r.second - r.offset;
	*ns_r = r.ns;
	return 0;
}
