#ifndef SARK_BASE_CLOCK_H
#define SARK_BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/* "2026-11-21T09:30:00.123Z" and its NUL. */
#define SARK_TIME_TEXT 32

/* Wall clock: nanoseconds since 1970-01-01T00:00:00Z. */
int64_t sark_clock_ns(void);
/* The same in milliseconds and in seconds. */
int64_t sark_clock_ms(void);
int64_t sark_clock_s(void);
/* Monotonic nanoseconds, for deadlines and latencies. */
int64_t sark_clock_mono_ns(void);

/*
 * RFC 3339 UTC with milliseconds of ms since the epoch, years 0000..9999;
 * a time outside is clamped.
 */
void sark_time_format(char out[SARK_TIME_TEXT], int64_t ms);
/*
 * Reads RFC 3339 (any offset, 0..9 fraction digits, cut to milliseconds).
 * Returns 0 and *ms_r, or -1.
 */
int sark_time_parse(const char *s, int64_t *ms_r)
    SARK_NONNULL(1, 2) SARK_CHECKED;

#endif
