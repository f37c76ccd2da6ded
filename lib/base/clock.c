#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define MAX_MS 253402300799999 /* 9999-12-31T23:59:59.999Z */
#define MIN_MS (-62167219200000)

static int64_t
read_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

int64_t
sark_clock_ns(void)
{
	return read_clock(CLOCK_REALTIME);
}

int64_t
sark_clock_ms(void)
{
	return sark_clock_ns() / 1000000;
}

int64_t
sark_clock_s(void)
{
	return sark_clock_ns() / 1000000000;
}

int64_t
sark_clock_mono_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

void
sark_time_format(char out[SARK_TIME_TEXT], int64_t ms)
{
	struct tm tm;
	int64_t in_second;
	time_t s;

	if (ms < MIN_MS)
		ms = MIN_MS;
	if (ms > MAX_MS)
		ms = MAX_MS;
	in_second = ((ms % 1000) + 1000) % 1000;
	s = (time_t)((ms - in_second) / 1000);
	gmtime_r(&s, &tm);
	snprintf(out, SARK_TIME_TEXT, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ",
	    (unsigned int)(tm.tm_year + 1900) % 10000,
	    (unsigned int)(tm.tm_mon + 1) % 100, (unsigned int)tm.tm_mday % 100,
	    (unsigned int)tm.tm_hour % 100, (unsigned int)tm.tm_min % 100,
	    (unsigned int)tm.tm_sec % 100, (unsigned int)in_second);
}

/* Reads exactly n digits at *s and steps over them. */
static int
digits(const char **s, int n, int *value_r)
{
	int value = 0;

	for (; n > 0; n--, (*s)++) {
		if (**s < '0' || **s > '9')
			return -1;
		value = value * 10 + (**s - '0');
	}
	*value_r = value;
	return 0;
}

static int
fraction(const char **s, int64_t *ms_r)
{
	int64_t scale = 100, ms = 0;
	int n = 0;

	for (; **s >= '0' && **s <= '9'; (*s)++, n++) {
		ms += (**s - '0') * scale;
		scale /= 10;
	}
	*ms_r = ms;
	return n >= 1 && n <= 9 ? 0 : -1;
}

/* "Z" or "+hh:mm": seconds east of UTC. */
static int
offset(const char **s, int *east_r)
{
	int sign, hours, minutes;

	if (**s == 'Z' || **s == 'z') {
		(*s)++;
		*east_r = 0;
		return 0;
	}
	if (**s != '+' && **s != '-')
		return -1;
	sign = *(*s)++ == '-' ? -1 : 1;
	if (digits(s, 2, &hours) == -1 || *(*s)++ != ':' ||
	    digits(s, 2, &minutes) == -1 || hours > 23 || minutes > 59)
		return -1;
	*east_r = sign * (hours * 3600 + minutes * 60);
	return 0;
}

static bool
real_date(const struct tm *tm)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	int year = tm->tm_year + 1900, last;

	if (tm->tm_mon < 0 || tm->tm_mon > 11)
		return false;
	last = days[tm->tm_mon];
	if (tm->tm_mon == 1 && year % 4 == 0 &&
	    (year % 100 != 0 || year % 400 == 0))
		last = 29;
	return tm->tm_mday >= 1 && tm->tm_mday <= last && tm->tm_hour <= 23 &&
	    tm->tm_min <= 59 && tm->tm_sec <= 59;
}

static int
date_and_time(const char **s, struct tm *tm)
{
	memset(tm, 0, sizeof(*tm));
	if (digits(s, 4, &tm->tm_year) == -1 || *(*s)++ != '-' ||
	    digits(s, 2, &tm->tm_mon) == -1 || *(*s)++ != '-' ||
	    digits(s, 2, &tm->tm_mday) == -1)
		return -1;
	if (**s != 'T' && **s != 't')
		return -1;
	(*s)++;
	if (digits(s, 2, &tm->tm_hour) == -1 || *(*s)++ != ':' ||
	    digits(s, 2, &tm->tm_min) == -1 || *(*s)++ != ':' ||
	    digits(s, 2, &tm->tm_sec) == -1)
		return -1;
	tm->tm_year -= 1900;
	tm->tm_mon -= 1;
	return real_date(tm) ? 0 : -1;
}

int
sark_time_parse(const char *s, int64_t *ms_r)
{
	struct tm tm;
	int64_t ms = 0;
	int east;

	if (date_and_time(&s, &tm) == -1)
		return -1;
	if (*s == '.') {
		s++;
		if (fraction(&s, &ms) == -1)
			return -1;
	}
	if (offset(&s, &east) == -1 || *s != '\0')
		return -1;
	*ms_r = ((int64_t)timegm(&tm) - east) * 1000 + ms;
	return 0;
}
