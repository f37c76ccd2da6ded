#include "policy/builtin_layout.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

const char *const sark_layout_months[12] = { "January", "February", "March",
	"April", "May", "June", "July", "August", "September", "October",
	"November", "December" };
const char *const sark_layout_weekdays[7] = { "Sunday", "Monday", "Tuesday",
	"Wednesday", "Thursday", "Friday", "Saturday" };

/* clang-format off */
static const struct {
	const char *name, *layout;
} constants[] = {
	{ "ANSIC", "Mon Jan _2 15:04:05 2006" },
	{ "UnixDate", "Mon Jan _2 15:04:05 MST 2006" },
	{ "RubyDate", "Mon Jan 02 15:04:05 -0700 2006" },
	{ "RFC822", "02 Jan 06 15:04 MST" },
	{ "RFC822Z", "02 Jan 06 15:04 -0700" },
	{ "RFC850", "Monday, 02-Jan-06 15:04:05 MST" },
	{ "RFC1123", "Mon, 02 Jan 2006 15:04:05 MST" },
	{ "RFC1123Z", "Mon, 02 Jan 2006 15:04:05 -0700" },
	{ "RFC3339", SARK_LAYOUT_RFC3339 },
	{ "RFC3339Nano", SARK_LAYOUT_RFC3339_NANO },
};

/* The first that fits counts: longer ones stand before their beginnings. */
static const struct {
	const char *text;
	enum sark_layout_part part;
	bool word; /* only when no lower-case letter follows */
} parts[] = {
	{ "January", SARK_LAYOUT_LONG_MONTH, false },
	{ "Jan", SARK_LAYOUT_MONTH, true },
	{ "Monday", SARK_LAYOUT_LONG_WEEKDAY, false },
	{ "Mon", SARK_LAYOUT_WEEKDAY, true },
	{ "MST", SARK_LAYOUT_ZONE, false },
	{ "002", SARK_LAYOUT_ZERO_YEARDAY, false },
	{ "01", SARK_LAYOUT_ZERO_MONTH, false },
	{ "02", SARK_LAYOUT_ZERO_DAY, false },
	{ "03", SARK_LAYOUT_ZERO_HOUR12, false },
	{ "04", SARK_LAYOUT_ZERO_MINUTE, false },
	{ "05", SARK_LAYOUT_ZERO_SECOND, false },
	{ "06", SARK_LAYOUT_YEAR, false },
	{ "15", SARK_LAYOUT_HOUR, false },
	{ "1", SARK_LAYOUT_NUM_MONTH, false },
	{ "2006", SARK_LAYOUT_LONG_YEAR, false },
	{ "2", SARK_LAYOUT_DAY, false },
	{ "_2006", SARK_LAYOUT_TEXT, false }, /* "_" and a year */
	{ "__2", SARK_LAYOUT_UNDER_YEARDAY, false },
	{ "_2", SARK_LAYOUT_UNDER_DAY, false },
	{ "3", SARK_LAYOUT_HOUR12, false },
	{ "4", SARK_LAYOUT_MINUTE, false },
	{ "5", SARK_LAYOUT_SECOND, false },
	{ "PM", SARK_LAYOUT_PM, false },
	{ "pm", SARK_LAYOUT_LOWER_PM, false },
	{ "-070000", SARK_LAYOUT_OFFSET, false },
	{ "-07:00:00", SARK_LAYOUT_OFFSET, false },
	{ "-0700", SARK_LAYOUT_OFFSET, false },
	{ "-07:00", SARK_LAYOUT_OFFSET, false },
	{ "-07", SARK_LAYOUT_OFFSET, false },
	{ "Z070000", SARK_LAYOUT_OFFSET, false },
	{ "Z07:00:00", SARK_LAYOUT_OFFSET, false },
	{ "Z0700", SARK_LAYOUT_OFFSET, false },
	{ "Z07:00", SARK_LAYOUT_OFFSET, false },
	{ "Z07", SARK_LAYOUT_OFFSET, false },
};
/* clang-format on */

const char *
sark_layout_named(const char *layout)
{
	size_t i;

	for (i = 0; i < SARK_COUNT(constants); i++)
		if (sark_str_eq(constants[i].name, layout))
			return constants[i].layout;
	return layout;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* ".000" or ",999" with no digit behind it. */
static size_t
fraction(const char *p)
{
	size_t n = 1;

	if ((*p != '.' && *p != ',') || (p[1] != '0' && p[1] != '9'))
		return 0;
	while (p[n] == p[1])
		n++;
	return is_digit(p[n]) ? 0 : n;
}

/* Whether a part begins at p. */
static bool
part_at(const char *p, struct sark_layout_chunk *chunk)
{
	size_t i, n = fraction(p);

	chunk->text = p;
	if (n > 0) {
		chunk->len = n;
		chunk->part = p[1] == '0' ? SARK_LAYOUT_FRACTION_0
					  : SARK_LAYOUT_FRACTION_9;
		return true;
	}
	for (i = 0; i < SARK_COUNT(parts); i++) {
		if (*p != parts[i].text[0])
			continue;
		n = strlen(parts[i].text);
		if (strncmp(p, parts[i].text, n) != 0)
			continue;
		if (parts[i].word && p[n] >= 'a' && p[n] <= 'z')
			continue;
		chunk->part = parts[i].part;
		chunk->len = chunk->part == SARK_LAYOUT_TEXT ? 1 : n;
		return true;
	}
	return false;
}

void
sark_layout_next(const char **layout, struct sark_layout_chunk *chunk)
{
	struct sark_layout_chunk later;
	const char *p = *layout;

	chunk->part = SARK_LAYOUT_END;
	chunk->text = p;
	chunk->len = 0;
	if (*p == '\0')
		return;
	if (!part_at(p, chunk)) {
		chunk->part = SARK_LAYOUT_TEXT;
		chunk->text = p;
		for (p++; *p != '\0' && !part_at(p, &later); p++)
			;
		chunk->len = (size_t)(p - chunk->text);
	}
	*layout = chunk->text + chunk->len;
}

static void
write_offset(struct sark_buf *buf, const struct sark_civil *c,
    const struct sark_layout_chunk *chunk)
{
	int offset = c->offset < 0 ? -c->offset : c->offset;
	bool colon = memchr(chunk->text, ':', chunk->len) != NULL;
	size_t digits = chunk->len - 1 - (colon ? 1 : 0);

	if (colon && chunk->len == 9)
		digits = 6;
	if (chunk->text[0] == 'Z' && c->offset == 0) {
		sark_buf_char(buf, 'Z');
		return;
	}
	sark_buf_format(
	    buf, "%c%02d", c->offset < 0 ? '-' : '+', offset / 3600);
	if (digits >= 4)
		sark_buf_format(
		    buf, colon ? ":%02d" : "%02d", offset / 60 % 60);
	if (digits == 6)
		sark_buf_format(buf, colon ? ":%02d" : "%02d", offset % 60);
}

static void
write_fraction(struct sark_buf *buf, const struct sark_civil *c,
    const struct sark_layout_chunk *chunk)
{
	char digits[16];
	size_t n = chunk->len - 1;

	snprintf(digits, sizeof(digits), "%09d", c->ns);
	if (n > 9)
		n = 9;
	if (chunk->part == SARK_LAYOUT_FRACTION_9) {
		while (n > 0 && digits[n - 1] == '0')
			n--;
		if (n == 0)
			return;
	}
	sark_buf_char(buf, chunk->text[0]);
	sark_buf_add(buf, digits, n);
}

static void
write_year(struct sark_buf *buf, int64_t year)
{
	sark_buf_format(buf, year < 0 ? "-%04lld" : "%04lld",
	    (long long)(year < 0 ? -year : year));
}

static void
write_zone(struct sark_buf *buf, const struct sark_civil *c)
{
	static const struct sark_layout_chunk plain = { SARK_LAYOUT_OFFSET,
		"-0700", 5 };

	if (c->zone[0] != '\0')
		sark_buf_str(buf, c->zone);
	else
		write_offset(buf, c, &plain);
}

/* Dates; false: it is none. */
static bool
write_date(struct sark_buf *buf, const struct sark_civil *c,
    enum sark_layout_part part)
{
	switch (part) {
	case SARK_LAYOUT_LONG_MONTH:
		sark_buf_str(buf, sark_layout_months[c->month - 1]);
		return true;
	case SARK_LAYOUT_MONTH:
		sark_buf_add(buf, sark_layout_months[c->month - 1], 3);
		return true;
	case SARK_LAYOUT_NUM_MONTH:
		sark_buf_format(buf, "%d", c->month);
		return true;
	case SARK_LAYOUT_ZERO_MONTH:
		sark_buf_format(buf, "%02d", c->month);
		return true;
	case SARK_LAYOUT_LONG_WEEKDAY:
		sark_buf_str(buf, sark_layout_weekdays[c->weekday]);
		return true;
	case SARK_LAYOUT_WEEKDAY:
		sark_buf_add(buf, sark_layout_weekdays[c->weekday], 3);
		return true;
	case SARK_LAYOUT_DAY:
		sark_buf_format(buf, "%d", c->day);
		return true;
	case SARK_LAYOUT_UNDER_DAY:
		sark_buf_format(buf, "%2d", c->day);
		return true;
	case SARK_LAYOUT_ZERO_DAY:
		sark_buf_format(buf, "%02d", c->day);
		return true;
	case SARK_LAYOUT_UNDER_YEARDAY:
		sark_buf_format(buf, "%3d", c->yearday);
		return true;
	case SARK_LAYOUT_ZERO_YEARDAY:
		sark_buf_format(buf, "%03d", c->yearday);
		return true;
	case SARK_LAYOUT_LONG_YEAR:
		write_year(buf, c->year);
		return true;
	case SARK_LAYOUT_YEAR:
		sark_buf_format(buf, "%02d",
		    (int)((c->year < 0 ? -c->year : c->year) % 100));
		return true;
	default:
		return false;
	}
}

static void
write_time(struct sark_buf *buf, const struct sark_civil *c,
    const struct sark_layout_chunk *chunk)
{
	int hour12 = c->hour % 12 == 0 ? 12 : c->hour % 12;

	switch (chunk->part) {
	case SARK_LAYOUT_HOUR:
		sark_buf_format(buf, "%02d", c->hour);
		break;
	case SARK_LAYOUT_HOUR12:
		sark_buf_format(buf, "%d", hour12);
		break;
	case SARK_LAYOUT_ZERO_HOUR12:
		sark_buf_format(buf, "%02d", hour12);
		break;
	case SARK_LAYOUT_MINUTE:
		sark_buf_format(buf, "%d", c->minute);
		break;
	case SARK_LAYOUT_ZERO_MINUTE:
		sark_buf_format(buf, "%02d", c->minute);
		break;
	case SARK_LAYOUT_SECOND:
		sark_buf_format(buf, "%d", c->second);
		break;
	case SARK_LAYOUT_ZERO_SECOND:
		sark_buf_format(buf, "%02d", c->second);
		break;
	case SARK_LAYOUT_PM:
		sark_buf_str(buf, c->hour >= 12 ? "PM" : "AM");
		break;
	case SARK_LAYOUT_LOWER_PM:
		sark_buf_str(buf, c->hour >= 12 ? "pm" : "am");
		break;
	case SARK_LAYOUT_ZONE:
		write_zone(buf, c);
		break;
	case SARK_LAYOUT_OFFSET:
		write_offset(buf, c, chunk);
		break;
	case SARK_LAYOUT_FRACTION_0:
	case SARK_LAYOUT_FRACTION_9:
		write_fraction(buf, c, chunk);
		break;
	default:
		sark_buf_add(buf, chunk->text, chunk->len);
		break;
	}
}

void
sark_layout_format(
    struct sark_buf *buf, const struct sark_civil *civil, const char *layout)
{
	struct sark_layout_chunk chunk;

	sark_buf_str(buf, "");
	for (;;) {
		sark_layout_next(&layout, &chunk);
		if (chunk.part == SARK_LAYOUT_END)
			return;
		if (!write_date(buf, civil, chunk.part))
			write_time(buf, civil, &chunk);
	}
}
