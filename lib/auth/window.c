#include "auth/window.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

#define DAY_MINUTES 1440
#define EVERY_DAY   0xfeu
#define CLOCK_TEXT  8

const char *const sark_day_names[] = { "monday", "tuesday", "wednesday",
	"thursday", "friday", "saturday", "sunday", NULL };

static int
two_digits(const char *p)
{
	if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
		return -1;
	return (p[0] - '0') * 10 + p[1] - '0';
}

int
sark_window_minutes(const char *text)
{
	int hour, minute;

	if (strlen(text) != 5 || text[2] != ':')
		return -1;
	hour = two_digits(text);
	minute = two_digits(text + 3);
	if (hour == -1 || minute == -1 || minute > 59 ||
	    hour * 60 + minute > DAY_MINUTES)
		return -1;
	return hour * 60 + minute;
}

/* The bit of a day's name, 0 if it is none. */
static unsigned int
day_bit(const char *name)
{
	unsigned int i;

	for (i = 0; sark_day_names[i] != NULL; i++)
		if (sark_str_eq(sark_day_names[i], name))
			return 2u << i;
	return 0;
}

static void
wrong(size_t i, const char *member, const char *what, struct sark_err *err)
{
	char pointer[64];

	snprintf(pointer, sizeof(pointer), "/windows/%zu/%s", i, member);
	sark_err_field(err, pointer, "%s", what);
}

static void
read_days(const struct sark_new_window *in, size_t i,
    struct sark_window *window, struct sark_err *err)
{
	const char *const *day;
	unsigned int bit;

	window->days = in->days == NULL ? EVERY_DAY : 0;
	for (day = in->days; day != NULL && *day != NULL; day++) {
		bit = day_bit(*day);
		if (bit == 0)
			wrong(i, "days", "must be names of days, like monday",
			    err);
		window->days |= bit;
	}
	if (window->days == 0)
		wrong(i, "days", "must be at least one day", err);
}

int
sark_window_read(struct sark_app *app, const struct sark_new_window *in,
    size_t i, struct sark_window *window_r, struct sark_err *err)
{
	int known;

	read_days(in, i, window_r, err);
	window_r->opens = sark_window_minutes(in->from);
	window_r->closes = sark_window_minutes(in->to);
	window_r->zone = in->zone;
	if (window_r->opens == -1 || window_r->opens == DAY_MINUTES)
		wrong(i, "from", "must be a time from 00:00 to 23:59", err);
	if (window_r->closes == -1)
		wrong(i, "to", "must be a time from 00:00 to 24:00", err);
	else if (window_r->closes == window_r->opens)
		wrong(i, "to", "must be another time than from", err);
	if (err->code != SARK_OK)
		return -1;
	known = sark_bindings_zone(app->pg, in->zone, err);
	if (known == 0)
		wrong(i, "zone",
		    "must be an IANA time zone, like Europe/Berlin", err);
	return known == 1 ? 0 : -1;
}

static void
write_clock(struct sark_jw *jw, const char *name, int minutes)
{
	char text[CLOCK_TEXT];

	snprintf(text, sizeof(text), "%02u:%02u",
	    (unsigned int)minutes / 60 % 25, (unsigned int)minutes % 60);
	sark_jw_str(jw, name, text);
}

void
sark_window_to_json(struct sark_jw *jw, const struct sark_window *window)
{
	unsigned int i;

	sark_jw_open(jw, NULL, '{');
	sark_jw_open(jw, "days", '[');
	for (i = 0; sark_day_names[i] != NULL; i++)
		if (window->days & 2u << i)
			sark_jw_str(jw, NULL, sark_day_names[i]);
	sark_jw_close(jw);
	write_clock(jw, "from", window->opens);
	write_clock(jw, "to", window->closes);
	sark_jw_str(jw, "zone", window->zone);
	sark_jw_close(jw);
}
