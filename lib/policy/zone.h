#ifndef SARK_POLICY_ZONE_H
#define SARK_POLICY_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/*
 * Time zones by name, from the tz database of the host (TZif, RFC 8536), and
 * the proleptic Gregorian calendar.  The process's own zone plays no part.
 */
struct sark_zones; /* those read so far */
struct sark_zone;

#define SARK_ZONE_DIR "/usr/share/zoneinfo"

struct sark_zones *sark_zones_new(void *ctx) __attribute__((returns_nonnull));
/*
 * Finds a zone; "" and "UTC" are UTC.  Returns 1 with *zone_r, which lives as
 * long as zones, 0 when there is none of this name, -1 when there is no
 * database or it cannot be read.
 */
int sark_zone_find(struct sark_zones *zones, const char *name,
    const struct sark_zone **zone_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;

struct sark_civil {
	int64_t year;
	int month, day; /* from 1 */
	int hour, minute, second, ns;
	int weekday;	  /* 0 Sunday */
	int yearday;	  /* from 1 */
	int offset;	  /* seconds east of UTC */
	const char *zone; /* abbreviation, "" when it has none */
};

/* The date and time that a clock of the zone shows. */
void sark_zone_civil(const struct sark_zone *zone, int64_t unix_s, int ns,
    struct sark_civil *civil_r) SARK_NONNULL(1, 4);
/*
 * The reverse, from year, month, day, hour, minute and second, which may lie
 * outside their ranges (32 January is 1 February).  A time that the zone
 * skips or shows twice is taken as Go's time.Date takes it.
 */
int64_t sark_zone_unix(const struct sark_zone *zone,
    const struct sark_civil *civil) SARK_NONNULL(1, 2);

/* Days since 1970-01-01; month may be any. */
int64_t sark_zone_days(int64_t year, int64_t month, int64_t day);

#endif
