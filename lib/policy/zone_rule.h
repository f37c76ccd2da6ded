#ifndef SARK_POLICY_ZONE_RULE_H
#define SARK_POLICY_ZONE_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

/*
 * The rule at the end of a time zone file, "CET-1CEST,M3.5.0,M10.5.0/3":
 * POSIX.1-2017 section 8.3 (TZ), extended by RFC 8536 section 3.3.1.
 */
struct sark_zone_day {
	char form; /* 'J' 1..365, '0' 0..365, 'M' month.week.day */
	int month, week, day;
	int second; /* of the day, local time; may be negative */
};

struct sark_zone_rule {
	const char *name, *summer_name;
	int offset, summer_offset; /* seconds east of UTC */
	bool has_summer;
	struct sark_zone_day from, to; /* summer time */
};

/* The names are on ctx.  0, or -1 when it is no such rule. */
int sark_zone_rule_read(void *ctx, const char *text,
    struct sark_zone_rule *rule_r) SARK_NONNULL(2, 3) SARK_CHECKED;
/* Offset, abbreviation and whether it is summer time at a time. */
int sark_zone_rule_at(const struct sark_zone_rule *rule, int64_t unix_s,
    const char **name_r, bool *summer_r) SARK_NONNULL(1, 3, 4);

#endif
