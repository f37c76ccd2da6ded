#ifndef SARK_POLICY_BUILTIN_LAYOUT_H
#define SARK_POLICY_BUILTIN_LAYOUT_H

#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "policy/zone.h"

/*
 * Layouts of Go's package time: the reference time "Mon Jan 2 15:04:05 MST
 * 2006", written as the wanted text would show it; also the names of Go's
 * constants (RFC3339, RFC1123, ANSIC, ...).
 */

/* The layout that a constant's name stands for, else the text itself. */
const char *sark_layout_named(const char *layout) SARK_NONNULL(1)
    __attribute__((returns_nonnull));
void sark_layout_format(struct sark_buf *buf, const struct sark_civil *civil,
    const char *layout) SARK_NONNULL(1, 2, 3);
/*
 * Reads value by the layout; without a zone it is UTC.  Returns 0 with
 * seconds and nanoseconds since the epoch, or -1.
 */
int sark_layout_parse(const char *layout, const char *value, int64_t *unix_r,
    int *ns_r) SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;

#define SARK_LAYOUT_RFC3339	 "2006-01-02T15:04:05Z07:00"
#define SARK_LAYOUT_RFC3339_NANO "2006-01-02T15:04:05.999999999Z07:00"

/* What a layout consists of; shared by writing and reading. */
enum sark_layout_part {
	SARK_LAYOUT_END,
	SARK_LAYOUT_TEXT,
	SARK_LAYOUT_LONG_MONTH,
	SARK_LAYOUT_MONTH,
	SARK_LAYOUT_NUM_MONTH,
	SARK_LAYOUT_ZERO_MONTH,
	SARK_LAYOUT_LONG_WEEKDAY,
	SARK_LAYOUT_WEEKDAY,
	SARK_LAYOUT_DAY,
	SARK_LAYOUT_UNDER_DAY,
	SARK_LAYOUT_ZERO_DAY,
	SARK_LAYOUT_UNDER_YEARDAY,
	SARK_LAYOUT_ZERO_YEARDAY,
	SARK_LAYOUT_HOUR,
	SARK_LAYOUT_HOUR12,
	SARK_LAYOUT_ZERO_HOUR12,
	SARK_LAYOUT_MINUTE,
	SARK_LAYOUT_ZERO_MINUTE,
	SARK_LAYOUT_SECOND,
	SARK_LAYOUT_ZERO_SECOND,
	SARK_LAYOUT_LONG_YEAR,
	SARK_LAYOUT_YEAR,
	SARK_LAYOUT_PM,
	SARK_LAYOUT_LOWER_PM,
	SARK_LAYOUT_ZONE,   /* MST */
	SARK_LAYOUT_OFFSET, /* all of -07 and Z07 */
	SARK_LAYOUT_FRACTION_0,
	SARK_LAYOUT_FRACTION_9,
};

struct sark_layout_chunk {
	enum sark_layout_part part;
	const char *text; /* in the layout */
	size_t len;
};

/* The next part at *layout, which moves behind it. */
void sark_layout_next(const char **layout, struct sark_layout_chunk *chunk_r)
    SARK_NONNULL(1, 2);

extern const char *const sark_layout_months[12];
extern const char *const sark_layout_weekdays[7];

#endif
