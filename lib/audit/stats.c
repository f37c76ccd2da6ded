#include "audit/stats.h"

#include "audit/event.h"
#include "base/clock.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)

static int
complete(struct sark_audit_range *range, struct sark_err *err)
{
	/* An event of this very millisecond is within. */
	if (range->to == 0)
		range->to = sark_clock_ms() + 1;
	if (range->from == 0)
		range->from = range->to - SARK_AUDIT_STATS_DAYS * DAY_MS;
	if (range->from >= range->to)
		return sark_err_field(err, "/from", "must be before to");
	if (range->to - range->from > SARK_AUDIT_STATS_MAX_DAYS * DAY_MS)
		return sark_err_field(err, "/from",
		    "must be at most %d days before to",
		    SARK_AUDIT_STATS_MAX_DAYS);
	return 0;
}

int
sark_audit_stats(struct sark_app *app, const struct sark_caller *caller,
    struct sark_audit_range *range, struct sark_audit_counts *counts_r,
    struct sark_err *err)
{
	char from[SARK_TIME_TEXT], to[SARK_TIME_TEXT];
	struct sark_event event;

	if (complete(range, err) == -1)
		return -1;
	sark_time_format(from, range->from);
	sark_time_format(to, range->to);
	if (sark_audit_search_counts(
		app->pg, app->mem, from, to, counts_r, err) == -1)
		return -1;
	sark_event_init(&event, caller, "audit_read");
	event.action = "audit:read";
	event.resource = "audit_stats";
	return sark_audit_spool(app, &event, err);
}
