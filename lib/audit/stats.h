#ifndef SARK_AUDIT_STATS_H
#define SARK_AUDIT_STATS_H

#include <stdint.h>

#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"
#include "store/audit_search.h"

/* Longest range and the usual one, days. */
#define SARK_AUDIT_STATS_MAX_DAYS 366
#define SARK_AUDIT_STATS_DAYS	  7

/* ms since the epoch; 0 is until now, and SARK_AUDIT_STATS_DAYS back. */
struct sark_audit_range {
	int64_t from, to;
};

/*
 * Counts the events of a range, on app->mem; the range that was counted is
 * in *range.  Recorded like a search.  Errors: INVALID the range; those of
 * audit/search.h.
 */
int sark_audit_stats(struct sark_app *app, const struct sark_caller *caller,
    struct sark_audit_range *range, struct sark_audit_counts *counts_r,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;

#endif
