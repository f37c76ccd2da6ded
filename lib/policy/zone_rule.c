#include "policy/zone_rule.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "base/mem.h"
#include "policy/zone.h"

static int
read_number(const char **p, int max, int *value_r)
{
	int n = 0, digits = 0;

	for (; **p >= '0' && **p <= '9' && digits < 6; (*p)++, digits++)
		n = n * 10 + (**p - '0');
	*value_r = n;
	return digits > 0 && n <= max ? 0 : -1;
}

static const char *
read_name(void *ctx, const char **p)
{
	const char *from = *p, *name;

	if (*from == '<') {
		*p = strchr(from, '>');
		if (*p == NULL)
			return NULL;
		name = sark_strndup(ctx, from + 1, (size_t)(*p - from - 1));
		(*p)++;
		return name;
	}
	while ((**p >= 'A' && **p <= 'Z') || (**p >= 'a' && **p <= 'z'))
		(*p)++;
	if (*p - from < 3)
		return NULL;
	return sark_strndup(ctx, from, (size_t)(*p - from));
}

/* [+-]hh[:mm[:ss]] */
static int
read_time(const char **p, int *seconds_r)
{
	int sign = 1, h, m = 0, s = 0;

	if (**p == '-' || **p == '+')
		sign = *(*p)++ == '-' ? -1 : 1;
	if (read_number(p, 167, &h) == -1)
		return -1;
	if (**p == ':') {
		(*p)++;
		if (read_number(p, 59, &m) == -1)
			return -1;
	}
	if (**p == ':') {
		(*p)++;
		if (read_number(p, 59, &s) == -1)
			return -1;
	}
	*seconds_r = sign * (h * 3600 + m * 60 + s);
	return 0;
}

static int
read_day(const char **p, struct sark_zone_day *day)
{
	if (*(*p)++ != ',')
		return -1;
	day->form = '0';
	if (**p == 'J' || **p == 'M')
		day->form = *(*p)++;
	if (day->form == 'M') {
		if (read_number(p, 12, &day->month) == -1 || *(*p)++ != '.' ||
		    read_number(p, 5, &day->week) == -1 || *(*p)++ != '.' ||
		    read_number(p, 6, &day->day) == -1 || day->month == 0 ||
		    day->week == 0)
			return -1;
	} else if (read_number(p, 365, &day->day) == -1) {
		return -1;
	}
	day->second = 2 * 3600;
	if (**p != '/')
		return 0;
	(*p)++;
	return read_time(p, &day->second);
}

int
sark_zone_rule_read(void *ctx, const char *text, struct sark_zone_rule *rule)
{
	const char *p = text;
	int west;

	memset(rule, 0, sizeof(*rule));
	rule->name = read_name(ctx, &p);
	if (rule->name == NULL || read_time(&p, &west) == -1)
		return -1;
	rule->offset = -west;
	if (*p == '\0')
		return 0;
	rule->has_summer = true;
	rule->summer_name = read_name(ctx, &p);
	if (rule->summer_name == NULL)
		return -1;
	rule->summer_offset = rule->offset + 3600;
	if (*p != ',') {
		if (read_time(&p, &west) == -1)
			return -1;
		rule->summer_offset = -west;
	}
	if (read_day(&p, &rule->from) == -1 || read_day(&p, &rule->to) == -1)
		return -1;
	return *p == '\0' ? 0 : -1;
}

static bool
is_leap(int64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days since 1970 of the day that a rule names in a year. */
static int64_t
day_in(const struct sark_zone_day *day, int64_t year)
{
	int64_t first, n;

	if (day->form == 'J')
		return sark_zone_days(year, 1, day->day) +
		    (is_leap(year) && day->day >= 60);
	if (day->form == '0')
		return sark_zone_days(year, 1, 1) + day->day;
	first = sark_zone_days(year, day->month, 1);
	n = (day->day - (first + 4) % 7 + 7) % 7 + (day->week - 1) * 7;
	while (first + n >= sark_zone_days(year, day->month + 1, 1))
		n -= 7;
	return first + n;
}

static int64_t
moment(const struct sark_zone_day *day, int64_t year, int offset)
{
	return day_in(day, year) * 86400 + day->second - offset;
}

int
sark_zone_rule_at(const struct sark_zone_rule *rule, int64_t unix_s,
    const char **name_r, bool *summer_r)
{
	int64_t year, from, to, days;

	*summer_r = false;
	if (rule->has_summer) {
		days = (unix_s + rule->offset) / 86400;
		year = 1970 + days / 366 - (days < 0 ? 2 : 0);
		while (sark_zone_days(year + 1, 1, 1) <= days)
			year++;
		from = moment(&rule->from, year, rule->offset);
		to = moment(&rule->to, year, rule->summer_offset);
		if (from < to)
			*summer_r = unix_s >= from && unix_s < to;
		else
			*summer_r = unix_s >= from || unix_s < to;
	}
	*name_r = *summer_r ? rule->summer_name : rule->name;
	return *summer_r ? rule->summer_offset : rule->offset;
}
