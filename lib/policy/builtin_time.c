#include <stdlib.h>
#include <string.h>

#include "policy/builtin.h"
#include "policy/builtin_duration.h"
#include "policy/builtin_layout.h"
#include "policy/zone.h"

/*
 * time.*, on nanoseconds since the epoch: a number, [number, zone name] or
 * [number, zone name, layout].
 */

#define NS	 ((int64_t)1000000000)
#define DATE_MAX ((int64_t)1000000) /* years, months or days to add */

struct moment {
	int64_t s;
	int ns;
	const struct sark_zone *zone;
	const char *layout; /* "": none */
	struct sark_civil civil;
};

static void
split(int64_t ns, struct moment *m)
{
	int64_t part = ns % NS;

	m->s = ns / NS - (part < 0);
	m->ns = (int)(part < 0 ? part + NS : part);
}

/* An element of the operand as text; 0 when it is something else. */
static int
text_of(const struct sark_term *term, const char **text_r)
{
	*text_r = "";
	if (term == NULL)
		return 1;
	if (term->type != SARK_TERM_STRING || strlen(term->text) != term->len)
		return 0;
	*text_r = term->text;
	return 1;
}

/* Finder, as a builtin: 0 is an operand that means no time. */
static int
moment_of(const struct sark_builtin_call *call, unsigned int i,
    struct moment *m, struct sark_err *err)
{
	const struct sark_term *ns = call->args[i], *zone = NULL,
			       *layout = NULL;
	const char *name;
	int64_t value;
	int found;

	if (ns->type == SARK_TERM_ARRAY) {
		ns = ns->first;
		if (ns == NULL)
			return 0;
		zone = ns->next;
		layout = zone == NULL ? NULL : zone->next;
	}
	if (sark_term_get_int(ns, &value) == -1 || !text_of(zone, &name) ||
	    !text_of(layout, &m->layout))
		return 0;
	if (strcmp(name, "Local") == 0)
		return sark_err_set(err, SARK_POLICY_UNAVAILABLE,
		    "the zone Local is a hidden input");
	found = sark_zone_find(call->zones, name, &m->zone, err);
	if (found != 1)
		return found;
	split(value, m);
	sark_zone_civil(m->zone, m->s, m->ns, &m->civil);
	return 1;
}

static int
give_ints(const struct sark_builtin_call *call, const int64_t *values,
    size_t count, struct sark_term **value_r)
{
	size_t i;

	*value_r = sark_term_new(call->ctx, SARK_TERM_ARRAY);
	for (i = 0; i < count; i++)
		sark_term_add(*value_r, sark_term_int(call->ctx, values[i]));
	return 1;
}

/* A time as nanoseconds, where they can hold it. */
static int
give_time(const struct sark_builtin_call *call, int64_t s, int ns,
    struct sark_term **value_r)
{
	__int128 value = (__int128)s * NS + ns;

	if (value < INT64_MIN || value > INT64_MAX)
		return 0;
	return sark_builtin_give_int(call, (int64_t)value, value_r);
}

static int
now_ns(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err SARK_UNUSED)
{
	return sark_builtin_give_int(call, call->now_ns, value_r);
}

static int
clock_of(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err)
{
	struct moment m;
	int found = moment_of(call, 0, &m, err);

	if (found != 1)
		return found;
	return give_ints(call,
	    (const int64_t[]){ m.civil.hour, m.civil.minute, m.civil.second },
	    3, value_r);
}

static int
date_of(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err)
{
	struct moment m;
	int found = moment_of(call, 0, &m, err);

	if (found != 1)
		return found;
	return give_ints(call,
	    (const int64_t[]){ m.civil.year, m.civil.month, m.civil.day }, 3,
	    value_r);
}

static int
weekday_of(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err)
{
	struct moment m;
	int found = moment_of(call, 0, &m, err);
	const char *name;

	if (found != 1)
		return found;
	name = sark_layout_weekdays[m.civil.weekday];
	return sark_builtin_give_str(call, name, strlen(name), value_r);
}

static int
add_date(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err)
{
	int64_t years, months, days;
	struct moment m;
	int found = moment_of(call, 0, &m, err);

	if (found != 1)
		return found;
	if (sark_builtin_int(call, 1, &years) == -1 ||
	    sark_builtin_int(call, 2, &months) == -1 ||
	    sark_builtin_int(call, 3, &days) == -1)
		return 0;
	/* Further away than any time in nanoseconds. */
	if (llabs(years) > DATE_MAX || llabs(months) > DATE_MAX ||
	    llabs(days) > DATE_MAX)
		return 0;
	m.civil.year += years;
	m.civil.month += (int)months;
	m.civil.day += (int)days;
	return give_time(call, sark_zone_unix(m.zone, &m.civil), m.ns, value_r);
}

/* a - b of each part, then what is negative borrows from the next. */
static int
difference(const struct sark_builtin_call *call, const struct sark_civil *a,
    const struct sark_civil *b, struct sark_term **value_r)
{
	int64_t d[6] = { a->year - b->year, a->month - b->month,
		a->day - b->day, a->hour - b->hour, a->minute - b->minute,
		a->second - b->second };
	int64_t month = sark_zone_days(b->year, b->month + 1, 1) -
	    sark_zone_days(b->year, b->month, 1);
	const int64_t size[6] = { 0, 12, month, 24, 60, 60 };
	int i;

	for (i = 5; i > 0; i--) {
		if (d[i] < 0) {
			d[i] += size[i];
			d[i - 1]--;
		}
	}
	return give_ints(call, d, 6, value_r);
}

static int
diff(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err)
{
	struct moment a, b;
	int found;

	found = moment_of(call, 0, &a, err);
	if (found == 1)
		found = moment_of(call, 1, &b, err);
	if (found != 1)
		return found;
	sark_zone_civil(a.zone, b.s, b.ns, &b.civil);
	if (a.s > b.s || (a.s == b.s && a.ns > b.ns))
		return difference(call, &a.civil, &b.civil, value_r);
	return difference(call, &b.civil, &a.civil, value_r);
}

static int
format(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err)
{
	struct sark_buf buf;
	struct moment m;
	int found = moment_of(call, 0, &m, err);

	if (found != 1)
		return found;
	if (m.layout[0] == '\0')
		m.layout = SARK_LAYOUT_RFC3339_NANO;
	sark_buf_init(&buf, call->ctx);
	sark_layout_format(&buf, &m.civil, sark_layout_named(m.layout));
	return sark_builtin_give_str(call, buf.data, buf.len, value_r);
}

static int
parse_by(const struct sark_builtin_call *call, const char *layout,
    const char *text, struct sark_term **value_r)
{
	int64_t s;
	int ns;

	if (sark_layout_parse(layout, text, &s, &ns) == -1)
		return 0;
	return give_time(call, s, ns, value_r);
}

static int
parse_ns(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err SARK_UNUSED)
{
	const char *layout, *text;

	if (!text_of(call->args[0], &layout) || !text_of(call->args[1], &text))
		return 0;
	return parse_by(call, sark_layout_named(layout), text, value_r);
}

static int
parse_rfc3339(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err SARK_UNUSED)
{
	const char *text;

	if (!text_of(call->args[0], &text))
		return 0;
	return parse_by(call, SARK_LAYOUT_RFC3339, text, value_r);
}

static int
parse_duration(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err SARK_UNUSED)
{
	const char *text;
	int64_t ns;

	if (!text_of(call->args[0], &text) ||
	    sark_duration_parse(text, &ns) == -1)
		return 0;
	return sark_builtin_give_int(call, ns, value_r);
}

const struct sark_builtin sark_builtins_time[] = { { "time.now_ns", 0, now_ns },
	{ "time.add_date", 4, add_date }, { "time.clock", 1, clock_of },
	{ "time.date", 1, date_of }, { "time.diff", 2, diff },
	{ "time.format", 1, format },
	{ "time.parse_duration_ns", 1, parse_duration },
	{ "time.parse_ns", 2, parse_ns },
	{ "time.parse_rfc3339_ns", 1, parse_rfc3339 },
	{ "time.weekday", 1, weekday_of }, { NULL } };
