#include "policy/zone.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "policy/zone_rule.h"

#define ZONE_FILE_MAX ((size_t)1 << 20)
#define ZONES_MAX     64
#define NAME_MAX_LEN  64
#define HEADER	      44

struct kind {
	int offset;
	bool summer;
	const char *name;
};

struct sark_zone {
	struct sark_zone *next;
	const char *key;
	size_t times, kinds;
	int64_t *at; /* ascending */
	unsigned char *kind_at;
	struct kind *kind;
	struct sark_zone_rule rule; /* behind the last time */
	bool has_rule;
};

struct sark_zones {
	struct sark_zone *first;
	unsigned int count;
	struct sark_zone utc;
	struct kind utc_kind;
};

struct sark_zones *
sark_zones_new(void *ctx)
{
	struct sark_zones *zones = sark_new(ctx, struct sark_zones);

	zones->utc_kind.name = "UTC";
	zones->utc.kind = &zones->utc_kind;
	zones->utc.kinds = 1;
	return zones;
}

static uint32_t
be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

static int64_t
be64(const unsigned char *p)
{
	return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

/* The six counts of a TZif header, in the order of the file. */
struct counts {
	uint32_t isut, isstd, leap, time, type, chars;
};

static int
read_header(const unsigned char *p, size_t len, struct counts *c)
{
	if (len < HEADER || memcmp(p, "TZif", 4) != 0 || p[4] < '2')
		return -1;
	c->isut = be32(p + 20);
	c->isstd = be32(p + 24);
	c->leap = be32(p + 28);
	c->time = be32(p + 32);
	c->type = be32(p + 36);
	c->chars = be32(p + 40);
	if (c->isut > 256 || c->isstd > 256 || c->leap > 4096 ||
	    c->time > 65536 || c->type == 0 || c->type > 256 || c->chars == 0 ||
	    c->chars > 4096)
		return -1;
	return 0;
}

static size_t
body_size(const struct counts *c, size_t time_size)
{
	return c->time * (time_size + 1) + c->type * 6 + c->chars +
	    c->leap * (time_size + 4) + c->isstd + c->isut;
}

static int
read_kinds(
    struct sark_zone *zone, const unsigned char *types, const struct counts *c)
{
	const char *chars = (const char *)types + c->type * 6;
	size_t i, at;

	if (chars[c->chars - 1] != '\0')
		return -1;
	zone->kinds = c->type;
	zone->kind = sark_new_array(zone, struct kind, c->type);
	for (i = 0; i < c->type; i++) {
		zone->kind[i].offset = (int)(int32_t)be32(types + i * 6);
		zone->kind[i].summer = types[i * 6 + 4] != 0;
		at = types[i * 6 + 5];
		if (at >= c->chars)
			return -1;
		zone->kind[i].name = sark_strdup(zone, chars + at);
	}
	return 0;
}

static int
read_times(
    struct sark_zone *zone, const unsigned char *body, const struct counts *c)
{
	size_t i;

	zone->times = c->time;
	zone->at = sark_new_array(zone, int64_t, c->time + 1);
	zone->kind_at =
	    (unsigned char *)sark_memdup(zone, body + c->time * 8, c->time);
	for (i = 0; i < c->time; i++) {
		zone->at[i] = be64(body + i * 8);
		if (zone->kind_at[i] >= c->type ||
		    (i > 0 && zone->at[i] <= zone->at[i - 1]))
			return -1;
	}
	return 0;
}

/* The line behind the second body: the rule for the time to come. */
static int
read_footer(struct sark_zone *zone, const char *p, size_t len)
{
	const char *end;

	if (len < 2 || p[0] != '\n')
		return -1;
	end = memchr(p + 1, '\n', len - 1);
	if (end == NULL)
		return -1;
	if (end == p + 1)
		return 0;
	zone->has_rule = true;
	return sark_zone_rule_read(zone,
	    sark_strndup(zone, p + 1, (size_t)(end - p - 1)), &zone->rule);
}

static int
read_tzif(struct sark_zone *zone, const char *data, size_t len)
{
	const unsigned char *p = (const unsigned char *)data;
	struct counts c;
	size_t skip, size;

	if (read_header(p, len, &c) == -1)
		return -1;
	skip = HEADER + body_size(&c, 4);
	if (skip > len || read_header(p + skip, len - skip, &c) == -1)
		return -1;
	p += skip + HEADER;
	len -= skip + HEADER;
	size = body_size(&c, 8);
	if (size > len || read_times(zone, p, &c) == -1 ||
	    read_kinds(zone, p + c.time * 9, &c) == -1)
		return -1;
	return read_footer(zone, (const char *)p + size, len - size);
}

/* No way out of the folder: parts of letters, digits, "_+-", not "." first. */
static bool
is_name(const char *name)
{
	const char *p;

	if (strlen(name) > NAME_MAX_LEN || name[0] == '/')
		return false;
	for (p = name; *p != '\0'; p++)
		if (*p == '/' && (p[1] == '/' || p[1] == '\0'))
			return false;
	return sark_str_of(name,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	    "_+-/");
}

static int
load(struct sark_zones *zones, const char *name,
    const struct sark_zone **zone_r, struct sark_err *err)
{
	struct sark_zone *zone = sark_new(zones, struct sark_zone);
	const char *path = sark_format(zone, SARK_ZONE_DIR "/%s", name);
	size_t len;
	char *data;

	if (access(path, F_OK) == -1) {
		if (access(SARK_ZONE_DIR, X_OK) == -1)
			sark_err_set(err, SARK_POLICY_UNAVAILABLE,
			    SARK_ZONE_DIR ": %s (package tzdata)",
			    strerror(errno));
		talloc_free(zone);
		return err->code == SARK_OK ? 0 : -1;
	}
	if (sark_file_read(zone, path, ZONE_FILE_MAX, &data, &len, err) == -1) {
		talloc_free(zone);
		return -1;
	}
	if (read_tzif(zone, data, len) == -1) {
		talloc_free(zone);
		return sark_err_set(err, SARK_POLICY_UNAVAILABLE,
		    "%s/%s: not a time zone file", SARK_ZONE_DIR, name);
	}
	talloc_free(data);
	zone->key = sark_strdup(zone, name);
	zone->next = zones->first;
	zones->first = zone;
	zones->count++;
	*zone_r = zone;
	return 1;
}

int
sark_zone_find(struct sark_zones *zones, const char *name,
    const struct sark_zone **zone_r, struct sark_err *err)
{
	const struct sark_zone *zone;

	*zone_r = &zones->utc;
	if (name[0] == '\0' || sark_str_eq(name, "UTC"))
		return 1;
	for (zone = zones->first; zone != NULL; zone = zone->next) {
		if (sark_str_eq(zone->key, name)) {
			*zone_r = zone;
			return 1;
		}
	}
	if (!is_name(name))
		return 0;
	if (zones->count == ZONES_MAX)
		return sark_err_set(err, SARK_POLICY_UNAVAILABLE,
		    "the policy uses more than %d time zones", ZONES_MAX);
	return load(zones, name, zone_r, err);
}

/* Before the first time: the first kind that is not summer, as Go has it. */
static const struct kind *
first_kind(const struct sark_zone *zone)
{
	size_t i;

	for (i = 0; i < zone->kinds; i++)
		if (!zone->kind[i].summer)
			return &zone->kind[i];
	return &zone->kind[0];
}

static void
lookup(const struct sark_zone *zone, int64_t unix_s, struct kind *kind_r)
{
	size_t low = 0, high = zone->times, middle;
	bool summer;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (zone->at[middle] <= unix_s)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == zone->times && zone->has_rule) {
		kind_r->offset = sark_zone_rule_at(
		    &zone->rule, unix_s, &kind_r->name, &summer);
		kind_r->summer = summer;
	} else if (low == 0) {
		*kind_r = *first_kind(zone);
	} else {
		*kind_r = zone->kind[zone->kind_at[low - 1]];
	}
}

/* Days from civil dates: era of 400 years, years begin in March. */
int64_t
sark_zone_days(int64_t year, int64_t month, int64_t day)
{
	int64_t era, of_era, of_year, m = month - 1;

	year += m / 12 - (m % 12 < 0);
	m = (m % 12 + 12) % 12 + 1;
	year -= m <= 2;
	era = (year >= 0 ? year : year - 399) / 400;
	of_era = year - era * 400;
	of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	    of_year - 719468 + day - 1;
}

static void
date_of(int64_t days, struct sark_civil *c)
{
	int64_t z = days + 719468, era, doe, yoe, doy, mp;

	era = (z >= 0 ? z : z - 146096) / 146097;
	doe = z - era * 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	c->day = (int)(doy - (153 * mp + 2) / 5 + 1);
	c->month = (int)(mp < 10 ? mp + 3 : mp - 9);
	c->year = yoe + era * 400 + (c->month <= 2);
	c->weekday = (int)(((days + 4) % 7 + 7) % 7);
	c->yearday = (int)(days - sark_zone_days(c->year, 1, 1) + 1);
}

void
sark_zone_civil(const struct sark_zone *zone, int64_t unix_s, int ns,
    struct sark_civil *civil_r)
{
	struct kind kind;
	int64_t local, days, second;

	lookup(zone, unix_s, &kind);
	local = unix_s + kind.offset;
	days = local / 86400 - (local % 86400 < 0);
	second = local - days * 86400;
	date_of(days, civil_r);
	civil_r->hour = (int)(second / 3600);
	civil_r->minute = (int)(second / 60 % 60);
	civil_r->second = (int)(second % 60);
	civil_r->ns = ns;
	civil_r->offset = kind.offset;
	civil_r->zone = kind.name;
}

int64_t
sark_zone_unix(const struct sark_zone *zone, const struct sark_civil *c)
{
	struct kind kind;
	int64_t unix_s;

	unix_s = sark_zone_days(c->year, c->month, c->day) * 86400 +
	    (int64_t)c->hour * 3600 + (int64_t)c->minute * 60 + c->second;
	lookup(zone, unix_s, &kind);
	lookup(zone, unix_s - kind.offset, &kind);
	return unix_s - kind.offset;
}
