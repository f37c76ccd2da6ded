#include "audit/stats.h"
#include "json/writer.h"
#include "routes.h"

/* One array of the answer: its name, and what its members count. */
static const struct {
	const char *name, *value;
} arrays[SARK_AUDIT_BYS] = {
	[SARK_AUDIT_BY_DAY] = { "by_day", "day" },
	[SARK_AUDIT_BY_TYPE] = { "by_type", "type" },
	[SARK_AUDIT_BY_DECISION] = { "by_decision", "decision" },
	[SARK_AUDIT_BY_DENIAL_REASON] = { "top_denial_reasons", "reason" },
};

static void
write_counts(
    struct sark_jw *jw, const struct sark_audit_counts *counts, unsigned int by)
{
	size_t i;

	sark_jw_open(jw, arrays[by].name, '[');
	for (i = 0; i < counts->count; i++) {
		if (counts->counts[i].by != by)
			continue;
		sark_jw_open(jw, NULL, '{');
		sark_jw_str(jw, arrays[by].value, counts->counts[i].value);
		sark_jw_int(jw, "count", counts->counts[i].count);
		sark_jw_close(jw);
	}
	sark_jw_close(jw);
}

static int64_t
total(const struct sark_audit_counts *counts)
{
	int64_t sum = 0;
	size_t i;

	for (i = 0; i < counts->count; i++)
		if (counts->counts[i].by == SARK_AUDIT_BY_DAY)
			sum += counts->counts[i].count;
	return sum;
}

int
get_stats(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	struct sark_audit_range range =
	    *(const struct sark_audit_range *)req->input;
	struct sark_audit_counts counts;
	unsigned int by;
	struct sark_jw jw;

	if (sark_audit_stats(app, req->caller, &range, &counts, err) == -1)
		return -1;
	sark_jw_init(&jw, &resp->body);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_time(&jw, "from", range.from);
	sark_jw_time(&jw, "to", range.to);
	sark_jw_int(&jw, "total", total(&counts));
	for (by = 0; by < SARK_AUDIT_BYS; by++)
		write_counts(&jw, &counts, by);
	sark_jw_close(&jw);
	return 0;
}
